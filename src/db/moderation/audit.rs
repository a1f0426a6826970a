//! What was judged and decided, by whom, and why? The audit log; what was held or refused also
//! becomes an item that people work on.

use std::time::Duration;

use super::statements::{self, NewStatement};
use super::{blocks, items};
use crate::db::conn::like;
use crate::db::narrow::Narrowed;
use crate::db::revisions::{self, SubjectKind};
use crate::db::{Conn, DbError, Row, Tx, sql};
use crate::domain::moderation::{Judgement, Reason, Surface, Verdict};
use crate::domain::statement::Act;
use crate::domain::{Millis, Window, sort_key};

/// Characters of a text that the log keeps.
const EXCERPT: usize = 500;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// A text came in and was judged.
    Judged,
    /// A list was applied to a stored text.
    Applied,
    /// A text was released.
    Released,
    /// A text was refused.
    Rejected,
    /// A decision was undone.
    Undone,
    /// An author asked for another look.
    Contested,
    /// A list was made, changed or removed.
    ListChanged,
    /// Policies or the moderators of a channel changed.
    RuleChanged,
    /// A report was accepted, rejected or opened again.
    ReportDecided,
    /// A video was put into the blocklist.
    VideoBlocked,
    /// A video was taken out of the blocklist.
    VideoUnblocked,
    /// Something of somebody else's was removed for good.
    Removed,
    /// Something was taken down, and is kept as evidence for a while.
    TakenDown,
    /// The instance blocked accounts or servers.
    Blocked,
    /// A block was lifted.
    Unblocked,
    /// Somebody who asked for an account has one.
    RegistrationAccepted,
    /// Somebody who asked for an account was refused.
    RegistrationRejected,
    /// A user was suspended.
    UserBlocked,
    /// A suspended user may sign in again.
    UserUnblocked,
    /// A public text was taken back by a moderator, and waits for a look.
    Withdrawn,
}

impl Deed {
    /// Every deed.
    pub const ALL: [Self; 20] = [
        Self::Judged,
        Self::Applied,
        Self::Released,
        Self::Rejected,
        Self::Undone,
        Self::Contested,
        Self::ListChanged,
        Self::RuleChanged,
        Self::ReportDecided,
        Self::VideoBlocked,
        Self::VideoUnblocked,
        Self::Removed,
        Self::TakenDown,
        Self::Blocked,
        Self::Unblocked,
        Self::RegistrationAccepted,
        Self::RegistrationRejected,
        Self::UserBlocked,
        Self::UserUnblocked,
        Self::Withdrawn,
    ];

    /// Its name in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Judged => "judged",
            Self::Applied => "applied",
            Self::Released => "released",
            Self::Rejected => "rejected",
            Self::Undone => "undone",
            Self::Contested => "contested",
            Self::ListChanged => "list-changed",
            Self::RuleChanged => "rule-changed",
            Self::ReportDecided => "report-decided",
            Self::VideoBlocked => "video-blocked",
            Self::VideoUnblocked => "video-unblocked",
            Self::Removed => "removed",
            Self::TakenDown => "taken-down",
            Self::Blocked => "blocked",
            Self::Unblocked => "unblocked",
            Self::RegistrationAccepted => "registration-accepted",
            Self::RegistrationRejected => "registration-rejected",
            Self::UserBlocked => "user-blocked",
            Self::UserUnblocked => "user-unblocked",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The deed of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.name() == name)
    }
}

/// A row about to be.
#[derive(Debug, Clone, Default)]
pub struct NewAudit<'a> {
    /// What it is about.
    pub subject: Option<(SubjectKind, i64)>,
    /// Which of its texts.
    pub field: Option<&'a str>,
    /// Where that text stands.
    pub surface: Option<Surface>,
    /// `revisions.id`.
    pub revision_id: Option<i64>,
    /// What was decided.
    pub verdict: Option<Verdict>,
    /// Why.
    pub reasons: &'a [Reason],
    /// Automatic tags.
    pub tags: &'a [String],
    /// `actors.id` of who wrote it.
    pub author_id: Option<i64>,
    /// `actors.id` of who did it; `None`: the server by its rules.
    pub by: Option<i64>,
    /// `channels.id`.
    pub channel_id: Option<i64>,
    /// `word_lists.id`.
    pub list_id: Option<i64>,
    /// `moderation_batches.id`.
    pub batch_id: Option<i64>,
    /// The judged row that a decision is about.
    pub of_id: Option<i64>,
    /// In people's words.
    pub note: Option<&'a str>,
    /// The text or change.
    pub text: &'a str,
}

