//! Every deed against everybody.

use farandole::transact;
use reqwest::Method;
use serde_json::{Value, json};

use super::{policy, write};
use crate::api::notifications::actor_of;
use crate::support::videos::TestVideo;
use crate::support::{Person, TestApp};

struct Cast {
    app: TestApp,
    owner: Person,
    author: Person,
    /// Nobody, somebody else, the author, a channel moderator, the owner, a moderator, an
    /// administrator.
    people: [Option<Person>; 7],
}

async fn cast() -> Cast {
    let app = TestApp::start_with(|config| {
        config.comments.per_person = 1_000;
        config.comments.per_address = 1_000;
        config.limits.api_requests = 0;
    })
    .await;
    let (owner, author) = (app.user("owner").await, app.user("author").await);
    let helper = app.user("helper").await;
    let (channel, actor) = (owner.channel_id, actor_of(&app, &helper).await);
    let now = app.app.now();
    transact!(app.app.db(), tx => {
        farandole::db::moderation::people::insert(tx, channel, actor, actor, now).await
    })
    .unwrap();
    let people = [
        None,
        Some(app.user("stranger").await),
        Some(author.clone()),
        Some(helper),
        Some(owner.clone()),
        Some(app.moderator("mod").await),
        Some(app.root().await),
    ];
    Cast { app, owner, author, people }
}

async fn send(
    cast: &Cast,
    by: &Option<Person>,
    method: &Method,
    path: &str,
    body: Option<&Value>,
) -> u16 {
    let request = match by {
        Some(person) => person.request(method.clone(), path),
        None => cast.app.client.request(method.clone(), cast.app.url(path)),
    };
    let request = match body {
        Some(body) => request.json(body),
        None => request,
    };
    request.send().await.unwrap().status().as_u16()
}

async fn held(cast: &Cast, video: &TestVideo) -> Value {
    policy(&cast.owner, video, 3).await;
    let one = write(&cast.author, video, "held").await;
    policy(&cast.owner, video, 1).await;
    one
}

#[tokio::test]
async fn everybody_may_do_their_part_with_a_shown_comment() {
    let cast = cast().await;
    let text = json!({ "text": "changed" });
    let table: [(Method, &str, Option<&Value>, [u16; 7]); 8] = [
        (Method::POST, "", Some(&text), [401, 200, 200, 200, 200, 200, 200]),
        (Method::PUT, "", Some(&text), [401, 403, 200, 403, 403, 403, 403]),
        (Method::DELETE, "", None, [401, 403, 204, 204, 204, 204, 204]),
        (Method::PUT, "/pin", None, [401, 403, 403, 204, 204, 204, 204]),
        (Method::DELETE, "/pin", None, [401, 403, 403, 204, 204, 204, 204]),
        (Method::PUT, "/heart", None, [401, 403, 403, 403, 204, 403, 403]),
        (Method::DELETE, "/heart", None, [401, 403, 403, 403, 204, 403, 403]),
        (Method::GET, "/history", None, [401, 403, 403, 200, 200, 200, 200]),
    ];
    for (method, rest, body, expected) in &table {
        for (by, status) in cast.people.iter().zip(expected) {
            let video = cast.app.video(&cast.owner).publish().await;
            let one = write(&cast.author, &video, "text").await;
            let path = video.path(&format!("/comments/{}{rest}", one["id"]));
            let got = send(&cast, by, method, &path, *body).await;
            let who = by.as_ref().map_or("nobody", |person| person.username.as_str());
            assert_eq!(got, *status, "{method} {rest} by {who}");
        }
    }
}

#[tokio::test]
async fn everybody_may_do_their_part_with_a_held_comment() {
    let cast = cast().await;
    let text = json!({ "text": "changed" });
    let table: [(Method, &str, Option<&Value>, [u16; 7]); 5] = [
        (Method::POST, "/approve", None, [401, 404, 403, 204, 204, 204, 204]),
        (Method::POST, "", Some(&text), [401, 404, 409, 409, 409, 409, 409]),
        (Method::PUT, "", Some(&text), [401, 404, 200, 403, 403, 403, 403]),
        (Method::DELETE, "", None, [401, 404, 204, 204, 204, 204, 204]),
        (Method::GET, "/history", None, [401, 404, 403, 200, 200, 200, 200]),
    ];
    for (method, rest, body, expected) in &table {
        for (by, status) in cast.people.iter().zip(expected) {
            let video = cast.app.video(&cast.owner).publish().await;
            let one = held(&cast, &video).await;
            let path = video.path(&format!("/comments/{}{rest}", one["id"]));
            let got = send(&cast, by, method, &path, *body).await;
            let who = by.as_ref().map_or("nobody", |person| person.username.as_str());
            assert_eq!(got, *status, "{method} {rest} by {who}");
        }
    }
}
