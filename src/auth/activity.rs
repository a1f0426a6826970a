//! When was each session last used? Noted in memory, written every few seconds in one
//! transaction, so that reading costs no writes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::AuthError;
use crate::app::App;
use crate::db::tokens::{self, Caller};
use crate::domain::Millis;
use crate::transact;

const EVERY: Duration = Duration::from_secs(5);

#[derive(Default)]
struct Noted(Mutex<HashMap<i64, (Caller, Millis)>>);

/// Notes that a session is in use.
pub(super) fn note(app: &App, session_id: i64, caller: &Caller, at: Millis) {
    let noted = app.room::<Noted>();
    let mut sessions = noted.0.lock().unwrap_or_else(PoisonError::into_inner);
    sessions.insert(session_id, (caller.clone(), at));
}

/// Writes what was noted since the last time.
///
/// # Errors
/// The database's; what was noted is then dropped, it is not worth a retry.
pub async fn flush(app: &App) -> Result<(), AuthError> {
    let noted = app.room::<Noted>();
    let sessions = {
        let mut sessions = noted.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *sessions)
    };
    if sessions.is_empty() {
        return Ok(());
    }
    transact!(app.db(), tx => {
        for (id, (caller, at)) in &sessions {
            tokens::used(tx, *id, caller, *at).await?;
        }
        Ok(())
    })
}

/// Writes every few seconds until the server stops, and once more then.
pub fn start(app: &App) {
    app.regularly(EVERY, |app| async move {
        if let Err(error) = flush(&app).await {
            tracing::warn!(error = %error, "the last use of sessions was not written");
        }
    });
}
