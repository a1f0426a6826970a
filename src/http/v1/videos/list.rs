//! `GET /api/v1/videos`, and the same for a channel, an account, and the one who asks.

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::query::{ORDERS, VideoQuery};
use crate::app::App;
use crate::db::videos::list::{Filter, VideoOrder};
use crate::db::{accounts, channels};
use crate::domain::{Order, Principal};
use crate::http::answers::{self, About, Made};
use crate::http::extract::{ApiPath, ApiQuery};
use crate::http::v1::wire::Site;
use crate::http::v1::wire::page::Paging;
use crate::http::v1::wire::video::Video;
use crate::http::{MaybeSession, Problem, Session};
use crate::videos::list::{Listed, Listing, Taste, Wanted, list as list_videos, taste};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(of_channel))
        .routes(routes!(of_account))
        .routes(routes!(mine))
}

/// Part of a list of videos.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct VideoList {
    /// Videos in the whole list; left out with `skipCount`.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<i64>,
    /// The part.
    data: Vec<Video>,
}

impl VideoList {
    /// Shows a part of a listing.
    pub(in crate::http) fn new(site: &Site, listed: &Listed) -> Self {
        let data = listed.videos.iter().map(|shown| Video::new(site, shown)).collect();
        Self { total: listed.total, data }
    }
}

/// Videos that anybody may find.
#[utoipa::path(
    get,
    path = "/api/v1/videos",
    operation_id = "getVideos",
    tag = "Video",
    params(crate::http::v1::wire::page::PageParams, VideoQuery),
    responses(
        (status = 200, body = VideoList),
        (status = 400, description = "A parameter does not fit"),
        (status = 401, description = "Only moderators see more than everybody"),
    )
)]
async fn list(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    answer(&app, request, Whose::All).await
}

/// Videos of a channel.
#[utoipa::path(
    get,
    path = "/api/v1/video-channels/{handle}/videos",
    operation_id = "getVideoChannelVideos",
    tag = "Video Channels",
    params(
        ("handle" = String, Path, description = "`name`, or `name@host`"),
        crate::http::v1::wire::page::PageParams,
        VideoQuery,
    ),
    responses(
        (status = 200, body = VideoList),
        (status = 400, description = "A parameter does not fit"),
        (status = 404, description = "No such channel"),
    )
)]
async fn of_channel(
    State(app): State<App>,
    ApiPath(handle): ApiPath<String>,
    request: Request,
) -> Result<Response, Problem> {
    answer(&app, request, Whose::Channel(&handle)).await
}

/// Videos of an account's channels.
#[utoipa::path(
    get,
    path = "/api/v1/accounts/{name}/videos",
    operation_id = "getAccountVideos",
    tag = "Accounts",
    params(
        ("name" = String, Path, description = "`name`, or `name@host`"),
        crate::http::v1::wire::page::PageParams,
        VideoQuery,
    ),
    responses(
        (status = 200, body = VideoList),
        (status = 400, description = "A parameter does not fit"),
        (status = 404, description = "No such account"),
    )
)]
async fn of_account(
    State(app): State<App>,
    ApiPath(handle): ApiPath<String>,
    request: Request,
) -> Result<Response, Problem> {
    answer(&app, request, Whose::Account(&handle)).await
}

/// Every video of the one who asks, in whatever state and privacy.
#[utoipa::path(
    get,
    path = "/api/v1/users/me/videos",
    operation_id = "getMyVideos",
    tag = "My User",
    security(("OAuth2" = [])),
    params(crate::http::v1::wire::page::PageParams, VideoQuery),
    responses(
        (status = 200, body = VideoList),
        (status = 400, description = "A parameter does not fit"),
        (status = 401, description = "Nobody is signed in"),
    )
)]
async fn mine(
    State(app): State<App>,
    Session(viewer): Session,
    request: Request,
) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let asked = Asked::of(&app, &mut parts).await?;
    let found = found(&app, Some(&viewer), Listing::Mine, &asked, |_| {}).await?;
    Ok(answers::personal(Made::json(&found, About::Unkept)?))
}

/// Whose videos a listing is about.
#[derive(Clone, Copy)]
enum Whose<'a> {
    All,
    Channel(&'a str),
    Account(&'a str),
}

/// What a request says about the part of the list it wants.
struct Asked {
    paging: Paging,
    query: VideoQuery,
}

impl Asked {
    async fn of(app: &App, parts: &mut Parts) -> Result<Self, Problem> {
        let paging = Paging::from_request_parts(parts, app).await?;
        let ApiQuery(query) = ApiQuery::from_request_parts(parts, app).await?;
        Ok(Self { paging, query })
    }
}

async fn answer(app: &App, request: Request, whose: Whose<'_>) -> Result<Response, Problem> {
    let key = answers::key(&request);
    let (mut parts, _) = request.into_parts();
    if let Some(key) = key {
        let headers = std::mem::take(&mut parts.headers);
        return answers::answer(app, &headers, &key, || async move {
            let found = found_by(app, None, &mut parts, whose).await?;
            Made::json(&found, About::Listing)
        })
        .await;
    }
    let MaybeSession(viewer) = MaybeSession::from_request_parts(&mut parts, app).await?;
    let found = found_by(app, viewer.as_ref(), &mut parts, whose).await?;
    Ok(answers::personal(Made::json(&found, About::Unkept)?))
}

async fn found_by(
    app: &App,
    viewer: Option<&Principal>,
    parts: &mut Parts,
    whose: Whose<'_>,
) -> Result<VideoList, Problem> {
    let asked = Asked::of(app, parts).await?;
    let site = Site::of(app);
    let listing = asked.query.listing()?;
    match whose {
        Whose::All => found(app, viewer, listing, &asked, |_| {}).await,
        Whose::Channel(handle) => {
            let (name, host) = site.split_handle(handle);
            let mut conn = app.db().read().await?;
            let channel = channels::by_handle(&mut conn, name, host).await?;
            drop(conn);
            let channel = channel.ok_or_else(|| Problem::not_found("Video channel not found"))?;
            found(app, viewer, listing, &asked, |filter| filter.channel_id = Some(channel.id)).await
        }
        Whose::Account(handle) => {
            let (name, host) = site.split_handle(handle);
            let mut conn = app.db().read().await?;
            let account = accounts::by_handle(&mut conn, name, host).await?;
            drop(conn);
            let account = account.ok_or_else(|| Problem::not_found("Account not found"))?;
            found(app, viewer, listing, &asked, |filter| filter.account_id = Some(account.id)).await
        }
    }
}

async fn found(
    app: &App,
    viewer: Option<&Principal>,
    listing: Listing,
    asked: &Asked,
    narrow: impl FnOnce(&mut Filter),
) -> Result<VideoList, Problem> {
    let Asked { paging, query } = asked;
    let site = Site::of(app);
    let (order, taste) = match listing {
        Listing::Mine => (VideoOrder::Created, Taste::default()),
        _ => (VideoOrder::Published, taste(app, viewer).await?),
    };
    let mut filter = query.filter(paging.search.as_deref(), &site.host, taste)?;
    narrow(&mut filter);
    let wanted = Wanted {
        filter,
        order: paging.order(ORDERS, Order::descending(order))?,
        window: paging.window,
        with_total: query.with_total()?,
    };
    let listed = list_videos(app, viewer, listing, &wanted).await?;
    Ok(VideoList::new(&site, &listed))
}
