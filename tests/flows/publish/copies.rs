//! New generations: a changed privacy ends old links, a replaced file takes over when it is ready.

use farandole::db::sql;
use farandole::db::videos::update::move_files;
use farandole::db::videos::{media_sets, renditions};
use farandole::transact;
use farandole::videos::publish::retry;

use super::{named_keys, run_jobs, set_states, small_ladder, stored_keys, video_int};
use crate::support::TestApp;

async fn files(app: &TestApp, id: i64) -> Vec<(String, Vec<u8>)> {
    let mut conn = app.app.db().read().await.unwrap();
    let set = media_sets::complete_of_video(&mut conn, id).await.unwrap().unwrap();
    let stored = renditions::of_set(&mut conn, set.id).await.unwrap();
    drop(conn);
    let mut files = Vec::new();
    for rendition in stored {
        let key = farandole_storage::Key::parse(&rendition.storage_key).unwrap();
        let bytes = app.app.store().read(&key, 1 << 30).await.unwrap();
        files.push((rendition.storage_key, bytes.to_vec()));
    }
    files
}

async fn ask_for_copy(app: &TestApp, id: i64) {
    let (generation, now) = (app.app.new_uuid(), app.app.now());
    transact!(app.app.db(), tx => { move_files(tx, id, generation, now).await }).unwrap();
}

#[tokio::test]
async fn a_copy_has_the_same_bytes_under_new_keys_and_the_old_ones_go() {
    let app = TestApp::start_with(small_ladder).await;
    let id = app.user("alice").await.upload("good.mp4", &[]).await["id"].as_i64().unwrap();
    run_jobs(&app.app).await;
    let before = files(&app, id).await;
    ask_for_copy(&app, id).await;
    ask_for_copy(&app, id).await;
    run_jobs(&app.app).await;
    let after = files(&app, id).await;
    assert_eq!(set_states(&app, id).await, ["retired", "complete"]);
    let bytes = |files: &[(String, Vec<u8>)]| files.iter().map(|f| f.1.clone()).collect::<Vec<_>>();
    assert_eq!(bytes(&before), bytes(&after));
    for (key, _) in &before {
        assert!(!stored_keys(&app.app).await.contains(key), "{key} is still there");
    }
    assert_eq!(stored_keys(&app.app).await, named_keys(&app.app).await);
    assert_eq!(video_int(&app, id, "available").await, 1);
}

#[tokio::test]
async fn a_copy_asked_for_while_the_first_set_waits_is_made_after_it() {
    let app = TestApp::start_with(small_ladder).await;
    let id = app.user("alice").await.upload("good.mp4", &[]).await["id"].as_i64().unwrap();
    let (generation, now) = (app.app.new_uuid(), app.app.now());
    transact!(app.app.db(), tx => {
        media_sets::insert(tx, id, generation, None, None, now).await.map(|_| ())
    })
    .unwrap();
    let mut conn = app.app.db().read().await.unwrap();
    let copy = sql("SELECT id FROM media_sets WHERE original_id IS NULL")
        .one(&mut conn)
        .await
        .unwrap()
        .int("id")
        .unwrap();
    drop(conn);
    // Too early: nothing to copy yet, and nothing is lost by trying.
    let never = tokio_util::sync::CancellationToken::new();
    farandole::videos::publish::copy(&app.app, copy, &never).await.unwrap();
    run_jobs(&app.app).await;
    assert_eq!(set_states(&app, id).await, ["retired", "complete"]);
    assert_eq!(stored_keys(&app.app).await, named_keys(&app.app).await);
}

#[tokio::test]
async fn a_set_made_again_serves_until_the_new_one_takes_over() {
    let app = TestApp::start_with(small_ladder).await;
    let id = app.user("alice").await.upload("good.mp4", &[]).await["id"].as_i64().unwrap();
    run_jobs(&app.app).await;
    let before = files(&app, id).await;
    retry(&app.app, id).await.unwrap();
    assert_eq!(video_int(&app, id, "state").await, 1, "the old set still serves it");
    assert_eq!(files(&app, id).await, before);
    run_jobs(&app.app).await;
    assert_eq!(set_states(&app, id).await, ["retired", "complete"]);
    assert_ne!(files(&app, id).await, before);
    assert_eq!(stored_keys(&app.app).await, named_keys(&app.app).await);
    let mut conn = app.app.db().read().await.unwrap();
    let row = sql("SELECT COUNT(*) AS n FROM originals").one(&mut conn).await.unwrap();
    assert_eq!(row.int("n").unwrap(), 1);
}
