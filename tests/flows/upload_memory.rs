//! Memory of the real server while it receives: the same whatever the size of a file, and little
//! for many at once.
//!
//! `FARANDOLE_TEST_UPLOAD_MB` says how large one file is (64), `FARANDOLE_TEST_UPLOADS` how many
//! come at once (12) and `FARANDOLE_TEST_UPLOADS_MB` how large those are (8).

use std::path::Path;

use futures::StreamExt as _;
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Client, Method, RequestBuilder};
use serde_json::{Value, json};
use tokio_util::io::ReaderStream;

use crate::support::TestDatabase;
use crate::support::clips::padded_clip;
use crate::support::process::{Server, wanted};
use crate::support::resumable::UPLOAD;

const MB: u64 = 1 << 20;
/// What one upload may add to the server's memory: buffers and allocator slack of a debug build,
/// far less than the smallest file sent.
const MOST_FOR_ONE: u64 = 32 * MB;
/// What the server may take in all while many come at once.
const MOST_FOR_MANY: u64 = 250 * MB;

struct Uploader {
    client: Client,
    server: Server,
    token: String,
    channel: i64,
}

impl Uploader {
    async fn start(folder: &Path, database: &TestDatabase) -> Self {
        let client = Client::new();
        let settings = [
            ("TRANSCODING__RESOLUTIONS", "[144]"),
            ("UPLOADS__MAX_OPEN_PER_USER", "1000"),
            ("LIMITS__API_REQUESTS", "100000"),
        ];
        let server = Server::start(folder, database, &settings);
        let token = server.sign_in(&client).await;
        let mut uploader = Self { client, server, token, channel: 0 };
        let me = uploader.request(Method::GET, "/api/v1/users/me").send().await.unwrap();
        let me: Value = me.json().await.unwrap();
        uploader.channel = me["videoChannels"][0]["id"].as_i64().unwrap();
        uploader
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.server.url)).bearer_auth(&self.token)
    }

    async fn simple(&self, film: &Path) {
        let size = std::fs::metadata(film).unwrap().len();
        let part = Part::stream_with_length(body(film).await, size).file_name("walk.mp4");
        let form = Form::new()
            .text("name", "A walk by the sea")
            .text("channelId", self.channel.to_string())
            .part("videofile", part);
        let post = self.request(Method::POST, "/api/v1/videos/upload").multipart(form);
        let answer = post.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    }

    /// The whole file as one chunk: the hardest for the server.
    async fn resumable(&self, film: &Path) {
        let size = std::fs::metadata(film).unwrap().len();
        let begin = self
            .request(Method::POST, UPLOAD)
            .header("X-Upload-Content-Length", size)
            .header("X-Upload-Content-Type", "video/mp4")
            .json(&json!({
                "name": "A walk by the sea", "filename": "walk.mp4", "channelId": self.channel,
            }));
        let begun = begin.send().await.unwrap();
        assert_eq!(begun.status(), 201);
        let location = begun.headers()["location"].to_str().unwrap();
        let put = self
            .request(Method::PUT, location)
            .header("Content-Range", format!("bytes 0-{}/{size}", size - 1))
            .header("Content-Length", size)
            .body(body(film).await);
        let answer = put.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    }
}

async fn body(film: &Path) -> Body {
    let file = tokio::fs::File::open(film).await.unwrap();
    Body::wrap_stream(ReaderStream::with_capacity(file, 256 << 10))
}

#[tokio::test]
async fn heavy_memory_stays_flat_through_either_protocol() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(folder.path()).await;
    let [small, large] = ["small.mp4", "large.mp4"].map(|name| folder.path().join(name));
    let size = wanted("FARANDOLE_TEST_UPLOAD_MB", 64) * MB;
    padded_clip("good.mp4", 4 * MB, &small);
    padded_clip("good.mp4", size, &large);
    let uploader = Uploader::start(folder.path(), &database).await;
    uploader.simple(&small).await;
    uploader.resumable(&small).await;

    for protocol in ["simple", "resumable"] {
        uploader.server.forget_peak();
        let before = uploader.server.peak_bytes();
        match protocol {
            "simple" => uploader.simple(&large).await,
            _ => uploader.resumable(&large).await,
        }
        let added = uploader.server.peak_bytes().saturating_sub(before);
        println!("{protocol}: {} MB took {} kB of memory", size / MB, added >> 10);
        assert!(added < MOST_FOR_ONE, "{protocol}: {added} bytes");
    }
}

#[tokio::test]
async fn heavy_many_uploads_at_once_all_complete_in_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(folder.path()).await;
    let film = folder.path().join("film.mp4");
    let size = wanted("FARANDOLE_TEST_UPLOADS_MB", 8);
    padded_clip("good.mp4", size * MB, &film);
    let uploader = Uploader::start(folder.path(), &database).await;
    let count = usize::try_from(wanted("FARANDOLE_TEST_UPLOADS", 12)).unwrap();
    uploader.server.forget_peak();
    let all = futures::stream::iter(0..count).map(|number| {
        let (uploader, film) = (&uploader, &film);
        async move {
            if number % 2 == 0 {
                uploader.simple(film).await
            } else {
                uploader.resumable(film).await
            }
        }
    });
    all.buffer_unordered(count).collect::<Vec<()>>().await;
    let peak = uploader.server.peak_bytes();
    println!("{count} uploads of {size} MB at once took {} MB of memory", peak / MB);
    assert!(peak < MOST_FOR_MANY, "{peak} bytes");
    let list = uploader.request(Method::GET, "/api/v1/users/me/videos?count=1").send().await;
    let list: Value = list.unwrap().json().await.unwrap();
    assert_eq!(list["total"], count);
}
