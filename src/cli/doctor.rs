//! `farandole doctor`: is everything in place, and if not, what to do?

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Duration;

use farandole_storage::Store;

use crate::config::{Config, Overrides};
use crate::db::{Db, DbError, DbSettings, SCHEMA_VERSION};

/// Encoders of libav that renditions need.
const ENCODERS: [&str; 3] = ["libx264", "aac", "mjpeg"];

/// Where settings come from.
#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    /// Folder of the server's data.
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Configuration file (TOML).
    #[arg(long)]
    config: Option<PathBuf>,
}

/// What one check found.
enum Finding {
    /// In order.
    Good(String),
    /// Works, but look at it.
    Warn(String),
    /// Does not work; the sentence says what to do.
    Bad(String),
}

use Finding::{Bad, Good, Warn};

/// Checks everything and says what it found; fails when something is bad.
///
/// # Errors
/// Standard output is closed. A setting that cannot be used is a finding, not an error.
pub async fn run(args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    let overrides = Overrides { data_dir: args.data_dir.clone(), listen: None };
    let mut findings = Vec::new();
    match Config::load(args.config.as_deref(), &overrides) {
        Err(error) => findings.push(("settings", Bad(error.to_string()))),
        Ok(config) => {
            findings.push(("settings", Good("can be used".to_owned())));
            findings.push(("data folder", data_folder(&config)));
            findings.push(("disk", disk(&config)));
            findings.push(("database", database(&config).await));
            findings.push(("storage", storage(&config).await));
            findings.push(("encoders", encoders()));
            findings.push(("port", port(&config).await));
            findings.push(("clock", clock()));
            findings.push(("public URL", public_url(&config).await));
        }
    }
    let mut out = std::io::stdout().lock();
    let mut bad = 0;
    for (what, finding) in &findings {
        let (mark, text) = match finding {
            Good(text) => ("ok  ", text),
            Warn(text) => ("look", text),
            Bad(text) => {
                bad += 1;
                ("BAD ", text)
            }
        };
        writeln!(out, "{mark}  {what}: {text}")?;
    }
    let verdict = if bad == 0 { "Nothing stands in the way." } else { "See the lines marked BAD." };
    writeln!(out, "{verdict}")?;
    Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn data_folder(config: &Config) -> Finding {
    let dir = &config.server.data_dir;
    let probe = dir.join(".doctor");
    let tried = std::fs::create_dir_all(dir)
        .and_then(|()| std::fs::write(&probe, b"probe"))
        .and_then(|()| std::fs::remove_file(&probe));
    match tried {
        Ok(()) => Good(format!("{} can be written", dir.display())),
        Err(error) => Bad(format!(
            "{} cannot be written ({error}): give it to the user the server runs as",
            dir.display()
        )),
    }
}

fn disk(config: &Config) -> Finding {
    match rustix::fs::statvfs(&config.server.data_dir) {
        Err(error) => Bad(format!("cannot be measured ({error})")),
        Ok(stat) => {
            let free = stat.f_bavail * stat.f_frsize;
            let floor = config.uploads.free_disk_floor_bytes;
            let text = format!("{} MiB free", free >> 20);
            if free < floor {
                Bad(format!("{text}, below uploads.free_disk_floor_bytes: uploads are refused"))
            } else if free < floor.saturating_mul(3) {
                Warn(format!("{text}, close to uploads.free_disk_floor_bytes"))
            } else {
                Good(text)
            }
        }
    }
}

async fn database(config: &Config) -> Finding {
    let url = &config.database.url;
    let file = url.strip_prefix("sqlite:").map(PathBuf::from);
    if file.as_ref().is_some_and(|file| !file.exists()) {
        return Good("will be made at the first start".to_owned());
    }
    let settings = DbSettings { url: url.clone(), max_connections: 1, backup_dir: None };
    match Db::connect(&settings).await {
        Err(error) => Bad(format!("does not answer ({error}): check database.url")),
        Ok(db) => match db.schema_version().await {
            Ok(found) if found > SCHEMA_VERSION => {
                Bad(DbError::NewerSchema { found, known: SCHEMA_VERSION }.to_string())
            }
            Ok(found) => Good(format!("answers, schema version {found}")),
            Err(_) => Warn("answers, but is empty: the first start will fill it".to_owned()),
        },
    }
}

async fn storage(config: &Config) -> Finding {
    let opened = match config.storage.store_config() {
        Ok(settings) => Store::open(&settings).await,
        Err(error) => Err(error),
    };
    let checked = match opened {
        Ok(store) => store.check().await,
        Err(error) => Err(error),
    };
    match checked {
        Ok(()) => Good("an object was written, read and deleted".to_owned()),
        Err(error) => Bad(error.to_string()),
    }
}

/// Asks the encoders of a child, as transcoding does: libav must load there.
fn encoders() -> Finding {
    let missing: Vec<_> =
        ENCODERS.iter().filter(|name| !farandole_transcoder::has_encoder(name)).collect();
    if missing.is_empty() {
        return Good(format!("{} are there", ENCODERS.join(", ")));
    }
    Bad(format!(
        "{missing:?} are missing from libav: install a build with them (Debian's has them)"
    ))
}

async fn port(config: &Config) -> Finding {
    let listen = config.server.listen;
    match tokio::net::TcpListener::bind(listen).await {
        Ok(_) => Good(format!("{listen} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Warn(format!("{listen} is in use: by this server when it runs, else choose another"))
        }
        Err(error) => Bad(format!("{listen} cannot be used ({error})")),
    }
}

/// Tokens, signatures and schedules need the right time.
fn clock() -> Finding {
    let now = jiff::Timestamp::now();
    if now.as_second() < 1_750_000_000 {
        return Bad(format!("{now} is in the past: set the clock"));
    }
    let synced = Command::new("timedatectl").args(["show", "-p", "NTPSynchronized"]).output();
    match synced {
        Ok(output) if output.stdout.starts_with(b"NTPSynchronized=no") => {
            Warn(format!("{now}, not kept by NTP: install chrony or systemd-timesyncd"))
        }
        _ => Good(now.to_string()),
    }
}

async fn public_url(config: &Config) -> Finding {
    let Some(url) = &config.server.public_url else {
        return Warn(
            "server.public_url is not set: set it before others use the server".to_owned(),
        );
    };
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build();
    let Ok(client) = client else { return Warn("could not be tried".to_owned()) };
    let ping = format!("{}/api/v1/ping", config.public_url());
    match client.get(&ping).send().await {
        Ok(answer) if answer.status().is_success() => {
            let encrypted = url.scheme() == "https";
            let text = format!("{url} answers");
            if encrypted { Good(text) } else { Warn(format!("{text}, without encryption")) }
        }
        Ok(answer) => Warn(format!(
            "{ping} answers {}: start the server, or point the proxy at server.listen",
            answer.status().as_u16()
        )),
        Err(_) => Warn(format!(
            "{ping} is not reached from here: start the server, check DNS, proxy and certificate"
        )),
    }
}
