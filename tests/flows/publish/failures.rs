//! The bad roads: a worker that dies, media that cannot be made, videos that go meanwhile.

use std::time::Duration;

use farandole::db::jobs::Weight;
use farandole::db::sql;
use farandole::jobs::Runner;
use farandole::transact;
use farandole::videos::growing::Growing;
use farandole::videos::publish::{RetryError, retry};

use serde_json::json;

use super::{
    failure, named_keys, real, run_jobs, scratch_files, scripted, set_states, small_ladder,
    stored_keys, video_int,
};
use crate::support::TestApp;
use crate::support::clips::clip_bytes;

#[tokio::test]
async fn a_worker_that_dies_is_tried_twice_then_the_video_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("orders");
    let script = format!("echo \"$order\" >> {}; kill -SEGV $$", log.display());
    let app = TestApp::start_with_worker(scripted(&script), |config| {
        small_ladder(config);
        config.transcoding.threads = 4;
    })
    .await;
    let id = app.user("alice").await.upload("good.mp4", &[]).await["id"].as_i64().unwrap();
    run_jobs(&app.app).await;
    let orders = std::fs::read_to_string(&log).unwrap();
    let threads: Vec<_> = orders
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["limits"]["threads"].clone()
        })
        .collect();
    assert_eq!(threads, [4, 2]);
    assert_eq!(video_int(&app, id, "state").await, 7);
    assert_eq!(video_int(&app, id, "available").await, 0);
    let reason = failure(&app, id).await.unwrap();
    assert!(reason.contains("stopped unexpectedly"), "{reason}");
    assert_eq!(set_states(&app, id).await, ["failed"]);
    // The uploaded file is kept for another try, nothing else.
    assert_eq!(scratch_files(&app.app), Vec::<String>::new());
    let keys = stored_keys(&app.app).await;
    assert!(keys.len() == 1 && keys[0].starts_with("originals/"), "{keys:?}");
}

#[tokio::test]
async fn a_failed_video_can_be_tried_again_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken");
    std::fs::write(&broken, "").unwrap();
    let real = real();
    let refusal =
        r#"{"event":"failed","kind":"unsupported","message":"This needs more than we have."}"#;
    let script = format!("if [ -e {} ]; then echo '{refusal}'; else {real}; fi", broken.display());
    let app = TestApp::start_with_worker(scripted(&script), small_ladder).await;
    let id = app.user("alice").await.upload("good.mp4", &[]).await["id"].as_i64().unwrap();
    assert!(matches!(retry(&app.app, id).await, Err(RetryError::Busy)));
    run_jobs(&app.app).await;
    assert_eq!(failure(&app, id).await.as_deref(), Some("This needs more than we have."));
    std::fs::remove_file(&broken).unwrap();
    retry(&app.app, id).await.unwrap();
    assert_eq!(video_int(&app, id, "state").await, 2);
    assert_eq!(failure(&app, id).await, None);
    run_jobs(&app.app).await;
    assert_eq!(video_int(&app, id, "state").await, 1);
    assert_eq!(set_states(&app, id).await, ["retired", "complete"]);
}

#[tokio::test]
async fn a_replacement_that_fails_leaves_the_old_file_and_its_renditions() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken");
    let refusal = r#"{"event":"failed","kind":"unsupported","message":"Not this one."}"#;
    let real = real();
    let script = format!("if [ -e {} ]; then echo '{refusal}'; else {real}; fi", broken.display());
    let app = TestApp::start_with_worker(scripted(&script), small_ladder).await;
    let alice = app.user("alice").await;
    let id = alice.upload("good.mp4", &[]).await["id"].as_i64().unwrap();
    run_jobs(&app.app).await;
    let before = stored_keys(&app.app).await;

    let bytes = clip_bytes("portrait.mp4");
    let path = format!("/api/v1/videos/{id}/source/replace-resumable");
    let replace = || async {
        let session = alice.begin_at(&path, bytes.len(), json!({})).await;
        assert_eq!(session.put(0, &bytes).await.status(), 200);
        run_jobs(&app.app).await;
    };
    std::fs::write(&broken, "").unwrap();
    replace().await;
    assert_eq!(set_states(&app, id).await, ["complete", "failed"]);
    assert_eq!(failure(&app, id).await.as_deref(), Some("Not this one."));
    let kept = stored_keys(&app.app).await;
    assert!(before.iter().all(|key| kept.contains(key)), "{before:?} {kept:?}");

    std::fs::remove_file(&broken).unwrap();
    replace().await;
    assert_eq!(failure(&app, id).await, None);
    assert_eq!(stored_keys(&app.app).await, named_keys(&app.app).await);
    let originals = stored_keys(&app.app).await;
    let originals = originals.iter().filter(|key| key.starts_with("originals/")).count();
    assert_eq!(originals, 1, "both older files went with the new one's success");
}

