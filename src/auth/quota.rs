//! Does an upload still fit? Asked before and while bytes arrive.

use super::AuthError;
use crate::app::App;
use crate::db::{Conn, quota};
use crate::domain::Millis;
use crate::domain::quota::Usage;

/// Lets `additional_bytes` of `user_id` in, or not: beside their videos and their other open
/// uploads.
///
/// # Errors
/// [`AuthError::QuotaReached`]; the database's.
pub async fn check(app: &App, user_id: i64, additional_bytes: u64) -> Result<(), AuthError> {
    let mut conn = app.db().read().await?;
    check_in(&mut conn, user_id, additional_bytes, None, app.now()).await
}

/// The same inside a transaction, so that two uploads that begin at once cannot both take the
/// last bytes; `but_not` names the open upload that the bytes belong to, when it is kept already.
///
/// # Errors
/// [`AuthError::QuotaReached`]; the database's.
pub async fn check_in(
    conn: &mut Conn,
    user_id: i64,
    additional_bytes: u64,
    but_not: Option<&str>,
    now: Millis,
) -> Result<(), AuthError> {
    let limits = quota::limits(conn, user_id).await?.ok_or(AuthError::InvalidToken)?;
    if limits.total_bytes < 0 && limits.daily_bytes < 0 {
        return Ok(());
    }
    let used = quota::stored(conn, user_id, now)
        .await?
        .plus(quota::reserved(conn, user_id, but_not, now).await?);
    if limits.allows(used, additional_bytes) { Ok(()) } else { Err(AuthError::QuotaReached) }
}

/// What the videos of a user take (PeerTube's `video-quota-used`).
///
/// # Errors
/// The database's.
pub async fn used(app: &App, user_id: i64) -> Result<Usage, AuthError> {
    let mut conn = app.db().read().await?;
    Ok(quota::stored(&mut conn, user_id, app.now()).await?)
}
