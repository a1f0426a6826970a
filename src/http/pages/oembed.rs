//! How does another site learn to show a video? The oEmbed answer (oEmbed 1.0, type `video`).

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};

use super::video::{self, Shown};
use crate::app::App;
use crate::http::Problem;
use crate::http::extract::ApiQuery;
use crate::videos::shown::Details;

/// Pixels of a frame when the asker sets no limit: the longer side.
const FRAME: u32 = 560;

/// What is asked.
#[derive(Debug, Deserialize)]
pub(super) struct Question {
    url: String,
    format: Option<String>,
    maxwidth: Option<u32>,
    maxheight: Option<u32>,
}

/// oEmbed's `video`.
#[derive(Debug, Serialize)]
struct Answer {
    version: &'static str,
    r#type: &'static str,
    title: String,
    author_name: String,
    author_url: String,
    provider_name: String,
    provider_url: String,
    html: String,
    width: u32,
    height: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail_width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail_height: Option<u32>,
}

/// `GET /services/oembed`.
pub(super) async fn oembed(
    State(app): State<App>,
    ApiQuery(question): ApiQuery<Question>,
) -> Result<Response, Problem> {
    if question.format.as_deref().is_some_and(|format| format != "json") {
        return Err(Problem::new(StatusCode::NOT_IMPLEMENTED, "Only format=json is spoken here."));
    }
    // What is closed to strangers is, for them, not there.
    let nothing = || Problem::not_found("There is no video at this address.");
    let base = app.config().public_url();
    let id = video_id(&base, &question.url).ok_or_else(nothing)?;
    let Shown::Open(details) = video::for_strangers(&app, id).await? else {
        return Err(nothing());
    };
    let answer = answer(&app, &base, &details, &question);
    Ok(([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], Json(answer)).into_response())
}

/// The id in the address of a watch or embed page of this instance.
fn video_id<'a>(base: &str, url: &'a str) -> Option<&'a str> {
    let path = url.strip_prefix(base)?;
    let path = path.split(['?', '#']).next()?;
    let id = ["/w/", "/videos/watch/", "/videos/embed/"]
        .iter()
        .find_map(|prefix| path.strip_prefix(prefix))?;
    let id = id.strip_suffix('/').unwrap_or(id);
    (!id.is_empty() && !id.contains('/')).then_some(id)
}

fn answer(app: &App, base: &str, details: &Details, question: &Question) -> Answer {
    let (width, height) =
        fitted(video::frame_size(details, FRAME), question.maxwidth, question.maxheight);
    let channel = &details.shown.channel;
    let name = &details.shown.row.name;
    let picture = video::picture_of(details);
    let size = picture.and_then(video::size_of);
    Answer {
        version: "1.0",
        r#type: "video",
        title: name.clone(),
        author_name: channel.display_name.clone(),
        author_url: format!("{base}/c/{}", channel.actor.name),
        provider_name: app.config().instance.name.clone(),
        provider_url: base.to_owned(),
        html: format!(
            "<iframe title=\"{}\" width=\"{width}\" height=\"{height}\" src=\"{}\" \
             style=\"border: 0\" allow=\"fullscreen; picture-in-picture\" allowfullscreen \
             sandbox=\"allow-same-origin allow-scripts allow-popups\"></iframe>",
            farandole_player::escaped(name),
            farandole_player::escaped(&video::embed_url(base, details)),
        ),
        width,
        height,
        thumbnail_url: picture.map(|image| format!("{base}{}", video::image_path(image))),
        thumbnail_width: size.map(|(width, _)| width),
        thumbnail_height: size.map(|(_, height)| height),
    }
}

/// `frame` made smaller in its own shape until both limits hold.
fn fitted(
    (width, height): (u32, u32),
    max_width: Option<u32>,
    max_height: Option<u32>,
) -> (u32, u32) {
    let mut size = (u64::from(width), u64::from(height));
    if let Some(limit) = max_width.map(u64::from).filter(|limit| *limit < size.0) {
        size = (limit, size.1 * limit / size.0.max(1));
    }
    if let Some(limit) = max_height.map(u64::from).filter(|limit| *limit < size.1) {
        size = (size.0 * limit / size.1.max(1), limit);
    }
    let pixels = |side: u64| u32::try_from(side).unwrap_or(u32::MAX).max(1);
    (pixels(size.0), pixels(size.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_instance_name_a_video() {
        let id = |url| video_id("https://v.example", url);
        assert_eq!(id("https://v.example/w/abc"), Some("abc"));
        assert_eq!(id("https://v.example/videos/watch/abc/?start=3"), Some("abc"));
        assert_eq!(id("https://v.example/videos/embed/abc#t"), Some("abc"));
        for url in [
            "https://v.example.evil/w/abc",
            "http://v.example/w/abc",
            "https://v.example/w/",
            "https://v.example/w/a/b",
            "https://v.example/c/abc",
            "/w/abc",
        ] {
            assert_eq!(id(url), None, "{url}");
        }
    }

    #[test]
    fn frames_fit_within_the_askers_limits() {
        assert_eq!(fitted((560, 315), None, None), (560, 315));
        assert_eq!(fitted((560, 315), Some(280), None), (280, 157));
        assert_eq!(fitted((560, 315), Some(900), Some(100)), (177, 100));
        assert_eq!(fitted((560, 315), Some(0), Some(0)), (1, 1));
    }
}
