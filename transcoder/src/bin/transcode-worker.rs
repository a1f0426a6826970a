//! The worker process alone, without the server around it: the tests' real child, and what a
//! machine needs that only transcodes.

use std::process::ExitCode;

fn main() -> ExitCode {
    farandole_transcoder::child::run()
}