/// Adds a row and returns its id.
///
/// # Errors
/// The engine's.
pub async fn insert(
    tx: &mut Tx,
    deed: Deed,
    new: &NewAudit<'_>,
    now: Millis,
) -> Result<i64, DbError> {
    let excerpt: String = new.text.chars().take(EXCERPT).collect();
    let list = new.reasons.iter().find_map(|reason| reason.list.as_ref().map(|list| list.id));
    let json = |value: Result<String, _>| value.unwrap_or_else(|_| "[]".to_owned());
    sql("INSERT INTO moderation_audit (at, deed, subject_kind, subject_id, field, surface, \
         revision_id, verdict, reasons, tags, author_id, by_actor_id, channel_id, list_id, \
         batch_id, of_id, note, excerpt, excerpt_folded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, \
         $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) RETURNING id")
    .int(now.0)
    .text(deed.name())
    .text_opt(new.subject.map(|(kind, _)| kind.name()))
    .int_opt(new.subject.map(|(_, id)| id))
    .text_opt(new.field)
    .text_opt(new.surface.map(Surface::name))
    .int_opt(new.revision_id)
    .text_opt(new.verdict.map(Verdict::name))
    .text(json(serde_json::to_string(new.reasons)))
    .text(json(serde_json::to_string(new.tags)))
    .int_opt(new.author_id)
    .int_opt(new.by)
    .int_opt(new.channel_id)
    .int_opt(new.list_id.or(list))
    .int_opt(new.batch_id)
    .int_opt(new.of_id)
    .text_opt(new.note)
    .text(&excerpt)
    .text(sort_key(&excerpt))
    .one(tx)
    .await?
    .int("id")
}

/// Writes what judging a text gave, in the transaction that keeps the text: a row of the log, an
/// item for people when it was held or refused, and what follows for its author. `None` for a text
/// that nothing was found in: those are counted, not stored.
///
/// # Errors
/// The engine's.
pub async fn judged(
    tx: &mut Tx,
    judgement: &Judgement,
    subject: (SubjectKind, i64),
    revision_id: i64,
    now: Millis,
) -> Result<Option<i64>, DbError> {
    if !judgement.remarkable() {
        return Ok(None);
    }
    let Some(revision) = revisions::by_id(tx, revision_id).await? else { return Ok(None) };
    let new = NewAudit {
        subject: Some(subject),
        field: Some(&revision.field),
        surface: Some(judgement.place.surface),
        revision_id: Some(revision_id),
        verdict: Some(judgement.verdict),
        reasons: &judgement.reasons,
        tags: &judgement.tags,
        author_id: revision.actor_id,
        channel_id: judgement.place.channel_id,
        text: &revision.text,
        ..NewAudit::default()
    };
    let id = insert(tx, Deed::Judged, &new, now).await?;
    if judgement.verdict != Verdict::Show {
        items::insert(tx, id, &revision, judgement.verdict, now).await?;
        let held = judgement.verdict == Verdict::Hold;
        let new = NewStatement {
            act: if held { Act::TextHeld } else { Act::TextRefused },
            subject: Some(subject),
            label: &revision.text,
            to_actor_id: revision.actor_id,
            automated: true,
            audit_id: Some(id),
            ..NewStatement::default()
        };
        statements::text_withheld(tx, &new, &judgement.reasons, now).await?;
    }
    let Some(author) = revision.actor_id else { return Ok(Some(id)) };
    for effect in &judgement.effects {
        let until = effect.minutes.map(|m| now.plus(Duration::from_secs(u64::from(m) * 60)));
        blocks::insert(tx, effect.scope, author, until, None, id, now).await?;
    }
    Ok(Some(id))
}

/// A row of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// `moderation_audit.id`.
    pub id: i64,
    /// When.
    pub at: Millis,
    /// What was done, by name.
    pub deed: String,
    /// What it is about.
    pub subject: Option<(SubjectKind, i64)>,
    /// Which of its texts.
    pub field: Option<String>,
    /// Where that text stands, by name.
    pub surface: Option<String>,
    /// `revisions.id`.
    pub revision_id: Option<i64>,
    /// What was decided.
    pub verdict: Option<Verdict>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Automatic tags.
    pub tags: Vec<String>,
    /// `actors.id` of who wrote it.
    pub author_id: Option<i64>,
    /// `actors.id` of who did it; `None`: the server by its rules.
    pub by: Option<i64>,
    /// `channels.id`.
    pub channel_id: Option<i64>,
    /// `moderation_batches.id`.
    pub batch_id: Option<i64>,
    /// The judged row that a decision is about.
    pub of_id: Option<i64>,
    /// In people's words.
    pub note: Option<String>,
    /// The text or change, in short.
    pub excerpt: String,
}

