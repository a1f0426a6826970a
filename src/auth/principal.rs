//! Whose token is this? Asked at every request, so remembered for a few seconds.

use std::time::Duration;

use moka::future::Cache;

use super::{AuthError, activity, tokens};
use crate::app::App;
use crate::db;
use crate::db::tokens::{Bearer, Caller};
use crate::domain::{Millis, Principal};

/// How long this node believes what it read: a session revoked through another node ends here
/// at the latest then.
const REMEMBERED: Duration = Duration::from_secs(5);
/// Sessions remembered at once.
const MOST: u64 = 10_000;

#[derive(Clone)]
struct Remembered {
    bearer: Bearer,
    read_at: Millis,
}

struct Known(Cache<String, Remembered>);

impl Default for Known {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_live(REMEMBERED).build())
    }
}

/// The person behind an access token.
///
/// # Errors
/// [`AuthError::InvalidToken`] when it is unknown, expired or revoked, or its user is blocked.
pub async fn of_token(app: &App, token: &str, caller: &Caller) -> Result<Principal, AuthError> {
    // Ours are 64 hex digits: anything longer is not worth a hash.
    if token.len() > 128 {
        return Err(AuthError::InvalidToken);
    }
    let now = app.now();
    let hash = tokens::digest(token);
    let known = app.room::<Known>();
    if let Some(hit) = known.0.get(&hash).await
        && now < hit.read_at.plus(REMEMBERED)
        && now < hit.bearer.expires_at
    {
        return Ok(hit.bearer.principal);
    }
    let mut conn = app.db().read().await?;
    let bearer = db::tokens::bearer(&mut conn, &hash, now).await?.ok_or(AuthError::InvalidToken)?;
    drop(conn);
    activity::note(app, bearer.principal.session_id, caller, now);
    let principal = bearer.principal.clone();
    known.0.insert(hash, Remembered { bearer, read_at: now }).await;
    Ok(principal)
}

/// Forgets every remembered session of this node. Call it after sessions, roles or blocks
/// changed: seldom enough that all of them can be read anew.
pub fn forget(app: &App) {
    app.room::<Known>().0.invalidate_all();
}
