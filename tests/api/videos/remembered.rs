//! What anonymous callers get from memory: the same as from the database, for everybody, at once.

use std::time::Duration;

use farandole::db::{DbError, sql};
use farandole::domain::Privacy;
use farandole::transact;
use reqwest::Response;
use serde_json::{Value, json};

use crate::support::people::Person;
use crate::support::videos::TestVideo;
use crate::support::{SecondNode, TestApp};

const LIST: &str = "/api/v1/videos";

/// Changes a title where nobody is told of it: who still says the old one remembers it.
async fn rename_unseen(app: &TestApp, video: &TestVideo, name: &str) {
    transact!(app.app.db(), tx => {
        sql("UPDATE videos SET name = $1 WHERE id = $2").text(name).int(video.id).run(tx).await?;
        Ok::<(), DbError>(())
    })
    .unwrap();
}

async fn json(response: Response) -> Value {
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

async fn listed(app: &TestApp) -> Vec<String> {
    let json = json(app.get(LIST).await).await;
    let videos = json["data"].as_array().unwrap();
    videos.iter().map(|video| video["name"].as_str().unwrap().to_owned()).collect()
}

/// Asks until answers come from memory: nothing is remembered before the first reading of the
/// change feed.
async fn warm(app: &TestApp, video: &TestVideo) {
    for number in 0..100 {
        app.get(LIST).await;
        let name = format!("name {number}");
        rename_unseen(app, video, &name).await;
        if !listed(app).await.contains(&name) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("nothing is ever remembered");
}

#[tokio::test]
async fn what_everybody_sees_is_answered_from_memory() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).name("before").publish().await;
    warm(&app, &video).await;
    let remembered = json(app.get(LIST).await).await;
    let page = json(app.get(&video.path("")).await).await;
    rename_unseen(&app, &video, "unseen").await;
    assert_eq!(json(app.get(LIST).await).await, remembered);
    assert_eq!(json(app.get(&video.path("")).await).await, page);
    // Whoever is signed in is read anew, whatever is remembered for others.
    assert_eq!(json(alice.get(LIST).await).await["data"][0]["name"], "unseen");
    assert_eq!(json(alice.get(&video.path("")).await).await["name"], "unseen");
    // And after ten seconds, nobody gets the old one.
    app.clock.advance(Duration::from_secs(10));
    assert_eq!(listed(&app).await, ["unseen"]);
    assert_eq!(json(app.get(&video.path("")).await).await["name"], "unseen");
}

