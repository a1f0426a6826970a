//! What can be done from the command line?

mod config;
mod serve;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Peer-assisted video hosting.
#[derive(Debug, Parser)]
#[command(name = "farandole", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server.
    Serve(ServeArgs),
    /// Work on one media file: the server starts this itself (orders come on standard input).
    #[command(hide = true)]
    TranscodeWorker,
    /// Show, check and explain the settings.
    #[command(subcommand)]
    Config(config::ConfigCommand),
}

/// Where settings come from.
#[derive(Debug, Clone, clap::Args)]
pub struct ServeArgs {
    /// Folder for the database, scratch files and, by default, stored files.
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Address and port to listen on.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Configuration file (TOML).
    #[arg(long)]
    config: Option<PathBuf>,
}

/// Runs what the command line asks for.
///
/// # Errors
/// Whatever went wrong, in words for the operator.
pub fn run() -> anyhow::Result<ExitCode> {
    let cli = Cli::parse();
    match cli.command {
        Command::Serve(args) => serve::run(&args).map(|()| ExitCode::SUCCESS),
        Command::TranscodeWorker => Ok(farandole_transcoder::child::run()),
        Command::Config(command) => config::run(&command).map(|()| ExitCode::SUCCESS),
    }
}
