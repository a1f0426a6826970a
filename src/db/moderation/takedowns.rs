//! What was taken down, and what is kept of it as evidence, until when?
//!
//! What withholds it from the public is an item of the queue: so its author can contest it, and a
//! moderator releases it, as any other.

use crate::db::conn::like;
use crate::db::revisions::{self, SubjectKind};
use crate::db::{Conn, DbError, Row, Tx, sql};
use crate::domain::{Millis, Window, sort_key};

/// The field of a video's version that hides the whole video while it is refused: whatever its
/// owner changes meanwhile.
pub const FIELD: &str = "takedown";

/// A takedown about to be.
#[derive(Debug, Clone, Copy)]
pub struct NewTakedown<'a> {
    /// `review_items.id` of what withholds it.
    pub item_id: i64,
    /// What was taken down.
    pub subject: (SubjectKind, i64),
    /// Its title, or the start of its text.
    pub label: &'a str,
    /// `actors.id` of whose it is.
    pub actor_id: i64,
    /// `actors.id` of who did it.
    pub by_actor_id: i64,
    /// What it rests on, by name.
    pub ground: &'a str,
    /// In words for whom it concerns.
    pub reason: &'a str,
    /// Number of an order or a letter.
    pub reference: Option<&'a str>,
    /// JSON of what it was.
    pub evidence: &'a str,
    /// When it is removed for good.
    pub keep_until: Millis,
}

/// Keeps a takedown and returns its id.
///
/// # Errors
/// The engine's.
pub async fn insert(tx: &mut Tx, new: &NewTakedown<'_>, now: Millis) -> Result<i64, DbError> {
    let label: String = new.label.chars().take(200).collect();
    sql("INSERT INTO takedowns (item_id, subject_kind, subject_id, label, label_folded, actor_id, \
         by_actor_id, ground, reason, reference, evidence, keep_until, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id")
    .int(new.item_id)
    .text(new.subject.0.name())
    .int(new.subject.1)
    .text(&label)
    .text(sort_key(&format!("{label} {}", new.reference.unwrap_or_default())))
    .int(new.actor_id)
    .int(new.by_actor_id)
    .text(new.ground)
    .text(new.reason)
    .text_opt(new.reference)
    .text(new.evidence)
    .int(new.keep_until.0)
    .int(now.0)
    .one(tx)
    .await?
    .int("id")
}

/// A takedown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakedownRow {
    /// `takedowns.id`.
    pub id: i64,
    /// `review_items.id` of what withholds it.
    pub item_id: i64,
    /// What was taken down.
    pub subject: (SubjectKind, i64),
    /// Its title, or the start of its text.
    pub label: String,
    /// `actors.id` of whose it is.
    pub actor_id: Option<i64>,
    /// `actors.id` of who did it.
    pub by_actor_id: Option<i64>,
    /// What it rests on, by name.
    pub ground: String,
    /// In words for whom it concerns.
    pub reason: String,
    /// Number of an order or a letter.
    pub reference: Option<String>,
    /// JSON of what it was; `None`: forgotten.
    pub evidence: Option<String>,
    /// State of its item of the queue; `None`: that is forgotten.
    pub item_state: Option<String>,
    /// Somebody has to look at it: it is contested.
    pub contested: bool,
    /// When it is removed for good.
    pub keep_until: Millis,
    /// When it was taken down.
    pub created_at: Millis,
}

const COLUMNS: &str = "t.id, t.item_id, t.subject_kind, t.subject_id, t.label, t.actor_id, \
    t.by_actor_id, t.ground, t.reason, t.reference, t.evidence, t.keep_until, t.created_at, \
    i.state AS item_state, CAST(COALESCE(i.waiting, 0) AS BIGINT) AS contested \
    FROM takedowns t LEFT JOIN review_items i ON i.id = t.item_id";

fn read(row: &Row) -> Result<TakedownRow, DbError> {
    let kind = SubjectKind::parse(&row.text("subject_kind")?).ok_or_else(|| DbError::Column {
        column: "subject_kind".to_owned(),
        wanted: "kind of subject",
    })?;
    Ok(TakedownRow {
        id: row.int("id")?,
        item_id: row.int("item_id")?,
        subject: (kind, row.int("subject_id")?),
        label: row.text("label")?,
        actor_id: row.int_opt("actor_id")?,
        by_actor_id: row.int_opt("by_actor_id")?,
        ground: row.text("ground")?,
        reason: row.text("reason")?,
        reference: row.text_opt("reference")?,
        evidence: row.text_opt("evidence")?,
        item_state: row.text_opt("item_state")?,
        contested: row.flag("contested")?,
        keep_until: row.millis("keep_until")?,
        created_at: row.millis("created_at")?,
    })
}

