//! Who sends this request? The bearer token of `Authorization`, as a principal.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::Problem;
use super::extract::ClientAddress;
use crate::app::App;
use crate::auth::{AuthError, principal};
use crate::db::tokens::Caller;
use crate::domain::Principal;

/// Characters kept of a `User-Agent`.
const MAX_DEVICE: usize = 200;

/// A signed-in person; nobody else gets past.
#[derive(Debug, Clone)]
pub struct Session(pub Principal);

/// A signed-in person, or nobody. A token that is not valid is refused all the same (as
/// PeerTube does), so that clients notice that their session has ended.
#[derive(Debug, Clone)]
pub struct MaybeSession(pub Option<Principal>);

/// Where a request came from, for the list of sessions.
pub struct CallerOf(pub Caller);

impl FromRequestParts<App> for CallerOf {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let ClientAddress(address) = ClientAddress::from_request_parts(parts, app).await?;
        let device = parts
            .headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .map(|value| value.chars().take(MAX_DEVICE).collect());
        Ok(Self(Caller { device, address: Some(address.to_string()) }))
    }
}

impl FromRequestParts<App> for MaybeSession {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::AUTHORIZATION) else { return Ok(Self(None)) };
        let token = value.to_str().ok().and_then(bearer).map(str::to_owned);
        let token = token.ok_or(AuthError::InvalidToken)?;
        let CallerOf(caller) = CallerOf::from_request_parts(parts, app).await?;
        Ok(Self(Some(principal::of_token(app, &token, &caller).await?)))
    }
}

impl FromRequestParts<App> for Session {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let MaybeSession(principal) = MaybeSession::from_request_parts(parts, app).await?;
        Ok(Self(principal.ok_or(AuthError::MissingToken)?))
    }
}

/// The token of `Bearer TOKEN`; the scheme's case does not matter (RFC 9110, 11.1).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bearer_tokens_are_read() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer  abc "), Some("abc"));
        for bad in ["", "abc", "Basic abc", "Bearer ", "Bearer"] {
            assert_eq!(bearer(bad), None, "{bad}");
        }
    }
}
