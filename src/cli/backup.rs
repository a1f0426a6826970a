//! `farandole backup` and `farandole restore`: the database, whole and consistent, and the list
//! of stored objects it speaks of.
//!
//! A backup is a folder: `farandole.sqlite` (copied while the server runs), `keys.txt` (size and
//! key of every stored object, one a line) and `about.json`. The objects themselves are copied
//! with whatever copies files or buckets well; `keys.txt` tells what must be there.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use farandole_storage::Store;
use futures::TryStreamExt as _;
use serde::{Deserialize, Serialize};

use crate::config::{Config, Overrides};
use crate::db::{Db, DbSettings, Engine, SCHEMA_VERSION};

const DATABASE: &str = "farandole.sqlite";
const KEYS: &str = "keys.txt";
const ABOUT: &str = "about.json";
/// Missing objects named one by one before the rest are only counted.
const NAMED: usize = 20;

/// Where settings come from, and where the copy goes.
#[derive(Debug, clap::Args)]
pub struct BackupArgs {
    /// Folder to make the backup in; it must not exist yet.
    out: PathBuf,
    /// Folder of the server's data.
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Configuration file (TOML).
    #[arg(long)]
    config: Option<PathBuf>,
}

/// Where the copy is, and where it goes.
#[derive(Debug, clap::Args)]
pub struct RestoreArgs {
    /// Folder that `farandole backup` made.
    from: PathBuf,
    /// Folder of the server's data.
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Configuration file (TOML).
    #[arg(long)]
    config: Option<PathBuf>,
}

#[derive(Debug, Serialize, Deserialize)]
struct About {
    program_version: String,
    schema_version: i64,
    made_at: String,
    objects: u64,
    bytes: u64,
}

/// Makes a backup of a stopped or running server.
///
/// # Errors
/// The folder exists, the database or the store cannot be read, the disk is full.
pub async fn backup(args: &BackupArgs) -> anyhow::Result<()> {
    let overrides = Overrides { data_dir: args.data_dir.clone(), listen: None };
    let config = Config::load(args.config.as_deref(), &overrides)?;
    let out = &args.out;
    ensure!(!out.exists(), "{} exists already: name a new folder", out.display());
    let db = Db::connect(&settings(&config)).await?;
    if db.engine() == Engine::Postgres {
        bail!("the database is PostgreSQL: use pg_dump for it, it copies a running database well");
    }
    std::fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    // The list comes after the copy: every object the copied database speaks of is then in it,
    // unless it was deleted in between.
    db.copy_to(&out.join(DATABASE)).await?;
    db.close().await;
    let store = Store::open(&config.storage.store_config()?).await?;
    let (objects, bytes) = list_keys(&store, &out.join(KEYS)).await?;
    let about = About {
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        schema_version: SCHEMA_VERSION,
        made_at: jiff::Timestamp::now().to_string(),
        objects,
        bytes,
    };
    std::fs::write(out.join(ABOUT), serde_json::to_string_pretty(&about)?)?;
    let mut say = std::io::stdout().lock();
    writeln!(say, "The database is in {}.", out.join(DATABASE).display())?;
    writeln!(say, "{objects} stored objects ({bytes} bytes) are listed in {KEYS}; copy them too:")?;
    match store_folder(&config) {
        Some(folder) => writeln!(say, "  rsync -a {}/ BACKUP/storage/", folder.display())?,
        None => writeln!(say, "  they are in the bucket {}", config.storage.s3.bucket)?,
    }
    Ok(())
}

/// Puts a backup's database in place and checks that the objects it lists are in the store.
///
/// # Errors
/// There is a database already, the backup is damaged or newer than this program.
pub async fn restore(args: &RestoreArgs) -> anyhow::Result<()> {
    let overrides = Overrides { data_dir: args.data_dir.clone(), listen: None };
    let config = Config::load(args.config.as_deref(), &overrides)?;
    let about = std::fs::read_to_string(args.from.join(ABOUT))
        .with_context(|| format!("{} is no backup", args.from.display()))?;
    let about: About = serde_json::from_str(&about).context("about.json is damaged")?;
    ensure!(
        about.schema_version <= SCHEMA_VERSION,
        "the backup was made by version {}, which is newer than this program",
        about.program_version
    );
    let target = database_file(&config)?;
    ensure!(
        !target.exists(),
        "{} exists already: stop the server and move it away first",
        target.display()
    );
    if let Some(parent) = target.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let half = target.with_extension("restoring");
    std::fs::copy(args.from.join(DATABASE), &half).context("the database cannot be copied")?;
    std::fs::File::open(&half)?.sync_all()?;
    std::fs::rename(&half, &target)?;
    // Opening migrates an older backup, and proves that the copy can be used.
    Db::open(&settings(&config)).await?.close().await;
    let missing = missing(&config, &args.from.join(KEYS)).await?;
    let mut say = std::io::stdout().lock();
    writeln!(say, "The database of {} is in place.", about.made_at)?;
    if missing.is_empty() {
        writeln!(say, "All {} stored objects are there.", about.objects)?;
        return Ok(());
    }
    for key in missing.iter().take(NAMED) {
        writeln!(say, "  missing: {key}")?;
    }
    bail!("{} stored objects are missing: copy them into the store", missing.len());
}

fn settings(config: &Config) -> DbSettings {
    DbSettings { url: config.database.url.clone(), max_connections: 2, backup_dir: None }
}

fn store_folder(config: &Config) -> Option<&Path> {
    (config.storage.kind == crate::config::StorageKind::Disk).then_some(&config.storage.path)
}

fn database_file(config: &Config) -> anyhow::Result<PathBuf> {
    let path = config.database.url.strip_prefix("sqlite:").and_then(|url| url.split('?').next());
    path.map(PathBuf::from).context("the database is PostgreSQL: use pg_restore for it")
}

async fn list_keys(store: &Store, path: &Path) -> anyhow::Result<(u64, u64)> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    let (mut objects, mut bytes) = (0, 0);
    let mut all = store.list(None);
    while let Some((key, stat)) = all.try_next().await? {
        writeln!(file, "{} {key}", stat.size_bytes)?;
        objects += 1;
        bytes += stat.size_bytes;
    }
    file.into_inner()?.sync_all()?;
    Ok((objects, bytes))
}

async fn missing(config: &Config, list: &Path) -> anyhow::Result<Vec<String>> {
    let store = Store::open(&config.storage.store_config()?).await?;
    let mut there = HashMap::new();
    let mut all = store.list(None);
    while let Some((key, stat)) = all.try_next().await? {
        there.insert(key.to_string(), stat.size_bytes);
    }
    let text = std::fs::read_to_string(list).context("keys.txt cannot be read")?;
    let wanted = text.lines().filter_map(|line| line.split_once(' '));
    Ok(wanted
        .filter(|(size, key)| there.get(*key).is_none_or(|found| found.to_string() != **size))
        .map(|(_, key)| key.to_owned())
        .collect())
}
