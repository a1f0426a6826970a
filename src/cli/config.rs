//! `farandole config`: show, check and explain the settings.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Subcommand;

use crate::config::{Config, Overrides, annotated, sample};

/// What to do with the settings.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print the settings in force, with their meaning; secrets are masked.
    Print {
        /// Configuration file (TOML).
        #[arg(long)]
        config: Option<PathBuf>,
        /// Print a commented sample file with the defaults instead.
        #[arg(long)]
        sample: bool,
    },
    /// Check a configuration file and the environment; exits with 1 on a mistake.
    Check {
        /// Configuration file (TOML).
        #[arg(long)]
        config: Option<PathBuf>,
    },
}

/// Runs `farandole config`.
///
/// # Errors
/// The settings cannot be used; the message says which and why.
pub fn run(command: &ConfigCommand) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match command {
        ConfigCommand::Print { sample: true, .. } => out.write_all(sample().as_bytes())?,
        ConfigCommand::Print { config, sample: false } => {
            let config = Config::load(config.as_deref(), &Overrides::default())?;
            out.write_all(annotated(&config).as_bytes())?;
        }
        ConfigCommand::Check { config } => {
            Config::load(config.as_deref(), &Overrides::default())?;
            writeln!(out, "The settings can be used.")?;
        }
    }
    Ok(())
}
