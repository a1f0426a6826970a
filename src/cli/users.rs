//! `farandole users`: make somebody, or let somebody in again, without the web.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use crate::accounts::{self, NewAccount};
use crate::app::App;
use crate::config::{Config, Overrides};
use crate::domain::Role;

/// What to do.
#[derive(Debug, clap::Args)]
pub struct UsersArgs {
    #[command(subcommand)]
    command: UsersCommand,
    /// Folder of the server's data.
    #[arg(long, global = true)]
    data_dir: Option<PathBuf>,
    /// Configuration file (TOML).
    #[arg(long, global = true)]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum UsersCommand {
    /// Make a user with an account and a first channel.
    Create {
        /// Log-in name: a-z, 0-9, dot and underscore.
        username: String,
        /// E-mail address.
        #[arg(long)]
        email: String,
        /// Password; a random one is made and printed when it is not given.
        #[arg(long, env = "FARANDOLE_PASSWORD", hide_env_values = true)]
        password: Option<String>,
        /// Role.
        #[arg(long, value_enum, default_value_t = RoleName::User)]
        role: RoleName,
    },
    /// Give a user a new password and end all their sessions.
    ResetPassword {
        /// Log-in name.
        username: String,
        /// Password; a random one is made and printed when it is not given.
        #[arg(long, env = "FARANDOLE_PASSWORD", hide_env_values = true)]
        password: Option<String>,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleName {
    Administrator,
    Moderator,
    User,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Administrator => Self::Administrator,
            RoleName::Moderator => Self::Moderator,
            RoleName::User => Self::User,
        }
    }
}

/// Runs `farandole users`; the server may run meanwhile.
///
/// # Errors
/// A name or password that cannot be used, an unknown user, the database.
pub async fn run(args: UsersArgs) -> anyhow::Result<()> {
    let overrides = Overrides { data_dir: args.data_dir, listen: None };
    let config = Config::load(args.config.as_deref(), &overrides)?;
    let app = super::serve::open(config).await?;
    let done = obey(&app, args.command).await;
    app.shutdown(std::time::Duration::from_secs(2)).await;
    done
}

async fn obey(app: &App, command: UsersCommand) -> anyhow::Result<()> {
    let (username, given, password) = match command {
        UsersCommand::Create { username, email, password, role } => {
            let (given, password) = password_or_random(app, password);
            let new = NewAccount {
                username: username.clone(),
                email,
                password: password.clone(),
                role: role.into(),
                admin_flags: 0,
                channel_name: None,
                video_quota: None,
                video_quota_daily: None,
            };
            accounts::create(app, new).await?;
            (username, given, password)
        }
        UsersCommand::ResetPassword { username, password } => {
            let (given, password) = password_or_random(app, password);
            accounts::reset_password(app, &username, &password).await?;
            (username, given, password)
        }
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "username: {username}")?;
    if !given {
        writeln!(out, "password: {password}")?;
    }
    Ok(())
}

fn password_or_random(app: &App, given: Option<String>) -> (bool, String) {
    match given {
        Some(password) => (true, password),
        None => (false, hex::encode(app.random_bytes::<10>())),
    }
}
