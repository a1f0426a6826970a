//! `POST /api/v1/users/register` and `/api/v1/users/registrations`: how strangers become users.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::registrations::{self, Applicant};
use crate::app::App;
use crate::db::registrations::{RegistrationOrder, RegistrationRow};
use crate::domain::Order;
use crate::domain::registration::RegistrationState;
use crate::http::Problem;
use crate::http::extract::{ApiJson, ApiPath, ApiQuery, ClientAddress};
use crate::http::session::Session;
use crate::http::v1::wire::constant::Label;
use crate::http::v1::wire::page::{Page, PageParams, Paging};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(register))
        .routes(routes!(request))
        .routes(routes!(list))
        .routes(routes!(accept))
        .routes(routes!(reject))
        .routes(routes!(remove))
}

const ORDERS: &[(&str, RegistrationOrder)] =
    &[("createdAt", RegistrationOrder::Created), ("state", RegistrationOrder::State)];

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RegisterChannel {
    name: Option<String>,
    display_name: Option<String>,
}

/// PeerTube's `RegisterUser`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RegisterUser {
    /// 1 to 50 of a-z, 0-9, dot and underscore.
    username: String,
    /// 6 to 255 characters.
    password: String,
    email: String,
    /// 1 to 120 characters.
    display_name: Option<String>,
    /// The first channel; `NAME_channel` when left out.
    channel: Option<RegisterChannel>,
}

impl From<RegisterUser> for Applicant {
    fn from(body: RegisterUser) -> Self {
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let (channel_name, channel_title) =
            body.channel.map_or((None, None), |channel| (channel.name, channel.display_name));
        Self {
            username: body.username,
            email: body.email,
            password: body.password,
            display_name: given(body.display_name),
            channel_name: given(channel_name),
            channel_display_name: given(channel_title),
        }
    }
}

/// PeerTube's `UserRegistrationRequest`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserRegistrationRequest {
    #[serde(flatten)]
    user: RegisterUser,
    /// Why they want an account, 2 to 3000 characters.
    registration_reason: String,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
struct Registered {
    /// 1 pending, 3 accepted.
    state: Label,
}

fn label(state: RegistrationState) -> Label {
    Label { id: state.id(), label: state.label() }
}

/// Signs up, where the instance lets anybody.
#[utoipa::path(post, path = "/api/v1/users/register", operation_id = "registerUser",
    tag = "Register", request_body = RegisterUser,
    responses((status = 200, body = Registered), (status = 400),
        (status = 403, description = "The instance does not take new users so"),
        (status = 409, description = "The name or address is taken"),
        (status = 429, description = "Many signed up from this address")))]
async fn register(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    ApiJson(body): ApiJson<RegisterUser>,
) -> Result<Json<Registered>, Problem> {
    registrations::register(&app, &body.into(), from).await?;
    Ok(Json(Registered { state: label(RegistrationState::Accepted) }))
}

/// Asks for an account, where moderators look at who wants one first.
#[utoipa::path(post, path = "/api/v1/users/registrations/request",
    operation_id = "requestRegistration", tag = "Register",
    request_body = UserRegistrationRequest,
    responses((status = 200, body = Registered), (status = 400),
        (status = 403, description = "The instance takes no requests"),
        (status = 409, description = "The name or address is taken, or waits already"),
        (status = 429, description = "Many asked from this address")))]
async fn request(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    ApiJson(body): ApiJson<UserRegistrationRequest>,
) -> Result<Json<Registered>, Problem> {
    let applicant = body.user.into();
    let row = registrations::request(&app, &applicant, &body.registration_reason, from).await?;
    Ok(Json(Registered { state: label(row.state) }))
}

#[derive(Debug, Serialize, ToSchema)]
struct RegisteredUser {
    id: i64,
}

/// PeerTube's `UserRegistration`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserRegistration {
    id: i64,
    /// 1 pending, 2 rejected, 3 accepted.
    state: Label,
    registration_reason: String,
    /// What the moderator wrote to them.
    moderation_response: Option<String>,
    username: String,
    email: String,
    /// Nothing is sent by mail yet.
    email_verified: bool,
    account_display_name: Option<String>,
    channel_handle: Option<String>,
    channel_display_name: Option<String>,
    /// Rules of the instance that their words meet.
    remarks: Vec<String>,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    updated_at: String,
    /// Who came of it.
    user: Option<RegisteredUser>,
}

