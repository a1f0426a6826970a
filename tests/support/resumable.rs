//! A client of the resumable protocol, step by step, as PeerTube's takes them.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::people::Person;

/// Where new videos go.
pub const UPLOAD: &str = "/api/v1/videos/upload-resumable";

/// An upload that was begun.
#[derive(Clone)]
pub struct Session {
    pub person: Person,
    /// `Location` of the answer.
    pub location: String,
    pub size: usize,
}

impl Person {
    /// Begins an upload of `size` bytes at `path`; the answer, whatever it is.
    pub async fn try_begin(&self, path: &str, size: usize, fields: Value) -> Response {
        let mut body = json!({
            "name": "A walk by the sea", "channelId": self.channel_id, "filename": "walk.mp4",
        });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        self.request(Method::POST, path)
            .header("X-Upload-Content-Length", size)
            .header("X-Upload-Content-Type", "video/mp4")
            .json(&body)
            .send()
            .await
            .unwrap()
    }

    /// Begins an upload of `size` bytes at `path`.
    pub async fn begin_at(&self, path: &str, size: usize, fields: Value) -> Session {
        let response = self.try_begin(path, size, fields).await;
        assert!(matches!(response.status().as_u16(), 200 | 201), "{response:?}");
        let location = response.headers()["location"].to_str().unwrap().to_owned();
        Session { person: self.clone(), location, size }
    }

    /// Begins the upload of a new video of `size` bytes.
    pub async fn begin(&self, size: usize, fields: Value) -> Session {
        self.begin_at(UPLOAD, size, fields).await
    }
}

impl Session {
    /// Sends `bytes` as the chunk that begins at `start`.
    pub async fn put(&self, start: usize, bytes: &[u8]) -> Response {
        let range = format!("bytes {start}-{}/{}", start + bytes.len() - 1, self.size);
        self.put_range(&range, bytes.to_vec()).await
    }

    /// Sends a body with any `Content-Range`.
    pub async fn put_range(&self, range: &str, body: impl Into<reqwest::Body>) -> Response {
        self.person
            .request(Method::PUT, &self.location)
            .header("Content-Type", "application/octet-stream")
            .header("Content-Range", range)
            .body(body)
            .send()
            .await
            .unwrap()
    }

    /// Asks how much is there.
    pub async fn ask(&self) -> Response {
        self.put_range(&format!("bytes */{}", self.size), "").await
    }

    /// How much is there, by the `Range` of an answer that says "go on".
    pub async fn received(&self) -> usize {
        received(&self.ask().await)
    }

    pub async fn cancel(&self) -> Response {
        self.person.delete(&self.location).await
    }
}

/// The number of bytes that a 308 says are there, read as PeerTube's client reads it.
pub fn received(response: &Response) -> usize {
    assert_eq!(response.status(), 308, "{response:?}");
    let range = response.headers()["range"].to_str().unwrap().to_owned();
    let last = range.split('-').nth(1).unwrap();
    last.parse::<usize>().map_or(0, |last| last + 1)
}
