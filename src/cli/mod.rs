//! What can be done from the command line?

mod backup;
mod config;
mod doctor;
mod filter;
mod plugin;
mod seed;
mod serve;
mod transcode;
mod upload;
mod users;

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
    /// Make users, and give them new passwords.
    Users(users::UsersArgs),
    /// Upload a file to an instance, resuming what an earlier run began.
    Upload(upload::UploadArgs),
    /// Carry public videos of any instance for their viewers, until stopped.
    Seed(seed::SeedArgs),
    /// Make the ladder of a file into a folder, without a server.
    Transcode(transcode::TranscodeArgs),
    /// Try word lists: judge a file of cases, or show what a list finds in a text.
    #[command(subcommand)]
    Filter(filter::FilterCommand),
    /// Lay out, build, test, check and install plugins.
    Plugin(plugin::PluginArgs),
    /// Check disk, database, storage, encoders, port, clock and public URL.
    Doctor(doctor::DoctorArgs),
    /// Copy the database, and list the stored objects.
    Backup(backup::BackupArgs),
    /// Put a backup's database in place, and check the stored objects.
    Restore(backup::RestoreArgs),
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
        Command::Users(args) => wait(users::run(args)).map(|()| ExitCode::SUCCESS),
        Command::Upload(args) => wait(upload::run(&args)).map(|()| ExitCode::SUCCESS),
        Command::Seed(args) => wait(seed::run(&args)).map(|()| ExitCode::SUCCESS),
        Command::Transcode(args) => wait(transcode::run(&args)).map(|()| ExitCode::SUCCESS),
        Command::Filter(command) => filter::run(&command),
        Command::Plugin(args) => plugin::run(args),
        Command::Doctor(args) => wait(doctor::run(&args)),
        Command::Backup(args) => wait(backup::backup(&args)).map(|()| ExitCode::SUCCESS),
        Command::Restore(args) => wait(backup::restore(&args)).map(|()| ExitCode::SUCCESS),
    }
}

/// Runs a short command to its end.
fn wait<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?
        .block_on(work)
}
