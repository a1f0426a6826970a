//! `/api/v1/moderation/channels/{handle}/moderators…`: who helps with a channel.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::scope::{account, channel};
use crate::app::App;
use crate::http::Problem;
use crate::http::extract::ApiPath;
use crate::http::session::Session;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::account::Account;
use crate::http::v1::wire::channel::VideoChannel;
use crate::http::v1::wire::page::Page;
use crate::moderation::people;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(put, delete)).routes(routes!(mine))
}

/// A moderator of a channel.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ChannelModerator)]
struct ModeratorJson {
    account: Account,
    /// RFC 3339.
    created_at: String,
}

/// Lists the moderators of a channel, for its owner and them.
#[utoipa::path(get, path = "/api/v1/moderation/channels/{handle}/moderators",
    operation_id = "listChannelModerators", tag = "Moderation", security(("OAuth2" = [])),
    params(("handle" = String, Path)),
    responses((status = 200, body = Page<ModeratorJson>), (status = 401), (status = 403),
        (status = 404)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(handle): ApiPath<String>,
) -> Result<Json<Page<ModeratorJson>>, Problem> {
    let channel = channel(&app, &handle).await?;
    let found = people::moderators(&app, &who, channel).await?;
    let site = Site::of(&app);
    let data: Vec<ModeratorJson> = found
        .iter()
        .map(|(account, since)| ModeratorJson {
            account: Account::new(&site, account),
            created_at: since.rfc3339(),
        })
        .collect();
    Ok(Json(Page { total: i64::try_from(data.len()).unwrap_or(i64::MAX), data }))
}

/// Makes somebody a moderator of a channel. Its owner and moderators of the instance do.
#[utoipa::path(put, path = "/api/v1/moderation/channels/{handle}/moderators/{name}",
    operation_id = "addChannelModerator", tag = "Moderation", security(("OAuth2" = [])),
    params(("handle" = String, Path), ("name" = String, Path, description = "Name of an account")),
    responses((status = 204), (status = 401), (status = 403), (status = 404)))]
async fn put(
    State(app): State<App>,
    Session(who): Session,
    ApiPath((handle, name)): ApiPath<(String, String)>,
) -> Result<StatusCode, Problem> {
    let (channel, account) = (channel(&app, &handle).await?, account(&app, &name).await?);
    people::name(&app, &who, channel, account).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody is a moderator of a channel no longer.
#[utoipa::path(delete, path = "/api/v1/moderation/channels/{handle}/moderators/{name}",
    operation_id = "removeChannelModerator", tag = "Moderation", security(("OAuth2" = [])),
    params(("handle" = String, Path), ("name" = String, Path, description = "Name of an account")),
    responses((status = 204), (status = 401), (status = 403), (status = 404)))]
async fn delete(
    State(app): State<App>,
    Session(who): Session,
    ApiPath((handle, name)): ApiPath<(String, String)>,
) -> Result<StatusCode, Problem> {
    let (channel, account) = (channel(&app, &handle).await?, account(&app, &name).await?);
    people::dismiss(&app, &who, channel, account).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What somebody may moderate.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationScopes)]
struct ScopesJson {
    /// Everything here.
    instance: bool,
    /// Channels of one's own, and those one was made moderator of.
    channels: Vec<VideoChannel>,
}

/// Tells what the one who asks may moderate.
#[utoipa::path(get, path = "/api/v1/moderation/scopes", operation_id = "getModerationScopes",
    tag = "Moderation", security(("OAuth2" = [])),
    responses((status = 200, body = ScopesJson), (status = 401)))]
async fn mine(State(app): State<App>, Session(who): Session) -> Result<Json<ScopesJson>, Problem> {
    let channels = people::channels(&app, &who).await?;
    let site = Site::of(&app);
    let channels = channels.iter().map(|row| VideoChannel::new(&site, row, None)).collect();
    Ok(Json(ScopesJson { instance: who.role.moderates(), channels }))
}
