//! Under which storage key does each kind of object lie? Documented for operators in
//! `docs/storage.md`; keys hold the generation, so that a retired one can be deleted by prefix.

use uuid::Uuid;

/// `originals/{video}/{generation}/{file}`: the uploaded file.
#[must_use]
pub fn original(video: Uuid, generation: Uuid, extension: &str) -> String {
    format!("originals/{video}/{generation}/original.{extension}")
}

/// Prefix of everything in one generation of a video's renditions.
#[must_use]
pub fn media_set(video: Uuid, generation: Uuid) -> String {
    format!("hls/{video}/{generation}")
}

/// `hls/{video}/{generation}/{file}`: one rendition.
#[must_use]
pub fn rendition(video: Uuid, generation: Uuid, file: &str) -> String {
    format!("hls/{video}/{generation}/{file}")
}

/// `images/{video}/{file}`: thumbnails and previews.
#[must_use]
pub fn image(video: Uuid, file: &str) -> String {
    format!("images/{video}/{file}")
}

/// `storyboards/{video}/{file}`: storyboard sprites.
#[must_use]
pub fn storyboard(video: Uuid, file: &str) -> String {
    format!("storyboards/{video}/{file}")
}

/// `captions/{video}/{file}`: captions.
#[must_use]
pub fn caption(video: Uuid, file: &str) -> String {
    format!("captions/{video}/{file}")
}

/// `actor-images/{file}`: avatars and banners.
#[must_use]
pub fn actor_image(file: &str) -> String {
    format!("actor-images/{file}")
}

/// Every prefix that holds something of one video, for its deletion.
#[must_use]
pub fn of_video(video: Uuid) -> [String; 5] {
    ["originals", "hls", "images", "storyboards", "captions"].map(|kind| format!("{kind}/{video}"))
}
