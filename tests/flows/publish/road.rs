//! The good road: growing, playable, complete, nothing left behind.

use farandole::db::jobs::Weight;
use farandole::db::sql;
use farandole::db::videos::{media_sets, renditions};
use farandole::jobs::Runner;
use farandole::videos::growing::Growing;
use sha2::{Digest as _, Sha256};

use super::{
    named_keys, run_jobs, scratch_files, scripted, set_states, small_ladder, stored_keys, video_int,
};
use crate::support::TestApp;

#[tokio::test]
async fn an_upload_is_published_and_leaves_nothing_behind() {
    let app = TestApp::start_with(small_ladder).await;
    let video = app.user("alice").await.upload("good.mp4", &[]).await;
    let id = video["id"].as_i64().unwrap();
    run_jobs(&app.app).await;
    assert_eq!(video_int(&app, id, "state").await, 1);
    assert_eq!(video_int(&app, id, "available").await, 1);
    assert_eq!(set_states(&app, id).await, ["complete"]);
    assert!(Growing::of(&app.app).of_video(id).is_none());

    let mut conn = app.app.db().read().await.unwrap();
    let set = media_sets::complete_of_video(&mut conn, id).await.unwrap().unwrap();
    let stored = renditions::of_set(&mut conn, set.id).await.unwrap();
    drop(conn);
    let labels: Vec<_> = stored.iter().map(|r| (r.plan.label.as_str(), r.plan.remux)).collect();
    assert_eq!(labels, [("360p", true), ("144p", false), ("Audio only", true)]);
    for rendition in &stored {
        let key = farandole_storage::Key::parse(&rendition.storage_key).unwrap();
        let bytes = app.app.store().read(&key, 1 << 30).await.unwrap();
        assert_eq!(bytes.len() as i64, rendition.size_bytes);
        assert!(rendition.index.is_complete());
        for segment in rendition.index.segments() {
            let range =
                usize::try_from(segment.offset).unwrap()..usize::try_from(segment.end()).unwrap();
            assert_eq!(<[u8; 32]>::from(Sha256::digest(&bytes[range])), segment.sha256);
        }
    }
    assert_eq!(stored_keys(&app.app).await, named_keys(&app.app).await);
    assert_eq!(scratch_files(&app.app), Vec::<String>::new());
    assert!(stored_keys(&app.app).await.iter().any(|key| key.starts_with("originals/")));
}

#[tokio::test]
async fn an_original_is_dropped_where_none_are_kept() {
    let app = TestApp::start_with(|config| {
        small_ladder(config);
        config.uploads.keep_original = false;
    })
    .await;
    app.user("alice").await.upload("good.mp4", &[]).await;
    run_jobs(&app.app).await;
    assert_eq!(scratch_files(&app.app), Vec::<String>::new());
    assert!(!stored_keys(&app.app).await.iter().any(|key| key.starts_with("originals/")));
    assert_eq!(stored_keys(&app.app).await, named_keys(&app.app).await);
}

