//! What may the head of a video's page say? Everything a stranger may know: title, description,
//! picture, player. Of a video that is not open to strangers it says nothing at all; the site
//! asks the API once it knows who is there.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use farandole_player::{Entry, Head, Preview};
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;

use super::visitor::Visitor;
use super::words::Title;
use super::{plain, shell};
use crate::app::App;
use crate::db::comments;
use crate::db::videos::shown::ImageRow;
use crate::domain::{Privacy, ShortUuid, VideoRef};
use crate::http::Problem;
use crate::http::v1::wire::video::picture_path;
use crate::videos::VideosError;
use crate::videos::access::{self, Presented};
use crate::videos::shown::{Details, details};

/// Characters of a description that heads repeat.
const MAX_DESCRIPTION: usize = 300;

/// Watch and embed pages.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/w/{id}", get(watch))
        .route("/videos/watch/{id}", get(watch))
        .route("/videos/watch/{id}/comments/{comment}", get(comment))
        .route("/videos/embed/{id}", get(embed))
}

async fn watch(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Response {
    page(&app, visitor, &id, Entry::Site).await
}

/// The address of a comment leads to its thread on the page of its video.
async fn comment(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, comment)): Path<(String, i64)>,
) -> Response {
    let found = async {
        let video = id.parse::<VideoRef>().map_err(|_| VideosError::NotFound)?;
        let guard = access::guard(&app, video).await?;
        let mut conn = app.db().read().await?;
        let row = comments::by_id(&mut conn, comment).await?;
        let row = row.filter(|row| row.video_id == guard.id).ok_or(VideosError::NotFound)?;
        let thread = row.thread_id.unwrap_or(row.id);
        // Named as it was asked for: a number must not tell the address of an unlisted video.
        Ok::<String, VideosError>(format!("/w/{id}?threadId={thread}#comment-{comment}"))
    };
    match found.await {
        Ok(page) => Redirect::to(&page).into_response(),
        Err(VideosError::NotFound) => {
            plain::missing(&app, visitor, Entry::Site, StatusCode::NOT_FOUND, Title::Nothing)
        }
        Err(error) => Problem::from(error).into_response(),
    }
}

