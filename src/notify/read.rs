//! What was I told, what have I seen of it, and what do I want to be told?

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::app::App;
use crate::db::accounts::{self, AccountRow};
use crate::db::channels::{self, ChannelRow};
use crate::db::comments::{self, CommentRow, VideoPlace};
use crate::db::notifications::{self, Decision, Filter, NotificationRow};
use crate::db::{Conn, DbError, Faulty};
use crate::domain::notification::NotificationSettings;
use crate::domain::{Order, Principal, Window};
use crate::transact;

/// Ids that can be marked as seen in one request.
const MOST_IDS: usize = 1_000;

/// Why notifications were not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    /// A field that does not fit.
    #[error("Incorrect request parameters: {param}. {problem}")]
    Invalid {
        /// Its name.
        param: String,
        /// What would fit.
        problem: &'static str,
    },
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Faulty for NotifyError {
    fn db_error(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            Self::Invalid { .. } => None,
        }
    }
}

/// A notification with what it names.
#[derive(Debug, Clone)]
pub struct Told {
    /// The row.
    pub row: NotificationRow,
    /// The comment it is about.
    pub comment: Option<CommentRow>,
    /// The video it is about, and its channel.
    pub video: Option<(VideoPlace, ChannelRow)>,
    /// Who did it.
    pub actor: Option<AccountRow>,
    /// The decision it is about.
    pub decision: Option<Decision>,
}

/// One's notifications, and how many there are.
///
/// # Errors
/// The database's.
pub async fn list(
    app: &App,
    who: &Principal,
    filter: &Filter,
    order: Order<()>,
    window: Window,
) -> Result<(i64, Vec<Told>), NotifyError> {
    let mut conn = app.db().read().await?;
    let (total, rows) = notifications::list(&mut conn, who.user_id, filter, order, window).await?;
    Ok((total, complete(&mut conn, rows).await?))
}

async fn complete(conn: &mut Conn, rows: Vec<NotificationRow>) -> Result<Vec<Told>, DbError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = |of: fn(&NotificationRow) -> Option<i64>| {
        let mut ids: Vec<i64> = rows.iter().filter_map(of).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let (comment_ids, video_ids) = (ids(|row| row.comment_id), ids(|row| row.video_id));
    let (actor_ids, audit_ids) = (ids(|row| row.actor_id), ids(|row| row.audit_id));
    let comments = by(comments::by_ids(conn, &comment_ids).await?, |row| row.id);
    let places = comments::place::of_videos(conn, &video_ids).await?;
    let channel_ids: Vec<i64> = places.iter().map(|place| place.channel_id).collect();
    let channels = by(channels::by_ids(conn, &channel_ids).await?, |channel| channel.id);
    let places = by(places, |place| place.id);
    let actors = by(accounts::by_actors(conn, &actor_ids).await?, |account| account.actor.id);
    let mut decisions = HashMap::new();
    for id in audit_ids {
        if let Some(decision) = notifications::decision(conn, id).await? {
            decisions.insert(id, decision);
        }
    }
    let told = rows.into_iter().map(|row| Told {
        comment: row.comment_id.and_then(|id| comments.get(&id).cloned()),
        video: row.video_id.and_then(|id| {
            let place = places.get(&id)?;
            Some((place.clone(), channels.get(&place.channel_id)?.clone()))
        }),
        actor: row.actor_id.and_then(|id| actors.get(&id).cloned()),
        decision: row.audit_id.and_then(|id| decisions.get(&id).cloned()),
        row,
    });
    Ok(told.collect())
}

fn by<T>(all: Vec<T>, id: impl Fn(&T) -> i64) -> HashMap<i64, T> {
    all.into_iter().map(|one| (id(&one), one)).collect()
}

/// Marks some of one's notifications as seen.
///
/// # Errors
/// [`NotifyError::Invalid`] for too many at once.
pub async fn mark(app: &App, who: &Principal, ids: &[i64]) -> Result<(), NotifyError> {
    if ids.len() > MOST_IDS {
        let problem = "Should be at most 1,000 ids.";
        return Err(NotifyError::Invalid { param: "ids".to_owned(), problem });
    }
    let now = app.now();
    transact!(app.db(), tx => {
        notifications::set_read(tx, who.user_id, ids, now).await?;
        Ok(())
    })
}

/// Marks all of one's notifications as seen.
///
/// # Errors
/// The database's.
pub async fn mark_all(app: &App, who: &Principal) -> Result<(), NotifyError> {
    let now = app.now();
    transact!(app.db(), tx => {
        notifications::set_all_read(tx, who.user_id, now).await?;
        Ok(())
    })
}

/// What one wants to be told.
///
/// # Errors
/// The database's.
pub async fn settings(app: &App, user_id: i64) -> Result<NotificationSettings, DbError> {
    let mut conn = app.db().read().await?;
    notifications::settings(&mut conn, user_id).await
}

/// Changes what one wants to be told; what is not named stays.
///
/// # Errors
/// [`NotifyError::Invalid`] for a setting that does not exist, and a value that is none of 0 to 3.
pub async fn set(
    app: &App,
    who: &Principal,
    changes: &Map<String, Value>,
) -> Result<(), NotifyError> {
    let now = app.now();
    transact!(app.db(), tx => {
        let mut settings = notifications::settings(tx, who.user_id).await?;
        for (key, value) in changes {
            if !settings.set(key, value) {
                let problem = "Should be a known setting: 0 none, 1 site, 2 mail, 3 both.";
                return Err(NotifyError::Invalid { param: key.clone(), problem });
            }
        }
        notifications::set_settings(tx, who.user_id, &settings, now).await?;
        Ok(())
    })
}
