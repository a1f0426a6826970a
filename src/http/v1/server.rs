//! `GET /api/v1/server/stats`: how much there is here, for everybody; and `…/traffic`, what went
//! of it, for administrators.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::db;
use crate::http::answers::{self, About, Made};
use crate::http::v1::wire::traffic::ServerTraffic;
use crate::http::{Problem, Session};
use crate::videos::traffic;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(stats)).routes(routes!(server_traffic))
}

/// Gives PeerTube's `ServerStats`. What does not exist here (playlists, followers, reports) is
/// counted as none; downloads are not counted.
#[utoipa::path(get, path = "/api/v1/server/stats", operation_id = "getInstanceStats", tag = "Stats",
    responses((status = 200, body = Object),
        (status = 304, description = "`If-None-Match` names what would be sent")))]
async fn stats(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    match answers::key(&request) {
        Some(key) => answers::answer(&app, request.headers(), &key, || made(&app)).await,
        None => Ok(answers::personal(made(&app).await?)),
    }
}

async fn made(app: &App) -> Result<Made, Problem> {
    let mut conn = app.db().read().await?;
    let stats = db::stats::count(&mut conn, app.now()).await?;
    drop(conn);
    let [daily_users, weekly_users, monthly_users] = stats.active_users;
    let [daily_channels, weekly_channels, monthly_channels] = stats.active_channels;
    let shown = json!({
        "totalUsers": stats.users,
        "totalDailyActiveUsers": daily_users,
        "totalWeeklyActiveUsers": weekly_users,
        "totalMonthlyActiveUsers": monthly_users,
        "totalModerators": stats.moderators,
        "totalAdmins": stats.administrators,
        "totalLocalVideos": stats.local_videos,
        "totalLocalVideoViews": stats.local_views,
        "totalLocalVideoDownloads": 0,
        "totalLocalVideoComments": stats.local_comments,
        "totalLocalVideoFilesSize": stats.local_bytes,
        "totalVideos": stats.videos,
        "totalVideoComments": stats.comments,
        "totalLocalVideoChannels": stats.channels,
        "totalLocalDailyActiveVideoChannels": daily_channels,
        "totalLocalWeeklyActiveVideoChannels": weekly_channels,
        "totalLocalMonthlyActiveVideoChannels": monthly_channels,
        "totalLocalPlaylists": 0,
        "totalInstanceFollowers": 0,
        "totalInstanceFollowing": 0,
        "videosRedundancy": [],
        "totalActivityPubMessagesProcessed": 0,
        "totalActivityPubMessagesSuccesses": 0,
        "totalActivityPubMessagesErrors": 0,
        "activityPubMessagesProcessedPerSecond": 0,
        "totalActivityPubMessagesWaiting": 0,
        "averageRegistrationRequestResponseTimeMs": null,
        "totalRegistrationRequestsProcessed": 0,
        "totalRegistrationRequests": 0,
        "averageAbuseResponseTimeMs": null,
        "totalAbusesProcessed": 0,
        "totalAbuses": 0,
    });
    Made::json(&shown, About::Listing)
}

/// How many bytes the server sent of all videos, how many viewers sent each other, and which
/// videos took most.
#[utoipa::path(get, path = "/api/v1/server/traffic", operation_id = "getServerTraffic", tag = "Stats",
    security(("OAuth2" = [])),
    responses((status = 200, body = ServerTraffic), (status = 401), (status = 403)))]
async fn server_traffic(
    State(app): State<App>,
    Session(who): Session,
) -> Result<Json<ServerTraffic>, Problem> {
    let (statistics, busiest) = traffic::of_server(&app, &who).await?;
    Ok(Json(ServerTraffic::new(statistics, busiest)))
}
