//! What did people write, field by field? Every version of a judged text, what moderation said of
//! it, and where it stands.

use super::{Conn, DbError, Row, Tx, sql};
use crate::domain::Millis;
use crate::domain::moderation::{Format, Place, RevisionState, Surface, Verdict};

/// What a text belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubjectKind {
    /// `accounts.id`.
    Account,
    /// `channels.id`.
    Channel,
    /// `videos.id`.
    Video,
    /// `captions.id`.
    Caption,
    /// `comments.id`.
    Comment,
}

impl SubjectKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Account, Self::Channel, Self::Video, Self::Caption, Self::Comment];

    /// Its name in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Channel => "channel",
            Self::Video => "video",
            Self::Caption => "caption",
            Self::Comment => "comment",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A version of a text, judged.
#[derive(Debug, Clone)]
pub struct NewRevision<'a> {
    /// What it belongs to.
    pub subject: (SubjectKind, i64),
    /// Which of its texts.
    pub field: &'a str,
    /// The text.
    pub text: &'a str,
    /// `actors.id` of who wrote it.
    pub actor_id: Option<i64>,
    /// What judging said.
    pub verdict: Verdict,
    /// Where it stands.
    pub state: RevisionState,
    /// Where the text stands: [`Judgement::place`](crate::domain::moderation::Judgement::place).
    pub place: &'a Place,
}

/// A stored version of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionRow {
    /// `revisions.id`.
    pub id: i64,
    /// What it belongs to.
    pub subject: (SubjectKind, i64),
    /// Which of its texts.
    pub field: String,
    /// The text.
    pub text: String,
    /// `actors.id` of who wrote it.
    pub actor_id: Option<i64>,
    /// Where it stands.
    pub state: RevisionState,
    /// Where the text stands; `None` for what is not judged.
    pub place: Option<Place>,
    /// When it was written.
    pub created_at: Millis,
}

const COLUMNS: &str = "id, subject_kind, subject_id, field, text, actor_id, state, surface, \
    format, language, channel_id, owner_account_id, created_at";

fn odd(column: &str, wanted: &'static str) -> DbError {
    DbError::Column { column: column.to_owned(), wanted }
}

fn read(row: &Row) -> Result<RevisionRow, DbError> {
    let kind = SubjectKind::parse(&row.text("subject_kind")?);
    let kind = kind.ok_or_else(|| odd("subject_kind", "kind of subject"))?;
    let surface = row.text_opt("surface")?;
    let place = match surface.as_deref().and_then(Surface::parse) {
        Some(surface) => Some(Place {
            surface,
            format: Format::parse(&row.text("format")?).unwrap_or_default(),
            channel_id: row.int_opt("channel_id")?,
            owner_account_id: row.int_opt("owner_account_id")?,
            language: row.text_opt("language")?,
        }),
        None => None,
    };
    Ok(RevisionRow {
        id: row.int("id")?,
        subject: (kind, row.int("subject_id")?),
        field: row.text("field")?,
        text: row.text("text")?,
        actor_id: row.int_opt("actor_id")?,
        state: RevisionState::parse(&row.text("state")?)
            .ok_or_else(|| odd("state", "state of a revision"))?,
        place,
        created_at: row.millis("created_at")?,
    })
}

/// Keeps a version of a field, and returns its id. One that is shown takes the place of all
/// others; one that is held or refused takes the place of those that waited or were refused, and
/// leaves the public one. The same text in the same state makes no new version.
///
/// # Errors
/// The engine's.
pub async fn put(tx: &mut Tx, new: &NewRevision<'_>, now: Millis) -> Result<i64, DbError> {
    let (kind, id) = new.subject;
    let newest = sql("SELECT id, text, state FROM revisions WHERE subject_kind = $1 \
                      AND subject_id = $2 AND field = $3 ORDER BY id DESC LIMIT 1")
    .text(kind.name())
    .int(id)
    .text(new.field)
    .optional(tx)
    .await?;
    if let Some(row) = newest
        && row.text("text")? == new.text
        && row.text("state")? == new.state.name()
    {
        return row.int("id");
    }
    let spared = if new.state == RevisionState::Shown { "" } else { " AND state <> 'shown'" };
    sql(format!(
        "UPDATE revisions SET state = 'superseded' WHERE subject_kind = $1 AND subject_id = $2 \
         AND field = $3 AND state <> 'superseded'{spared}"
    ))
    .text(kind.name())
    .int(id)
    .text(new.field)
    .run(tx)
    .await?;
    // What waited for a look is not asked about any more.
    sql("UPDATE review_items SET state = 'gone', waiting = 0 WHERE subject_kind = $1 AND subject_id = $2 \
         AND field = $3 AND state = 'open'")
    .text(kind.name())
    .int(id)
    .text(new.field)
    .run(tx)
    .await?;
    sql("INSERT INTO revisions (subject_kind, subject_id, field, text, actor_id, verdict, state, \
         surface, format, language, channel_id, owner_account_id, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id")
    .text(kind.name())
    .int(id)
    .text(new.field)
    .text(new.text)
    .int_opt(new.actor_id)
    .text(new.verdict.name())
    .text(new.state.name())
    .text(new.place.surface.name())
    .text(new.place.format.name())
    .text_opt(new.place.language.as_deref())
    .int_opt(new.place.channel_id)
    .int_opt(new.place.owner_account_id)
    .int(now.0)
    .one(tx)
    .await?
    .int("id")
}

