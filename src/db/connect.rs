//! How is the database opened, read and written? Pools, pragmas, and the retried write.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, Executor as _};
use tokio::sync::{RwLock as Gate, RwLockReadGuard, RwLockWriteGuard};

use super::changes::Change;
use super::{Conn, DbError, Engine, Tx, migrate};

/// Where the database is and how many connections it may use.
#[derive(Debug, Clone)]
pub struct DbSettings {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// Connections that read at once (on SQLite), or all connections (on PostgreSQL).
    pub max_connections: u32,
    /// Folder for the copy made before a migration (SQLite; PostgreSQL has its own tools).
    pub backup_dir: Option<PathBuf>,
}

/// Tries of one write that keeps losing races before its error is given up to the caller.
const WRITE_TRIES: u32 = 12;
/// How long a write waits at the gate before it takes its chance without.
const MOST_WAIT: Duration = Duration::from_secs(5);

/// The database.
#[derive(Debug, Clone)]
pub struct Db {
    engine: Engine,
    readers: AnyPool,
    writer: AnyPool,
    /// Writes pass together; one that lost a race passes alone, so that it does not lose again
    /// and again to those that begin meanwhile. SQLite lets writes through one by one itself.
    gate: Arc<Gate<()>>,
    listeners: Listeners,
}

/// Who wants to know what this node changed.
type Listen = dyn Fn(Change) + Send + Sync;

#[derive(Clone, Default)]
struct Listeners(Arc<RwLock<Vec<Arc<Listen>>>>);

impl std::fmt::Debug for Listeners {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Listeners").finish_non_exhaustive()
    }
}

/// An error of any room that may carry a database error, so that a lost race can be run again.
pub trait Faulty: From<DbError> {
    /// The database error inside, if that is what it is.
    fn db_error(&self) -> Option<&DbError>;
}

impl Faulty for DbError {
    fn db_error(&self) -> Option<&DbError> {
        Some(self)
    }
}

/// The tries of one write. Use [`transact!`](crate::transact), which loops over it.
pub struct Attempts<'a> {
    db: &'a Db,
    made: u32,
    passing: Passing<'a>,
}

