//! `/api/v1/videos/{id}/comment-threads`, `/comments`, and what belongs to them.

pub(crate) mod bulk;
mod edit;
mod feeds;
mod held;
mod hostile;
mod lists;
mod marks;
mod pace;
mod permissions;
mod policies;
mod privacy;
mod remove;
mod threads;
mod words;

use farandole::db::sql;
use farandole::transact;
use insta::Settings;
use reqwest::Response;
use serde_json::{Value, json};

use crate::support::videos::TestVideo;
use crate::support::{Person, TestApp};

/// Sends a comment under a video.
pub(crate) async fn send(by: &Person, video: &TestVideo, text: &str) -> Response {
    by.post_json(&video.path("/comment-threads"), &json!({ "text": text })).await
}

/// Begins a thread, and gives the comment as its author gets it back.
pub(crate) async fn write(by: &Person, video: &TestVideo, text: &str) -> Value {
    comment(send(by, video, text).await).await
}

/// Answers a comment.
pub(crate) async fn reply(by: &Person, video: &TestVideo, to: &Value, text: &str) -> Value {
    let path = video.path(&format!("/comments/{}", to["id"]));
    comment(by.post_json(&path, &json!({ "text": text })).await).await
}

async fn comment(answer: Response) -> Value {
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(status, 200, "{body}");
    body["comment"].clone()
}

/// Changes a comment.
async fn change(by: &Person, video: &TestVideo, one: &Value, text: &str) -> Response {
    let path = video.path(&format!("/comments/{}", one["id"]));
    by.put_json(&path, &json!({ "text": text })).await
}

/// The threads as somebody sees them, or a visitor.
pub(crate) async fn threads(
    app: &TestApp,
    by: Option<&Person>,
    video: &TestVideo,
    query: &str,
) -> Value {
    let path = video.path(&format!("/comment-threads?{query}"));
    let answer = match by {
        Some(person) => person.get(&path).await,
        None => app.get(&path).await,
    };
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(status, 200, "{body}");
    body
}

/// Texts of a list, in its order.
pub(crate) fn texts(list: &Value) -> Vec<String> {
    let data = list["data"].as_array().unwrap();
    data.iter().map(|one| one["text"].as_str().unwrap().to_owned()).collect()
}

/// A thread as somebody sees it.
pub(crate) async fn thread(
    app: &TestApp,
    by: Option<&Person>,
    video: &TestVideo,
    one: &Value,
) -> Value {
    let path = video.path(&format!("/comment-threads/{}", one["threadId"]));
    let answer = match by {
        Some(person) => person.get(&path).await,
        None => app.get(&path).await,
    };
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

/// `comments` of a video, as the one who asks (who is never answered from memory) sees it.
async fn counted(by: &Person, video: &TestVideo) -> i64 {
    let shown: Value = by.get(&video.path("")).await.json().await.unwrap();
    shown["comments"].as_i64().unwrap()
}

/// Sets PeerTube's comments policy of a video.
pub(crate) async fn policy(owner: &Person, video: &TestVideo, policy: i64) {
    let change = json!({ "commentsPolicy": policy });
    assert_eq!(owner.put_json(&video.path(""), &change).await.status(), 204);
}

/// Refuses everything that somebody writes from now on.
async fn block(app: &TestApp, person: &Person) {
    let actor = crate::api::notifications::actor_of(app, person).await;
    transact!(app.app.db(), tx => {
        farandole::db::moderation::blocks::insert(
            tx, farandole::domain::moderation::Scope::Instance, actor, None, None, 0,
            app.app.now(),
        )
        .await?;
        sql("UPDATE author_blocks SET audit_id = NULL").run(tx).await
    })
    .unwrap();
}

/// Snapshots without what differs from run to run.
fn redacted() -> Settings {
    let mut settings = crate::api::users::redacted();
    for key in ["threadId", "inReplyToCommentId", "videoId", "decisionId"] {
        settings.add_redaction(
            &format!(".**.{key}"),
            insta::dynamic_redaction(|value, _| if value.is_nil() { value } else { "[id]".into() }),
        );
    }
    for key in ["uuid", "shortUUID"] {
        settings.add_redaction(&format!(".**.{key}"), "[uuid]");
    }
    for key in ["deletedAt", "editedAt"] {
        settings.add_redaction(
            &format!(".**.{key}"),
            insta::dynamic_redaction(
                |value, _| {
                    if value.is_nil() { value } else { "[time]".into() }
                },
            ),
        );
    }
    settings
}
