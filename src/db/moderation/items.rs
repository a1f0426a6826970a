//! What waits for people to look at it? Held and refused texts, who works on them, what their
//! authors say.

use crate::db::conn::like;
use crate::db::narrow::Narrowed;
use crate::db::revisions::{RevisionRow, SubjectKind};
use crate::db::{Conn, DbError, Row, Tx, sql};
use crate::domain::moderation::Verdict;
use crate::domain::{Millis, Window, sort_key};

/// Characters of a text that can be searched.
const SEARCHED: usize = 1_000;

/// Where an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemState {
    /// Nobody decided yet.
    Open,
    /// It is public.
    Released,
    /// It was refused, by a rule or a person.
    Rejected,
    /// A later text took its place, or it was removed.
    Gone,
}

impl ItemState {
    /// Its name in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Released => "released",
            Self::Rejected => "rejected",
            Self::Gone => "gone",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Open, Self::Released, Self::Rejected, Self::Gone]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// An item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// `moderation_audit.id` of the row that tells why.
    pub id: i64,
    /// Where it stands.
    pub state: ItemState,
    /// Somebody has to look at it.
    pub waiting: bool,
    /// What it is about.
    pub subject: (SubjectKind, i64),
    /// Which of its texts.
    pub field: String,
    /// Where that text stands, by name.
    pub surface: String,
    /// `revisions.id`.
    pub revision_id: i64,
    /// `actors.id` of who wrote it.
    pub author_id: Option<i64>,
    /// `channels.id`.
    pub channel_id: Option<i64>,
    /// When it was held or refused.
    pub held_at: Millis,
    /// `actors.id` of who works on it.
    pub assignee_id: Option<i64>,
    /// `actors.id` of who decided.
    pub decided_by: Option<i64>,
    /// When.
    pub decided_at: Option<Millis>,
    /// For the author.
    pub answer: Option<String>,
    /// What the author says against it.
    pub contest: Option<(String, Millis)>,
    /// When that was answered.
    pub contest_answered_at: Option<Millis>,
}

const COLUMNS: &str = "id, state, waiting, subject_kind, subject_id, field, surface, revision_id, \
    author_id, channel_id, held_at, assignee_id, decided_by, decided_at, answer, contest_text, \
    contested_at, contest_answered_at";

fn read(row: &Row) -> Result<ItemRow, DbError> {
    let odd = |column: &str, wanted| DbError::Column { column: column.to_owned(), wanted };
    let kind = SubjectKind::parse(&row.text("subject_kind")?);
    let kind = kind.ok_or_else(|| odd("subject_kind", "kind of subject"))?;
    let state = ItemState::parse(&row.text("state")?);
    Ok(ItemRow {
        id: row.int("id")?,
        state: state.ok_or_else(|| odd("state", "state of an item"))?,
        waiting: row.flag("waiting")?,
        subject: (kind, row.int("subject_id")?),
        field: row.text("field")?,
        surface: row.text("surface")?,
        revision_id: row.int("revision_id")?,
        author_id: row.int_opt("author_id")?,
        channel_id: row.int_opt("channel_id")?,
        held_at: row.millis("held_at")?,
        assignee_id: row.int_opt("assignee_id")?,
        decided_by: row.int_opt("decided_by")?,
        decided_at: row.int_opt("decided_at")?.map(Millis),
        answer: row.text_opt("answer")?,
        contest: row.text_opt("contest_text")?.zip(row.int_opt("contested_at")?.map(Millis)),
        contest_answered_at: row.int_opt("contest_answered_at")?.map(Millis),
    })
}

