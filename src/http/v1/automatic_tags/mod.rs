//! `/api/v1/automatic-tags/…`: which tags there are, and which hold a text (PeerTube's).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::db::moderation::policies::Target;
use crate::domain::Principal;
use crate::domain::moderation::Scope;
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiPath};
use crate::http::session::Session;
use crate::http::v1::moderation::account;
use crate::moderation::{EXTERNAL_LINK, tags};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(of_server))
        .routes(routes!(of_account))
        .routes(routes!(comments, set_comments))
        .routes(routes!(videos, set_videos))
}

/// A tag.
#[derive(Debug, Serialize, ToSchema)]
struct AutomaticTag {
    name: String,
    /// `core` or `watched-words-list`.
    #[serde(rename = "type")]
    kind: &'static str,
}

/// PeerTube's `AutomaticTagAvailable`.
#[derive(Debug, Serialize, ToSchema)]
struct AutomaticTagAvailable {
    available: Vec<AutomaticTag>,
}

async fn available(
    app: &App,
    who: &Principal,
    scope: Scope,
) -> Result<Json<AutomaticTagAvailable>, Problem> {
    let lists = tags::available(app, who, scope).await?;
    let core = AutomaticTag { name: EXTERNAL_LINK.to_owned(), kind: "core" };
    let lists = lists.into_iter().map(|name| AutomaticTag { name, kind: "watched-words-list" });
    Ok(Json(AutomaticTagAvailable { available: std::iter::once(core).chain(lists).collect() }))
}

/// Lists the tags of the instance.
#[utoipa::path(get, path = "/api/v1/automatic-tags/server/available",
    operation_id = "listServerAutomaticTags", tag = "Automatic Tags", security(("OAuth2" = [])),
    responses((status = 200, body = AutomaticTagAvailable), (status = 401), (status = 403)))]
async fn of_server(
    State(app): State<App>,
    Session(who): Session,
) -> Result<Json<AutomaticTagAvailable>, Problem> {
    available(&app, &who, Scope::Instance).await
}

/// Lists the tags of an account.
#[utoipa::path(get, path = "/api/v1/automatic-tags/accounts/{accountName}/available",
    operation_id = "listAccountAutomaticTags", tag = "Automatic Tags", security(("OAuth2" = [])),
    params(("accountName" = String, Path)),
    responses((status = 200, body = AutomaticTagAvailable), (status = 401), (status = 403),
        (status = 404)))]
async fn of_account(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
) -> Result<Json<AutomaticTagAvailable>, Problem> {
    let scope = Scope::Account(account(&app, &name).await?);
    available(&app, &who, scope).await
}

/// PeerTube's `CommentAutoTagPolicies`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct CommentAutoTagPolicies {
    /// Comments with one of these tags wait for a human.
    review: Vec<String>,
}

/// Shows which tags hold comments on an account's videos.
#[utoipa::path(get, path = "/api/v1/automatic-tags/policies/accounts/{accountName}/comments",
    operation_id = "getCommentTagPolicies", tag = "Automatic Tags", security(("OAuth2" = [])),
    params(("accountName" = String, Path)),
    responses((status = 200, body = CommentAutoTagPolicies), (status = 401), (status = 403),
        (status = 404)))]
async fn comments(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
) -> Result<Json<CommentAutoTagPolicies>, Problem> {
    let scope = Scope::Account(account(&app, &name).await?);
    let review = tags::holding(&app, &who, scope, Target::Comments).await?;
    Ok(Json(CommentAutoTagPolicies { review }))
}

/// Says which tags hold comments on an account's videos.
#[utoipa::path(put, path = "/api/v1/automatic-tags/policies/accounts/{accountName}/comments",
    operation_id = "setCommentTagPolicies", tag = "Automatic Tags", security(("OAuth2" = [])),
    params(("accountName" = String, Path)), request_body = CommentAutoTagPolicies,
    responses((status = 204), (status = 400, description = "Nothing gives such a tag"),
        (status = 401), (status = 403), (status = 404)))]
async fn set_comments(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
    ApiJson(body): ApiJson<CommentAutoTagPolicies>,
) -> Result<StatusCode, Problem> {
    let scope = Scope::Account(account(&app, &name).await?);
    tags::hold(&app, &who, scope, Target::Comments, "review", &body.review).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// PeerTube's `VideoAutoTagPolicies`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct VideoAutoTagPolicies {
    /// Texts of videos with one of these tags wait for a human.
    auto_block: Vec<String>,
}

/// Shows which tags hold texts of videos.
#[utoipa::path(get, path = "/api/v1/automatic-tags/policies/server/videos",
    operation_id = "getVideoTagPolicies", tag = "Automatic Tags", security(("OAuth2" = [])),
    responses((status = 200, body = VideoAutoTagPolicies), (status = 401), (status = 403)))]
async fn videos(
    State(app): State<App>,
    Session(who): Session,
) -> Result<Json<VideoAutoTagPolicies>, Problem> {
    let auto_block = tags::holding(&app, &who, Scope::Instance, Target::Videos).await?;
    Ok(Json(VideoAutoTagPolicies { auto_block }))
}

/// Says which tags hold texts of videos.
#[utoipa::path(put, path = "/api/v1/automatic-tags/policies/server/videos",
    operation_id = "setVideoTagPolicies", tag = "Automatic Tags", security(("OAuth2" = [])),
    request_body = VideoAutoTagPolicies,
    responses((status = 204), (status = 400, description = "Nothing gives such a tag"),
        (status = 401), (status = 403)))]
async fn set_videos(
    State(app): State<App>,
    Session(who): Session,
    ApiJson(body): ApiJson<VideoAutoTagPolicies>,
) -> Result<StatusCode, Problem> {
    tags::hold(&app, &who, Scope::Instance, Target::Videos, "autoBlock", &body.auto_block).await?;
    Ok(StatusCode::NO_CONTENT)
}