/// Keeps `text` as the newest version of a field that nobody judges (such as support texts);
/// older versions become superseded. A text that is the newest version already makes no new one.
///
/// # Errors
/// The engine's.
pub async fn record(
    tx: &mut Tx,
    subject_kind: SubjectKind,
    subject_id: i64,
    field: &str,
    text: &str,
    actor_id: Option<i64>,
    now: Millis,
) -> Result<(), DbError> {
    let newest = sql("SELECT text FROM revisions WHERE subject_kind = $1 AND subject_id = $2 \
                      AND field = $3 ORDER BY id DESC LIMIT 1")
    .text(subject_kind.name())
    .int(subject_id)
    .text(field)
    .optional(tx)
    .await?;
    if let Some(row) = newest
        && row.text("text")? == text
    {
        return Ok(());
    }
    sql("UPDATE revisions SET state = 'superseded' WHERE subject_kind = $1 AND subject_id = $2 \
         AND field = $3 AND state <> 'superseded'")
    .text(subject_kind.name())
    .int(subject_id)
    .text(field)
    .run(tx)
    .await?;
    sql("INSERT INTO revisions (subject_kind, subject_id, field, text, actor_id, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6)")
    .text(subject_kind.name())
    .int(subject_id)
    .text(field)
    .text(text)
    .int_opt(actor_id)
    .int(now.0)
    .run(tx)
    .await?;
    Ok(())
}

/// One version.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<RevisionRow>, DbError> {
    let text = format!("SELECT {COLUMNS} FROM revisions WHERE id = $1");
    sql(text).int(id).optional(conn).await?.as_ref().map(read).transpose()
}

/// Some versions, oldest first.
///
/// # Errors
/// The engine's.
pub async fn by_ids(conn: &mut Conn, ids: &[i64]) -> Result<Vec<RevisionRow>, DbError> {
    let within = conn.engine().ints_in("$1");
    let text = format!("SELECT {COLUMNS} FROM revisions WHERE id IN {within} ORDER BY id");
    sql(text).ints(ids).all(conn).await?.iter().map(read).collect()
}

/// The public version of a field, if it has one.
///
/// # Errors
/// The engine's.
pub async fn shown(
    conn: &mut Conn,
    subject: (SubjectKind, i64),
    field: &str,
) -> Result<Option<RevisionRow>, DbError> {
    let text = format!(
        "SELECT {COLUMNS} FROM revisions WHERE subject_kind = $1 AND subject_id = $2 \
         AND field = $3 AND state = 'shown' ORDER BY id DESC LIMIT 1"
    );
    let statement = sql(text).text(subject.0.name()).int(subject.1).text(field);
    statement.optional(conn).await?.as_ref().map(read).transpose()
}

/// Every version of a field, newest first.
///
/// # Errors
/// The engine's.
pub async fn history(
    conn: &mut Conn,
    subject: (SubjectKind, i64),
    field: &str,
    limit: i64,
) -> Result<Vec<RevisionRow>, DbError> {
    let text = format!(
        "SELECT {COLUMNS} FROM revisions WHERE subject_kind = $1 AND subject_id = $2 \
         AND field = $3 ORDER BY id DESC LIMIT $4"
    );
    let statement = sql(text).text(subject.0.name()).int(subject.1).text(field).int(limit);
    statement.all(conn).await?.iter().map(read).collect()
}

/// `revisions.id` of the newest version of a field.
///
/// # Errors
/// The engine's.
pub async fn newest(
    conn: &mut Conn,
    subject: (SubjectKind, i64),
    field: &str,
) -> Result<Option<i64>, DbError> {
    sql("SELECT id FROM revisions WHERE subject_kind = $1 AND subject_id = $2 AND field = $3 \
         ORDER BY id DESC LIMIT 1")
    .text(subject.0.name())
    .int(subject.1)
    .text(field)
    .optional(conn)
    .await?
    .map(|row| row.int("id"))
    .transpose()
}

