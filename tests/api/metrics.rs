//! `POST /api/v1/metrics/playback`.

use farandole::domain::Privacy;
use farandole::videos::traffic;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::people::Person;
use crate::support::videos::TestVideo;

const PATH: &str = "/api/v1/metrics/playback";

fn report(video: &str, down: u64, up: u64) -> Value {
    json!({
        "playerMode": "p2p-media-loader", "resolution": 720, "fps": 25, "p2pEnabled": true,
        "p2pPeers": 2, "resolutionChanges": 1, "bufferStalled": 0, "errors": 0,
        "downloadedBytesP2P": down, "downloadedBytesHTTP": 123_456, "uploadedBytesP2P": up,
        "videoId": video,
    })
}

async fn post(app: &TestApp, body: &Value) -> u16 {
    app.client.post(app.url(PATH)).json(body).send().await.unwrap().status().as_u16()
}

async fn total(app: &TestApp, owner: &Person, video: &TestVideo) -> Value {
    traffic::flush(&app.app).await.unwrap();
    let response = owner.get(&video.path("/stats/traffic")).await;
    response.json::<Value>().await.unwrap()["total"].clone()
}

#[tokio::test]
async fn what_viewers_shared_is_added_up() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    for id in [video.uuid.to_string(), video.id.to_string()] {
        assert_eq!(post(&app, &report(&id, 1_000, 400)).await, 204);
    }
    let mut by_number = report("", 500, 0);
    by_number["videoId"] = video.id.into();
    assert_eq!(post(&app, &by_number).await, 204);
    let said = total(&app, &alice, &video).await;
    assert_eq!(said, json!({ "httpBytes": 0, "p2pBytes": 2_500, "uploadedBytes": 800 }));
}

#[tokio::test]
async fn nobody_can_boast() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    let huge = report(&video.uuid.to_string(), 1 << 52, 1 << 52);
    for _ in 0..3 {
        assert_eq!(post(&app, &huge).await, 204);
    }
    let said = total(&app, &alice, &video).await;
    // 400 kbit/s of pictures and 128 of sound, sixteen viewers, 150 s ahead; the requests take a
    // moment, in which a little more becomes possible.
    let possible = (400_000 + 128_000) / 8 * 16 * 150;
    let p2p = said["p2pBytes"].as_u64().unwrap();
    assert!((possible..possible * 11 / 10).contains(&p2p), "{said}");
}

#[tokio::test]
async fn what_is_not_shared_has_no_shared_bytes() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).nsfw().publish().await;
    assert_eq!(post(&app, &report(&video.uuid.to_string(), 1_000, 1_000)).await, 204);
    let said = total(&app, &alice, &video).await;
    assert_eq!(said, json!({ "httpBytes": 0, "p2pBytes": 0, "uploadedBytes": 0 }));
}

#[tokio::test]
async fn reports_that_cannot_be_are_refused() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    let private = app.video(&alice).privacy(Privacy::Private).publish().await;
    let good = report(&video.uuid.to_string(), 1, 1);
    for (field, value) in [
        ("playerMode", json!("vhs")),
        ("downloadedBytesP2P", json!(-1)),
        ("uploadedBytesP2P", json!("many")),
        ("downloadedBytesHTTP", json!(-5)),
        ("videoId", json!("nonsense")),
        ("videoId", json!({})),
        ("p2pEnabled", json!(null)),
    ] {
        let mut bad = good.clone();
        bad[field] = value;
        assert_eq!(post(&app, &bad).await, 400, "{bad}");
    }
    assert_eq!(post(&app, &json!({})).await, 400);
    assert_eq!(post(&app, &report("999", 1, 1)).await, 404);
    assert_eq!(post(&app, &report(&private.uuid.to_string(), 1, 1)).await, 401);
    let bob = app.user("bob").await;
    let by_bob = bob.post_json(PATH, &report(&private.uuid.to_string(), 1, 1)).await;
    assert_eq!(by_bob.status(), 403);
}
