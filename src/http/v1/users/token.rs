//! `POST /api/v1/users/token` and `…/revoke-token`: sign in, stay signed in, sign out.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use bytes::Bytes;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::grants::{self, PasswordGrant};
use crate::app::App;
use crate::auth::tokens::Issued;
use crate::http::Problem;
use crate::http::extract::ClientAddress;
use crate::http::session::{CallerOf, Session};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(token)).routes(routes!(revoke_token))
}

/// PeerTube's answer to a grant.
#[derive(Debug, Serialize, ToSchema)]
struct TokenAnswer {
    /// Always `Bearer`.
    token_type: &'static str,
    /// Goes into `Authorization`.
    access_token: String,
    /// Buys the next pair.
    refresh_token: String,
    /// Seconds.
    expires_in: u64,
    /// Seconds.
    refresh_token_expires_in: u64,
}

impl From<Issued> for TokenAnswer {
    fn from(issued: Issued) -> Self {
        Self {
            token_type: "Bearer",
            access_token: issued.access_token,
            refresh_token: issued.refresh_token,
            expires_in: issued.expires_in.as_secs(),
            refresh_token_expires_in: issued.refresh_expires_in.as_secs(),
        }
    }
}

/// What a client sends (`application/x-www-form-urlencoded`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "the shape for the OpenAPI document; the form is read by name")]
struct TokenRequest {
    client_id: String,
    client_secret: String,
    /// `password` or `refresh_token`.
    grant_type: String,
    /// Log-in name or e-mail address, for `password`.
    username: Option<String>,
    /// For `password`.
    password: Option<String>,
    /// For `refresh_token`.
    refresh_token: Option<String>,
}

type NoStore = [(HeaderName, HeaderValue); 2];

/// Gives tokens for a password or a refresh token.
#[utoipa::path(post, path = "/api/v1/users/token", tag = "Session",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = TokenAnswer),
        (status = 400, description = "The client, the credentials or the request are not valid"),
        (status = 429, description = "Too many wrong passwords came from this address")))]
async fn token(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    CallerOf(caller): CallerOf,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(NoStore, Json<TokenAnswer>), Problem> {
    let form = read_form(&headers, &body)?;
    let (Some(id), Some(secret)) = (form.get("client_id"), form.get("client_secret")) else {
        return Err(crate::accounts::AccountsError::InvalidClient.into());
    };
    grants::require_client(&app, id, secret).await?;
    let field = |name: &str| form.get(name).ok_or_else(|| missing(name));
    let issued = match field("grant_type")?.as_str() {
        "password" => {
            let (login, password) = (field("username")?, field("password")?);
            let grant = PasswordGrant { login, password, address, caller: &caller };
            grants::password(&app, &grant).await?
        }
        "refresh_token" => grants::refresh(&app, field("refresh_token")?, &caller).await?,
        _ => {
            return Err(Problem::bad_request("grant_type should be password or refresh_token.")
                .code("unsupported_grant_type"));
        }
    };
    let no_store = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::PRAGMA, HeaderValue::from_static("no-cache")),
    ];
    Ok((no_store, Json(issued.into())))
}

fn missing(name: &str) -> Problem {
    Problem::bad_request(format!("{name} is missing.")).code("invalid_request")
}

/// Fields of a form that have a value. A field that comes twice is read once.
fn read_form(headers: &HeaderMap, body: &[u8]) -> Result<HashMap<String, String>, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.and_then(|value| value.split(';').next()).map(str::trim).unwrap_or_default();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Problem::bad_request("Send the body as application/x-www-form-urlencoded.")
            .code("invalid_request"));
    }
    let pairs = url::form_urlencoded::parse(body).into_owned();
    Ok(pairs.filter(|(_, value)| !value.is_empty()).collect())
}

/// Ends the session in use.
#[utoipa::path(post, path = "/api/v1/users/revoke-token", tag = "Session",
    responses((status = 200), (status = 401, description = "Not signed in")))]
async fn revoke_token(
    State(app): State<App>,
    Session(who): Session,
) -> Result<Json<serde_json::Value>, Problem> {
    grants::revoke(&app, who.user_id, who.session_id).await?;
    Ok(Json(serde_json::json!({ "success": true })))
}
