//! `farandole plugin`: lay out, build, test, check and install plugins.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, bail};
use clap::{Subcommand, ValueEnum};
use farandole_plugins::sdk::projects::{self, Language};
use farandole_plugins::{Grants, Hook, Item, Manifest, Nothing, Package, Plugin, Setup, cases};

use crate::config::{Config, Overrides};
use crate::moderation::plugins;

/// What to do.
#[derive(Debug, clap::Args)]
pub struct PluginArgs {
    #[command(subcommand)]
    command: PluginCommand,
}

#[derive(Debug, Subcommand)]
enum PluginCommand {
    /// Lay out a new plugin in a folder of its name.
    New {
        /// Name: 2 to 50 of a-z, 0-9 and -.
        name: String,
        /// Language that it is written in.
        #[arg(long, value_enum, default_value_t = LanguageName::Assemblyscript)]
        language: LanguageName,
    },
    /// Run a plugin's build.sh, and pack what it makes.
    Build {
        /// Folder of the plugin.
        #[arg(default_value = ".")]
        folder: PathBuf,
    },
    /// Judge the texts of a plugin's cases.jsonl, and say what differs.
    Test {
        /// Folder of the plugin.
        #[arg(default_value = ".")]
        folder: PathBuf,
    },
    /// Say what a package asks for, whether it can run, and how fast it is.
    Check {
        /// Package.
        package: PathBuf,
    },
    /// Install a package on a server, switched off and without grants; the server may run.
    Install {
        /// Package.
        package: PathBuf,
        /// The SHA-256 that it must have.
        #[arg(long)]
        sha256: Option<String>,
        /// Grant all that it asks for, and switch it on.
        #[arg(long)]
        enable: bool,
        /// Folder of the server's data.
        #[arg(long)]
        data_dir: Option<PathBuf>,
        /// Configuration file (TOML).
        #[arg(long)]
        config: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LanguageName {
    Assemblyscript,
    Rust,
}

impl From<LanguageName> for Language {
    fn from(name: LanguageName) -> Self {
        match name {
            LanguageName::Assemblyscript => Self::AssemblyScript,
            LanguageName::Rust => Self::Rust,
        }
    }
}

/// Runs `farandole plugin`.
///
/// # Errors
/// In words for authors: what is wrong with the plugin, or what is missing to build it.
pub fn run(args: PluginArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        PluginCommand::New { name, language } => new(&name, language.into()).map(done),
        PluginCommand::Build { folder } => build(&folder).map(done),
        PluginCommand::Test { folder } => test(&folder),
        PluginCommand::Check { package } => check(&package).map(done),
        PluginCommand::Install { package, sha256, enable, data_dir, config } => {
            let package = read(&package, sha256.as_deref())?;
            let overrides = Overrides { data_dir, listen: None };
            let config = Config::load(config.as_deref(), &overrides)?;
            super::wait(install(config, package, enable)).map(done)
        }
    }
}

fn done((): ()) -> ExitCode {
    ExitCode::SUCCESS
}

fn say(line: impl std::fmt::Display) -> anyhow::Result<()> {
    writeln!(std::io::stdout().lock(), "{line}").context("standard output is closed")
}

fn new(name: &str, language: Language) -> anyhow::Result<()> {
    let files = projects::files(language, name);
    let manifest = files.iter().find(|file| file.path == "plugin.toml");
    Manifest::from_toml(manifest.map(|file| file.text.as_str()).unwrap_or_default())?;
    let folder = Path::new(name);
    if folder.exists() {
        bail!("{name} is already there: choose another name, or remove it first");
    }
    for file in files {
        let path = folder.join(file.path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&path, &file.text)
            .with_context(|| format!("{} could not be written", path.display()))?;
        if file.executable {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
        }
    }
    say(format_args!(
        "{name} is laid out. Next:\n  cd {name}\n  farandole plugin build\n  farandole plugin test"
    ))
}

fn manifest_of(folder: &Path) -> anyhow::Result<Manifest> {
    let path = folder.join("plugin.toml");
    let text = std::fs::read_to_string(&path).with_context(|| {
        format!("{} cannot be read: is this a plugin's folder?", path.display())
    })?;
    Ok(Manifest::from_toml(&text)?)
}

fn packed_path(folder: &Path, manifest: &Manifest) -> PathBuf {
    folder.join("build").join(format!("{}-{}.wasm", manifest.name, manifest.version))
}

fn build(folder: &Path) -> anyhow::Result<()> {
    let manifest = manifest_of(folder)?;
    let status = Command::new("./build.sh")
        .current_dir(folder)
        .status()
        .context("build.sh cannot be run: it makes build/plugin.wasm from the sources")?;
    if !status.success() {
        bail!("build.sh failed; what it said is above");
    }
    let made = folder.join("build/plugin.wasm");
    let wasm =
        std::fs::read(&made).with_context(|| format!("build.sh made no {}", made.display()))?;
    let package = Package::build(&manifest, &wasm)?;
    Plugin::check(&package)?;
    let path = packed_path(folder, &manifest);
    std::fs::write(&path, package.bytes())?;
    say(format_args!("{} ({} bytes)", path.display(), package.bytes().len()))?;
    say(format_args!("SHA-256 {}", package.sha256()))
}

fn read(path: &Path, sha256: Option<&str>) -> anyhow::Result<Package> {
    let bytes =
        std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(match sha256 {
        Some(sha256) => Package::read_checked(bytes, sha256)?,
        None => Package::read(bytes)?,
    })
}

fn test(folder: &Path) -> anyhow::Result<ExitCode> {
    let manifest = manifest_of(folder)?;
    let path = packed_path(folder, &manifest);
    if !path.is_file() {
        bail!("{} is not there: run `farandole plugin build` first", path.display());
    }
    let package = read(&path, None)?;
    let cases = folder.join("cases.jsonl");
    let text = std::fs::read_to_string(&cases)
        .with_context(|| format!("{} cannot be read", cases.display()))?;
    let (mut right, mut wrong) = (0, 0);
    for (line, number) in text.lines().zip(1..) {
        if line.trim().is_empty() {
            continue;
        }
        match cases::run(&package, line) {
            Ok(_) => right += 1,
            Err(mismatch) => {
                wrong += 1;
                say(format_args!("{}:{number}: {mismatch}", cases.display()))?;
            }
        }
    }
    say(format_args!("{right} as expected, {wrong} not"))?;
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check(path: &Path) -> anyhow::Result<()> {
    let package = read(path, None)?;
    let manifest = package.manifest();
    say(format_args!("{} {}: {}", manifest.name, manifest.version, manifest.title))?;
    say(format_args!("SHA-256 {}", package.sha256()))?;
    let hooks: Vec<&str> = manifest.hooks.iter().map(|hook| hook.function()).collect();
    say(format_args!("hooks: {}", hooks.join(", ")))?;
    let asked: Vec<String> = manifest.permissions.list().iter().map(ToString::to_string).collect();
    say(format_args!(
        "asks for: {}",
        if asked.is_empty() { "nothing".to_owned() } else { asked.join(", ") }
    ))?;
    let began = Instant::now();
    Plugin::check(&package)?;
    say(format_args!(
        "it can run here; inspected and compiled in {} ms",
        began.elapsed().as_millis()
    ))?;
    if manifest.hooks.contains(&Hook::Judge) { time_calls(&package) } else { Ok(()) }
}

/// How long a plain comment takes. A plugin that needs settings is not timed.
fn time_calls(package: &Package) -> anyhow::Result<()> {
    let grants = Grants::all(&package.manifest().permissions);
    let setup = Setup { grants, ..Setup::default() };
    let Ok(plugin) = Plugin::load(package, setup, Arc::new(Nothing)) else {
        return say("not timed: it needs settings");
    };
    let item = Item {
        surface: "comment".to_owned(),
        format: "markdown".to_owned(),
        text: "Quite a plain comment, as most are. ".repeat(12),
        language: None,
        author: None,
        channel: None,
    };
    let began = Instant::now();
    let calls = 200;
    for _ in 0..calls {
        plugin.judge(&item, "check").context("it failed at a plain comment")?;
    }
    say(format_args!("{} µs for a comment of 430 characters", began.elapsed().as_micros() / calls))
}

async fn install(config: Config, package: Package, enable: bool) -> anyhow::Result<()> {
    let app = super::serve::open(config).await?;
    let result = installed(&app, package, enable).await;
    app.shutdown(std::time::Duration::from_secs(5)).await;
    result
}

async fn installed(app: &crate::app::App, package: Package, enable: bool) -> anyhow::Result<()> {
    // Whoever can open the database may do what administrators may.
    let operator = plugins::operator();
    let asked = package.manifest().permissions.list();
    let (name, change) = plugins::install(app, &operator, package, false).await?;
    match change {
        None => say(format_args!("{name} is installed"))?,
        Some(change) => {
            say(format_args!("{name} is updated"))?;
            for permission in change.added {
                say(format_args!("it newly asks for {permission}"))?;
            }
        }
    }
    if enable {
        let names: Vec<String> = asked.iter().map(ToString::to_string).collect();
        plugins::set_grants(app, &operator, &name, &names).await?;
        plugins::set_enabled(app, &operator, &name, true).await?;
        say(format_args!("{name} is switched on"))?;
    }
    Ok(())
}