/// Adds the item of a version that was held or refused.
///
/// # Errors
/// The engine's.
pub async fn insert(
    tx: &mut Tx,
    id: i64,
    revision: &RevisionRow,
    verdict: Verdict,
    now: Millis,
) -> Result<(), DbError> {
    let held = verdict == Verdict::Hold;
    let text: String = revision.text.chars().take(SEARCHED).collect();
    let place = revision.place.as_ref();
    sql("INSERT INTO review_items (id, state, subject_kind, subject_id, field, surface, \
         revision_id, author_id, channel_id, text_folded, waiting, held_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
    .int(id)
    .text(if held { ItemState::Open.name() } else { ItemState::Rejected.name() })
    .text(revision.subject.0.name())
    .int(revision.subject.1)
    .text(&revision.field)
    .text(place.map_or("", |place| place.surface.name()))
    .int(revision.id)
    .int_opt(revision.actor_id)
    .int_opt(place.and_then(|place| place.channel_id))
    .text(sort_key(&text))
    .int(held)
    .int(now.0)
    .run(tx)
    .await?;
    Ok(())
}

/// Which items are listed; empty fields narrow nothing.
#[derive(Debug, Clone, Default)]
pub struct ItemFilter {
    /// Only of this channel.
    pub channel_id: Option<i64>,
    /// Only of this kind.
    pub kind: Option<SubjectKind>,
    /// Only those this actor works on; 0: those nobody works on.
    pub assignee_id: Option<i64>,
    /// Only texts of this author.
    pub author_id: Option<i64>,
    /// Only contested ones.
    pub contested: bool,
    /// Words of the text.
    pub search: Option<String>,
    /// Youngest first.
    pub descending: bool,
}

fn narrowed(filter: &ItemFilter) -> Narrowed {
    let mut within = Narrowed::default();
    within.plain("waiting = 1");
    let numbers = [
        ("channel_id = ?", filter.channel_id),
        ("author_id = ?", filter.author_id),
        ("assignee_id = ?", filter.assignee_id.filter(|id| *id != 0)),
    ];
    for (condition, number) in numbers {
        if let Some(number) = number {
            within.int(condition, number);
        }
    }
    if filter.assignee_id == Some(0) {
        within.plain("assignee_id IS NULL");
    }
    if let Some(kind) = filter.kind {
        within.text("subject_kind = ?", kind.name());
    }
    if filter.contested {
        within.plain("contested_at IS NOT NULL");
    }
    if let Some(search) = filter.search.as_deref() {
        within.text("text_folded LIKE ? ESCAPE '!'", like(&sort_key(search)));
    }
    within
}

/// Items that wait, longest waiting first unless said otherwise; and how many there are.
///
/// # Errors
/// The engine's.
pub async fn page(
    conn: &mut Conn,
    filter: &ItemFilter,
    window: Window,
) -> Result<(i64, Vec<ItemRow>), DbError> {
    let within = narrowed(filter);
    let condition = within.condition();
    let count = sql(format!("SELECT COUNT(*) AS n FROM review_items{condition}"));
    let total = within.bind(count).one(conn).await?.int("n")?;
    let way = if filter.descending { "DESC" } else { "ASC" };
    let text = format!(
        "SELECT {COLUMNS} FROM review_items{condition} ORDER BY held_at {way}, id {way} \
         LIMIT {} OFFSET {}",
        within.next(1),
        within.next(2)
    );
    let rows = within.bind(sql(text)).int(window.count).int(window.start).all(conn).await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}

/// How many items wait, how many of them `actor_id` works on, how many are contested, and since
/// when the oldest waits; of all or in one channel.
///
/// # Errors
/// The engine's.
pub async fn waiting(
    conn: &mut Conn,
    channel_id: Option<i64>,
    actor_id: i64,
) -> Result<(i64, i64, i64, Option<Millis>), DbError> {
    let within = if channel_id.is_some() { "AND channel_id = $2" } else { "AND $2 = 0" };
    let row = sql(format!(
        "SELECT COUNT(*) AS n, CAST(COALESCE(SUM(CASE WHEN assignee_id = $1 THEN 1 ELSE 0 END), 0) \
         AS BIGINT) AS mine, COUNT(contested_at) AS contested, \
         CAST(MIN(held_at) AS BIGINT) AS oldest FROM review_items WHERE waiting = 1 {within}"
    ))
    .int(actor_id)
    .int(channel_id.unwrap_or(0))
    .one(conn)
    .await?;
    let oldest = row.int_opt("oldest")?.map(Millis);
    Ok((row.int("n")?, row.int("mine")?, row.int("contested")?, oldest))
}

/// One item.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<ItemRow>, DbError> {
    let text = format!("SELECT {COLUMNS} FROM review_items WHERE id = $1");
    sql(text).int(id).optional(conn).await?.as_ref().map(read).transpose()
}

/// Some items, in no order.
///
/// # Errors
/// The engine's.
pub async fn by_ids(conn: &mut Conn, ids: &[i64]) -> Result<Vec<ItemRow>, DbError> {
    let within = conn.engine().ints_in("$1");
    let text = format!("SELECT {COLUMNS} FROM review_items WHERE id IN {within}");
    sql(text).ints(ids).all(conn).await?.iter().map(read).collect()
}

/// The newest item of a version, if it has one.
///
/// # Errors
/// The engine's.
pub async fn of_revision(conn: &mut Conn, revision_id: i64) -> Result<Option<ItemRow>, DbError> {
    let text = format!(
        "SELECT {COLUMNS} FROM review_items WHERE revision_id = $1 ORDER BY id DESC LIMIT 1"
    );
    sql(text).int(revision_id).optional(conn).await?.as_ref().map(read).transpose()
}

/// The newest item of each of some subjects of one kind, by subject: what their author and
/// moderators are told. Items whose text was replaced are left out.
///
/// # Errors
/// The engine's.
pub async fn of_subjects(
    conn: &mut Conn,
    kind: SubjectKind,
    ids: &[i64],
) -> Result<Vec<ItemRow>, DbError> {
    let within = conn.engine().ints_in("$2");
    let text = format!(
        "SELECT {COLUMNS} FROM review_items WHERE id IN (SELECT MAX(id) FROM review_items \
         WHERE subject_kind = $1 AND subject_id IN {within} AND state <> 'gone' \
         GROUP BY subject_id) ORDER BY id"
    );
    sql(text).text(kind.name()).ints(ids).all(conn).await?.iter().map(read).collect()
}

