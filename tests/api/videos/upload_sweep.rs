//! Uploads that nobody asks for again: whole ones are finished, others expire, and what no row
//! names is removed from scratch.

use std::time::{Duration, SystemTime};

use farandole::videos::resumable;
use serde_json::{Value, json};

use super::upload::{count, problem, scratch_files};
use crate::support::TestApp;
use crate::support::clips::clip_bytes;

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn an_upload_expires_a_day_after_its_last_byte() {
    let app = TestApp::start().await;
    let mut session = app.user("alice").await.begin(1000, json!({})).await;
    app.clock.advance(23 * HOUR);
    session.put(0, &[7; 10]).await;
    app.clock.advance(23 * HOUR);
    // A log-in does not last as long.
    session.person = app.sign_in("alice").await;
    resumable::sweep(&app.app).await.unwrap();
    assert_eq!(session.received().await, 10);
    app.clock.advance(2 * HOUR);
    problem(session.put(10, &[7; 10]).await, 404).await;
    assert_eq!(scratch_files(&app).len(), 1);
    resumable::sweep(&app.app).await.unwrap();
    assert_eq!(count(&app, "uploads").await, 0);
    assert!(scratch_files(&app).is_empty());
}

#[tokio::test]
async fn a_whole_file_becomes_a_video_though_its_client_never_comes_back() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let bytes = clip_bytes("good.mp4");
    let part = alice.begin(bytes.len(), json!({ "name": "A part", "filename": "part.mp4" })).await;
    part.put(0, &bytes[..1000]).await;
    let whole = alice.begin(bytes.len(), json!({ "name": "All", "filename": "whole.mp4" })).await;
    whole.put(0, &bytes[..1000]).await;
    // As a server leaves it that was killed between the last byte and what follows from it.
    let id = whole.location.rsplit("upload_id=").next().unwrap();
    std::fs::write(app.app.scratch("uploads").join(format!("{id}.part")), &bytes).unwrap();
    resumable::sweep(&app.app).await.unwrap();
    assert_eq!(count(&app, "videos").await, 1);
    let answer: Value = whole.ask().await.json().await.unwrap();
    let mine: Value = alice.get("/api/v1/users/me/videos").await.json().await.unwrap();
    assert_eq!(mine["data"][0]["name"], "All");
    assert_eq!(mine["data"][0]["uuid"], answer["video"]["uuid"]);
    assert_eq!(part.received().await, 1000);
    resumable::sweep(&app.app).await.unwrap();
    assert_eq!(count(&app, "videos").await, 1, "once only");
}

#[tokio::test]
async fn only_old_files_that_nobody_names_are_removed() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    alice.upload("good.mp4", &[]).await;
    let finished = alice.begin(clip_bytes("good.mp4").len(), json!({})).await;
    assert_eq!(finished.put(0, &clip_bytes("good.mp4")).await.status(), 200);
    alice.begin(1000, json!({})).await.put(0, &[7; 10]).await;
    let folder = app.app.scratch("uploads");
    for name in ["old.whole", "young.whole"] {
        std::fs::write(folder.join(name), b"left over").unwrap();
    }
    for name in scratch_files(&app).into_iter().filter(|name| name != "young.whole") {
        let file = std::fs::File::options().write(true).open(folder.join(name)).unwrap();
        file.set_modified(SystemTime::now() - 2 * HOUR).unwrap();
    }
    resumable::sweep(&app.app).await.unwrap();
    let left = scratch_files(&app);
    assert_eq!(left.len(), 4, "{left:?}");
    assert!(left.contains(&"young.whole".to_owned()) && !left.contains(&"old.whole".to_owned()));
}
