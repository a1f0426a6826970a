//! kill -9 while videos are transcoded: every one ends published, none twice, nothing is left over.
//!
//! The real server in its own process, killed as often as `FARANDOLE_TEST_KILLS` says (5).

use std::path::Path;
use std::time::{Duration, Instant};

use farandole::db::{Db, DbSettings, sql};
use reqwest::multipart::{Form, Part};

use crate::support::TestDatabase;
use crate::support::clips::clip_bytes;
use crate::support::process::{Server, wanted};

/// Videos that are uploaded.
const VIDEOS: usize = 3;
/// How long everything may take in all, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(240);

fn start(folder: &Path, database: &TestDatabase) -> Server {
    Server::start(folder, database, &[("TRANSCODING__RESOLUTIONS", "[144, 360]")])
}

async fn upload(client: &reqwest::Client, url: &str, token: &str, channel: i64) {
    let part = Part::bytes(clip_bytes("good.mp4")).file_name("good.mp4").mime_str("video/mp4");
    let form = Form::new()
        .text("name", "A walk by the sea")
        .text("channelId", channel.to_string())
        .part("videofile", part.unwrap());
    let post =
        client.post(format!("{url}/api/v1/videos/upload")).bearer_auth(token).multipart(form);
    let answer = post.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
}

async fn ints(db: &Db, text: &'static str) -> Vec<i64> {
    let mut conn = db.read().await.unwrap();
    let rows = sql(text).all(&mut conn).await.unwrap();
    rows.iter().map(|row| row.int("n").unwrap()).collect()
}

async fn texts(db: &Db, text: &'static str) -> Vec<String> {
    let mut conn = db.read().await.unwrap();
    let rows = sql(text).all(&mut conn).await.unwrap();
    rows.iter().map(|row| row.text("n").unwrap()).collect()
}

/// Files below a folder, relative to it, sorted.
fn files(root: &Path) -> Vec<String> {
    fn walk(dir: &Path, root: &Path, found: &mut Vec<String>) {
        let Ok(entries) = std::fs::read_dir(dir) else { return };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                walk(&path, root, found);
            } else {
                found.push(path.strip_prefix(root).unwrap().display().to_string());
            }
        }
    }
    let mut found = Vec::new();
    walk(root, root, &mut found);
    found.sort();
    found
}

#[tokio::test]
async fn killed_while_transcoding_every_video_is_published_once() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(folder.path()).await;
    let client = reqwest::Client::new();
    let mut server = start(folder.path(), &database);
    let settings = DbSettings { url: database.url.clone(), max_connections: 2, backup_dir: None };
    let db = Db::connect(&settings).await.unwrap();
    let token = server.sign_in(&client).await;
    let channel = ints(&db, "SELECT id AS n FROM channels").await[0];
    for _ in 0..VIDEOS {
        upload(&client, &server.url, &token, channel).await;
    }
    for _ in 0..wanted("FARANDOLE_TEST_KILLS", 5) {
        let moment = Duration::from_millis(50 + u64::from(rand::random::<u16>()) % 2000);
        tokio::time::sleep(moment).await;
        drop(server);
        server = start(folder.path(), &database);
    }
    let deadline = Instant::now() + PATIENCE;
    let busy = "SELECT COUNT(*) AS n FROM jobs WHERE state IN ('queued', 'running') \
                AND kind IN ('transcode', 'store-original', 'delete-objects')";
    while ints(&db, "SELECT state AS n FROM videos").await != [1; VIDEOS]
        || ints(&db, busy).await != [0]
    {
        assert!(
            Instant::now() < deadline,
            "states {:?}, failures {:?}, jobs {:?}",
            ints(&db, "SELECT state AS n FROM videos").await,
            texts(&db, "SELECT COALESCE(failure, '') AS n FROM videos").await,
            texts(&db, "SELECT kind || ' ' || state || ' ' || COALESCE(error, '') AS n FROM jobs")
                .await,
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let complete =
        "SELECT COUNT(*) AS n FROM media_sets WHERE state = 'complete' GROUP BY video_id";
    assert_eq!(ints(&db, complete).await, [1; VIDEOS]);
    let renditions = "SELECT COUNT(*) AS n FROM renditions GROUP BY media_set_id";
    assert_eq!(ints(&db, renditions).await, [3; VIDEOS]);
    let pictures = "SELECT COUNT(*) AS n FROM video_images GROUP BY video_id";
    assert_eq!(ints(&db, pictures).await, [3; VIDEOS]);
    let mut named = texts(
        &db,
        "SELECT storage_key AS n FROM renditions UNION ALL SELECT storage_key FROM video_images \
         UNION ALL SELECT storage_key FROM originals WHERE storage_key IS NOT NULL",
    )
    .await;
    named.sort();
    let kept: Vec<_> = files(&folder.path().join("storage"))
        .into_iter()
        .filter(|file| !file.starts_with('.'))
        .collect();
    assert_eq!(kept, named);
    assert_eq!(files(&folder.path().join("scratch")), Vec::<String>::new());
    db.close().await;
}
