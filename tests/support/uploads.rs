//! A video is one call: `person.upload("good.mp4", &[("name", "A walk")]).await`.

use reqwest::Response;
use reqwest::multipart::{Form, Part};
use serde_json::Value;

use super::clips::clip_bytes;
use super::people::Person;

impl Person {
    /// The form of an upload into this person's own channel; `fields` come last.
    pub fn upload_form(&self, filename: &str, bytes: Vec<u8>, fields: &[(&str, &str)]) -> Form {
        let part = Part::bytes(bytes)
            .file_name(filename.to_owned())
            .mime_str("application/octet-stream")
            .unwrap();
        let mut form = Form::new().part("videofile", part);
        let defaults = [("name", "A walk by the sea"), ("channelId", &self.channel_id.to_string())];
        for (key, text) in defaults.iter().filter(|(key, _)| !fields.iter().any(|f| f.0 == *key)) {
            form = form.text((*key).to_owned(), (*text).to_owned());
        }
        for (key, text) in fields {
            form = form.text((*key).to_owned(), (*text).to_owned());
        }
        form
    }

    /// Uploads a clip by the simple protocol; the answer, whatever it is.
    pub async fn try_upload(&self, clip: &str, fields: &[(&str, &str)]) -> Response {
        let form = self.upload_form(clip, clip_bytes(clip), fields);
        self.post_multipart("/api/v1/videos/upload", form).await
    }

    /// Uploads a clip by the simple protocol; the `video` of the answer: `id`, `uuid`,
    /// `shortUUID`.
    pub async fn upload(&self, clip: &str, fields: &[(&str, &str)]) -> Value {
        let response = self.try_upload(clip, fields).await;
        let status = response.status();
        let body: Value = response.json().await.unwrap();
        assert_eq!(status, 200, "{body}");
        body["video"].clone()
    }
}