impl From<RegistrationRow> for UserRegistration {
    fn from(row: RegistrationRow) -> Self {
        Self {
            id: row.id,
            state: label(row.state),
            registration_reason: row.reason,
            moderation_response: row.response,
            username: row.username,
            email: row.email,
            email_verified: false,
            account_display_name: row.display_name,
            channel_handle: row.channel_name,
            channel_display_name: row.channel_display_name,
            remarks: row.remarks,
            created_at: row.created_at.rfc3339(),
            updated_at: row.updated_at.rfc3339(),
            user: row.user_id.map(|id| RegisteredUser { id }),
        }
    }
}

/// What the list is narrowed to.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct RegistrationQuery {
    /// 1 pending, 2 rejected, 3 accepted.
    #[serde(alias = "stateOneOf[]")]
    state_one_of: Vec<String>,
}

impl RegistrationQuery {
    fn states(&self) -> Result<Vec<RegistrationState>, Problem> {
        let wrong = || Problem::invalid_param("stateOneOf", "Should be 1, 2 or 3.");
        let read = |text: &str| {
            let id: i64 = text.trim().parse().map_err(|_| wrong())?;
            RegistrationState::try_from(id).map_err(|_| wrong())
        };
        let words = self.state_one_of.iter().flat_map(|text| text.split(','));
        words.filter(|text| !text.is_empty()).take(100).map(read).collect()
    }
}

/// Who asked for an account: for administrators and moderators.
#[utoipa::path(get, path = "/api/v1/users/registrations", operation_id = "listRegistrations",
    tag = "Register", security(("OAuth2" = [])), params(PageParams, RegistrationQuery),
    responses((status = 200, body = Page<UserRegistration>), (status = 400), (status = 401),
        (status = 403)))]
async fn list(
    State(app): State<App>,
    Session(who): Session,
    paging: Paging,
    ApiQuery(query): ApiQuery<RegistrationQuery>,
) -> Result<Json<Page<UserRegistration>>, Problem> {
    let order = paging.order(ORDERS, Order::descending(RegistrationOrder::Created))?;
    let (states, search) = (query.states()?, paging.search.as_deref());
    let found = registrations::list(&app, &who, &states, search, order, paging.window).await?;
    let (total, rows) = found;
    Ok(Json(Page { total, data: rows.into_iter().map(UserRegistration::from).collect() }))
}

/// PeerTube's `UserRegistrationAcceptOrReject`.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
struct Answer {
    /// What is told to them, 2 to 3000 characters.
    moderation_response: Option<String>,
}

impl Answer {
    /// A body may be left out; an empty text is none.
    fn read(body: &Bytes) -> Result<Option<String>, Problem> {
        if body.is_empty() {
            return Ok(None);
        }
        let answer: Self = serde_json::from_slice(body)
            .map_err(|error| Problem::bad_request(error.to_string()))?;
        let text = answer.moderation_response.map(|text| text.trim().to_owned());
        Ok(text.filter(|text| !text.is_empty()))
    }
}

/// Makes a user of who asked: for administrators and moderators.
#[utoipa::path(post, path = "/api/v1/users/registrations/{registrationId}/accept",
    operation_id = "acceptRegistration", tag = "Register", security(("OAuth2" = [])),
    params(("registrationId" = i64, Path)), request_body = Answer,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "It was decided, or the name or address is taken by now")))]
async fn accept(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    registrations::accept(&app, &who, id, Answer::read(&body)?.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuses a request: for administrators and moderators.
#[utoipa::path(post, path = "/api/v1/users/registrations/{registrationId}/reject",
    operation_id = "rejectRegistration", tag = "Register", security(("OAuth2" = [])),
    params(("registrationId" = i64, Path)), request_body = Answer,
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "It was decided already")))]
async fn reject(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    registrations::reject(&app, &who, id, Answer::read(&body)?.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a request; a user that came of it stays. For administrators and moderators.
#[utoipa::path(delete, path = "/api/v1/users/registrations/{registrationId}",
    operation_id = "deleteRegistration", tag = "Register", security(("OAuth2" = [])),
    params(("registrationId" = i64, Path)),
    responses((status = 204), (status = 400), (status = 401), (status = 403), (status = 404)))]
async fn remove(
    State(app): State<App>,
    Session(who): Session,
    ApiPath(id): ApiPath<i64>,
) -> Result<StatusCode, Problem> {
    registrations::remove(&app, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