/// How many texts of an author wait, were released, and were refused; of all or in one channel.
///
/// # Errors
/// The engine's.
pub async fn counts_of(
    conn: &mut Conn,
    author_id: i64,
    channel_id: Option<i64>,
) -> Result<Vec<(String, i64)>, DbError> {
    sql("SELECT state, COUNT(*) AS n FROM review_items WHERE author_id = $1 \
         AND ($2 = 0 OR channel_id = $2) GROUP BY state ORDER BY state")
    .int(author_id)
    .int(channel_id.unwrap_or(0))
    .all(conn)
    .await?
    .iter()
    .map(|row| Ok((row.text("state")?, row.int("n")?)))
    .collect()
}

/// A decision on an item.
#[derive(Debug, Clone, Copy)]
pub struct Decided<'a> {
    /// Where it stands now.
    pub state: ItemState,
    /// `actors.id` of who decided.
    pub by: Option<i64>,
    /// For moderators.
    pub note: Option<&'a str>,
    /// For the author.
    pub answer: Option<&'a str>,
}

/// Decides an item; a contest is answered with it.
///
/// # Errors
/// The engine's.
pub async fn decide(
    tx: &mut Tx,
    id: i64,
    decided: Decided<'_>,
    now: Millis,
) -> Result<(), DbError> {
    sql("UPDATE review_items SET state = $1, waiting = 0, decided_by = $2, decided_at = $3, \
         note = $4, answer = $5, assignee_id = NULL, assigned_at = NULL, contest_answered_at = \
         CASE WHEN contested_at IS NULL THEN NULL ELSE $3 END WHERE id = $6")
    .text(decided.state.name())
    .int_opt(decided.by)
    .int(now.0)
    .text_opt(decided.note)
    .text_opt(decided.answer)
    .int(id)
    .run(tx)
    .await?;
    Ok(())
}

/// Remembers that somebody's list withheld the text of an item: its author is told.
///
/// # Errors
/// The engine's.
pub async fn withheld_by(
    tx: &mut Tx,
    id: i64,
    by: Option<i64>,
    now: Millis,
) -> Result<(), DbError> {
    sql("UPDATE review_items SET decided_by = $1, decided_at = $2 WHERE id = $3")
        .int_opt(by)
        .int(now.0)
        .int(id)
        .run(tx)
        .await?;
    Ok(())
}

/// Puts an item back to where it stood before a decision.
///
/// # Errors
/// The engine's.
pub async fn reopen(tx: &mut Tx, id: i64, state: ItemState) -> Result<(), DbError> {
    // What is released or gone waits for nobody; what is refused does when it was contested.
    let waits = match state {
        ItemState::Open => "1",
        ItemState::Rejected => "CASE WHEN contested_at IS NULL THEN 0 ELSE 1 END",
        ItemState::Released | ItemState::Gone => "0",
    };
    sql(format!(
        "UPDATE review_items SET state = $1, waiting = {waits}, decided_by = NULL, \
         decided_at = NULL, note = NULL, answer = NULL, contest_answered_at = NULL WHERE id = $2"
    ))
    .text(state.name())
    .int(id)
    .run(tx)
    .await?;
    Ok(())
}

/// Lets an actor work on an item. False: somebody else does since `stale` or later.
///
/// # Errors
/// The engine's.
pub async fn assign(
    tx: &mut Tx,
    id: i64,
    actor_id: i64,
    stale: Millis,
    now: Millis,
) -> Result<bool, DbError> {
    let taken = sql("UPDATE review_items SET assignee_id = $1, assigned_at = $2 WHERE id = $3 \
         AND waiting = 1 AND (assignee_id IS NULL OR assignee_id = $1 OR assigned_at < $4)")
    .int(actor_id)
    .int(now.0)
    .int(id)
    .int(stale.0)
    .run(tx)
    .await?;
    Ok(taken > 0)
}

/// Somebody took an item at `since` or later.
///
/// # Errors
/// The engine's.
pub async fn assigned_since(conn: &mut Conn, id: i64, since: Millis) -> Result<bool, DbError> {
    let row = sql("SELECT id FROM review_items WHERE id = $1 AND assigned_at >= $2")
        .int(id)
        .int(since.0)
        .optional(conn)
        .await?;
    Ok(row.is_some())
}

/// Nobody works on an item any more.
///
/// # Errors
/// The engine's.
pub async fn unassign(tx: &mut Tx, id: i64) -> Result<(), DbError> {
    sql("UPDATE review_items SET assignee_id = NULL, assigned_at = NULL WHERE id = $1")
        .int(id)
        .run(tx)
        .await?;
    Ok(())
}

/// Keeps what the author says against a decision, once; it waits for a human again. False: they
/// said it before.
///
/// # Errors
/// The engine's.
pub async fn contest(tx: &mut Tx, id: i64, text: &str, now: Millis) -> Result<bool, DbError> {
    let kept = sql("UPDATE review_items SET contest_text = $1, contested_at = $2, waiting = 1 \
         WHERE id = $3 AND contested_at IS NULL AND state IN ('open', 'rejected')")
    .text(text)
    .int(now.0)
    .int(id)
    .run(tx)
    .await?;
    Ok(kept > 0)
}