/// Changes where a version stands.
///
/// # Errors
/// The engine's.
pub async fn set_state(tx: &mut Tx, id: i64, state: RevisionState) -> Result<(), DbError> {
    sql("UPDATE revisions SET state = $1 WHERE id = $2").text(state.name()).int(id).run(tx).await?;
    Ok(())
}

/// Something of a subject waits for a human or was refused, and nothing was written since.
///
/// # Errors
/// The engine's.
pub async fn any_withheld(conn: &mut Conn, subject: (SubjectKind, i64)) -> Result<bool, DbError> {
    let row = sql("SELECT id FROM revisions WHERE subject_kind = $1 AND subject_id = $2 \
                   AND (state = 'held' OR state = 'rejected') LIMIT 1")
    .text(subject.0.name())
    .int(subject.1)
    .optional(conn)
    .await?;
    Ok(row.is_some())
}

/// Forgets every version of the texts of something that is removed, and takes it out of the queue.
///
/// # Errors
/// The engine's.
pub async fn forget(
    tx: &mut Tx,
    subject_kind: SubjectKind,
    subject_id: i64,
) -> Result<(), DbError> {
    sql("UPDATE review_items SET state = 'gone', waiting = 0, text_folded = '' \
         WHERE subject_kind = $1 AND subject_id = $2")
    .text(subject_kind.name())
    .int(subject_id)
    .run(tx)
    .await?;
    sql("DELETE FROM revisions WHERE subject_kind = $1 AND subject_id = $2")
        .text(subject_kind.name())
        .int(subject_id)
        .run(tx)
        .await?;
    Ok(())
}

/// Which stored text is looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Written then or later.
    pub since: Millis,
    /// Up to this version (`revisions.id`), so that the end does not move.
    pub last_id: i64,
    /// Only of this channel and what is written under its videos.
    pub channel_id: Option<i64>,
    /// Only what is written under the videos of this account.
    pub owner_account_id: Option<i64>,
}

/// Of `Stored`: how far it goes, without the last id; bound as `$1` to `$3`.
const WITHIN: &str = "created_at >= $1 AND surface IS NOT NULL \
    AND ($2 = 0 OR channel_id = $2) AND ($3 = 0 OR owner_account_id = $3) \
    AND (state = 'shown' OR state = 'held')";

/// How much there is to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Versions.
    pub total: i64,
    /// The oldest; 0 when there is none.
    pub first_id: i64,
    /// The newest; 0 when there is none.
    pub last_id: i64,
}

/// How much judged text there is: public versions and those that wait.
///
/// # Errors
/// The engine's.
pub async fn measure(conn: &mut Conn, stored: &Stored) -> Result<Extent, DbError> {
    let text = format!(
        "SELECT COUNT(*) AS n, CAST(COALESCE(MIN(id), 0) AS BIGINT) AS first, \
         CAST(COALESCE(MAX(id), 0) AS BIGINT) AS last FROM revisions WHERE {WITHIN}"
    );
    let row = sql(text)
        .int(stored.since.0)
        .int(stored.channel_id.unwrap_or(0))
        .int(stored.owner_account_id.unwrap_or(0))
        .one(conn)
        .await?;
    Ok(Extent { total: row.int("n")?, first_id: row.int("first")?, last_id: row.int("last")? })
}

/// Rows asked for at once: an engine that is asked for thousands keeps a core busy for milliseconds
/// that others wait.
const BITE: i64 = 500;

/// The next `limit` judged texts after version `after`, oldest first: what previews and
/// retroactive lists go over.
///
/// # Errors
/// The engine's.
pub async fn judged_since(
    conn: &mut Conn,
    stored: &Stored,
    after: i64,
    limit: i64,
) -> Result<Vec<RevisionRow>, DbError> {
    let mut found: Vec<RevisionRow> = Vec::new();
    let mut left = limit;
    loop {
        let text = format!(
            "SELECT {COLUMNS} FROM revisions WHERE {WITHIN} AND id > $4 AND id <= $5 \
             ORDER BY id LIMIT $6"
        );
        let bite = left.min(BITE);
        let rows = sql(text)
            .int(stored.since.0)
            .int(stored.channel_id.unwrap_or(0))
            .int(stored.owner_account_id.unwrap_or(0))
            .int(found.last().map_or(after, |row| row.id))
            .int(stored.last_id)
            .int(bite)
            .all(conn)
            .await?;
        let ended = i64::try_from(rows.len()).is_ok_and(|read| read < bite);
        for row in &rows {
            found.push(read(row)?);
        }
        left -= bite;
        if ended || left == 0 {
            return Ok(found);
        }
    }
}