pub(super) fn read(row: &Row) -> Result<AuditRow, DbError> {
    let kind = row.text_opt("subject_kind")?.as_deref().and_then(SubjectKind::parse);
    Ok(AuditRow {
        id: row.int("id")?,
        at: row.millis("at")?,
        deed: row.text("deed")?,
        subject: kind.zip(row.int_opt("subject_id")?),
        field: row.text_opt("field")?,
        surface: row.text_opt("surface")?,
        revision_id: row.int_opt("revision_id")?,
        verdict: row.text_opt("verdict")?.as_deref().and_then(Verdict::parse),
        reasons: serde_json::from_str(&row.text("reasons")?).unwrap_or_default(),
        tags: serde_json::from_str(&row.text("tags")?).unwrap_or_default(),
        author_id: row.int_opt("author_id")?,
        by: row.int_opt("by_actor_id")?,
        channel_id: row.int_opt("channel_id")?,
        batch_id: row.int_opt("batch_id")?,
        of_id: row.int_opt("of_id")?,
        note: row.text_opt("note")?,
        excerpt: row.text("excerpt")?,
    })
}

const COLUMNS: &str = "id, at, deed, subject_kind, subject_id, field, surface, revision_id, \
    verdict, reasons, tags, author_id, by_actor_id, channel_id, batch_id, of_id, note, excerpt";

/// What the log is searched for; empty fields narrow nothing.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only this channel.
    pub channel_id: Option<i64>,
    /// Words of the text.
    pub search: Option<String>,
    /// `actors.id` of who did it.
    pub by: Option<i64>,
    /// `actors.id` of who wrote it.
    pub author_id: Option<i64>,
    /// `word_lists.id`.
    pub list_id: Option<i64>,
    /// A plugin by name.
    pub plugin: Option<String>,
    /// A deed by name.
    pub deed: Option<Deed>,
    /// Then or later.
    pub since: Option<Millis>,
    /// Before.
    pub until: Option<Millis>,
    /// Older than this row (`moderation_audit.id`).
    pub before_id: Option<i64>,
}

fn narrowed(filter: &AuditFilter) -> Narrowed {
    let mut within = Narrowed::default();
    let numbers = [
        ("channel_id = ?", filter.channel_id),
        ("by_actor_id = ?", filter.by),
        ("author_id = ?", filter.author_id),
        ("list_id = ?", filter.list_id),
        ("at >= ?", filter.since.map(|at| at.0)),
        ("at < ?", filter.until.map(|at| at.0)),
        ("id < ?", filter.before_id),
    ];
    for (condition, number) in numbers {
        if let Some(number) = number {
            within.int(condition, number);
        }
    }
    if let Some(deed) = filter.deed {
        within.text("deed = ?", deed.name());
    }
    if let Some(search) = filter.search.as_deref() {
        within.text("excerpt_folded LIKE ? ESCAPE '!'", like(&sort_key(search)));
    }
    if let Some(plugin) = filter.plugin.as_deref() {
        let named = format!("\"plugin\":{}", serde_json::Value::from(plugin));
        within.text("reasons LIKE ? ESCAPE '!'", like(&named));
    }
    within
}

/// Rows of the log, newest first; and how many there are.
///
/// # Errors
/// The engine's.
pub async fn page(
    conn: &mut Conn,
    filter: &AuditFilter,
    window: Window,
) -> Result<(i64, Vec<AuditRow>), DbError> {
    let within = narrowed(filter);
    let condition = within.condition();
    let count = sql(format!("SELECT COUNT(*) AS n FROM moderation_audit{condition}"));
    let total = within.bind(count).one(conn).await?.int("n")?;
    let text = format!(
        "SELECT {COLUMNS} FROM moderation_audit{condition} ORDER BY id DESC LIMIT {} OFFSET {}",
        within.next(1),
        within.next(2)
    );
    let rows = within.bind(sql(text)).int(window.count).int(window.start).all(conn).await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}

/// The next `limit` rows below `filter.before_id`, newest first: for an export in pieces.
///
/// # Errors
/// The engine's.
pub async fn piece(
    conn: &mut Conn,
    filter: &AuditFilter,
    limit: i64,
) -> Result<Vec<AuditRow>, DbError> {
    let within = narrowed(filter);
    let text = format!(
        "SELECT {COLUMNS} FROM moderation_audit{} ORDER BY id DESC LIMIT {}",
        within.condition(),
        within.next(1)
    );
    within.bind(sql(text)).int(limit).all(conn).await?.iter().map(read).collect()
}

/// Some rows by id, in no order.
///
/// # Errors
/// The engine's.
pub async fn by_ids(conn: &mut Conn, ids: &[i64]) -> Result<Vec<AuditRow>, DbError> {
    let within = conn.engine().ints_in("$1");
    let text = format!("SELECT {COLUMNS} FROM moderation_audit WHERE id IN {within}");
    sql(text).ints(ids).all(conn).await?.iter().map(read).collect()
}

/// Forgets rows older than `before`, unless somebody still has to look at what they are about.
///
/// # Errors
/// The engine's.
pub async fn forget(tx: &mut Tx, before: Millis) -> Result<u64, DbError> {
    sql("DELETE FROM moderation_audit WHERE at < $1 AND NOT EXISTS \
         (SELECT 1 FROM review_items i WHERE i.id = moderation_audit.id AND i.waiting = 1)")
    .int(before.0)
    .run(tx)
    .await
}
