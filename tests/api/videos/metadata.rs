//! `GET /api/v1/videos/{id}/metadata/{videoFileId}`.

use farandole::domain::Privacy;
use serde_json::Value;

use crate::support::TestApp;

/// Paths of the addresses that a video names for its files.
fn addresses(video: &Value) -> Vec<String> {
    let files = video["streamingPlaylists"][0]["files"].as_array().unwrap();
    let path = |file: &Value| {
        let url = file["metadataUrl"].as_str().unwrap();
        url[url.find("/api/").unwrap()..].to_owned()
    };
    files.iter().map(path).collect()
}

#[tokio::test]
async fn every_file_says_what_is_in_it() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    let details: Value = app.get(&video.path("")).await.json().await.unwrap();
    let [pictures, sound] = &addresses(&details)[..] else { panic!("{details}") };
    let metadata: Value = app.get(pictures).await.json().await.unwrap();
    assert_eq!(metadata["format"]["size"], 3000);
    assert_eq!(metadata["format"]["duration"], 62.345);
    assert_eq!(metadata["format"]["nb_streams"], 2);
    let [video_stream, audio_stream] = &metadata["streams"].as_array().unwrap()[..] else {
        panic!("{metadata}")
    };
    assert_eq!(
        (&video_stream["codec_type"], &video_stream["codec_name"], &video_stream["height"]),
        (&"video".into(), &"h264".into(), &240.into())
    );
    assert_eq!(video_stream["avg_frame_rate"], "25/1");
    assert_eq!(
        (&audio_stream["codec_name"], &audio_stream["channels"], &audio_stream["index"]),
        (&"aac".into(), &2.into(), &1.into())
    );
    let metadata: Value = app.get(sound).await.json().await.unwrap();
    assert_eq!(metadata["streams"].as_array().unwrap().len(), 1);
    assert_eq!(metadata["streams"][0]["codec_type"], "audio");
}

#[tokio::test]
async fn only_who_may_watch_is_told() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let private = app.video(&alice).privacy(Privacy::Private).publish().await;
    let details: Value = alice.get(&private.path("")).await.json().await.unwrap();
    let path = addresses(&details).remove(0);
    assert_eq!(alice.get(&path).await.status(), 200);
    assert_eq!(bob.get(&path).await.status(), 403);
    assert_eq!(app.get(&path).await.status(), 401);
    // The file of another video is not this one's.
    let open = app.video(&alice).publish().await;
    let id = path.rsplit_once('/').unwrap().1;
    assert_eq!(app.get(&open.path(&format!("/metadata/{id}"))).await.status(), 404);
    assert_eq!(app.get(&open.path("/metadata/4242")).await.status(), 404);
    assert_eq!(app.get(&open.path("/metadata/x")).await.status(), 400);
    assert_eq!(app.get("/api/v1/videos/4242/metadata/1").await.status(), 404);
}
