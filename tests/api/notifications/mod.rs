//! `/api/v1/users/me/notifications` and `/notification-settings`.

mod delivery;
mod list;
mod moderation;
mod settings;

use farandole::db::comments::write::{NewComment, insert};
use farandole::db::comments::{by_id, place};
use farandole::db::sql;
use farandole::domain::comment::CommentState;
use farandole::domain::{Job, NotifyEvent};
use farandole::notify;
use farandole::transact;
use serde_json::Value;
use uuid::Uuid;

use crate::support::videos::TestVideo;
use crate::support::{Person, TestApp};

/// `actors.id` of somebody.
pub(crate) async fn actor_of(app: &TestApp, person: &Person) -> i64 {
    let mut conn = app.app.db().read().await.unwrap();
    let row = sql("SELECT actor_id FROM accounts WHERE id = $1").int(person.account_id);
    row.one(&mut conn).await.unwrap().int("actor_id").unwrap()
}

/// Writes a comment as the rooms do, without judging it, and tells of it.
async fn comment(
    app: &TestApp,
    by: &Person,
    video: &TestVideo,
    parent: Option<i64>,
    text: &str,
) -> i64 {
    let (actor_id, now) = (actor_of(app, by).await, app.app.now());
    let id = transact!(app.app.db(), tx => {
        let place = place::of_video(tx, video.id).await?.unwrap();
        let parent = match parent {
            Some(id) => by_id(tx, id).await?,
            None => None,
        };
        let state = CommentState::Shown;
        let new =
            NewComment { uuid: Uuid::new_v4(), actor_id, parent: parent.as_ref(), text, state };
        insert(tx, &place, &new, now).await
    })
    .unwrap();
    notify::deliver(&app.app, NotifyEvent::CommentShown { comment_id: id }).await.unwrap();
    id
}

/// Delivers everything that is queued to be told.
pub(crate) async fn work(app: &TestApp) {
    let mut conn = app.app.db().read().await.unwrap();
    let queued = sql("SELECT payload FROM jobs WHERE kind = 'notify' ORDER BY id");
    let queued = queued.all(&mut conn).await.unwrap();
    drop(conn);
    for row in queued {
        let job: Job = serde_json::from_str(&row.text("payload").unwrap()).unwrap();
        let Job::Notify { event } = job else { panic!("{job:?}") };
        notify::deliver(&app.app, event).await.unwrap();
    }
}

/// Somebody's notifications.
pub(crate) async fn told(person: &Person, query: &str) -> Value {
    let answer = person.get(&format!("/api/v1/users/me/notifications?{query}")).await;
    assert_eq!(answer.status(), 200, "{query}");
    answer.json().await.unwrap()
}

/// Types of somebody's notifications, latest first.
pub(crate) async fn types(person: &Person) -> Vec<i64> {
    let told = told(person, "").await;
    told["data"].as_array().unwrap().iter().map(|one| one["type"].as_i64().unwrap()).collect()
}
