//! `PUT /api/v1/videos/{id}`, as JSON or as a form with pictures, and `DELETE`.

use axum::extract::{DefaultBodyLimit, FromRequest as _, Json, Multipart, Request, State};
use axum::http::{StatusCode, header};
use bytes::Bytes;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{upload_form, video_ref};
use crate::app::App;
use crate::http::extract::ApiPath;
use crate::http::v1::wire::statement::WhyBody;
use crate::http::{Problem, Session};
use crate::videos::metadata::{Fields, VideoEdits};
use crate::videos::picture::{MAX_FILE_BYTES, Pictures};
use crate::videos::{access, delete, edit};

/// Two pictures, texts and boundaries.
const MAX_BODY_BYTES: usize = 2 * MAX_FILE_BYTES + (1 << 20);

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(update))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .routes(routes!(remove))
}

/// Changes what is said about a video.
#[utoipa::path(
    put,
    path = "/api/v1/videos/{id}",
    operation_id = "putVideo",
    tag = "Video",
    security(("OAuth2" = [])),
    params(("id" = String, Path, description = "Number, UUID or short UUID")),
    request_body(content_type = "multipart/form-data"),
    responses(
        (status = 204, description = "Changed"),
        (status = 400, description = "A field does not fit"),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Somebody else's video or channel"),
        (status = 404, description = "No such video or channel"),
    )
)]
async fn update(
    State(app): State<App>,
    Session(viewer): Session,
    ApiPath(id): ApiPath<String>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let video = video_ref(&id)?;
    // Those who may not change it need not send it.
    access::manage(&app, video, &viewer).await?;
    let (fields, pictures) = read_body(&app, request).await?;
    let edits = VideoEdits::read(&fields)?;
    edit::edit(&app, &viewer, video, edits, pictures).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn read_body(app: &App, request: Request) -> Result<(Fields, Option<Pictures>), Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        let parts = Multipart::from_request(request, app).await.map_err(|refusal| {
            Problem::new(refusal.status(), format!("The form cannot be read: {refusal}."))
        })?;
        let form = upload_form::read(app, parts, None).await?;
        return Ok((form.fields, form.pictures));
    }
    let Json(body) = Json::<Value>::from_request(request, app)
        .await
        .map_err(|refusal| Problem::new(refusal.status(), refusal.body_text()))?;
    match body {
        Value::Object(fields) => Ok((Fields::from_json(fields), None)),
        _ => Err(Problem::bad_request("Send an object with the fields to change.")),
    }
}

/// Deletes a video with everything that hangs on it. A moderator says why in the body, which may be
/// left out: the owner is told.
#[utoipa::path(
    delete,
    path = "/api/v1/videos/{id}",
    operation_id = "delVideo",
    tag = "Video",
    security(("OAuth2" = [])),
    params(("id" = String, Path, description = "Number, UUID or short UUID")),
    request_body = Option<WhyBody>,
    responses(
        (status = 204, description = "Deleted"),
        (status = 400, description = "The reason is too long, or there is no such ground"),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "Somebody else's video"),
        (status = 404, description = "No such video"),
        (status = 409, description = "It was taken down, and is kept as evidence"),
    )
)]
async fn remove(
    State(app): State<App>,
    Session(viewer): Session,
    ApiPath(id): ApiPath<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    delete::delete(&app, &viewer, video_ref(&id)?, &WhyBody::read(&body)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
