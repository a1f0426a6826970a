//! `GET`, `PUT` and `DELETE /api/v1/video-channels/{channelHandle}`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::channels::{self, ChannelChanges, CommentsChanges};
use crate::app::App;
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiPath, said};
use crate::http::session::Session;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::channel::VideoChannel;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get, put, delete))
}

/// Gives a channel with its owner.
#[utoipa::path(get, path = "/api/v1/video-channels/{channelHandle}", tag = "Video Channels",
    params(("channelHandle" = String, Path, description = "`name`, or `name@host`")),
    responses((status = 200, body = VideoChannel), (status = 404)))]
async fn get(
    State(app): State<App>,
    ApiPath(handle): ApiPath<String>,
) -> Result<Json<VideoChannel>, Problem> {
    let found = channels::find(&app, &handle).await?;
    Ok(Json(VideoChannel::new(&Site::of(&app), &found.channel, Some(&found.owner))))
}

/// PeerTube's `VideoChannelUpdate`. A field that is not sent stays, `null` takes it away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct VideoChannelUpdate {
    display_name: Option<String>,
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    description: Option<Option<String>>,
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    support: Option<Option<String>>,
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    public_email: Option<Option<String>>,
    /// Sharing between viewers, at most: `off`, `ask`, `on`, or null: as the instance.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    p2p_policy: Option<Option<String>>,
    /// Of new videos: 1 everybody comments, 2 nobody, 3 after approval.
    comments_policy: Option<i64>,
    /// Seconds between two comments of one person under a video; 0: none.
    comments_slow_mode_seconds: Option<i64>,
    bulk_videos_support_update: Option<bool>,
}

/// Changes a channel: one's own, or anybody's for moderators.
#[utoipa::path(put, path = "/api/v1/video-channels/{channelHandle}", tag = "Video Channels",
    params(("channelHandle" = String, Path)), request_body = VideoChannelUpdate,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn put(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(handle): ApiPath<String>,
    ApiJson(body): ApiJson<VideoChannelUpdate>,
) -> Result<StatusCode, Problem> {
    let changes = ChannelChanges {
        display_name: body.display_name,
        description: body.description,
        support: body.support,
        public_email: body.public_email,
        p2p: body.p2p_policy,
        comments: CommentsChanges {
            policy: body.comments_policy,
            pause_s: body.comments_slow_mode_seconds,
        },
        support_for_videos: body.bulk_videos_support_update == Some(true),
    };
    channels::update(&app, &who, &handle, &changes).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a channel with its videos. The last one of a user stays.
#[utoipa::path(delete, path = "/api/v1/video-channels/{channelHandle}", tag = "Video Channels",
    params(("channelHandle" = String, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "The last channel of its owner")))]
async fn delete(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(handle): ApiPath<String>,
) -> Result<StatusCode, Problem> {
    channels::remove(&app, &who, &handle).await?;
    Ok(StatusCode::NO_CONTENT)
}
