//! `GET`, `PUT` and `DELETE /api/v1/video-channels/{channelHandle}`.

use farandole::db::{DbError, sql};
use farandole::transact;
use serde_json::{Value, json};

use crate::support::{Person, TestApp};

const PATH: &str = "/api/v1/video-channels/alice_channel";

async fn channel(app: &TestApp) -> Value {
    app.get(PATH).await.json().await.unwrap()
}

async fn video(app: &TestApp, owner: &Person) -> i64 {
    let (uuid, now, channel) = (app.app.new_uuid().to_string(), app.app.now(), owner.channel_id);
    let outcome: Result<i64, DbError> = transact!(app.app.db(), tx => {
        sql("INSERT INTO videos (uuid, ap_url, channel_id, name, name_sort, privacy, state, \
             published_at, created_at, updated_at) \
             VALUES ($1, $1, $2, 'n', 'n', 1, 1, $3, $3, $3) RETURNING id")
            .text(&uuid).int(channel).int(now.0).one(tx).await?.int("id")
    });
    outcome.unwrap()
}

#[tokio::test]
async fn a_channel_is_found_by_name_and_by_handle() {
    let app = TestApp::start().await;
    app.user("alice").await;
    let host = app.app.config().public_host();
    for handle in ["alice_channel", "ALICE_channel", &format!("alice_channel@{host}")] {
        let path = format!("/api/v1/video-channels/{handle}");
        assert_eq!(app.get(&path).await.status(), 200, "{handle}");
    }
    for handle in ["alice", "nobody", "alice_channel@elsewhere.example", "%00"] {
        let path = format!("/api/v1/video-channels/{handle}");
        assert_eq!(app.get(&path).await.status(), 404, "{handle}");
    }
}

#[tokio::test]
async fn an_owner_changes_what_they_say_and_the_rest_stays() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let body = json!({"displayName": "Birds", "description": "All of them", "support": "Seeds"});
    assert_eq!(alice.put_json(PATH, &body).await.status(), 204);
    assert_eq!(alice.put_json(PATH, &json!({"description": null})).await.status(), 204);
    let shown = channel(&app).await;
    assert_eq!(shown["displayName"], "Birds");
    assert_eq!(shown["description"], Value::Null);
    assert_eq!(shown["support"], "Seeds");
    let mut conn = app.app.db().read().await.unwrap();
    let rows = sql("SELECT text, state FROM revisions WHERE subject_kind = 'channel' \
                    AND subject_id = $1 AND field = 'description' ORDER BY id")
    .int(alice.channel_id)
    .all(&mut conn)
    .await
    .unwrap();
    let kept: Vec<_> = rows.iter().map(|row| row.text("text").unwrap()).collect();
    assert_eq!(kept, ["All of them", ""], "every version is kept for moderation");
}

#[tokio::test]
async fn the_support_text_is_given_to_the_videos_when_asked() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let id = video(&app, &alice).await;
    let support = async || {
        let mut conn = app.app.db().read().await.unwrap();
        let row = sql("SELECT support FROM videos WHERE id = $1").int(id).one(&mut conn).await;
        row.unwrap().text_opt("support").unwrap()
    };
    let body = json!({"support": "Seeds"});
    assert_eq!(alice.put_json(PATH, &body).await.status(), 204);
    assert_eq!(support().await, None);
    let body = json!({"support": "Seeds", "bulkVideosSupportUpdate": true});
    assert_eq!(alice.put_json(PATH, &body).await.status(), 204);
    assert_eq!(support().await.as_deref(), Some("Seeds"));
}

#[tokio::test]
async fn only_the_owner_and_moderators_change_a_channel() {
    let app = TestApp::start().await;
    app.user("alice").await;
    let bob = app.user("bob").await;
    let moderator = app.moderator("mod").await;
    let body = json!({"displayName": "Taken over"});
    assert_eq!(bob.put_json(PATH, &body).await.status(), 403);
    assert_eq!(bob.delete(PATH).await.status(), 403);
    let nobody = app.client.put(app.url(PATH)).json(&body).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
    assert_eq!(channel(&app).await["displayName"], "Main alice channel");
    assert_eq!(moderator.put_json(PATH, &body).await.status(), 204);
    let missing = "/api/v1/video-channels/nobody";
    assert_eq!(bob.put_json(missing, &body).await.status(), 404);
    assert_eq!(bob.delete(missing).await.status(), 404);
    assert_eq!(moderator.put_json(PATH, &json!({"displayName": ""})).await.status(), 400);
    assert_eq!(moderator.put_json(PATH, &json!({"publicEmail": "x"})).await.status(), 400);
}

#[tokio::test]
async fn a_channel_goes_with_its_videos_but_never_the_last() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    video(&app, &alice).await;
    assert_eq!(alice.delete(PATH).await.status(), 409, "the last one stays");
    let second = json!({"name": "second", "displayName": "Second"});
    assert_eq!(alice.post_json("/api/v1/video-channels", &second).await.status(), 200);
    assert_eq!(alice.delete(PATH).await.status(), 204);
    assert_eq!(app.get(PATH).await.status(), 404);
    assert_eq!(alice.delete("/api/v1/video-channels/second").await.status(), 409);
    let mut conn = app.app.db().read().await.unwrap();
    let left = sql("SELECT COUNT(*) AS n FROM videos").one(&mut conn).await.unwrap();
    assert_eq!(left.int("n").unwrap(), 0);
    drop(conn);
    let again = json!({"name": "alice_channel", "displayName": "Again"});
    let taken = alice.post_json("/api/v1/video-channels", &again).await;
    assert_eq!(taken.status(), 409, "the name stays taken");
}

#[tokio::test]
async fn how_far_a_channel_shares_is_its_owners_to_say() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    assert_eq!(channel(&app).await["p2pPolicy"], Value::Null, "as the instance");
    let off = json!({"p2pPolicy": "off"});
    assert_eq!(bob.put_json(PATH, &off).await.status(), 403);
    for bad in [json!("never"), json!("Off"), json!(0)] {
        let answer = alice.put_json(PATH, &json!({ "p2pPolicy": bad })).await;
        assert_eq!(answer.status(), 400, "{bad}");
    }
    assert_eq!(alice.put_json(PATH, &off).await.status(), 204);
    assert_eq!(alice.put_json(PATH, &json!({"displayName": "Birds"})).await.status(), 204);
    assert_eq!(channel(&app).await["p2pPolicy"], "off", "what is not said stays");
    let path = "/api/v1/video-channels";
    let new = |policy: &str| json!({"name": "two", "displayName": "Two", "p2pPolicy": policy});
    assert_eq!(alice.post_json(path, &new("sometimes")).await.status(), 400);
    assert_eq!(alice.post_json(path, &new("ask")).await.status(), 200);
    let two: Value = app.get(&format!("{path}/two")).await.json().await.unwrap();
    assert_eq!(two["p2pPolicy"], "ask");
}
