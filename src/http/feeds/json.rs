//! JSON Feed 1.1.

use serde_json::{Value, json};

use super::entry::Entry;
use super::{Front, unwritten};
use crate::http::Problem;

pub(super) fn write(front: &Front, entries: &[Entry]) -> Result<Vec<u8>, Problem> {
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": front.title,
        "description": front.description,
        "home_page_url": front.page_url,
        "feed_url": front.feed_url,
        "icon": front.icon_url,
        "items": entries.iter().map(item).collect::<Vec<_>>(),
    });
    serde_json::to_vec(&feed).map_err(unwritten)
}

fn item(entry: &Entry) -> Value {
    let attachments: Vec<Value> = entry
        .files
        .iter()
        .map(|file| {
            json!({
                "url": file.url,
                "mime_type": file.mime_type,
                "size_in_bytes": file.size_bytes,
                "duration_in_seconds": entry.duration_seconds,
            })
        })
        .collect();
    let mut item = json!({
        "id": entry.page_url,
        "url": entry.page_url,
        "title": entry.title,
        "content_html": entry.description_html(),
        "summary": entry.description,
        "image": entry.thumbnails.last().map(|picture| &picture.url),
        "date_published": entry.published.rfc3339(),
        "date_modified": entry.updated.rfc3339(),
        "authors": [{ "name": entry.author, "url": entry.author_url }],
        "tags": entry.tags,
        "attachments": attachments,
    });
    if let (Some(language), Some(fields)) = (&entry.language, item.as_object_mut()) {
        fields.insert("language".to_owned(), language.clone().into());
    }
    item
}
