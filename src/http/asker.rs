//! Who wants to see something of a video, and with what? The session, the video's password and
//! the file token of a request, for `videos::access`.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Deserialize;

use super::Problem;
use super::extract::{ApiQuery, ClientAddress};
use super::session::MaybeSession;
use crate::app::App;
use crate::domain::Principal;
use crate::videos::access::Presented;

/// PeerTube's header for a video's password.
pub const PASSWORD_HEADER: &str = "x-peertube-video-password";
/// Longer header values are no password: those have 100 characters at most.
const MAX_PASSWORD: usize = 512;

/// What a request brings to be let in with.
#[derive(Debug, Clone, Default)]
pub struct Asker {
    /// The signed-in person.
    pub viewer: Option<Principal>,
    password: Option<String>,
    token: Option<String>,
    from: Option<IpAddr>,
}

impl Asker {
    /// As `videos::access` takes it.
    #[must_use]
    pub fn presented(&self) -> Presented<'_> {
        Presented {
            viewer: self.viewer.as_ref(),
            password: self.password.as_deref(),
            token: self.token.as_deref(),
            from: self.from,
        }
    }

    /// Brings nothing: what it gets is what everybody gets.
    #[must_use]
    pub fn anonymous(&self) -> bool {
        self.viewer.is_none() && self.password.is_none() && self.token.is_none()
    }
}

#[derive(Deserialize)]
struct Query {
    #[serde(rename = "videoFileToken")]
    token: Option<String>,
}

impl FromRequestParts<App> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let MaybeSession(viewer) = MaybeSession::from_request_parts(parts, app).await?;
        let ApiQuery(Query { token }) = ApiQuery::from_request_parts(parts, app).await?;
        // Header values are bytes; browsers send what JavaScript gave them as Latin-1 or UTF-8.
        let password = parts.headers.get(PASSWORD_HEADER).map(|value| {
            let bytes = value.as_bytes();
            let bytes = bytes.get(..MAX_PASSWORD).unwrap_or(bytes);
            std::str::from_utf8(bytes)
                .map_or_else(|_| bytes.iter().map(|b| char::from(*b)).collect(), str::to_owned)
        });
        let ClientAddress(from) = ClientAddress::from_request_parts(parts, app).await?;
        let token = token.filter(|token| !token.is_empty());
        Ok(Self { viewer, password, token, from: Some(from) })
    }
}
