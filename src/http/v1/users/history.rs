//! `/api/v1/users/me/history/videos`: what one watched.

use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::domain::{Millis, sort_key};
use crate::http::answers::{self, About, Made};
use crate::http::extract::{ApiJson, ApiPath};
use crate::http::v1::videos::list::VideoList;
use crate::http::v1::videos::video_ref;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::page::{PageParams, Paging};
use crate::http::{Problem, Session};
use crate::videos::history;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(forget)).routes(routes!(clear))
}

/// Gives what one watched and may still see, latest first.
#[utoipa::path(get, path = "/api/v1/users/me/history/videos", tag = "My History",
    params(PageParams),
    responses((status = 200, body = VideoList), (status = 400), (status = 401)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    paging: Paging,
) -> Result<Response, Problem> {
    let search = paging.search.as_deref().map(sort_key).filter(|text| !text.is_empty());
    let listed = history::page(&app, &who, search, paging.window).await?;
    let list = VideoList::new(&Site::of(&app), &listed);
    Ok(answers::personal(Made::json(&list, About::Unkept)?))
}

/// Forgets that one watched a video.
#[utoipa::path(delete, path = "/api/v1/users/me/history/videos/{id}", tag = "My History",
    params(("id" = String, Path, description = "Number, UUID or short UUID")),
    responses((status = 204), (status = 400), (status = 401), (status = 404)))]
async fn forget(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<String>,
) -> Result<StatusCode, Problem> {
    history::forget(&app, &who, video_ref(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is to be forgotten.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
struct ClearHistory {
    /// RFC 3339; everything when not given.
    before_date: Option<String>,
}

/// Forgets what one watched before a moment, or everything. Takes a form or JSON.
#[utoipa::path(post, path = "/api/v1/users/me/history/videos/remove", tag = "My History",
    request_body(content = ClearHistory, content_type = "multipart/form-data"),
    responses((status = 204), (status = 400), (status = 401)))]
async fn clear(
    State(app): State<App>,
    Session(who): Session,
    request: Request,
) -> Result<StatusCode, Problem> {
    let wanted = wanted(&app, request).await?;
    let before = wanted.before_date.filter(|text| !text.is_empty());
    let before = before.map(|text| Millis::parse(&text)).transpose();
    let before =
        before.map_err(|_| Problem::invalid_param("beforeDate", "Should be a date and time."))?;
    history::clear(&app, &who, before).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn wanted(app: &App, request: Request) -> Result<ClearHistory, Problem> {
    let content_type = request.headers().get(header::CONTENT_TYPE).cloned();
    let content_type = content_type.as_ref().and_then(|value| value.to_str().ok());
    match content_type {
        None => Ok(ClearHistory::default()),
        Some(text) if text.starts_with("multipart/form-data") => form(app, request).await,
        Some(_) => Ok(ApiJson::from_request(request, app).await?.0),
    }
}

async fn form(app: &App, request: Request) -> Result<ClearHistory, Problem> {
    let broken = |text: String| Problem::bad_request(text);
    let mut form =
        Multipart::from_request(request, app).await.map_err(|error| broken(error.body_text()))?;
    let mut wanted = ClearHistory::default();
    while let Some(field) = form.next_field().await.map_err(|error| broken(error.body_text()))? {
        if field.name() == Some("beforeDate") {
            let text = field.text().await.map_err(|error| broken(error.body_text()))?;
            wanted.before_date = Some(text);
        }
    }
    Ok(wanted)
}
