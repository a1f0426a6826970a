//! What does a client hold? Random tokens, of which only the SHA-256 is kept.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::AuthError;
use crate::app::App;
use crate::db::tokens::{self, Caller, NewSession};
use crate::transact;

const HOUR: Duration = Duration::from_secs(3600);

/// Fresh tokens for a client (PeerTube's answer to a grant).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// Goes into `Authorization: Bearer`.
    pub access_token: String,
    /// Buys the next pair.
    pub refresh_token: String,
    /// Life of the access token.
    pub expires_in: Duration,
    /// Life of the refresh token.
    pub refresh_expires_in: Duration,
}

/// Hex SHA-256: how tokens are kept and looked up.
#[must_use]
pub fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Makes a pair of tokens and what is kept of them.
#[must_use]
pub fn make(app: &App) -> (Issued, NewSession) {
    let settings = &app.config().accounts;
    let issued = Issued {
        access_token: hex::encode(app.random_bytes::<32>()),
        refresh_token: hex::encode(app.random_bytes::<32>()),
        expires_in: HOUR * settings.access_token_hours,
        refresh_expires_in: HOUR * settings.refresh_token_hours,
    };
    let now = app.now();
    let kept = NewSession {
        access_hash: digest(&issued.access_token),
        refresh_hash: digest(&issued.refresh_token),
        access_expires_at: now.plus(issued.expires_in),
        refresh_expires_at: now.plus(issued.refresh_expires_in),
    };
    (issued, kept)
}

/// Opens a session for a user whose identity is proven.
///
/// # Errors
/// The database's.
pub async fn open_session(app: &App, user_id: i64, caller: &Caller) -> Result<Issued, AuthError> {
    let (issued, kept) = make(app);
    let now = app.now();
    transact!(app.db(), tx => {
        crate::db::users::logged_in(tx, user_id, now).await?;
        tokens::insert(tx, user_id, &kept, caller, now).await.map_err(AuthError::from)
    })?;
    Ok(issued)
}
