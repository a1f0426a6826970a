//! How does the schema come up to date? Paired, numbered files, run at start under a lock.

use std::path::Path;

use super::{Db, DbError, Engine, sql};
use crate::transact;

struct Migration {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migration {
    ($version:literal, $name:literal) => {
        Migration {
            version: $version,
            name: $name,
            sqlite: include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
        }
    };
}

/// Every migration, in order. Landed ones never change.
const MIGRATIONS: &[Migration] = &[
    migration!(1, "0001_start"),
    migration!(2, "0002_comments"),
    migration!(3, "0003_moderation"),
    migration!(4, "0004_plugins"),
    migration!(5, "0005_reports"),
    migration!(6, "0006_blocks"),
    migration!(7, "0007_video_blocks"),
    migration!(8, "0008_statements"),
    migration!(9, "0009_people"),
    migration!(10, "0010_registrations"),
    migration!(11, "0011_plugin_previews"),
    migration!(12, "0012_versions"),
    migration!(13, "0013_large_lists"),
];

/// The schema version this program writes.
pub const SCHEMA_VERSION: i64 = {
    let mut last = 0;
    let mut index = 0;
    while index < MIGRATIONS.len() {
        #[expect(clippy::indexing_slicing, reason = "bounded by the loop, at compile time")]
        {
            last = MIGRATIONS[index].version;
        }
        index += 1;
    }
    last
};

/// "faran" in ASCII, shifted: any number will do as long as nobody else locks it.
const POSTGRES_LOCK: i64 = 0x0066_6172_616e;

/// Brings the schema up to date.
pub(super) async fn run(db: &Db, backup_dir: Option<&Path>) -> Result<(), DbError> {
    db.raw(
        "CREATE TABLE IF NOT EXISTS schema_versions (\
         version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)",
    )
    .await
    .or_else(|error| {
        // Two nodes starting together may both create it; PostgreSQL then fails one of them.
        if error.unique_violation() { Ok(()) } else { Err(error) }
    })?;
    let found = version(db).await?;
    if found > SCHEMA_VERSION {
        return Err(DbError::NewerSchema { found, known: SCHEMA_VERSION });
    }
    if found == SCHEMA_VERSION {
        return Ok(());
    }
    if let (Engine::Sqlite, Some(dir), true) = (db.engine(), backup_dir, found > 0) {
        back_up(db, dir, found).await?;
    }
    for migration in MIGRATIONS {
        apply(db, migration).await?;
    }
    Ok(())
}

/// The schema version of the database; an error when it has none yet.
pub(super) async fn version(db: &Db) -> Result<i64, DbError> {
    let mut conn = db.read().await?;
    sql("SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) AS version FROM schema_versions")
        .one(&mut conn)
        .await?
        .int("version")
}

async fn apply(db: &Db, migration: &Migration) -> Result<(), DbError> {
    let text = match db.engine() {
        Engine::Sqlite => migration.sqlite,
        Engine::Postgres => migration.postgres,
    };
    let now = jiff::Timestamp::now().as_millisecond();
    transact!(db, tx => {
        if tx.engine() == Engine::Postgres {
            sql("SELECT CAST(pg_advisory_xact_lock($1) AS TEXT) AS locked")
                .int(POSTGRES_LOCK)
                .one(tx)
                .await?;
        }
        let done = sql("SELECT version FROM schema_versions WHERE version = $1")
            .int(migration.version)
            .optional(tx)
            .await?;
        if done.is_some() {
            return Ok(());
        }
        tx.script(text).await?;
        sql("INSERT INTO schema_versions (version, name, applied_at) VALUES ($1, $2, $3)")
            .int(migration.version)
            .text(migration.name)
            .int(now)
            .run(tx)
            .await?;
        Ok(())
    })
}

async fn back_up(db: &Db, dir: &Path, version: i64) -> Result<(), DbError> {
    let stamp = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    let path = dir.join(format!("before-schema-{SCHEMA_VERSION}-from-{version}-{stamp}.sqlite"));
    let copied = match std::fs::create_dir_all(dir) {
        Ok(()) => db.copy_to(&path).await,
        Err(error) => Err(DbError::Engine(sqlx::Error::Io(error))),
    };
    copied.map_err(|source| DbError::Backup { path, source: Box::new(source) })
}
