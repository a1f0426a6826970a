//! What was decided together, and how was it before? So that one call undoes it.

use super::read_scope;
use crate::db::{Conn, DbError, Row, Tx, sql};
use crate::domain::moderation::{RevisionState, Scope};
use crate::domain::{Millis, Window};

use super::items::ItemState;

/// Where a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchState {
    /// Work on it goes on.
    Running,
    /// All is done.
    Done,
    /// It stopped; what was done stays, and can be undone.
    Failed,
    /// It is being undone.
    Undoing,
    /// All is as it was before.
    Undone,
}

impl BatchState {
    /// Its name in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Running, Self::Done, Self::Failed, Self::Undoing, Self::Undone]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRow {
    /// `moderation_batches.id`.
    pub id: i64,
    /// `decision`, `apply` or `author`.
    pub kind: String,
    /// How far it reaches.
    pub scope: Scope,
    /// Where it stands.
    pub state: BatchState,
    /// `actors.id` of who began it.
    pub by: Option<i64>,
    /// `release` or `reject`, for decisions; also `hold` on an author's comments.
    pub decision: Option<String>,
    /// `actors.id` of whose comments are decided on, all of them.
    pub author_id: Option<i64>,
    /// What is said of it to other moderators, for an author's comments.
    pub note: Option<String>,
    /// What is said of it to the author.
    pub answer: Option<String>,
    /// `word_lists.id`, for a list that is applied.
    pub list_id: Option<i64>,
    /// Text written since then, for a list that is applied or an author's comments.
    pub since: Option<Millis>,
    /// Versions up to this one are done.
    pub cursor_id: i64,
    /// The last version to look at.
    pub last_id: i64,
    /// Texts looked at.
    pub examined: i64,
    /// Texts to look at.
    pub total: i64,
    /// Texts that were changed.
    pub changed: i64,
    /// Why it stopped.
    pub error: Option<String>,
    /// When it began.
    pub created_at: Millis,
    /// Last progress.
    pub updated_at: Millis,
}

const COLUMNS: &str = "id, kind, scope, scope_id, state, by_actor_id, decision, \
    author_id, note, answer, list_id, since, cursor_id, last_id, examined, total, changed, error, created_at, updated_at";

fn odd(column: &str, wanted: &'static str) -> DbError {
    DbError::Column { column: column.to_owned(), wanted }
}

fn read(row: &Row) -> Result<BatchRow, DbError> {
    Ok(BatchRow {
        id: row.int("id")?,
        kind: row.text("kind")?,
        scope: read_scope(row)?,
        state: BatchState::parse(&row.text("state")?)
            .ok_or_else(|| odd("state", "state of a batch"))?,
        by: row.int_opt("by_actor_id")?,
        decision: row.text_opt("decision")?,
        author_id: row.int_opt("author_id")?,
        note: row.text_opt("note")?,
        answer: row.text_opt("answer")?,
        list_id: row.int_opt("list_id")?,
        since: row.int_opt("since")?.map(Millis),
        cursor_id: row.int("cursor_id")?,
        last_id: row.int("last_id")?,
        examined: row.int("examined")?,
        total: row.int("total")?,
        changed: row.int("changed")?,
        error: row.text_opt("error")?,
        created_at: row.millis("created_at")?,
        updated_at: row.millis("updated_at")?,
    })
}

/// A batch about to be.
#[derive(Debug, Clone, Copy)]
pub struct NewBatch<'a> {
    /// How far it reaches.
    pub scope: Scope,
    /// `actors.id` of who began it.
    pub by: i64,
    /// `release` or `reject`, or `hold` for an author's comments; `None`: a list is applied.
    pub decision: Option<&'a str>,
    /// `actors.id` of whose comments are decided on, all of them.
    pub author_id: Option<i64>,
    /// For other moderators, for an author's comments.
    pub note: Option<&'a str>,
    /// For that author.
    pub answer: Option<&'a str>,
    /// `word_lists.id` and version, for a list that is applied.
    pub list: Option<(i64, i64)>,
    /// Text written since then, for a list that is applied or an author's comments.
    pub since: Option<Millis>,
}

impl NewBatch<'_> {
    /// One that says no more than who began it, and how far it reaches.
    #[must_use]
    pub const fn of(scope: Scope, by: i64) -> Self {
        Self {
            scope,
            by,
            decision: None,
            author_id: None,
            note: None,
            answer: None,
            list: None,
            since: None,
        }
    }
}

