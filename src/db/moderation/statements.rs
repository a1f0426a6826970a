//! Which acts restricted whom, and for which reasons? A statement for each, kept for whom it
//! concerns; once names and words are forgotten, for counting only.

use crate::db::revisions::SubjectKind;
use crate::db::{Conn, DbError, Row, Tx, jobs, sql};
use crate::domain::moderation::{Reason, Source};
use crate::domain::statement::{Act, Ground};
use crate::domain::{Job, Millis, NotifyEvent, Window};

/// Characters of a text that stand for it.
const LABEL: usize = 200;
/// Characters of a reason at most.
const REASON: usize = 3_000;

/// A statement about to be.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewStatement<'a> {
    /// What was done.
    pub act: Act,
    /// To what.
    pub subject: Option<(SubjectKind, i64)>,
    /// What it is called by whom it concerns: a title, the start of a text.
    pub label: &'a str,
    /// `actors.id` of whom it concerns.
    pub to_actor_id: Option<i64>,
    /// `actors.id` of who did it.
    pub by_actor_id: Option<i64>,
    /// A rule found it, no human did.
    pub automated: bool,
    /// What it rests on.
    pub ground: Ground,
    /// In words for whom it concerns; may be empty.
    pub reason: &'a str,
    /// `moderation_audit.id`.
    pub audit_id: Option<i64>,
}

/// What says how an act stands, and what led to it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ties {
    /// `review_items.id`.
    pub item_id: Option<i64>,
    /// `author_blocks.id`.
    pub block_id: Option<i64>,
    /// It ends on its own.
    pub until: Option<Millis>,
    /// Who gave the reason of an automated act.
    pub rule: Option<Source>,
}

/// Keeps a statement and returns its id; whom it concerns is told, unless another notification
/// does. Wake the jobs after the commit.
///
/// # Errors
/// The engine's.
pub async fn record(tx: &mut Tx, new: &NewStatement<'_>, now: Millis) -> Result<i64, DbError> {
    record_tied(tx, new, Ties::default(), now).await
}

