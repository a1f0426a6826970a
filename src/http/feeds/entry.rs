//! What does a feed say of one video? The same in every format, as plain text.

use farandole_transcoder::spec::{RenditionPlan, Role};

use crate::domain::{Millis, ShortUuid};
use crate::http::v1::wire::Site;
use crate::http::v1::wire::video::picture_path;
use crate::videos::names::{MediaName, stem};
use crate::videos::shown::Details;

/// One video of a feed.
pub(super) struct Entry {
    pub title: String,
    /// Address of its page, and what it is known by.
    pub page_url: String,
    /// Address of a page with the player alone.
    pub embed_url: String,
    pub description: String,
    pub author: String,
    pub author_url: String,
    pub published: Millis,
    pub updated: Millis,
    pub duration_seconds: i64,
    pub language: Option<String>,
    pub nsfw: bool,
    pub views: i64,
    pub tags: Vec<String>,
    pub thumbnails: Vec<Picture>,
    /// Best first.
    pub files: Vec<File>,
}

/// A picture.
pub(super) struct Picture {
    pub url: String,
    pub width: i64,
    pub height: i64,
}

/// A file that plays on its own.
pub(super) struct File {
    pub url: String,
    pub mime_type: &'static str,
    pub size_bytes: i64,
    pub width: i64,
    pub height: i64,
    pub fps: f64,
}

impl Entry {
    /// What is told of `details`, which everybody may see.
    pub(super) fn new(site: &Site, details: &Details) -> Self {
        let (shown, row) = (&details.shown, &details.shown.row);
        let base = &site.base_url;
        let thumbnails = shown.images.iter().filter_map(|image| {
            let folder = match image.kind.as_str() {
                "thumbnail" => "thumbnails",
                "preview" => "previews",
                _ => return None,
            };
            let path = picture_path(folder, &image.file, None);
            let url = format!("{base}{path}");
            Some(Picture { url, width: image.width, height: image.height })
        });
        Self {
            title: xml_text(&row.name),
            page_url: format!("{base}/w/{}", ShortUuid(row.uuid)),
            embed_url: format!("{base}/videos/embed/{}", row.uuid),
            description: xml_text(row.description.as_deref().unwrap_or_default()),
            author: xml_text(&shown.channel.display_name),
            author_url: format!("{base}/c/{}", shown.channel.actor.name),
            published: row.published_at,
            updated: row.updated_at.max(row.published_at),
            duration_seconds: (row.duration_ms + 500) / 1000,
            language: row.language.clone(),
            nsfw: row.nsfw,
            views: row.views,
            tags: details.tags.iter().map(|tag| xml_text(tag)).collect(),
            thumbnails: thumbnails.collect(),
            files: files(base, details),
        }
    }

    /// The description as HTML: what people wrote is shown as they wrote it, never run.
    pub(super) fn description_html(&self) -> String {
        let escaped = self
            .description
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;");
        if escaped.is_empty() {
            escaped
        } else {
            format!("<p>{}</p>", escaped.replace('\n', "<br>"))
        }
    }
}

fn files(base: &str, details: &Details) -> Vec<File> {
    let Some(set) = &details.set else { return Vec::new() };
    let row = &details.shown.row;
    let mut files: Vec<File> = details
        .renditions
        .iter()
        .filter_map(|rendition| {
            let plan: RenditionPlan = serde_json::from_str(&rendition.plan).ok()?;
            // Tracks of the audio group do not play on their own.
            if plan.role == Role::AudioTrack {
                return None;
            }
            let name = MediaName::File(stem(&rendition.file).to_owned()).of(set.generation);
            Some(File {
                url: format!("{base}/static/streaming-playlists/hls/{}/{name}", row.uuid),
                mime_type: if plan.has_video { "video/mp4" } else { "audio/mp4" },
                size_bytes: rendition.size_bytes,
                width: rendition.width,
                height: rendition.height,
                fps: rendition.fps_millis as f64 / 1000.0,
            })
        })
        .collect();
    files.sort_by_key(|file| std::cmp::Reverse((file.height, file.size_bytes)));
    files
}

/// Leaves out what XML 1.0 (2.2) cannot hold, escaped or not.
pub(super) fn xml_text(text: &str) -> String {
    let possible = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(possible).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_left_out() {
        assert_eq!(xml_text("a\u{0}\u{b}\u{1b}[31mé\u{fffe}\u{1f600}\n"), "a[31mé\u{1f600}\n");
    }
}
