//! The program: see `farandole help`.

use std::io::Write as _;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    farandole::cli::run().unwrap_or_else(|error| {
        // Nothing is left to tell when standard error is gone too.
        let _ = writeln!(std::io::stderr(), "farandole: {error:#}");
        ExitCode::FAILURE
    })
}
