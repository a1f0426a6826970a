//! `GET /api/v1/videos/{categories,licences,languages,privacies}`: the lists behind the forms.

use axum::Json;
use serde_json::{Map, Value};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::domain::{Privacy, catalog};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(categories))
        .routes(routes!(licences))
        .routes(routes!(languages))
        .routes(routes!(privacies))
}

fn numbered(list: impl IntoIterator<Item = (i64, &'static str)>) -> Json<Map<String, Value>> {
    Json(list.into_iter().map(|(id, label)| (id.to_string(), label.into())).collect())
}

/// Category numbers and labels.
#[utoipa::path(
    get,
    path = "/api/v1/videos/categories",
    tag = "Video",
    responses((status = 200, body = Object))
)]
async fn categories() -> Json<Map<String, Value>> {
    numbered(catalog::CATEGORIES.iter().copied())
}

/// Licence numbers and labels.
#[utoipa::path(
    get,
    path = "/api/v1/videos/licences",
    tag = "Video",
    responses((status = 200, body = Object))
)]
async fn licences() -> Json<Map<String, Value>> {
    numbered(catalog::LICENCES.iter().copied())
}

/// Language codes and labels.
#[utoipa::path(
    get,
    path = "/api/v1/videos/languages",
    tag = "Video",
    responses((status = 200, body = Object))
)]
async fn languages() -> Json<Map<String, Value>> {
    let list = catalog::languages().iter();
    Json(list.map(|(code, label)| ((*code).to_owned(), (*label).into())).collect())
}

/// Privacy numbers and labels.
#[utoipa::path(
    get,
    path = "/api/v1/videos/privacies",
    tag = "Video",
    responses((status = 200, body = Object))
)]
async fn privacies() -> Json<Map<String, Value>> {
    numbered(Privacy::ALL.iter().map(|privacy| (privacy.id(), privacy.label())))
}