#[tokio::test]
async fn a_file_that_was_not_kept_cannot_be_tried_again() {
    let app = TestApp::start_with(|config| {
        small_ladder(config);
        config.uploads.keep_original = false;
    })
    .await;
    let id = app.user("alice").await.upload("good.mp4", &[]).await["id"].as_i64().unwrap();
    run_jobs(&app.app).await;
    assert!(matches!(retry(&app.app, id).await, Err(RetryError::NoOriginal)));
    assert_eq!(video_int(&app, id, "state").await, 1);
}

async fn delete(app: &TestApp, id: i64) {
    transact!(app.app.db(), tx => {
        sql("DELETE FROM videos WHERE id = $1").int(id).run(tx).await
    })
    .unwrap();
}

async fn wait_for_work(app: &TestApp, id: i64) {
    while Growing::of(&app.app).of_video(id).is_none_or(|set| set.probe().is_none()) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

const PROBED: &str = r#"{"event":"probed","probe":{"container":"mp4","duration":{"secs":8,"nanos":0},"bitrate_bps":null,"size_bytes":9,"video":null,"audio":[],"subtitles":[],"cover_stream":null}}"#;

#[tokio::test]
async fn deleting_a_video_ends_its_work() {
    let script = format!("echo '{PROBED}'; sleep 600");
    let app = TestApp::start_with_worker(scripted(&script), small_ladder).await;
    let id = app.user("alice").await.upload("good.mp4", &[]).await["id"].as_i64().unwrap();
    let runner = Runner::new(app.app.clone());
    let trip = async {
        wait_for_work(&app, id).await;
        delete(&app, id).await;
    };
    let (ran, ()) = tokio::join!(runner.run_next(Weight::Heavy), trip);
    assert!(ran.unwrap());
    // What was interrupted is handed back, and then finds nothing left to do.
    run_jobs(&app.app).await;
    assert!(!runner.run_next(Weight::Heavy).await.unwrap());
    assert_eq!(stored_keys(&app.app).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_stopping_server_hands_the_work_back() {
    let script = format!("echo '{PROBED}'; sleep 600");
    let app = TestApp::start_with_worker(scripted(&script), small_ladder).await;
    let id = app.user("alice").await.upload("good.mp4", &[]).await["id"].as_i64().unwrap();
    let runner = Runner::new(app.app.clone());
    let trip = async {
        wait_for_work(&app, id).await;
        app.app.stopping().cancel();
    };
    let (ran, ()) = tokio::join!(runner.run_next(Weight::Heavy), trip);
    assert!(ran.unwrap());
    let mut conn = app.app.db().read().await.unwrap();
    let row = sql("SELECT state, attempts FROM jobs WHERE kind = 'transcode'")
        .one(&mut conn)
        .await
        .unwrap();
    assert_eq!((row.text("state").unwrap().as_str(), row.int("attempts").unwrap()), ("queued", 0));
    assert_eq!(video_int(&app, id, "state").await, 2);
    assert_eq!(set_states(&app, id).await, ["growing"]);
    let left = scratch_files(&app.app);
    assert!(left.len() == 1 && left[0].contains("uploads"), "{left:?}");
}

#[tokio::test]
async fn a_set_whose_job_was_given_up_fails_at_the_next_sweep() {
    let app = TestApp::start_with(small_ladder).await;
    let id = app.user("alice").await.upload("good.mp4", &[]).await["id"].as_i64().unwrap();
    transact!(app.app.db(), tx => {
        sql("UPDATE jobs SET state = 'failed' WHERE kind = 'transcode'").run(tx).await
    })
    .unwrap();
    farandole::videos::publish::sweep(&app.app).await.unwrap();
    assert_eq!(video_int(&app, id, "state").await, 7);
    assert!(failure(&app, id).await.is_some());
}
