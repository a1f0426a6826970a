//! `GET /api/v1/blocklist/status`: are these accounts and servers blocked?

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::extract::ApiQuery;
use crate::http::v1::wire::block::BlockStatus;
use crate::http::{MaybeSession, Problem};
use crate::moderation::blocklists::status;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get))
}

/// Who and what is asked for: 100 names at most.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct StatusQuery {
    /// `name`, or `name@host`.
    #[serde(alias = "accounts[]")]
    accounts: Vec<String>,
    /// Hosts of servers.
    #[serde(alias = "hosts[]")]
    hosts: Vec<String>,
}

/// Tells who and what is blocked: by the instance, and by the one who asks.
#[utoipa::path(get, path = "/api/v1/blocklist/status", operation_id = "getBlocklistStatus",
    tag = "Account Blocklist", params(StatusQuery),
    responses((status = 200, body = BlockStatus), (status = 400)))]
async fn get(
    State(app): State<App>,
    MaybeSession(who): MaybeSession,
    ApiQuery(query): ApiQuery<StatusQuery>,
) -> Result<Json<BlockStatus>, Problem> {
    let StatusQuery { accounts, hosts } = query;
    let found = status(&app, who.as_ref(), &accounts, &hosts).await?;
    Ok(Json(BlockStatus::new(accounts, hosts, &found)))
}