/// As [`record`], for acts whose state is kept elsewhere.
pub(super) async fn record_tied(
    tx: &mut Tx,
    new: &NewStatement<'_>,
    ties: Ties,
    now: Millis,
) -> Result<i64, DbError> {
    let reason: String = new.reason.trim().chars().take(REASON).collect();
    let id = sql("INSERT INTO statements (act, subject_kind, subject_id, label, actor_id, \
         by_actor_id, automated, ground, rule, reason, audit_id, item_id, block_id, until, \
         created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
         RETURNING id")
    .text(new.act.name())
    .text_opt(new.subject.map(|(kind, _)| kind.name()))
    .int_opt(new.subject.map(|(_, id)| id))
    .text(label(new.label))
    .int_opt(new.to_actor_id)
    .int_opt(new.by_actor_id)
    .int(new.automated)
    .text(new.ground.name())
    .text(ties.rule.map_or("", Source::name))
    .text(reason)
    .int_opt(new.audit_id)
    .int_opt(ties.item_id)
    .int_opt(ties.block_id)
    .int_opt(ties.until.map(|at| at.0))
    .int(now.0)
    .one(tx)
    .await?
    .int("id")?;
    let other = new.to_actor_id.is_some() && new.to_actor_id != new.by_actor_id;
    if new.act.is_told() && other {
        let event = NotifyEvent::Statement { statement_id: id };
        jobs::enqueue(tx, &Job::Notify { event }, now, None, now).await?;
    }
    Ok(id)
}

/// The start of a text, on one line.
fn label(text: &str) -> String {
    let mut line: String = text
        .chars()
        .map(|c| if c.is_whitespace() || c.is_control() { ' ' } else { c })
        .take(LABEL)
        .collect();
    if text.chars().count() > LABEL {
        line.push('…');
    }
    line.trim().to_owned()
}

/// Keeps the statement of a text that was held or refused by rules: its item of the queue
/// (`audit_id`) says how it stands.
///
/// # Errors
/// The engine's.
pub async fn text_withheld(
    tx: &mut Tx,
    new: &NewStatement<'_>,
    reasons: &[Reason],
    now: Millis,
) -> Result<i64, DbError> {
    // The strictest reason decided.
    let rule = reasons.iter().max_by_key(|reason| reason.action.verdict());
    let ties =
        Ties { item_id: new.audit_id, rule: rule.map(|reason| reason.source), ..Ties::default() };
    record_tied(tx, new, ties, now).await
}

/// Keeps the statement of what a human decided about an item of the queue, in the place of an
/// earlier refusal.
///
/// # Errors
/// The engine's.
pub async fn of_item(
    tx: &mut Tx,
    new: &NewStatement<'_>,
    item_id: i64,
    now: Millis,
) -> Result<i64, DbError> {
    sql("UPDATE statements SET ended_at = $1 WHERE item_id = $2 AND act = $3 \
         AND ended_at IS NULL")
    .int(now.0)
    .int(item_id)
    .text(new.act.name())
    .run(tx)
    .await?;
    record_tied(tx, new, Ties { item_id: Some(item_id), ..Ties::default() }, now).await
}

/// Whose statements end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To<'a> {
    /// Those about something.
    Subject((SubjectKind, i64)),
    /// Those to somebody (`actors.id`).
    Actor(i64),
    /// That about what bears a name, of those that a row of the log (`moderation_audit.id`) led to.
    Named(i64, &'a str),
}

/// An act was lifted: unblocked, let in again.
///
/// # Errors
/// The engine's.
pub async fn lift(tx: &mut Tx, act: Act, of: To<'_>, now: Millis) -> Result<(), DbError> {
    let statement = match of {
        To::Subject((kind, id)) => sql("UPDATE statements SET ended_at = $1 WHERE act = $2 \
             AND ended_at IS NULL AND subject_kind = $3 AND subject_id = $4")
        .int(now.0)
        .text(act.name())
        .text(kind.name())
        .int(id),
        To::Actor(id) => sql("UPDATE statements SET ended_at = $1 WHERE act = $2 \
             AND ended_at IS NULL AND actor_id = $3")
        .int(now.0)
        .text(act.name())
        .int(id),
        To::Named(audit_id, name) => sql("UPDATE statements SET ended_at = $1 WHERE act = $2 \
             AND ended_at IS NULL AND audit_id = $3 AND label = $4")
        .int(now.0)
        .text(act.name())
        .int(audit_id)
        .text(label(name)),
    };
    statement.run(tx).await?;
    Ok(())
}

/// An author's block was lifted.
pub(super) async fn block_lifted(tx: &mut Tx, block_id: i64, now: Millis) -> Result<(), DbError> {
    sql("UPDATE statements SET ended_at = $1 WHERE block_id = $2 AND ended_at IS NULL")
        .int(now.0)
        .int(block_id)
        .run(tx)
        .await?;
    Ok(())
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRow {
    /// `statements.id`.
    pub id: i64,
    /// What was done, by name.
    pub act: String,
    /// To what.
    pub subject: Option<(SubjectKind, i64)>,
    /// What it is called by whom it concerns.
    pub label: String,
    /// `actors.id` of whom it concerns.
    pub actor_id: Option<i64>,
    /// A rule found it, no human did.
    pub automated: bool,
    /// What it rests on, by name.
    pub ground: String,
    /// Who gave the reason of an automated act, by name; else empty.
    pub rule: String,
    /// In words for whom it concerns; may be empty.
    pub reason: String,
    /// `review_items.id`.
    pub item_id: Option<i64>,
    /// It ends on its own.
    pub until: Option<Millis>,
    /// When it was lifted.
    pub ended_at: Option<Millis>,
    /// Since when.
    pub created_at: Millis,
}

const COLUMNS: &str = "id, act, subject_kind, subject_id, label, actor_id, automated, ground, \
    rule, reason, item_id, until, ended_at, created_at";

fn read(row: &Row) -> Result<StatementRow, DbError> {
    let kind = row.text_opt("subject_kind")?.as_deref().and_then(SubjectKind::parse);
    Ok(StatementRow {
        id: row.int("id")?,
        act: row.text("act")?,
        subject: kind.zip(row.int_opt("subject_id")?),
        label: row.text("label")?,
        actor_id: row.int_opt("actor_id")?,
        automated: row.flag("automated")?,
        ground: row.text("ground")?,
        rule: row.text("rule")?,
        reason: row.text("reason")?,
        item_id: row.int_opt("item_id")?,
        until: row.int_opt("until")?.map(Millis),
        ended_at: row.int_opt("ended_at")?.map(Millis),
        created_at: row.millis("created_at")?,
    })
}

/// A statement.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<StatementRow>, DbError> {
    let text = format!("SELECT {COLUMNS} FROM statements WHERE id = $1");
    sql(text).int(id).optional(conn).await?.as_ref().map(read).transpose()
}

/// Statements to somebody, newest first; and how many there are.
///
/// # Errors
/// The engine's.
pub async fn of_actor(
    conn: &mut Conn,
    actor_id: i64,
    window: Window,
) -> Result<(i64, Vec<StatementRow>), DbError> {
    let total = sql("SELECT COUNT(*) AS n FROM statements WHERE actor_id = $1")
        .int(actor_id)
        .one(conn)
        .await?
        .int("n")?;
    let text = format!(
        "SELECT {COLUMNS} FROM statements WHERE actor_id = $1 \
         ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3"
    );
    let rows = sql(text).int(actor_id).int(window.count).int(window.start).all(conn).await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}

/// Forgets names and words of statements made before `before`, unless the act still stands; the
/// rows stay to be counted.
///
/// # Errors
/// The engine's.
pub async fn forget(tx: &mut Tx, before: Millis) -> Result<(), DbError> {
    sql("UPDATE statements SET actor_id = NULL, by_actor_id = NULL, subject_id = NULL, \
         label = '', reason = '' WHERE created_at < $1 \
         AND (actor_id IS NOT NULL OR label <> '' OR reason <> '') \
         AND (ended_at IS NOT NULL OR act NOT IN ('author-blocked', 'account-suspended', \
         'account-blocked', 'video-blocked', 'server-blocked'))")
    .int(before.0)
    .run(tx)
    .await?;
    Ok(())
}

/// Forgets names and words of statements to somebody whose account ends.
///
/// # Errors
/// The engine's.
pub async fn forget_actor(tx: &mut Tx, actor_id: i64) -> Result<(), DbError> {
    sql("UPDATE statements SET actor_id = NULL, subject_id = NULL, label = '', reason = '' \
         WHERE actor_id = $1")
    .int(actor_id)
    .run(tx)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_one_short_line() {
        assert_eq!(label("  Hello\n\u{7}world "), "Hello  world");
        let long = label(&"é".repeat(LABEL + 1));
        assert_eq!(long.chars().count(), LABEL + 1);
        assert!(long.ends_with('…'));
    }
}
