//! How do plugins hear of what happened? From the queue, one job a plugin and event, so that a slow
//! one delays nobody. What they answer are notices for administrators.

use std::collections::BTreeSet;

use farandole_plugins::manifest::{Hook, Manifest};
use farandole_plugins::{Event, Failure};

use super::{PluginError, failures, host, set};
use crate::app::App;
use crate::db::notifications::{self, NewNotification};
use crate::db::plugins::events::{self as rows, EventRow};
use crate::db::plugins::log::{self, NewLine};
use crate::db::{DbError, Tx};
use crate::domain::notification::NotificationKind;
use crate::domain::{Millis, PluginEvent, PluginEventKind};
use crate::transact;

/// The kinds of events that a plugin hears of, by name.
pub(super) fn heard_by(manifest: &Manifest) -> BTreeSet<&'static str> {
    PluginEventKind::ALL
        .into_iter()
        .map(PluginEventKind::name)
        .filter(|kind| manifest.hooks.contains(&Hook::OnEvent) && manifest.hears(kind))
        .collect()
}

/// Tells one plugin of an event. A plugin that is off or gone, or an event whose comment or video
/// is gone, is passed over; a plugin that fails is noted and not asked again.
///
/// # Errors
/// The database; no thread was free ([`PluginError::Busy`]), so that another try may help.
pub async fn handle(app: &App, plugin_id: i64, event: PluginEvent) -> Result<(), PluginError> {
    let set = set::current(app).await?;
    let Some(ready) = set.iter().find(|ready| ready.row.id == plugin_id) else { return Ok(()) };
    let Ok(plugin) = &ready.plugin else { return Ok(()) };
    let mut conn = app.db().read().await?;
    let Some(row) = rows::describe(&mut conn, event).await? else { return Ok(()) };
    drop(conn);
    match host(app).await?.on_event(plugin, told(app, event, &row)).await {
        Ok(reaction) => {
            let now = app.now();
            transact!(app.db(), tx => {
                for text in &reaction.notices {
                    notice(tx, plugin_id, &ready.row.name, text, now).await?;
                }
                Ok::<_, DbError>(())
            })?;
            Ok(())
        }
        Err(Failure::Busy) => Err(PluginError::Busy),
        Err(failure) => {
            failures::note(app, &ready.row, &failure).await;
            Ok(())
        }
    }
}

/// What a plugin is told.
fn told(app: &App, event: PluginEvent, row: &EventRow) -> Event {
    let video = |uuid: &String| format!("{}/videos/watch/{uuid}", app.config().public_url());
    Event {
        kind: event.what.name().to_owned(),
        at: row.at.rfc3339(),
        id: event.id.to_string(),
        url: row.video_uuid.as_ref().map(video),
        title: row.title.clone(),
        text: row.text.clone(),
        author: row.actor_id.map(|id| format!("actor-{id}")),
    }
}

/// Tells moderators something about a plugin: a line of its log, and a notification.
pub(super) async fn notice(
    tx: &mut Tx,
    plugin_id: i64,
    name: &str,
    text: &str,
    now: Millis,
) -> Result<(), DbError> {
    let line = text.to_owned();
    log::add(tx, &NewLine { plugin_id, level: "warn", kind: None, line }, now).await?;
    let kind = NotificationKind::PluginDisabled;
    let details = serde_json::json!({ "plugin": name, "text": text }).to_string();
    for reader in notifications::staff(tx).await? {
        if !notifications::settings(tx, reader.user_id).await?.in_site(kind) {
            continue;
        }
        let new = NewNotification {
            user_id: reader.user_id,
            kind,
            dedupe: format!("plugin:{plugin_id}:{}:{}", now.0, text.len()),
            mark: 0,
            comment_id: None,
            video_id: None,
            actor_id: None,
            audit_id: None,
            details: Some(details.clone()),
        };
        notifications::tell(tx, &new, now).await?;
    }
    Ok(())
}
