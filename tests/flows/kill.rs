//! kill -9 while videos are transcoded: every one ends published, none twice, nothing is left over.
//!
//! The real server in its own process, killed as often as `FARANDOLE_TEST_KILLS` says (3).

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use farandole::db::{Db, DbSettings, sql};
use reqwest::multipart::{Form, Part};
use serde_json::Value;

use crate::support::TestDatabase;
use crate::support::clips::clip_bytes;
use crate::support::people::PASSWORD;

/// Videos that are uploaded.
const VIDEOS: usize = 3;
/// How long everything may take in all, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(240);

struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// Starts the built program on a data folder and waits until it says that it is ready.
    fn start(folder: &Path, database: &TestDatabase) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_farandole"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder)
            .env("FARANDOLE__ACCOUNTS__ROOT_PASSWORD", PASSWORD)
            .env("FARANDOLE__DATABASE__URL", &database.url)
            .env("FARANDOLE__DATABASE__MAX_CONNECTIONS", "4")
            .env("FARANDOLE__TRANSCODING__RESOLUTIONS", "[144, 360]")
            .env("FARANDOLE__TRANSCODING__PRESET", "ultrafast")
            .env("FARANDOLE__UPLOADS__FREE_DISK_FLOOR_BYTES", "1")
            .env("FARANDOLE__SERVER__LOG_FILTER", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = loop {
            let line = lines.next().expect("the server ended before it was ready").unwrap();
            if let Some((_, url)) = line.split_once("ready at ") {
                break url.trim().replace("localhost", "127.0.0.1");
            }
        };
        Self { child, url }
    }
}

impl Drop for Server {
    /// SIGKILL: no goodbye.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn sign_in(client: &reqwest::Client, url: &str) -> String {
    let get = client.get(format!("{url}/api/v1/oauth-clients/local")).send().await.unwrap();
    let oauth: Value = get.json().await.unwrap();
    let form = [
        ("client_id", oauth["client_id"].as_str().unwrap()),
        ("client_secret", oauth["client_secret"].as_str().unwrap()),
        ("grant_type", "password"),
        ("username", "root"),
        ("password", PASSWORD),
    ];
    let body = form.map(|(key, value)| format!("{key}={}", value.replace(' ', "%20"))).join("&");
    let post = client
        .post(format!("{url}/api/v1/users/token"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .unwrap();
    let token: Value = post.json().await.unwrap();
    token["access_token"].as_str().unwrap_or_else(|| panic!("{token}")).to_owned()
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

fn kills() -> u32 {
    #[expect(clippy::disallowed_methods, reason = "the test run says how hard to try")]
    let wanted = std::env::var("FARANDOLE_TEST_KILLS");
    wanted.map_or(3, |text| text.parse().unwrap())
}

#[tokio::test]
async fn killed_while_transcoding_every_video_is_published_once() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(folder.path()).await;
    let client = reqwest::Client::new();
    let mut server = Server::start(folder.path(), &database);
    let settings = DbSettings { url: database.url.clone(), max_connections: 2, backup_dir: None };
    let db = Db::connect(&settings).await.unwrap();
    let token = sign_in(&client, &server.url).await;
    let channel = ints(&db, "SELECT id AS n FROM channels").await[0];
    for _ in 0..VIDEOS {
        upload(&client, &server.url, &token, channel).await;
    }
    for _ in 0..kills() {
        let moment = Duration::from_millis(50 + u64::from(rand::random::<u16>()) % 2000);
        tokio::time::sleep(moment).await;
        drop(server);
        server = Server::start(folder.path(), &database);
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
