//! `/api/v1/abuses`.

mod assignment;
mod collection;
mod messages;
mod one;
mod told;

use farandole::db::comments::place;
use farandole::db::comments::write::{NewComment, insert};
use farandole::domain::comment::CommentState;
use farandole::transact;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::notifications::actor_of;
use crate::support::TestApp;
use crate::support::people::Person;
use crate::support::videos::TestVideo;

const PATH: &str = "/api/v1/abuses";

/// Reports a video and returns the id of the report.
async fn reported(by: &Person, video: &TestVideo) -> i64 {
    let body = json!({ "reason": "It is stolen", "predefinedReasons": ["rights"],
        "video": { "id": video.id, "startAt": 3, "endAt": 9 } });
    let answer = by.post_json(PATH, &body).await;
    assert_eq!(answer.status(), 200);
    answer.json::<Value>().await.unwrap()["abuse"]["id"].as_i64().unwrap()
}

async fn listed(by: &Person, path: &str) -> Vec<Value> {
    let answer = by.get(path).await;
    assert_eq!(answer.status(), 200, "{path}");
    let page: Value = answer.json().await.unwrap();
    let data = page["data"].as_array().unwrap().clone();
    assert!(page["total"].as_i64().unwrap() >= data.len() as i64);
    data
}

/// Writes a comment that everybody sees, and returns its id.
async fn comment(app: &TestApp, by: &Person, video: &TestVideo, text: &str) -> i64 {
    let (actor_id, now) = (actor_of(app, by).await, app.app.now());
    let state = CommentState::Shown;
    transact!(app.app.db(), tx => {
        let place = place::of_video(tx, video.id).await?.unwrap();
        let new = NewComment { uuid: Uuid::new_v4(), actor_id, parent: None, text, state };
        insert(tx, &place, &new, now).await
    })
    .unwrap()
}
