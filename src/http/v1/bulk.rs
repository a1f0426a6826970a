//! `POST /api/v1/bulk/remove-comments-of`: everything somebody commented, at once.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::extract::ApiJson;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::statement::WhyBody;
use crate::http::{Problem, Session};
use crate::social::bulk::{self, Reach};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(remove))
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum BulkScope {
    /// Under one's own videos.
    MyVideos,
    /// Everywhere: for moderators.
    Instance,
}

/// Whose comments go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BulkRemoveComments {
    /// `name`, or `name@host`.
    account_name: String,
    scope: BulkScope,
    /// For their author, at most 2,000 characters.
    reason: Option<String>,
    /// `rules`, `law` or `other`; `rules` when left out.
    ground: Option<String>,
}

/// Removes what somebody has commented until now. It is queued: thousands take a while.
#[utoipa::path(post, path = "/api/v1/bulk/remove-comments-of", operation_id = "removeCommentsOf",
    tag = "Video Comments", security(("OAuth2" = [])), request_body = BulkRemoveComments,
    responses((status = 204), (status = 400), (status = 401),
        (status = 403, description = "`instance` is for moderators"),
        (status = 404, description = "No such account")))]
async fn remove(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(body): ApiJson<BulkRemoveComments>,
) -> Result<StatusCode, Problem> {
    let site = Site::of(&app);
    let reach = match body.scope {
        BulkScope::MyVideos => Reach::MyVideos,
        BulkScope::Instance => Reach::Instance,
    };
    let why = WhyBody { reason: body.reason, ground: body.ground }.why()?;
    bulk::remove_of(&app, &who, site.split_handle(&body.account_name), reach, &why).await?;
    Ok(StatusCode::NO_CONTENT)
}