/// What can be done to a video, and what an anonymous caller must get right after.
async fn changes_show_at_once(node: impl AsyncFn(&str) -> Response, app: &TestApp, within: u32) {
    let alice = app.user("alice").await;
    let root = app.root().await;
    let settle = async |path: &str, right: &dyn Fn(u16, &str) -> bool| {
        for _ in 0..within {
            let response = node(path).await;
            let status = response.status().as_u16();
            if right(status, &response.text().await.unwrap()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let response = node(path).await;
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        assert!(right(status, &text), "{path} still answers {status} {text}");
    };
    let video = app.video(&alice).name("first title").publish().await;
    let page = video.path("");
    let shown = |part: &'static str| move |status, text: &str| status == 200 && text.contains(part);
    let gone = |status, text: &str| status != 200 || !text.contains("second title");
    settle(LIST, &shown("first title")).await;
    settle(&page, &shown("first title")).await;

    edit(&alice, &video, json!({ "name": "second title" })).await;
    settle(LIST, &shown("second title")).await;
    settle(&page, &shown("second title")).await;

    let profile = json!({ "displayName": "Alice the Brave" });
    assert_eq!(alice.put_json("/api/v1/users/me", &profile).await.status(), 204);
    settle(LIST, &shown("Alice the Brave")).await;
    settle(&page, &shown("Alice the Brave")).await;

    for privacy in [Privacy::Private, Privacy::Internal, Privacy::Unlisted] {
        edit(&alice, &video, json!({ "privacy": privacy.id() })).await;
        settle(LIST, &gone).await;
        if privacy != Privacy::Unlisted {
            settle(&page, &|status, _| status == 401).await;
        }
        edit(&alice, &video, json!({ "privacy": 1 })).await;
        settle(LIST, &shown("second title")).await;
        settle(&page, &shown("second title")).await;
    }
    edit(&alice, &video, json!({ "privacy": 5, "videoPasswords": ["sesame"] })).await;
    settle(LIST, &gone).await;
    settle(&page, &|status, _| status == 403).await;
    edit(&alice, &video, json!({ "privacy": 1 })).await;
    settle(&page, &shown("second title")).await;

    // By its owner; then another, with everything of its owner, by an administrator.
    let other = app.video(&alice).name("second title again").publish().await;
    settle(&other.path(""), &shown("second title again")).await;
    assert_eq!(alice.delete(&page).await.status(), 204);
    settle(&page, &|status, _| status == 404).await;
    settle(LIST, &|_, text| !text.contains(&video.uuid.to_string())).await;
    let user = format!("/api/v1/users/{}", alice.user_id);
    assert_eq!(root.delete(&user).await.status(), 204);
    settle(&other.path(""), &|status, _| status == 404).await;
    settle(LIST, &gone).await;
}

async fn edit(owner: &Person, video: &TestVideo, body: Value) {
    let response = owner.put_json(&video.path(""), &body).await;
    assert_eq!(response.status(), 204, "{body}");
}

#[tokio::test]
async fn changes_are_in_force_at_once_on_the_node_that_made_them() {
    let app = TestApp::start().await;
    let probe = app.video(&app.user("probe").await).name("probe").publish().await;
    warm(&app, &probe).await;
    changes_show_at_once(async |path| app.get(path).await, &app, 0).await;
}

#[tokio::test]
async fn changes_are_in_force_within_seconds_on_other_nodes() {
    let app = TestApp::start().await;
    let second: SecondNode = app.second_node().await;
    // Each change is shown within 500 ms; a loaded machine gets more.
    changes_show_at_once(async |path| second.get(path).await, &app, 100).await;
}

#[tokio::test]
async fn nobody_is_given_what_somebody_else_was_let_in_to_see() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let private = app.video(&alice).privacy(Privacy::Private).publish().await;
    let locked = app.video(&alice).passwords(&["sesame"]).publish().await;
    for _ in 0..3 {
        assert_eq!(alice.get(&private.path("")).await.status(), 200);
        assert_eq!(app.get(&private.path("")).await.status(), 401);
        let with = app.client.get(app.url(&locked.path("")));
        let with = with.header("x-peertube-video-password", "sesame").send().await.unwrap();
        assert_eq!(with.status(), 200);
        assert_eq!(with.headers().get("etag"), None, "it must not be kept");
        assert_eq!(app.get(&locked.path("")).await.status(), 403);
        assert_eq!(json(app.get(LIST).await).await["total"], 0);
    }
}

#[tokio::test]
async fn a_caller_who_has_the_answer_gets_none() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    for path in [LIST.to_owned(), video.path("")] {
        let first = app.get(&path).await;
        assert_eq!(first.headers()["content-type"], "application/json");
        assert_eq!(first.headers()["cache-control"], "private, no-cache");
        let etag = first.headers()["etag"].clone();
        let again = || app.client.get(app.url(&path)).header("if-none-match", &etag);
        let second = again().send().await.unwrap();
        assert_eq!(second.status(), 304, "{path}");
        assert_eq!(second.headers()["etag"], etag);
        assert_eq!(second.text().await.unwrap(), "");
        // A session is another caller: it is told everything.
        assert_eq!(again().bearer_auth(&alice.token).send().await.unwrap().status(), 200);
        edit(&alice, &video, json!({ "name": format!("renamed {path}") })).await;
        assert_eq!(again().send().await.unwrap().status(), 200, "{path} has changed");
    }
}

#[tokio::test]
async fn every_query_has_its_own_answer() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    app.video(&alice).name("a").publish().await;
    app.video(&alice).name("b").nsfw().publish().await;
    for _ in 0..2 {
        assert_eq!(json(app.get(LIST).await).await["total"], 1);
        assert_eq!(json(app.get("/api/v1/videos?nsfw=both").await).await["total"], 2);
        let path = "/api/v1/videos?nsfw=both&count=1&start=1&sort=name";
        assert_eq!(json(app.get(path).await).await["data"][0]["name"], "b");
        let other = format!("/api/v1/video-channels/{}/videos", alice.channel_name);
        assert_eq!(json(app.get(&other).await).await["total"], 1);
        assert_eq!(app.get("/api/v1/videos?count=x").await.status(), 400);
    }
}
