//! Which reports are there? Filtered, sorted, in parts.

use super::{AbuseRow, COLUMNS, FROM, read};
use crate::db::conn::like;
use crate::db::{Conn, DbError, Sql, sql};
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

const WITHIN: &str = "WHERE ($1 = 0 OR b.id = $1) AND ($2 = 0 OR b.reporter_actor_id = $2) \
    AND ($3 = 0 OR b.state = $3) AND ($4 = '' OR b.kind = $4) \
    AND ($5 = '' OR b.predefined LIKE $5 ESCAPE '!') \
    AND ($6 = '' OR b.folded LIKE $6 ESCAPE '!' OR rx.name_folded LIKE $6 ESCAPE '!') \
    AND ($7 = '' OR rx.name_folded LIKE $7 ESCAPE '!') \
    AND ($8 = '' OR fx.name_folded LIKE $8 ESCAPE '!') \
    AND ($9 = '' OR v.name_sort LIKE $9 ESCAPE '!') \
    AND ($10 = '' OR c.display_sort LIKE $10 ESCAPE '!') \
    AND ($11 = 0 OR (b.kind <> 'account' AND b.video_id IS NULL)) \
    AND ($12 = 0 OR v.held >= 2) \
    AND ($13 = 0 OR b.flagged_actor_id = $13) \
    AND ($14 = -1 OR COALESCE(b.assignee_id, 0) = $14)";

const NAMED: &str = "LEFT JOIN actors rx ON rx.id = b.reporter_actor_id \
    LEFT JOIN actors fx ON fx.id = b.flagged_actor_id LEFT JOIN channels c ON c.id = v.channel_id";

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
    let part = |text: &Option<String>| {
        text.as_deref().map(|text| like(&sort_key(text))).unwrap_or_default()
    };
    let bind = |query: Sql| {
        query
            .int(filter.id.unwrap_or(0))
            .int(filter.reporter_actor_id.unwrap_or(0))
            .int(filter.state.map_or(0, AbuseState::id))
            .text(filter.kind.map_or("", AbuseKind::name))
            .text(
                filter
                    .predefined
                    .as_deref()
                    .map(|word| like(&format!("\"{word}\"")))
                    .unwrap_or_default(),
            )
            .text(part(&filter.search))
            .text(part(&filter.reporter))
            .text(part(&filter.reportee))
            .text(part(&filter.video))
            .text(part(&filter.channel))
            .int(filter.video_deleted)
            .int(filter.video_blocked)
            .int(filter.flagged_actor_id.unwrap_or(0))
            .int(filter.assignee_id.unwrap_or(-1))
    };
    let count = format!("SELECT COUNT(*) AS n {FROM} {NAMED} {WITHIN}");
    let total = bind(sql(count)).one(conn).await?.int("n")?;
    let column = match order.by {
        AbuseOrder::Id => "b.id",
        AbuseOrder::CreatedAt => "b.created_at",
        AbuseOrder::State => "b.state",
    };
    let way = order.way();
    let text = format!(
        "SELECT {COLUMNS} {FROM} {NAMED} {WITHIN} ORDER BY {column} {way}, b.id {way} \
         LIMIT $15 OFFSET $16"
    );
    let rows = bind(sql(text)).int(window.count).int(window.start).all(conn).await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}
