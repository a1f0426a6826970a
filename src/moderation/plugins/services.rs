//! What does the server do on a plugin's behalf? Its store in the database, its lines into the
//! log, its requests through a client that reaches public addresses only. The calls come from
//! plugin threads, which may wait; the work itself runs on the server's runtime.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use farandole_plugins::{Level, Request, Response, ServiceError, Services};
use tokio::runtime::Handle;

use super::Room;
use super::network::Network;
use crate::app::App;
use crate::db::plugins::log::{self, NewLine};
use crate::db::plugins::{self, values};
use crate::db::{DbError, Faulty};
use crate::transact;

/// Lines that wait to be written; more are dropped.
const MOST_WAITING: usize = 5_000;
/// How often lines are written.
const BEAT: Duration = Duration::from_secs(1);

/// Lines that wait to be written, with the names of their plugins.
#[derive(Default)]
pub(super) struct Lines(Mutex<Vec<(String, Level, String)>>);

/// The server, as plugins see it.
pub(super) struct ForPlugins {
    app: App,
    runtime: Handle,
    network: Network,
}

impl ForPlugins {
    pub(super) fn new(app: &App) -> Result<Self, String> {
        let network = Network::new(&app.config().plugins.networks)?;
        Ok(Self { app: app.clone(), runtime: Handle::current(), network })
    }
}

/// Why a value was not kept.
#[derive(Debug, thiserror::Error)]
enum Unkept {
    #[error("the plugin's store is full")]
    Full,
    #[error("the plugin is gone")]
    Gone,
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Faulty for Unkept {
    fn db_error(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Unkept> for ServiceError {
    fn from(error: Unkept) -> Self {
        match error {
            Unkept::Full => Self::Full,
            other => Self::Failed(other.to_string()),
        }
    }
}

impl Services for ForPlugins {
    fn store_get(&self, plugin: &str, key: &str) -> Result<Option<Vec<u8>>, ServiceError> {
        let read = async {
            let mut conn = self.app.db().read().await?;
            values::get(&mut conn, plugin, key).await
        };
        self.runtime.block_on(read).map_err(|error: DbError| Unkept::from(error).into())
    }

    fn store_put(
        &self,
        plugin: &str,
        key: &str,
        value: Option<&[u8]>,
        quota_bytes: u64,
    ) -> Result<(), ServiceError> {
        let kept = self.runtime.block_on(keep(&self.app, plugin, key, value, quota_bytes));
        kept.map_err(Into::into)
    }

    fn fetch(
        &self,
        _plugin: &str,
        request: &Request,
        within: Duration,
    ) -> Result<Response, ServiceError> {
        self.runtime.block_on(self.network.fetch(request, within)).map_err(ServiceError::Failed)
    }

    fn log(&self, plugin: &str, level: Level, line: &str) {
        let room = self.app.room::<Room>();
        let mut lines = room.lines.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() < MOST_WAITING {
            lines.push((plugin.to_owned(), level, line.to_owned()));
        }
    }
}

async fn keep(
    app: &App,
    plugin: &str,
    key: &str,
    value: Option<&[u8]>,
    quota_bytes: u64,
) -> Result<(), Unkept> {
    let quota = i64::try_from(quota_bytes).unwrap_or(i64::MAX);
    transact!(app.db(), tx => {
        let Some(row) = plugins::named(tx, plugin).await? else { return Err(Unkept::Gone) };
        let Some(value) = value else {
            values::remove(tx, row.id, key).await?;
            return Ok(());
        };
        let size = i64::try_from(key.len() + value.len()).unwrap_or(i64::MAX);
        if values::others_bytes(tx, row.id, key).await?.saturating_add(size) > quota {
            return Err(Unkept::Full);
        }
        values::put(tx, row.id, key, value).await?;
        Ok(())
    })
}

/// Writes waiting lines from now on, every so often and when the server stops.
pub(super) fn keep_lines(app: &App) {
    app.regularly(BEAT, |app| async move {
        if let Err(error) = write_lines(&app).await {
            tracing::error!(error = %error, "lines of plugins were not written and are lost");
        }
    });
}

/// Writes the lines that wait.
pub(super) async fn write_lines(app: &App) -> Result<(), DbError> {
    let room = app.room::<Room>();
    let waiting = std::mem::take(&mut *room.lines.0.lock().unwrap_or_else(PoisonError::into_inner));
    if waiting.is_empty() {
        return Ok(());
    }
    let now = app.now();
    transact!(app.db(), tx => {
        let mut touched = Vec::new();
        for (plugin, level, line) in &waiting {
            let Some(row) = plugins::named(tx, plugin).await? else { continue };
            let line = line.clone();
            let new = NewLine { plugin_id: row.id, level: level.name(), kind: None, line };
            log::add(tx, &new, now).await?;
            if !touched.contains(&row.id) {
                touched.push(row.id);
            }
        }
        for id in touched {
            log::trim(tx, id).await?;
        }
        Ok::<_, DbError>(())
    })
}
