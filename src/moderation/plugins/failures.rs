//! How often may a plugin fail? Each failure is written down; when there were too many within an
//! hour it is switched off, and administrators are told.

use std::time::Duration;

use farandole_plugins::Failure;

use super::set;
use crate::app::App;
use crate::db::DbError;
use crate::db::plugins::log::{self, NewLine};
use crate::db::plugins::{self, PluginRow};
use crate::transact;

/// Failures that are older do not count.
const WINDOW: Duration = Duration::from_secs(3600);

/// Writes a failure down, and switches the plugin off when it was one too many. That this cannot
/// be written is no reason to refuse the text, which is held anyway.
pub(super) async fn note(app: &App, row: &PluginRow, failure: &Failure) {
    tracing::warn!(plugin = row.name, kind = failure.kind(), error = %failure, "a plugin failed");
    if !failure.is_the_plugins() {
        return;
    }
    match write(app, row, failure).await {
        Ok(true) => {
            tracing::error!(plugin = row.name, "a plugin failed too often and was switched off");
            set::changed(app);
            app.wake_jobs();
        }
        Ok(false) => {}
        Err(error) => {
            tracing::error!(plugin = row.name, error = %error, "a failure was not written down");
        }
    }
}

async fn write(app: &App, row: &PluginRow, failure: &Failure) -> Result<bool, DbError> {
    let now = app.now();
    let most = i64::from(app.config().plugins.failures);
    let since = row.enabled_at.map_or(now.minus(WINDOW), |at| at.max(now.minus(WINDOW)));
    let line = NewLine {
        plugin_id: row.id,
        level: "error",
        kind: Some(failure.kind()),
        line: failure.to_string(),
    };
    let reason = format!("It failed {most} times within an hour; the last time {failure}.");
    transact!(app.db(), tx => {
        log::add(tx, &line, now).await?;
        log::trim(tx, row.id).await?;
        if log::failures_since(tx, row.id, since).await? < most {
            return Ok::<_, DbError>(false);
        }
        let off = plugins::set_enabled(tx, row.id, false, Some(&reason), now).await?;
        if off {
            super::manage::tell_disabled(tx, row, &reason, now).await?;
        }
        Ok(off)
    })
}