/// Takedowns, newest first, those with `search` in their label or reference; and how many there
/// are.
///
/// # Errors
/// The engine's.
pub async fn page(
    conn: &mut Conn,
    search: Option<&str>,
    window: Window,
) -> Result<(i64, Vec<TakedownRow>), DbError> {
    let wanted = like(&sort_key(search.unwrap_or_default()));
    let total = sql("SELECT COUNT(*) AS n FROM takedowns WHERE label_folded LIKE $1 ESCAPE '!'")
        .text(&wanted)
        .one(conn)
        .await?
        .int("n")?;
    let text = format!(
        "SELECT {COLUMNS} WHERE t.label_folded LIKE $1 ESCAPE '!' \
         ORDER BY t.created_at DESC, t.id DESC LIMIT $2 OFFSET $3"
    );
    let rows = sql(text).text(&wanted).int(window.count).int(window.start).all(conn).await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}

/// One takedown.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<TakedownRow>, DbError> {
    let text = format!("SELECT {COLUMNS} WHERE t.id = $1");
    sql(text).int(id).optional(conn).await?.as_ref().map(read).transpose()
}

/// Some takedowns whose evidence is to be forgotten; what is contested waits for its answer.
///
/// # Errors
/// The engine's.
pub async fn due(conn: &mut Conn, now: Millis, limit: i64) -> Result<Vec<TakedownRow>, DbError> {
    let text = format!(
        "SELECT {COLUMNS} WHERE t.keep_until <= $1 AND t.evidence IS NOT NULL \
         AND COALESCE(i.waiting, 0) = 0 ORDER BY t.keep_until, t.id LIMIT $2"
    );
    sql(text).int(now.0).int(limit).all(conn).await?.iter().map(read).collect()
}

/// Forgets what was kept: the row stays to be counted.
///
/// # Errors
/// The engine's.
pub async fn forget(tx: &mut Tx, id: i64) -> Result<(), DbError> {
    sql("UPDATE takedowns SET evidence = NULL, label = '', label_folded = '', actor_id = NULL \
         WHERE id = $1")
    .int(id)
    .run(tx)
    .await?;
    Ok(())
}

/// The version of a video that hides it while it is refused, made when it is not there yet.
///
/// # Errors
/// The engine's.
pub async fn version_of_video(
    tx: &mut Tx,
    video_id: i64,
    title: &str,
    now: Millis,
) -> Result<i64, DbError> {
    let subject = (SubjectKind::Video, video_id);
    if let Some(id) = revisions::newest(tx, subject, FIELD).await? {
        return Ok(id);
    }
    sql("INSERT INTO revisions (subject_kind, subject_id, field, text, created_at) \
         VALUES ('video', $1, $2, $3, $4) RETURNING id")
    .int(video_id)
    .text(FIELD)
    .text(title)
    .int(now.0)
    .one(tx)
    .await?
    .int("id")
}

/// A video is taken down, and its time is not over.
///
/// # Errors
/// The engine's.
pub async fn stands(conn: &mut Conn, video_id: i64) -> Result<bool, DbError> {
    let row = sql("SELECT id FROM review_items WHERE subject_kind = 'video' AND subject_id = $1 \
         AND state = 'rejected' AND field = $2 LIMIT 1")
    .int(video_id)
    .text(FIELD)
    .optional(conn)
    .await?;
    Ok(row.is_some())
}

/// What is kept of a video, beside the hidden video itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoEvidence {
    /// Description.
    pub description: String,
    /// In their order.
    pub tags: Vec<String>,
    /// Name of its channel.
    pub channel: String,
    /// Who may see it, PeerTube's number.
    pub privacy: i64,
    /// Length, milliseconds.
    pub duration_ms: i64,
    /// When it was published.
    pub published_at: Millis,
}

/// What is kept of a video.
///
/// # Errors
/// The engine's; there is no such video.
pub async fn video_evidence(conn: &mut Conn, id: i64) -> Result<VideoEvidence, DbError> {
    let row = sql("SELECT COALESCE(v.description, '') AS description, v.privacy, v.duration_ms, \
         v.published_at, x.name AS channel FROM videos v JOIN channels c ON c.id = v.channel_id \
         JOIN actors x ON x.id = c.actor_id WHERE v.id = $1")
    .int(id)
    .one(conn)
    .await?;
    let tags = sql("SELECT tag FROM video_tags WHERE video_id = $1 ORDER BY position");
    let tags = tags.int(id).all(conn).await?;
    Ok(VideoEvidence {
        description: row.text("description")?,
        tags: tags.iter().map(|row| row.text("tag")).collect::<Result<_, _>>()?,
        channel: row.text("channel")?,
        privacy: row.int("privacy")?,
        duration_ms: row.int("duration_ms")?,
        published_at: row.millis("published_at")?,
    })
}
