//! What may the head of a channel's or an account's page say? Who it is.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use farandole_player::{Entry, Head, Preview};

use super::video::shortened;
use super::visitor::Visitor;
use super::words::Title;
use super::{plain, shell};
use crate::app::App;
use crate::db::accounts::ActorRow;
use crate::db::actor_images::ImageKind;
use crate::db::{DbError, accounts, channels};
use crate::http::Problem;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::account::ActorImage;

/// Pages of channels and accounts, under PeerTube's short and long addresses.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/c/{name}", get(channel))
        .route("/video-channels/{name}", get(channel))
        .route("/a/{name}", get(account))
        .route("/accounts/{name}", get(account))
}

/// What a head says of an actor.
struct Shown {
    display_name: String,
    description: Option<String>,
    actor: ActorRow,
    /// First segment of the canonical address.
    folder: &'static str,
    /// Narrows a feed to its videos.
    feed: String,
}

async fn channel(State(app): State<App>, visitor: Visitor, Path(name): Path<String>) -> Response {
    let found = find_channel(&app, &name).await;
    answer(&app, visitor, found)
}

async fn account(State(app): State<App>, visitor: Visitor, Path(name): Path<String>) -> Response {
    let found = find_account(&app, &name).await;
    answer(&app, visitor, found)
}

async fn find_channel(app: &App, handle: &str) -> Result<Option<Shown>, DbError> {
    let Some(name) = local_name(app, handle) else { return Ok(None) };
    let mut conn = app.db().read().await?;
    let row = channels::by_handle(&mut conn, name, "").await?;
    Ok(row.map(|row| Shown {
        display_name: row.display_name,
        description: row.description,
        actor: row.actor,
        folder: "c",
        feed: format!("videoChannelId={}", row.id),
    }))
}

async fn find_account(app: &App, handle: &str) -> Result<Option<Shown>, DbError> {
    let Some(name) = local_name(app, handle) else { return Ok(None) };
    let mut conn = app.db().read().await?;
    let row = accounts::by_handle(&mut conn, name, "").await?;
    Ok(row.map(|row| Shown {
        display_name: row.display_name,
        description: row.description,
        actor: row.actor,
        folder: "a",
        feed: format!("accountId={}", row.id),
    }))
}

/// The name in `name` or `name@our.host`; others have their pages at home.
fn local_name<'a>(app: &App, handle: &'a str) -> Option<&'a str> {
    match handle.split_once('@') {
        None => Some(handle),
        Some((name, host)) => {
            host.eq_ignore_ascii_case(&app.config().public_host()).then_some(name)
        }
    }
}

fn answer(app: &App, visitor: Visitor, found: Result<Option<Shown>, DbError>) -> Response {
    let shown = match found {
        Ok(Some(shown)) => shown,
        Ok(None) => {
            let (entry, status) = (Entry::Site, StatusCode::NOT_FOUND);
            return plain::missing(app, visitor, entry, status, Title::Nothing);
        }
        Err(error) => return Problem::from(error).into_response(),
    };
    let site = Site::of(app);
    let avatar = ActorImage::all(&site, &shown.actor, ImageKind::Avatar).pop();
    let feed = format!("{}/feeds/videos.xml?{}", site.base_url, shown.feed);
    let head = Head {
        feeds: vec![(shown.display_name.clone(), feed)],
        canonical: Some(format!("{}/{}/{}", site.base_url, shown.folder, shown.actor.name)),
        description: shown.description.as_deref().map(shortened).filter(|text| !text.is_empty()),
        listed: true,
        preview: Some(Preview {
            kind: "profile".to_owned(),
            image_size: avatar.as_ref().and_then(|image| {
                Some((u32::try_from(image.width).ok()?, u32::try_from(image.height).ok()?))
            }),
            image: avatar.map(|image| image.file_url),
            ..Preview::default()
        }),
        title: shown.display_name,
        ..shell::head(app.config(), visitor)
    };
    shell::answer(StatusCode::OK, &head)
}
