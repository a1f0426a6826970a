//! What was judged and decided? The audit log, for those who moderate.

use super::{ModerationError, queue, require};
use crate::app::App;
use crate::db::moderation::audit::{self, AuditFilter, AuditRow};
use crate::db::{Conn, DbError};
use crate::domain::moderation::{Deed, Scope};
use crate::domain::{Principal, Window};

/// Rows of one piece of an export.
const PIECE: i64 = 1_000;

/// A row with the names of people.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The row.
    pub row: AuditRow,
    /// Name of who wrote it.
    pub author: Option<String>,
    /// Name of who did it.
    pub by: Option<String>,
}

/// Rows of the log, newest first; and how many there are.
///
/// # Errors
/// [`ModerationError::Forbidden`]; the database's.
pub async fn page(
    app: &App,
    who: &Principal,
    scope: Scope,
    mut filter: AuditFilter,
    window: Window,
) -> Result<(i64, Vec<Entry>), ModerationError> {
    narrow(app, who, scope, &mut filter).await?;
    let mut conn = app.db().read().await?;
    let (total, rows) = audit::page(&mut conn, &filter, window).await?;
    Ok((total, named(&mut conn, rows).await?))
}

/// The next rows below `filter.before_id`, newest first; none at the end.
///
/// # Errors
/// [`ModerationError::Forbidden`]; the database's.
pub async fn piece(
    app: &App,
    who: &Principal,
    scope: Scope,
    filter: &AuditFilter,
) -> Result<Vec<Entry>, ModerationError> {
    let mut filter = filter.clone();
    narrow(app, who, scope, &mut filter).await?;
    let mut conn = app.db().read().await?;
    let rows = audit::piece(&mut conn, &filter, PIECE).await?;
    Ok(named(&mut conn, rows).await?)
}

async fn narrow(
    app: &App,
    who: &Principal,
    scope: Scope,
    filter: &mut AuditFilter,
) -> Result<(), ModerationError> {
    require(app, who, Deed::SeeAudit(scope)).await?;
    match scope {
        Scope::Instance => {}
        Scope::Channel(id) => filter.channel_id = Some(id),
        Scope::Account(_) => {
            let problem = "The log is of the instance, or of one channel.";
            return Err(ModerationError::invalid("scope", problem));
        }
    }
    Ok(())
}

async fn named(conn: &mut Conn, rows: Vec<AuditRow>) -> Result<Vec<Entry>, DbError> {
    let actors: Vec<i64> = rows.iter().flat_map(|row| [row.author_id, row.by]).flatten().collect();
    let people = queue::people(conn, &actors).await?;
    let name = |id: Option<i64>| Some(people.get(&id?)?.actor.name.clone());
    let entries =
        rows.into_iter().map(|row| Entry { author: name(row.author_id), by: name(row.by), row });
    Ok(entries.collect())
}