/// Begins a batch and returns its id.
///
/// # Errors
/// The engine's.
pub async fn insert(tx: &mut Tx, new: &NewBatch<'_>, now: Millis) -> Result<i64, DbError> {
    let kind = match (new.decision, new.author_id) {
        (_, Some(_)) => "author",
        (Some(_), None) => "decision",
        (None, None) => "apply",
    };
    sql("INSERT INTO moderation_batches (kind, scope, scope_id, state, by_actor_id, decision, \
         list_id, list_version, since, author_id, note, answer, created_at, updated_at) \
         VALUES ($1, $2, $3, 'running', $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) RETURNING id")
    .text(kind)
    .text(new.scope.name())
    .int(new.scope.id())
    .int(new.by)
    .text_opt(new.decision)
    .int_opt(new.list.map(|(id, _)| id))
    .int_opt(new.list.map(|(_, version)| version))
    .int_opt(new.since.map(|at| at.0))
    .int_opt(new.author_id)
    .text_opt(new.note)
    .text_opt(new.answer)
    .int(now.0)
    .one(tx)
    .await?
    .int("id")
}

/// One batch.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<BatchRow>, DbError> {
    let text = format!("SELECT {COLUMNS} FROM moderation_batches WHERE id = $1");
    sql(text).int(id).optional(conn).await?.as_ref().map(read).transpose()
}

/// Batches of a scope, newest first; and how many there are. The instance's moderators see all.
///
/// # Errors
/// The engine's.
pub async fn page(
    conn: &mut Conn,
    scope: Scope,
    window: Window,
) -> Result<(i64, Vec<BatchRow>), DbError> {
    let filter = "WHERE ($1 = 'instance' OR (scope = $1 AND scope_id = $2))";
    let total = sql(format!("SELECT COUNT(*) AS n FROM moderation_batches {filter}"))
        .text(scope.name())
        .int(scope.id())
        .one(conn)
        .await?
        .int("n")?;
    let text = format!(
        "SELECT {COLUMNS} FROM moderation_batches {filter} ORDER BY id DESC LIMIT $3 OFFSET $4"
    );
    let rows = sql(text)
        .text(scope.name())
        .int(scope.id())
        .int(window.count)
        .int(window.start)
        .all(conn)
        .await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}

/// How far a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Versions up to this one are done.
    pub cursor_id: i64,
    /// The last version to look at.
    pub last_id: i64,
    /// Texts looked at.
    pub examined: i64,
    /// Texts to look at.
    pub total: i64,
    /// Texts that were changed.
    pub changed: i64,
}

/// Writes how far a batch is.
///
/// # Errors
/// The engine's.
pub async fn advance(tx: &mut Tx, id: i64, progress: Progress, now: Millis) -> Result<(), DbError> {
    sql("UPDATE moderation_batches SET cursor_id = $1, last_id = $2, examined = $3, total = $4, \
         changed = $5, updated_at = $6 WHERE id = $7")
    .int(progress.cursor_id)
    .int(progress.last_id)
    .int(progress.examined)
    .int(progress.total)
    .int(progress.changed)
    .int(now.0)
    .int(id)
    .run(tx)
    .await?;
    Ok(())
}

/// Changes where a batch stands, when it stands at `from`. False: it does not.
///
/// # Errors
/// The engine's.
pub async fn move_to(
    tx: &mut Tx,
    id: i64,
    from: &[BatchState],
    to: BatchState,
    error: Option<&str>,
    now: Millis,
) -> Result<bool, DbError> {
    let from: Vec<String> = from.iter().map(|state| state.name().to_owned()).collect();
    let within = tx.engine().texts_in("$5");
    let moved = sql(format!(
        "UPDATE moderation_batches SET state = $1, error = $2, updated_at = $3 \
         WHERE id = $4 AND state IN {within}"
    ))
    .text(to.name())
    .text_opt(error)
    .int(now.0)
    .int(id)
    .texts(&from)
    .run(tx)
    .await?;
    Ok(moved > 0)
}