/// How the running try passed the gate.
enum Passing<'a> {
    Freely,
    Together(#[expect(dead_code, reason = "held, not read")] RwLockReadGuard<'a, ()>),
    Alone(#[expect(dead_code, reason = "held, not read")] RwLockWriteGuard<'a, ()>),
}

impl<'a> Attempts<'a> {
    /// No try made yet.
    #[must_use]
    pub fn new(db: &'a Db) -> Self {
        Self { db, made: 0, passing: Passing::Freely }
    }

    /// Waits until this try may begin. Not for ever: whoever is inside may itself wait for a
    /// connection that somebody at the gate holds.
    async fn pass(&mut self) {
        self.passing = Passing::Freely;
        if self.db.engine == Engine::Sqlite {
            return;
        }
        let alone = self.made > 0;
        let turn = async {
            if alone {
                Passing::Alone(self.db.gate.write().await)
            } else {
                Passing::Together(self.db.gate.read().await)
            }
        };
        self.passing = tokio::time::timeout(MOST_WAIT, turn).await.unwrap_or(Passing::Freely);
    }

    /// Begins the next try.
    ///
    /// # Errors
    /// No connection came free in time, or the engine is away.
    pub async fn begin(&mut self) -> Result<Tx, DbError> {
        let begin = match self.db.engine {
            Engine::Sqlite => "BEGIN IMMEDIATE",
            Engine::Postgres => "BEGIN ISOLATION LEVEL SERIALIZABLE",
        };
        self.pass().await;
        self.made += 1;
        Ok(Tx::begun(self.db.writer.begin_with(begin).await?, self.db.engine))
    }

    /// Commits or rolls back. `None`: the race was lost, begin again.
    pub async fn settle<T, E: Faulty>(
        &mut self,
        tx: Tx,
        outcome: Result<T, E>,
    ) -> Option<Result<T, E>> {
        let outcome = match outcome {
            Ok(value) => match tx.commit().await {
                Ok(changed) => {
                    self.db.announce(&changed);
                    Ok(value)
                }
                Err(error) => Err(E::from(error)),
            },
            Err(error) => {
                drop(tx);
                Err(error)
            }
        };
        self.passing = Passing::Freely;
        let lost = matches!(&outcome, Err(e) if e.db_error().is_some_and(DbError::retryable));
        if !lost || self.made >= WRITE_TRIES {
            return Some(outcome);
        }
        // The second try is alone on this node. Those of other nodes that lost, too, must not
        // meet again at once: back off, unevenly.
        if self.made > 1 {
            let spread = u64::from(rand::random::<u8>() % 16);
            tokio::time::sleep(Duration::from_millis((1 << self.made.min(6)) + spread)).await;
        }
        None
    }
}

/// Runs a block in one write transaction and commits when it gives `Ok`; the value is the
/// block's `Result`, whose error type implements [`Faulty`].
///
/// The block runs again after a lost race, so it does nothing but SQL: no file, no network, no
/// message. It may use `?` and `return` (which end the block only). A macro, because a closure
/// that borrows both its surroundings and the transaction gives no `Send` future yet.
///
/// ```ignore
/// let id = transact!(app.db(), tx => { jobs::enqueue(tx, &job, now, None, now).await })?;
/// ```
#[macro_export]
macro_rules! transact {
    ($db:expr, $tx:ident => $body:block) => {{
        let mut attempts = $crate::db::Attempts::new($db);
        loop {
            let mut begun = match attempts.begin().await {
                Ok(begun) => begun,
                Err(error) => break Err(::core::convert::From::from(error)),
            };
            let outcome = async {
                let $tx = &mut begun;
                $body
            }
            .await;
            if let Some(settled) = attempts.settle(begun, outcome).await {
                break settled;
            }
        }
    }};
}

impl Db {
    /// Opens the database, creates it when SQLite has none yet, and migrates it.
    ///
    /// # Errors
    /// It cannot be reached, is newer than the program, or the backup before a migration failed.
    pub async fn open(settings: &DbSettings) -> Result<Self, DbError> {
        let db = Self::connect(settings).await?;
        migrate::run(&db, settings.backup_dir.as_deref()).await?;
        Ok(db)
    }

    /// Opens the database as it is, without migrating.
    ///
    /// # Errors
    /// It cannot be reached, or the URL names no known engine.
    pub async fn connect(settings: &DbSettings) -> Result<Self, DbError> {
        sqlx::any::install_default_drivers();
        let url = &settings.url;
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let pool = AnyPoolOptions::new()
                .max_connections(settings.max_connections)
                .acquire_timeout(Duration::from_secs(20))
                .connect(url)
                .await?;
            return Ok(Self {
                engine: Engine::Postgres,
                readers: pool.clone(),
                writer: pool,
                gate: Arc::default(),
                listeners: Listeners::default(),
            });
        }
        if !url.starts_with("sqlite:") {
            return Err(DbError::Settings(
                "database.url must begin with sqlite: or postgres://".to_owned(),
            ));
        }
        let url = if url.contains('?') { url.clone() } else { format!("{url}?mode=rwc") };
        // One writer: SQLite has only one anyway, and a pool of one queues fairly.
        let writer = sqlite_pool(&url, 1).await?;
        let readers = sqlite_pool(&url, settings.max_connections.max(1)).await?;
        Ok(Self {
            engine: Engine::Sqlite,
            readers,
            writer,
            gate: Arc::default(),
            listeners: Listeners::default(),
        })
    }

    /// The schema version the database has.
    ///
    /// # Errors
    /// It is empty, or the engine is away.
    pub async fn schema_version(&self) -> Result<i64, DbError> {
        migrate::version(self).await
    }

    /// Which engine this is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Takes a connection to read with.
    ///
    /// # Errors
    /// None came free in time, or the engine is away.
    pub async fn read(&self) -> Result<Conn, DbError> {
        Ok(Conn::pooled(self.readers.acquire().await?, self.engine))
    }

    /// Calls `listen` for everything that this node changes from now on, after its commit and
    /// before whoever changed it goes on; `listen` must not wait.
    pub fn on_change(&self, listen: impl Fn(Change) + Send + Sync + 'static) {
        let mut listeners = self.listeners.0.write().unwrap_or_else(PoisonError::into_inner);
        listeners.push(Arc::new(listen));
    }

    fn announce(&self, changed: &[Change]) {
        if changed.is_empty() {
            return;
        }
        let listeners = self.listeners.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        for (listen, change) in
            listeners.iter().flat_map(|listen| changed.iter().map(move |change| (listen, change)))
        {
            listen(*change);
        }
    }

    /// Runs several statements at once, outside any transaction of ours (migrations, `VACUUM`).
    pub(super) async fn raw(&self, text: &str) -> Result<(), DbError> {
        let mut conn = self.writer.acquire().await?;
        conn.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(text.to_owned()))).await?;
        Ok(())
    }

    /// Copies the whole SQLite database, while in use, to `path`, which must not exist.
    ///
    /// # Errors
    /// On PostgreSQL (use `pg_dump`), or the engine's: the disk is full, the file exists.
    pub async fn copy_to(&self, path: &std::path::Path) -> Result<(), DbError> {
        if self.engine != Engine::Sqlite {
            return Err(DbError::Settings("use pg_dump to copy a PostgreSQL database".to_owned()));
        }
        let quoted = path.display().to_string().replace('\'', "''");
        self.raw(&format!("VACUUM INTO '{quoted}'")).await
    }

    /// Closes every connection; on SQLite this also folds the write-ahead log in.
    pub async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }
}

async fn sqlite_pool(url: &str, connections: u32) -> Result<AnyPool, DbError> {
    Ok(AnyPoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(20))
        .after_connect(|conn, _| {
            Box::pin(async move {
                conn.execute(
                    "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; \
                     PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; \
                     PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -8000;",
                )
                .await
                .map(|_| ())
            })
        })
        .connect(url)
        .await?)
}