async fn embed(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Response {
    page(&app, visitor, &id, Entry::Embed).await
}

async fn page(app: &App, visitor: Visitor, id: &str, entry: Entry) -> Response {
    match for_strangers(app, id).await {
        Ok(Shown::Open(details)) => {
            let mut head = head_of(app, visitor, &details);
            head.entry = entry;
            // The watch page is the one to be found.
            head.listed &= entry == Entry::Site;
            shell::answer(StatusCode::OK, &head)
        }
        Ok(Shown::Closed) => plain::missing(app, visitor, entry, StatusCode::OK, Title::NotPublic),
        Ok(Shown::Nothing) => {
            plain::missing(app, visitor, entry, StatusCode::NOT_FOUND, Title::Nothing)
        }
        Err(error) => Problem::from(error).into_response(),
    }
}

/// What a stranger may know of a video.
pub(super) enum Shown {
    /// Everything on its page.
    Open(Box<Details>),
    /// That it is not for everybody, or not yet.
    Closed,
    /// There is none.
    Nothing,
}

/// Looks a video up as somebody who is not signed in.
pub(super) async fn for_strangers(app: &App, id: &str) -> Result<Shown, VideosError> {
    let Ok(video) = id.parse::<VideoRef>() else { return Ok(Shown::Nothing) };
    match details(app, video, &Presented::default()).await {
        Ok(details) => Ok(Shown::Open(Box::new(details))),
        Err(VideosError::NotFound) => unready(app, video).await,
        Err(
            VideosError::SignInRequired
            | VideosError::Denied
            | VideosError::Blocked
            | VideosError::PasswordRequired,
        ) => Ok(Shown::Closed),
        Err(error) => Err(error),
    }
}

/// A video that nobody but its owner may see yet. Its owner opens its page as well, and pages do
/// not know who asks: it gets the very page of a private video, so that nobody can tell the two
/// apart. By number it stays unknown, since numbers can be counted through.
async fn unready(app: &App, video: VideoRef) -> Result<Shown, VideosError> {
    if matches!(video, VideoRef::Id(_)) {
        return Ok(Shown::Nothing);
    }
    match access::guard(app, video).await {
        Ok(_) => Ok(Shown::Closed),
        Err(VideosError::NotFound) => Ok(Shown::Nothing),
        Err(error) => Err(error),
    }
}

fn head_of(app: &App, visitor: Visitor, details: &Details) -> Head {
    let row = &details.shown.row;
    let base = app.config().public_url();
    let watch = watch_url(&base, details);
    let picture = picture_of(details);
    let description = row.description.as_deref().map(shortened).filter(|text| !text.is_empty());
    let image = picture.map(|image| format!("{base}{}", image_path(image)));
    let json_ld = video_object(details, &base, description.as_deref(), image.as_deref());
    Head {
        title: row.name.clone(),
        listed: row.privacy == Privacy::Public,
        oembed: Some(format!(
            "{base}/services/oembed?format=json&url={}",
            byte_serialize(watch.as_bytes()).collect::<String>()
        )),
        preview: Some(Preview {
            kind: "video.other".to_owned(),
            image,
            image_size: picture.and_then(size_of),
            player: Some(embed_url(&base, details)),
            player_size: Some(frame_size(details, 1280)),
            duration_seconds: u64::try_from(row.duration_ms / 1000).ok(),
            published_at: Some(row.published_at.rfc3339()),
        }),
        json_ld: Some(json_ld),
        description,
        canonical: Some(watch),
        ..shell::head(app.config(), visitor)
    }
}

/// schema.org's `VideoObject`, with what search engines require of it.
fn video_object(
    details: &Details,
    base: &str,
    description: Option<&str>,
    image: Option<&str>,
) -> Value {
    let row = &details.shown.row;
    let channel = &details.shown.channel;
    let mut object = json!({
        "@context": "https://schema.org",
        "@type": "VideoObject",
        "name": row.name,
        "description": description.unwrap_or(&row.name),
        "url": watch_url(base, details),
        "embedUrl": embed_url(base, details),
        "uploadDate": row.published_at.rfc3339(),
        "duration": format!("PT{}S", row.duration_ms / 1000),
        "author": {
            "@type": "Organization",
            "name": channel.display_name,
            "url": format!("{base}/c/{}", channel.actor.name),
        },
        "interactionStatistic": {
            "@type": "InteractionCounter",
            "interactionType": { "@type": "WatchAction" },
            "userInteractionCount": row.views,
        },
    });
    if let Value::Object(fields) = &mut object {
        if let Some(image) = image {
            fields.insert("thumbnailUrl".to_owned(), json!([image]));
        }
        if let Some(language) = &row.language {
            fields.insert("inLanguage".to_owned(), json!(language));
        }
    }
    object
}

/// The address of a video's page.
pub(super) fn watch_url(base: &str, details: &Details) -> String {
    format!("{base}/w/{}", ShortUuid(details.shown.row.uuid))
}

/// The address of a video's player for frames.
pub(super) fn embed_url(base: &str, details: &Details) -> String {
    format!("{base}/videos/embed/{}", details.shown.row.uuid)
}

/// The largest still picture.
pub(super) fn picture_of(details: &Details) -> Option<&ImageRow> {
    let stills = details.shown.images.iter().filter(|image| image.kind != "storyboard");
    stills.max_by_key(|image| image.width)
}

/// Where that picture is served.
pub(super) fn image_path(image: &ImageRow) -> String {
    let folder = if image.kind == "preview" { "previews" } else { "thumbnails" };
    picture_path(folder, &image.file, None)
}

/// Its pixels.
pub(super) fn size_of(image: &ImageRow) -> Option<(u32, u32)> {
    Some((u32::try_from(image.width).ok()?, u32::try_from(image.height).ok()?))
}

/// A frame `width` pixels wide in the shape of the video; tall ones are as high as that.
pub(super) fn frame_size(details: &Details, width: u32) -> (u32, u32) {
    let ratio = details.shown.row.aspect_ratio_millionths.filter(|ratio| *ratio > 0);
    frame(u64::try_from(ratio.unwrap_or(1_777_778)).unwrap_or(1_777_778), width)
}

fn frame(ratio_millionths: u64, width: u32) -> (u32, u32) {
    let scaled = |factor: u64, divisor: u64| {
        u32::try_from(u64::from(width) * factor / divisor.max(1)).unwrap_or(width).max(1)
    };
    if ratio_millionths >= 1_000_000 {
        (width, scaled(1_000_000, ratio_millionths))
    } else {
        (scaled(ratio_millionths, 1_000_000), width)
    }
}

/// A description on one line, cut between words.
pub(super) fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MAX_DESCRIPTION {
        return line;
    }
    let cut: String = line.chars().take(MAX_DESCRIPTION - 1).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", cut.get(..end).unwrap_or(&cut))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_cut_between_words() {
        assert_eq!(shortened("a\n\n b\tc"), "a b c");
        let long = shortened(&"word ".repeat(200));
        assert!(long.chars().count() <= MAX_DESCRIPTION, "{}", long.chars().count());
        assert!(long.ends_with("word…"), "{long}");
        assert_eq!(shortened(&"é".repeat(500)).chars().count(), MAX_DESCRIPTION);
    }

    #[test]
    fn frames_keep_the_shape_of_the_video() {
        assert_eq!(frame(1_777_778, 1280), (1280, 719));
        assert_eq!(frame(562_500, 560), (315, 560));
        assert_eq!(frame(1_000_000, 500), (500, 500));
        assert_eq!(frame(1, 100), (1, 100));
    }
}
