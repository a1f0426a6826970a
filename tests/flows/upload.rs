//! kill -9 of the real server between and inside the chunks of an upload, and while the last byte
//! is dealt with: the upload goes on, and becomes one video of exactly the bytes that were sent.
//!
//! Killed as often as `FARANDOLE_TEST_KILLS` says (5).

use std::path::Path;
use std::time::{Duration, Instant};

use farandole::db::{Db, DbSettings, sql};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::TestDatabase;
use crate::support::clips::padded_clip;
use crate::support::process::{Server, wanted};
use crate::support::resumable::{UPLOAD, received};

/// Size of the film, large enough to be cut many times.
const SIZE: usize = 8 << 20;
/// For everything, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(200);

struct Uploader {
    client: Client,
    server: Server,
    token: String,
    location: String,
}

impl Uploader {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.server.url)).bearer_auth(&self.token)
    }

    async fn put(&self, range: String, body: Vec<u8>) -> Response {
        let request = self.request(Method::PUT, &self.location).header("Content-Range", range);
        request.body(body).send().await.unwrap()
    }

    /// What the server has, or the video it became.
    async fn ask(&self) -> Result<usize, Value> {
        let mut answer = self.put(format!("bytes */{SIZE}"), Vec::new()).await;
        // The server may be making a video of it by itself: "ask again".
        while answer.status() == 503 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            answer = self.put(format!("bytes */{SIZE}"), Vec::new()).await;
        }
        if answer.status() == 200 {
            return Err(answer.json().await.unwrap());
        }
        Ok(received(&answer))
    }

    /// Sends some bytes of a chunk that promises all of `rest`, and does not wait for an answer.
    async fn tear(&self, start: usize, rest: &[u8], sent: usize) -> TcpStream {
        let address = self.server.url.trim_start_matches("http://");
        let mut socket = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "PUT {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\
             Content-Range: bytes {start}-{}/{SIZE}\r\n\r\n",
            self.location,
            self.token,
            rest.len(),
            SIZE - 1,
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.write_all(&rest[..sent]).await.unwrap();
        socket
    }
}

fn start(folder: &Path, database: &TestDatabase) -> Server {
    Server::start(folder, database, &[("TRANSCODING__RESOLUTIONS", "[144]")])
}

async fn begin(folder: &Path, database: &TestDatabase) -> Uploader {
    let client = Client::new();
    let server = start(folder, database);
    let token = server.sign_in(&client).await;
    let mut uploader = Uploader { client, server, token, location: UPLOAD.to_owned() };
    let me: Value = uploader
        .request(Method::GET, "/api/v1/users/me")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let begun = uploader
        .request(Method::POST, UPLOAD)
        .header("X-Upload-Content-Length", SIZE)
        .header("X-Upload-Content-Type", "video/mp4")
        .json(&json!({
            "name": "A walk by the sea", "filename": "walk.mp4",
            "channelId": me["videoChannels"][0]["id"],
        }))
        .send()
        .await
        .unwrap();
    assert_eq!(begun.status(), 201);
    uploader.location = begun.headers()["location"].to_str().unwrap().to_owned();
    uploader
}

/// Number of files below `folder` that hold exactly `bytes`.
fn copies(folder: &Path, bytes: &[u8]) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| entry.path())
        .map(|path| {
            if path.is_dir() {
                return copies(&path, bytes);
            }
            let size = std::fs::metadata(&path).map_or(0, |meta| meta.len());
            usize::from(size == bytes.len() as u64 && std::fs::read(&path).unwrap() == bytes)
        })
        .sum()
}

#[tokio::test]
async fn heavy_killed_between_and_inside_chunks_an_upload_becomes_one_video() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(folder.path()).await;
    let film = folder.path().join("walk.mp4");
    padded_clip("good.mp4", SIZE as u64, &film);
    let bytes = std::fs::read(&film).unwrap();
    std::fs::remove_file(&film).unwrap();

    let mut uploader = begin(folder.path(), &database).await;
    let kills = usize::try_from(wanted("FARANDOLE_TEST_KILLS", 5)).unwrap();
    let step = SIZE / (kills + 2);
    let mut acknowledged = 0;
    for kill in 0..kills {
        let here = uploader.ask().await.unwrap();
        assert!(here >= acknowledged, "{acknowledged} bytes were acknowledged, {here} are here");
        if kill % 2 == 0 {
            // Between two chunks.
            let chunk = &bytes[here..here + step];
            let range = format!("bytes {here}-{}/{SIZE}", here + step - 1);
            acknowledged = received(&uploader.put(range, chunk.to_vec()).await);
            assert_eq!(acknowledged, here + step);
        } else {
            // Inside one.
            let socket = uploader.tear(here, &bytes[here..], step).await;
            tokio::time::sleep(Duration::from_millis(rand::random::<u8>().into())).await;
            drop(socket);
        }
        drop(uploader.server);
        uploader.server = start(folder.path(), &database);
    }
    // While the last byte is dealt with.
    let here = uploader.ask().await.unwrap();
    let socket = uploader.tear(here, &bytes[here..], SIZE - here).await;
    tokio::time::sleep(Duration::from_millis(u64::from(rand::random::<u8>()) * 2)).await;
    drop(socket);
    drop(uploader.server);
    uploader.server = start(folder.path(), &database);
    let here = uploader.ask().await;
    let answer = match here {
        Err(answer) => answer,
        Ok(here) => {
            let range = format!("bytes {here}-{}/{SIZE}", SIZE - 1);
            let last = uploader.put(range, bytes[here..].to_vec()).await;
            assert_eq!(last.status(), 200);
            last.json().await.unwrap()
        }
    };
    assert_eq!(uploader.ask().await.unwrap_err(), answer, "the answer can be had again");
    assert_one_published(&database, folder.path(), &bytes, &answer).await;
}

async fn assert_one_published(
    database: &TestDatabase,
    folder: &Path,
    bytes: &[u8],
    answer: &Value,
) {
    let settings = DbSettings { url: database.url.clone(), max_connections: 2, backup_dir: None };
    let db = Db::connect(&settings).await.unwrap();
    let deadline = Instant::now() + PATIENCE;
    loop {
        let mut conn = db.read().await.unwrap();
        let rows = sql("SELECT v.id, v.state, o.location FROM videos v \
                        JOIN originals o ON o.video_id = v.id")
        .all(&mut conn)
        .await
        .unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].int("id").unwrap(), answer["video"]["id"].as_i64().unwrap());
        let state = rows[0].int("state").unwrap();
        if state == 1 && rows[0].text("location").unwrap() == "stored" {
            break;
        }
        assert!(state != 7 && Instant::now() < deadline, "state {state}");
        drop(conn);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    db.close().await;
    assert_eq!(copies(&folder.join("storage"), bytes), 1, "the bytes changed on the way");
}