/// Remembers who undoes a batch.
///
/// # Errors
/// The engine's.
pub async fn undoer(tx: &mut Tx, id: i64, actor_id: i64) -> Result<(), DbError> {
    sql("UPDATE moderation_batches SET undone_by = $1 WHERE id = $2")
        .int(actor_id)
        .int(id)
        .run(tx)
        .await?;
    Ok(())
}

/// `actors.id` of who undoes a batch.
///
/// # Errors
/// The engine's.
pub async fn undone_by(conn: &mut Conn, id: i64) -> Result<Option<i64>, DbError> {
    let row = sql("SELECT undone_by FROM moderation_batches WHERE id = $1").int(id);
    row.one(conn).await?.int_opt("undone_by")
}

/// Batches over the comments of an author, newest first, at most `limit`.
///
/// # Errors
/// The engine's.
pub async fn of_author(
    conn: &mut Conn,
    author_id: i64,
    limit: i64,
) -> Result<Vec<BatchRow>, DbError> {
    let text = format!(
        "SELECT {COLUMNS} FROM moderation_batches WHERE author_id = $1 ORDER BY id DESC LIMIT $2"
    );
    sql(text).int(author_id).int(limit).all(conn).await?.iter().map(read).collect()
}

/// A version was decided on again after the decision `row_id`, and that stands.
///
/// # Errors
/// The engine's.
pub async fn decided_later(
    conn: &mut Conn,
    revision_id: i64,
    row_id: i64,
) -> Result<bool, DbError> {
    let row = sql("SELECT id FROM moderation_batch_items WHERE revision_id = $1 AND id > $2 \
                   AND undone = 0 LIMIT 1")
    .int(revision_id)
    .int(row_id)
    .optional(conn)
    .await?;
    Ok(row.is_some())
}

/// How things were before a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    /// `review_items.id`.
    pub item_id: i64,
    /// `revisions.id`.
    pub revision_id: i64,
    /// Where that version stood.
    pub revision_state: RevisionState,
    /// Where the item stood.
    pub item_state: ItemState,
    /// The version that was public, if any.
    pub shown_revision_id: Option<i64>,
    /// A block that was made with it.
    pub block_id: Option<i64>,
}

/// Remembers how things were. False: this version is in the batch already.
///
/// # Errors
/// The engine's.
pub async fn remember(tx: &mut Tx, batch_id: i64, before: &Before) -> Result<bool, DbError> {
    let added = sql("INSERT INTO moderation_batch_items (batch_id, item_id, revision_id, \
         revision_state, item_state, shown_revision_id, block_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (batch_id, revision_id) DO NOTHING")
    .int(batch_id)
    .int(before.item_id)
    .int(before.revision_id)
    .text(before.revision_state.name())
    .text(before.item_state.name())
    .int_opt(before.shown_revision_id)
    .int_opt(before.block_id)
    .run(tx)
    .await?;
    Ok(added > 0)
}

/// The next `limit` decisions of a batch that are not undone, newest first, with their row's id.
///
/// # Errors
/// The engine's.
pub async fn remembered(
    conn: &mut Conn,
    batch_id: i64,
    limit: i64,
) -> Result<Vec<(i64, Before)>, DbError> {
    let rows = sql("SELECT id, item_id, revision_id, revision_state, item_state, \
                    shown_revision_id, block_id FROM moderation_batch_items \
                    WHERE batch_id = $1 AND undone = 0 ORDER BY id DESC LIMIT $2")
    .int(batch_id)
    .int(limit)
    .all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            let before = Before {
                item_id: row.int("item_id")?,
                revision_id: row.int("revision_id")?,
                revision_state: RevisionState::parse(&row.text("revision_state")?)
                    .ok_or_else(|| odd("revision_state", "state of a revision"))?,
                item_state: ItemState::parse(&row.text("item_state")?)
                    .ok_or_else(|| odd("item_state", "state of an item"))?,
                shown_revision_id: row.int_opt("shown_revision_id")?,
                block_id: row.int_opt("block_id")?,
            };
            Ok((row.int("id")?, before))
        })
        .collect()
}

/// A decision of a batch was undone.
///
/// # Errors
/// The engine's.
pub async fn undone(tx: &mut Tx, row_id: i64) -> Result<(), DbError> {
    sql("UPDATE moderation_batch_items SET undone = 1 WHERE id = $1").int(row_id).run(tx).await?;
    Ok(())
}