/// A worker that makes one segment, says it can be played, and then waits for `$out/../../go`.
pub(super) fn slow() -> String {
    let probed = r#"{"event":"probed","probe":{"container":"mp4","duration":{"secs":8,"nanos":0},"bitrate_bps":null,"size_bytes":9,"video":null,"audio":[],"subtitles":[],"cover_stream":null}}"#;
    let planned = r#"{"event":"planned","target_duration_s":4,"renditions":[{"index":0,"role":"audio_only","label":"Audio only","file":"audio.mp4","resolution":0,"width":0,"height":0,"fps":null,"codecs":"mp4a.40.2","bandwidth_bps":1000,"remux":false,"has_audio":true,"has_video":false,"language":null,"channels":2,"default":true}]}"#;
    let hash = "ab".repeat(32);
    let start = [
        probed.to_owned(),
        planned.to_owned(),
        r#"{"event":"init","rendition":0,"length":4}"#.to_owned(),
        format!(r#"{{"event":"segment","rendition":0,"offset":4,"length":5,"duration_us":4000000,"sha256":"{hash}"}}"#),
        r#"{"event":"playable"}"#.to_owned(),
    ]
    .join("\n");
    let end = [
        format!(r#"{{"event":"segment","rendition":0,"offset":9,"length":5,"duration_us":4000000,"sha256":"{hash}"}}"#),
        r#"{"event":"rendition_done","rendition":0,"size_bytes":14}"#.to_owned(),
        r#"{"event":"done","duration_us":8000000}"#.to_owned(),
    ]
    .join("\n");
    format!(
        "printf 123456789 > $out/audio.mp4; printf '%s\\n' '{start}'; \
         while [ ! -e $out/go ]; do sleep 0.05; done; \
         printf 12345 >> $out/audio.mp4; rm $out/go; printf '%s\\n' '{end}'"
    )
}

#[tokio::test]
async fn a_growing_video_is_listed_once_playable_and_published_when_complete() {
    let app = TestApp::start_with_worker(scripted(&slow()), small_ladder).await;
    let alice = app.user("alice").await;
    let video = alice.upload("good.mp4", &[]).await;
    let id = video["id"].as_i64().unwrap();
    let waiting = alice.upload("good.mp4", &[("waitTranscoding", "true")]).await;
    let waiting = waiting["id"].as_i64().unwrap();
    let runner = Runner::new(app.app.clone());
    for id in [id, waiting] {
        let watch = async {
            let set = loop {
                if let Some(set) = Growing::of(&app.app).of_video(id).filter(|set| set.playable()) {
                    break set;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            };
            let text = set.media("audio.mp4", "audio.mp4").unwrap();
            assert!(text.contains("#EXT-X-BYTERANGE:5@4\n") && !text.contains("ENDLIST"), "{text}");
            let (path, end) = set.bytes("audio.mp4").unwrap();
            assert_eq!(end, 9);
            assert_eq!(set.progress().renditions[0].percent, 50);
            let listed = i64::from(id != waiting);
            let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
            while video_int(&app, id, "duration_ms").await != 8000
                || video_int(&app, id, "available").await != listed
            {
                assert!(std::time::Instant::now() < deadline, "the row never followed");
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            assert_eq!(video_int(&app, id, "state").await, 2);
            std::fs::write(path.with_file_name("go"), "").unwrap();
        };
        let (ran, ()) = tokio::join!(runner.run_next(Weight::Heavy), watch);
        assert!(ran.unwrap());
        assert_eq!(video_int(&app, id, "state").await, 1);
        assert_eq!(video_int(&app, id, "available").await, 1);
    }
}

#[tokio::test]
async fn a_job_that_runs_again_after_its_end_changes_nothing() {
    let app = TestApp::start_with(small_ladder).await;
    let video = app.user("alice").await.upload("good.mp4", &[]).await;
    let id = video["id"].as_i64().unwrap();
    run_jobs(&app.app).await;
    let before = (stored_keys(&app.app).await, set_states(&app, id).await);
    let mut conn = app.app.db().read().await.unwrap();
    let set = media_sets::complete_of_video(&mut conn, id).await.unwrap().unwrap();
    let original = set.original_id.unwrap();
    drop(conn);
    let interrupted = app.app.stopping().child_token();
    farandole::videos::publish::transcode(&app.app, set.id, &interrupted).await.unwrap();
    farandole::videos::publish::store_original(&app.app, original).await.unwrap();
    farandole::videos::publish::sweep(&app.app).await.unwrap();
    assert_eq!((stored_keys(&app.app).await, set_states(&app, id).await), before);
}

#[tokio::test]
async fn a_killed_servers_leftovers_are_swept() {
    let app = TestApp::start_with(small_ladder).await;
    let video = app.user("alice").await.upload("good.mp4", &[]).await;
    let id = video["id"].as_i64().unwrap();
    // As a server leaves it that was killed while it put files into storage.
    let mut conn = app.app.db().read().await.unwrap();
    let row = sql(
        "SELECT s.id, s.generation, v.uuid FROM media_sets s JOIN videos v ON v.id = s.video_id",
    )
    .one(&mut conn)
    .await
    .unwrap();
    let (set, generation, uuid) =
        (row.int("id").unwrap(), row.uuid("generation").unwrap(), row.uuid("uuid").unwrap());
    drop(conn);
    let half = app.app.scratch("transcode").join(set.to_string()).join("1").join("1");
    std::fs::create_dir_all(&half).unwrap();
    std::fs::write(half.join("audio.mp4"), "half").unwrap();
    let key = farandole::domain::keys::rendition(uuid, generation, "audio.mp4");
    let key = farandole_storage::Key::parse(&key).unwrap();
    app.app.store().put_bytes(&key, "half").await.unwrap();
    farandole::videos::publish::sweep(&app.app).await.unwrap();
    assert!(!half.exists());
    run_jobs(&app.app).await;
    assert_eq!(video_int(&app, id, "state").await, 1);
    assert_eq!(stored_keys(&app.app).await, named_keys(&app.app).await);
}
