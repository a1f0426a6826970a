//! Which reports are there? Filtered, sorted, in parts.

use std::collections::HashMap;

use super::{AbuseRow, COLUMNS, FROM, read};
use crate::db::conn::like;
use crate::db::narrow::Narrowed;
use crate::db::{Conn, DbError, sql};
use crate::domain::abuse::{AbuseKind, AbuseState};
use crate::domain::{Order, Window, sort_key};

/// Which reports are listed. What is not said narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AbuseFilter {
    /// This one.
    pub id: Option<i64>,
    /// By this person (`actors.id`).
    pub reporter_actor_id: Option<i64>,
    /// Of what this person is behind (`actors.id`).
    pub flagged_actor_id: Option<i64>,
    /// Those this person works on (`actors.id`); 0: those nobody works on.
    pub assignee_id: Option<i64>,
    /// In this state.
    pub state: Option<AbuseState>,
    /// Of this kind.
    pub kind: Option<AbuseKind>,
    /// With this predefined reason.
    pub predefined: Option<String>,
    /// Words of the reason, of what is reported, or of names.
    pub search: Option<String>,
    /// Part of the reporter's name.
    pub reporter: Option<String>,
    /// Part of the name of who is behind what is reported.
    pub reportee: Option<String>,
    /// Part of the video's title.
    pub video: Option<String>,
    /// Part of the channel's name.
    pub channel: Option<String>,
    /// Only of videos that are gone.
    pub video_deleted: bool,
    /// Only of videos in the blocklist.
    pub video_blocked: bool,
}

/// How a list of reports is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AbuseOrder {
    /// By id.
    Id,
    /// By the moment they were filed.
    CreatedAt,
    /// By state, pending ones first.
    State,
}

/// What is asked for, and the tables that it needs.
fn narrowed(filter: &AbuseFilter) -> (String, Narrowed) {
    let part = |text: &str| like(&sort_key(text));
    let mut within = Narrowed::default();
    let mut tables = "FROM abuses b".to_owned();
    if filter.search.is_some() || filter.reporter.is_some() {
        tables.push_str(" LEFT JOIN actors rx ON rx.id = b.reporter_actor_id");
    }
    if filter.reportee.is_some() {
        tables.push_str(" LEFT JOIN actors fx ON fx.id = b.flagged_actor_id");
    }
    if filter.video.is_some() || filter.channel.is_some() || filter.video_blocked {
        tables.push_str(" LEFT JOIN videos v ON v.id = b.video_id");
    }
    if filter.channel.is_some() {
        tables.push_str(" LEFT JOIN channels c ON c.id = v.channel_id");
    }
    let numbers = [
        ("b.id = ?", filter.id),
        ("b.reporter_actor_id = ?", filter.reporter_actor_id),
        ("b.flagged_actor_id = ?", filter.flagged_actor_id),
        ("b.state = ?", filter.state.map(AbuseState::id)),
        ("b.assignee_id = ?", filter.assignee_id.filter(|id| *id != 0)),
    ];
    for (condition, number) in numbers {
        if let Some(number) = number {
            within.int(condition, number);
        }
    }
    if filter.assignee_id == Some(0) {
        within.plain("b.assignee_id IS NULL");
    }
    if let Some(kind) = filter.kind {
        within.text("b.kind = ?", kind.name());
    }
    let found = "(b.folded LIKE ? ESCAPE '!' OR rx.name_folded LIKE ? ESCAPE '!')";
    let predefined = filter.predefined.as_ref().map(|word| like(&format!("\"{word}\"")));
    let texts = [
        ("b.predefined LIKE ? ESCAPE '!'", predefined),
        (found, filter.search.as_deref().map(part)),
        ("rx.name_folded LIKE ? ESCAPE '!'", filter.reporter.as_deref().map(part)),
        ("fx.name_folded LIKE ? ESCAPE '!'", filter.reportee.as_deref().map(part)),
        ("v.name_sort LIKE ? ESCAPE '!'", filter.video.as_deref().map(part)),
        ("c.display_sort LIKE ? ESCAPE '!'", filter.channel.as_deref().map(part)),
    ];
    for (condition, text) in texts {
        if let Some(text) = text {
            within.text(condition, text);
        }
    }
    if filter.video_deleted {
        within.plain("b.kind <> 'account' AND b.video_id IS NULL");
    }
    if filter.video_blocked {
        within.plain("v.held >= 2");
    }
    (tables, within)
}

/// Reports, and how many there are.
///
/// # Errors
/// The engine's.
pub async fn page(
    conn: &mut Conn,
    filter: &AbuseFilter,
    order: Order<AbuseOrder>,
    window: Window,
) -> Result<(i64, Vec<AbuseRow>), DbError> {
    let (tables, within) = narrowed(filter);
    let condition = within.condition();
    let count = sql(format!("SELECT COUNT(*) AS n {tables}{condition}"));
    let total = within.bind(count).one(conn).await?.int("n")?;
    let column = match order.by {
        AbuseOrder::Id => "b.id",
        AbuseOrder::CreatedAt => "b.created_at",
        AbuseOrder::State => "b.state",
    };
    let way = order.way();
    // First which, then what belongs to them: their counts are not for all that is sorted.
    let text = format!(
        "SELECT b.id {tables}{condition} ORDER BY {column} {way}, b.id {way} LIMIT {} OFFSET {}",
        within.next(1),
        within.next(2)
    );
    let found = within.bind(sql(text)).int(window.count).int(window.start).all(conn).await?;
    let ids = found.iter().map(|row| row.int("id")).collect::<Result<Vec<_>, _>>()?;
    let text = format!("SELECT {COLUMNS} {FROM} WHERE b.id IN {}", conn.engine().ints_in("$1"));
    let rows = sql(text).ints(&ids).all(conn).await?;
    let mut rows: HashMap<i64, AbuseRow> =
        rows.iter().map(|row| read(row).map(|row| (row.id, row))).collect::<Result<_, _>>()?;
    Ok((total, ids.iter().filter_map(|id| rows.remove(id)).collect()))
}
