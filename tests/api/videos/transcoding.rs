//! `/api/v1/videos/{id}/transcoding`: who may ask, what is told, when it is begun again.

use farandole::db::jobs::Weight;
use farandole::db::sql;
use farandole::jobs::Runner;
use farandole::transact;
use serde_json::{Value, json};

use crate::support::TestApp;

async fn start() -> TestApp {
    TestApp::start_with(|config| {
        config.transcoding.resolutions = vec![144, 360];
        config.transcoding.preset = "ultrafast".to_owned();
    })
    .await
}

async fn run_jobs(app: &TestApp) {
    let runner = Runner::new(app.app.clone());
    while runner.run_next(Weight::Heavy).await.unwrap() {}
    while runner.run_next(Weight::Light).await.unwrap() {}
}

fn hls() -> Value {
    json!({ "transcodingType": "hls" })
}

#[tokio::test]
async fn the_owner_sees_how_far_it_is() {
    let app = start().await;
    let alice = app.user("alice").await;
    let video = alice.upload("good.mp4", &[]).await;
    let path = format!("/api/v1/videos/{}/transcoding", video["shortUUID"].as_str().unwrap());
    let before: Value = alice.get(&path).await.json().await.unwrap();
    assert_eq!(before["state"], "waiting");
    assert_eq!(before["playable"], false);
    run_jobs(&app).await;
    let after: Value = alice.get(&path).await.json().await.unwrap();
    insta::assert_json_snapshot!(after);
    let moderator = app.moderator("mo").await;
    assert_eq!(moderator.get(&path).await.status(), 200);
}

#[tokio::test]
async fn others_learn_nothing_and_begin_nothing() {
    let app = start().await;
    let video = app.user("alice").await.upload("good.mp4", &[]).await;
    let path = format!("/api/v1/videos/{}/transcoding", video["id"]);
    let mallory = app.user("mallory").await;
    // What cannot be watched yet exists for its owner and moderators only.
    assert_eq!(mallory.get(&path).await.status(), 404);
    run_jobs(&app).await;
    assert_eq!(mallory.get(&path).await.status(), 403);
    assert_eq!(mallory.post_json(&path, &hls()).await.status(), 403);
    assert_eq!(app.get(&path).await.status(), 401);
    assert_eq!(app.client.post(app.url(&path)).json(&hls()).send().await.unwrap().status(), 401);
    let nowhere = "/api/v1/videos/99999/transcoding";
    assert_eq!(mallory.get(nowhere).await.status(), 404);
    assert_eq!(mallory.post_json(nowhere, &hls()).await.status(), 404);
}

#[tokio::test]
async fn a_failed_video_is_begun_again_and_only_once() {
    let app = start().await;
    let alice = app.user("alice").await;
    let video = alice.upload("good.mp4", &[]).await;
    let path = format!("/api/v1/videos/{}/transcoding", video["uuid"].as_str().unwrap());
    let busy = alice.post_json(&path, &hls()).await;
    assert_eq!(busy.status(), 409);
    let busy: Value = busy.json().await.unwrap();
    assert_eq!(busy["code"], "video_already_being_transcoded");
    // As after a crash that came twice.
    transact!(app.app.db(), tx => {
        sql("UPDATE media_sets SET state = 'failed'").run(tx).await?;
        sql("UPDATE jobs SET state = 'failed' WHERE kind = 'transcode'").run(tx).await?;
        sql("UPDATE videos SET state = 7, failure = 'It stopped unexpectedly.'").run(tx).await
    })
    .unwrap();
    let failed: Value = alice.get(&path).await.json().await.unwrap();
    assert_eq!(
        (&failed["state"], &failed["error"]),
        (&json!("failed"), &json!("It stopped unexpectedly."))
    );
    assert_eq!(alice.post_json(&path, &hls()).await.status(), 204);
    assert_eq!(alice.post_json(&path, &hls()).await.status(), 409);
    run_jobs(&app).await;
    let done: Value = alice.get(&path).await.json().await.unwrap();
    assert_eq!((&done["state"], &done["error"]), (&json!("complete"), &Value::Null));
}

#[tokio::test]
async fn malformed_requests_are_told_what_is_wrong() {
    let app = start().await;
    let alice = app.user("alice").await;
    let video = alice.upload("good.mp4", &[]).await;
    let path = format!("/api/v1/videos/{}/transcoding", video["id"]);
    let wrong = alice.post_json(&path, &json!({ "transcodingType": "web-video" })).await;
    assert_eq!(wrong.status(), 400);
    let wrong: Value = wrong.json().await.unwrap();
    assert!(wrong["invalid-params"]["transcodingType"].is_object(), "{wrong}");
    assert!(alice.post_json(&path, &json!({})).await.status().is_client_error());
    assert_eq!(alice.post(&path).await.status(), 415);
}
