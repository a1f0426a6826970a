//! `/api/v1/moderation/accounts/{name}/notes…`: what moderators note about an account.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::scope::account;
use crate::app::App;
use crate::domain::{Principal, Role};
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiPath};
use crate::http::session::Session;
use crate::http::v1::wire::Site;
use crate::http::v1::wire::account::Account;
use crate::http::v1::wire::page::{Page, PageParams, Paging};
use crate::moderation::notes::{self, Note};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(change, remove))
}

/// A note about an account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ModerationNote)]
struct NoteJson {
    id: i64,
    text: String,
    /// Who wrote it, while they are here.
    author: Option<Account>,
    /// The one who asks may change it.
    editable: bool,
    /// The one who asks may remove it.
    removable: bool,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    updated_at: String,
}

impl NoteJson {
    fn new(site: &Site, who: &Principal, (row, author): &Note) -> Self {
        let editable = row.author_id == Some(who.actor_id);
        Self {
            id: row.id,
            text: row.text.clone(),
            author: author.as_ref().map(|author| Account::new(site, author)),
            editable,
            removable: editable || who.role == Role::Administrator,
            created_at: row.created_at.rfc3339(),
            updated_at: row.updated_at.rfc3339(),
        }
    }
}

/// What is noted.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ModerationNoteBody)]
struct NoteBody {
    /// 1 to 3,000 characters.
    text: String,
}

/// Lists the notes about an account, newest first: for moderators of the instance.
#[utoipa::path(get, path = "/api/v1/moderation/accounts/{name}/notes",
    operation_id = "listModerationNotes", tag = "Moderation", security(("OAuth2" = [])),
    params(("name" = String, Path), PageParams),
    responses((status = 200, body = Page<NoteJson>), (status = 400), (status = 401),
        (status = 403), (status = 404)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
    paging: Paging,
) -> Result<Json<Page<NoteJson>>, Problem> {
    let id = account(&app, &name).await?;
    let (total, found) = notes::page(&app, &who, id, paging.window).await?;
    let site = Site::of(&app);
    let data = found.iter().map(|note| NoteJson::new(&site, &who, note)).collect();
    Ok(Json(Page { total, data }))
}

/// Notes something about an account. Nobody but moderators of the instance reads it.
#[utoipa::path(post, path = "/api/v1/moderation/accounts/{name}/notes",
    operation_id = "addModerationNote", tag = "Moderation", security(("OAuth2" = [])),
    params(("name" = String, Path)), request_body = NoteBody,
    responses((status = 200, body = NoteJson), (status = 400), (status = 401), (status = 403),
        (status = 404), (status = 409, description = "There are very many")))]
async fn add(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(name): ApiPath<String>,
    ApiJson(body): ApiJson<NoteBody>,
) -> Result<Json<NoteJson>, Problem> {
    let id = account(&app, &name).await?;
    let note = notes::add(&app, &who, id, &body.text).await?;
    Ok(Json(NoteJson::new(&Site::of(&app), &who, &note)))
}

/// Changes one's own note.
#[utoipa::path(put, path = "/api/v1/moderation/accounts/{name}/notes/{noteId}",
    operation_id = "changeModerationNote", tag = "Moderation", security(("OAuth2" = [])),
    params(("name" = String, Path), ("noteId" = i64, Path)), request_body = NoteBody,
    responses((status = 200, body = NoteJson), (status = 400), (status = 401), (status = 403),
        (status = 404)))]
async fn change(
    State(app): State<App>,
    Session(who): Session,
    ApiPath((name, note)): ApiPath<(String, i64)>,
    ApiJson(body): ApiJson<NoteBody>,
) -> Result<Json<NoteJson>, Problem> {
    let id = account(&app, &name).await?;
    let note = notes::change(&app, &who, id, note, &body.text).await?;
    Ok(Json(NoteJson::new(&Site::of(&app), &who, &note)))
}

/// Removes a note: one's own, or any for administrators.
#[utoipa::path(delete, path = "/api/v1/moderation/accounts/{name}/notes/{noteId}",
    operation_id = "removeModerationNote", tag = "Moderation", security(("OAuth2" = [])),
    params(("name" = String, Path), ("noteId" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn remove(
    State(app): State<App>,
    Session(who): Session,
    ApiPath((name, note)): ApiPath<(String, i64)>,
) -> Result<StatusCode, Problem> {
    let id = account(&app, &name).await?;
    notes::remove(&app, &who, id, note).await?;
    Ok(StatusCode::NO_CONTENT)
}
