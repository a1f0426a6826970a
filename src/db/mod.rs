//! How is everything remembered? All SQL lives here, one file per aggregate, one text for SQLite
//! and PostgreSQL.
//!
//! Functions that read take a [`Conn`], functions that write take a [`Tx`]: what belongs together
//! commits together, jobs and change rows included. Policy stays in the rooms above.

mod conn;
mod connect;
mod migrate;
mod narrow;

pub mod abuses;
pub mod accounts;
pub mod actor_images;
pub mod actors;
pub mod blocklists;
pub mod changes;
pub mod channels;
pub mod comments;
pub mod instance;
pub mod jobs;
pub mod moderation;
pub mod notifications;
pub mod plugins;
pub mod quota;
pub mod registrations;
pub mod revisions;
pub mod stats;
pub mod tokens;
pub mod uploads;
pub mod users;
pub mod users_list;
pub mod videos;

pub use conn::{Conn, Engine, Row, Sql, Tx, sql};
pub use connect::{Attempts, Db, DbSettings, Faulty};
pub use migrate::SCHEMA_VERSION;

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The engine refused or was not reached.
    #[error("the database failed")]
    Engine(#[from] sqlx::Error),
    /// A column did not hold what the code expects: a damaged or foreign database.
    #[error("column {column} holds no {wanted}")]
    Column {
        /// The column's name.
        column: String,
        /// The type the code wanted.
        wanted: &'static str,
    },
    /// The database was written by a newer version of Farandole.
    #[error(
        "this database has schema version {found}, this program knows {known}: start the newer \
         Farandole, or restore the backup made before the upgrade"
    )]
    NewerSchema {
        /// The database's version.
        found: i64,
        /// The program's version.
        known: i64,
    },
    /// The settings name no database that can be used.
    #[error("{0}")]
    Settings(String),
    /// The copy before a migration could not be made, so the migration was not begun.
    #[error("the backup before the migration could not be written to {path}")]
    Backup {
        /// Where it should have gone.
        path: std::path::PathBuf,
        /// Why not.
        #[source]
        source: Box<DbError>,
    },
}

impl DbError {
    /// The write lost a race and may be run again (SQLSTATE 40001, 40P01, `SQLITE_BUSY`).
    #[must_use]
    pub fn retryable(&self) -> bool {
        let Self::Engine(sqlx::Error::Database(error)) = self else { return false };
        // 5 is SQLITE_BUSY, 517 SQLITE_BUSY_SNAPSHOT.
        matches!(error.code().as_deref(), Some("40001" | "40P01" | "5" | "517"))
    }

    /// A UNIQUE rule was broken: somebody else has that name, address or key.
    #[must_use]
    pub fn unique_violation(&self) -> bool {
        matches!(self, Self::Engine(sqlx::Error::Database(error)) if error.is_unique_violation())
    }

    /// The disk is full (`SQLITE_FULL`, SQLSTATE 53100).
    #[must_use]
    pub fn disk_full(&self) -> bool {
        let Self::Engine(sqlx::Error::Database(error)) = self else { return false };
        matches!(error.code().as_deref(), Some("13" | "53100"))
    }
}
