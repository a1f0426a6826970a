//! `/api/v1/videos/{id}/blacklist` and `/api/v1/videos/blacklist`: what moderators keep from the
//! public.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::video_ref;
use crate::app::App;
use crate::db::videos::blocks::BlockOrder;
use crate::domain::{BlockKind, Order};
use crate::http::extract::{ApiPath, ApiQuery, said};
use crate::http::v1::wire::Site;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::http::v1::wire::video::Video;
use crate::http::{Problem, Session};
use crate::videos::blocks::{self, Listed, Said};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(block, explain, lift))
}

const ORDERS: &[(&str, BlockOrder)] = &[
    ("id", BlockOrder::Id),
    ("createdAt", BlockOrder::Created),
    ("name", BlockOrder::Name),
    ("duration", BlockOrder::Duration),
    ("views", BlockOrder::Views),
    ("likes", BlockOrder::Likes),
    ("dislikes", BlockOrder::Dislikes),
    ("uuid", BlockOrder::Uuid),
];

/// What is said of a block. What is left out of a change stays; null takes it away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
struct BlockBody {
    /// For the owner, 2 to 300 characters.
    #[serde(deserialize_with = "said")]
    reason: Option<Option<String>>,
    /// For moderators, 2 to 300 characters.
    #[serde(deserialize_with = "said")]
    internal_note: Option<Option<String>>,
    /// Other servers are told that it is gone.
    unfederate: bool,
}

impl BlockBody {
    /// A body may be left out; an empty text is none.
    fn read(body: &Bytes) -> Result<(Said, bool), Problem> {
        if body.is_empty() {
            return Ok((Said::default(), false));
        }
        let body: Self = serde_json::from_slice(body)
            .map_err(|error| Problem::bad_request(error.to_string()))?;
        let trimmed = |text: Option<Option<String>>| {
            text.map(|text| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()))
        };
        let (reason, internal_note) = (trimmed(body.reason), trimmed(body.internal_note));
        Ok((Said { reason, internal_note }, body.unfederate))
    }
}

/// Keeps a video from the public: for administrators and moderators. The body may be left out.
#[utoipa::path(post, path = "/api/v1/videos/{id}/blacklist", operation_id = "addVideoBlock",
    tag = "Video Blocks", security(("OAuth2" = [])),
    params(("id" = String, Path, description = "Number, UUID or short UUID")),
    request_body = BlockBody,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "A moderator blocked it already")))]
async fn block(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let (said, unfederate) = BlockBody::read(&body)?;
    blocks::block(&app, &who, video_ref(&id)?, &said, unfederate).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes why a video is blocked: for administrators and moderators.
#[utoipa::path(put, path = "/api/v1/videos/{id}/blacklist", operation_id = "updateVideoBlock",
    tag = "Video Blocks", security(("OAuth2" = [])),
    params(("id" = String, Path, description = "Number, UUID or short UUID")),
    request_body = BlockBody,
    responses((status = 204), (status = 400), (status = 401), (status = 403),
        (status = 404, description = "No such video, or it is not blocked")))]
async fn explain(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let (said, _) = BlockBody::read(&body)?;
    blocks::explain(&app, &who, video_ref(&id)?, &said).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets everybody see a video again, or for the first time: for administrators and moderators.
#[utoipa::path(delete, path = "/api/v1/videos/{id}/blacklist", operation_id = "delVideoBlock",
    tag = "Video Blocks", security(("OAuth2" = [])),
    params(("id" = String, Path, description = "Number, UUID or short UUID")),
    responses((status = 204), (status = 400), (status = 401), (status = 403),
        (status = 404, description = "No such video, or it is not blocked")))]
async fn lift(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<String>,
) -> Result<StatusCode, Problem> {
    blocks::lift(&app, &who, video_ref(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// PeerTube's `VideoBlacklist`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct VideoBlacklist {
    id: i64,
    /// For the owner.
    reason: Option<String>,
    /// For moderators.
    internal_note: Option<String>,
    unfederated: bool,
    /// 1 by a moderator, 2 until a moderator looked at it.
    r#type: i64,
    video: Video,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    updated_at: String,
}

impl VideoBlacklist {
    fn new(site: &Site, listed: &Listed) -> Self {
        let block = &listed.block;
        Self {
            id: block.id,
            reason: block.reason.clone(),
            internal_note: block.internal_note.clone(),
            unfederated: block.unfederated,
            r#type: block.kind.id(),
            video: Video::new(site, &listed.video),
            created_at: block.created_at.rfc3339(),
            updated_at: block.updated_at.rfc3339(),
        }
    }
}

/// What the blocklist is narrowed to.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct BlockQuery {
    /// 1 by a moderator, 2 until a moderator looked at it.
    r#type: Option<i64>,
}

/// Videos that are kept from the public: for administrators and moderators.
#[utoipa::path(get, path = "/api/v1/videos/blacklist", operation_id = "getVideoBlocks",
    tag = "Video Blocks", security(("OAuth2" = [])), params(PageParams, BlockQuery),
    responses((status = 200, body = Page<VideoBlacklist>), (status = 400), (status = 401),
        (status = 403)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    paging: Paging,
    ApiQuery(query): ApiQuery<BlockQuery>,
) -> Result<Json<Page<VideoBlacklist>>, Problem> {
    let order = paging.order(ORDERS, Order::descending(BlockOrder::Created))?;
    let kind = query.r#type.map(BlockKind::try_from).transpose();
    let kind = kind.map_err(|_| Problem::invalid_param("type", "Should be 1 or 2."))?;
    let search = paging.search.as_deref();
    let (total, found) = blocks::list(&app, &who, kind, search, order, paging.window).await?;
    let site = Site::of(&app);
    let data = found.iter().map(|listed| VideoBlacklist::new(&site, listed)).collect();
    Ok(Json(Page { total, data }))
}
