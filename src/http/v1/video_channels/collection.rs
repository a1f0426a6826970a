//! `GET` and `POST /api/v1/video-channels`: every channel, and one more.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ORDERS;
use crate::accounts::channels::{self, CommentsChanges, NewChannel};
use crate::app::App;
use crate::db::channels::ChannelOrder;
use crate::domain::Order;
use crate::http::Problem;
use crate::http::extract::ApiJson;
use crate::http::session::Session;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::channel::VideoChannel;
use crate::http::v1::wire::page::{Page, PageParams, Paging};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, add))
}

/// Lists every channel.
#[utoipa::path(get, path = "/api/v1/video-channels", tag = "Video Channels", params(PageParams),
    responses((status = 200, body = Page<VideoChannel>), (status = 400)))]
async fn list(State(app): State<App>, paging: Paging) -> Result<Json<Page<VideoChannel>>, Problem> {
    let order = paging.order(&ORDERS, Order::descending(ChannelOrder::CreatedAt))?;
    let search = paging.search.as_deref();
    let (total, found) = channels::list(&app, None, search, order, paging.window).await?;
    let site = Site::of(&app);
    let data = found.iter().map(|it| VideoChannel::new(&site, &it.channel, Some(&it.owner)));
    Ok(Json(Page { total, data: data.collect() }))
}

/// PeerTube's `VideoChannelCreate`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct VideoChannelCreate {
    name: String,
    display_name: String,
    description: Option<String>,
    support: Option<String>,
    public_email: Option<String>,
    /// Sharing between viewers, at most: `off`, `ask`, `on`, or null: as the instance.
    p2p_policy: Option<String>,
    /// Of new videos: 1 everybody comments, 2 nobody, 3 after approval.
    comments_policy: Option<i64>,
    /// Seconds between two comments of one person under a video; 0: none.
    comments_slow_mode_seconds: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AddedChannel {
    video_channel: ChannelId,
}

#[derive(Debug, Serialize, ToSchema)]
struct ChannelId {
    id: i64,
}

/// Makes a channel.
#[utoipa::path(post, path = "/api/v1/video-channels", tag = "Video Channels",
    request_body = VideoChannelCreate,
    responses((status = 200, body = AddedChannel), (status = 400), (status = 401),
        (status = 409, description = "The name is taken")))]
async fn add(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(body): ApiJson<VideoChannelCreate>,
) -> Result<Json<AddedChannel>, Problem> {
    let new = NewChannel {
        name: body.name,
        display_name: body.display_name,
        description: body.description,
        support: body.support,
        public_email: body.public_email,
        p2p: body.p2p_policy,
        comments: CommentsChanges {
            policy: body.comments_policy,
            pause_s: body.comments_slow_mode_seconds,
        },
    };
    let id = channels::add(&app, &who, new).await?;
    Ok(Json(AddedChannel { video_channel: ChannelId { id } }))
}
