//! The program as operators run it.

mod backup;
mod config;
mod doctor;
mod filter;
mod transcode;
mod users;

use std::path::Path;
use std::process::{Command, Output};

/// Runs the program with `args` on a data folder of its own.
fn farandole(data: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_farandole"))
        .args(args)
        .env_remove("FARANDOLE_TEST_POSTGRES")
        .env("FARANDOLE__SERVER__DATA_DIR", data)
        .env("FARANDOLE__SERVER__LISTEN", "127.0.0.1:0")
        .env("FARANDOLE__UPLOADS__FREE_DISK_FLOOR_BYTES", "1")
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
