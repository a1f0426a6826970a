//! What was each user told? Rows of `notifications`, and which of them each user wants.

use super::{Conn, DbError, Row, Tx, sql};
use crate::domain::notification::{NotificationKind, NotificationSettings};
use crate::domain::{Millis, Order, Window};

/// Notifications of a user that are kept; older ones go first.
const MOST_OF_USER: i64 = 1_000;

/// A notification to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotification {
    /// `users.id` of who is told.
    pub user_id: i64,
    /// What it is.
    pub kind: NotificationKind,
    /// The same thing is told once.
    pub dedupe: String,
    /// For one that stands for many: it comes back when this is greater than before. 0: never.
    pub mark: i64,
    /// The comment it is about.
    pub comment_id: Option<i64>,
    /// The video it is about.
    pub video_id: Option<i64>,
    /// `actors.id` of who did it.
    pub actor_id: Option<i64>,
    /// The row of the audit log it is about.
    pub audit_id: Option<i64>,
    /// Whatever else this kind tells (JSON).
    pub details: Option<String>,
}

/// Tells a user something, unless they were told. One that stands for many comes back as unread
/// when its mark is raised. True: it is there or is new again.
///
/// # Errors
/// The engine's.
pub async fn tell(tx: &mut Tx, new: &NewNotification, now: Millis) -> Result<bool, DbError> {
    let told = sql("INSERT INTO notifications (user_id, kind, dedupe, mark, read, comment_id, \
         video_id, actor_id, audit_id, details, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10, $10) \
         ON CONFLICT (user_id, dedupe) DO UPDATE SET mark = excluded.mark, read = 0, \
         comment_id = excluded.comment_id, video_id = excluded.video_id, \
         actor_id = excluded.actor_id, audit_id = excluded.audit_id, details = excluded.details, \
         created_at = excluded.created_at, updated_at = excluded.updated_at \
         WHERE notifications.mark < excluded.mark")
    .int(new.user_id)
    .int(new.kind.id())
    .text(&new.dedupe)
    .int(new.mark)
    .int_opt(new.comment_id)
    .int_opt(new.video_id)
    .int_opt(new.actor_id)
    .int_opt(new.audit_id)
    .text_opt(new.details.as_deref())
    .int(now.0)
    .run(tx)
    .await?;
    Ok(told > 0)
}

/// What a user was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationRow {
    /// `notifications.id`.
    pub id: i64,
    /// What it is.
    pub kind: NotificationKind,
    /// They saw it.
    pub read: bool,
    /// The comment it is about.
    pub comment_id: Option<i64>,
    /// The video it is about.
    pub video_id: Option<i64>,
    /// `actors.id` of who did it.
    pub actor_id: Option<i64>,
    /// The row of the audit log it is about.
    pub audit_id: Option<i64>,
    /// Whatever else it tells (JSON).
    pub details: Option<String>,
    /// When they were told.
    pub created_at: Millis,
    /// Last change.
    pub updated_at: Millis,
}

fn read(row: &Row) -> Result<NotificationRow, DbError> {
    let kind = NotificationKind::parse(row.int("kind")?)
        .ok_or_else(|| DbError::Column { column: "kind".to_owned(), wanted: "notification" })?;
    Ok(NotificationRow {
        id: row.int("id")?,
        kind,
        read: row.flag("read")?,
        comment_id: row.int_opt("comment_id")?,
        video_id: row.int_opt("video_id")?,
        actor_id: row.int_opt("actor_id")?,
        audit_id: row.int_opt("audit_id")?,
        details: row.text_opt("details")?,
        created_at: row.millis("created_at")?,
        updated_at: row.millis("updated_at")?,
    })
}

/// Which of a user's notifications.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those not seen yet (or, if false, seen).
    pub unread: Option<bool>,
    /// Only of these kinds, by number; empty: all.
    pub kinds: Vec<i64>,
}

/// A user's notifications by time, and how many there are. Kinds that this program does not know
/// are left out.
///
/// # Errors
/// The engine's.
pub async fn list(
    conn: &mut Conn,
    user_id: i64,
    filter: &Filter,
    order: Order<()>,
    window: Window,
) -> Result<(i64, Vec<NotificationRow>), DbError> {
    let known: Vec<i64> = NotificationKind::ALL.iter().map(|kind| kind.id()).collect();
    let kinds: Vec<i64> = match filter.kinds.as_slice() {
        [] => known,
        asked => asked.iter().copied().filter(|kind| known.contains(kind)).collect(),
    };
    let within = conn.engine().ints_in("$3");
    let of = format!("user_id = $1 AND ($2 = -1 OR read = $2) AND kind IN {within}");
    let read_is = filter.unread.map_or(-1, |unread| i64::from(!unread));
    let bind = |text: String| sql(text).int(user_id).int(read_is).ints(&kinds);
    let count = format!("SELECT COUNT(*) AS n FROM notifications WHERE {of}");
    let total = bind(count).one(conn).await?.int("n")?;
    let way = order.way();
    let text = format!(
        "SELECT id, kind, read, comment_id, video_id, actor_id, audit_id, details, created_at, \
         updated_at FROM notifications WHERE {of} ORDER BY created_at {way}, id {way} \
         LIMIT $4 OFFSET $5"
    );
    let rows = bind(text).int(window.count).int(window.start).all(conn).await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}

/// Marks some of a user's notifications as seen; those of others stay as they are.
///
/// # Errors
/// The engine's.
pub async fn set_read(tx: &mut Tx, user_id: i64, ids: &[i64], now: Millis) -> Result<(), DbError> {
    let text = format!(
        "UPDATE notifications SET read = 1, updated_at = $1 WHERE user_id = $2 AND read = 0 \
         AND id IN {}",
        tx.engine().ints_in("$3")
    );
    sql(text).int(now.0).int(user_id).ints(ids).run(tx).await?;
    Ok(())
}

/// Marks all of a user's notifications as seen.
///
/// # Errors
/// The engine's.
pub async fn set_all_read(tx: &mut Tx, user_id: i64, now: Millis) -> Result<(), DbError> {
    sql("UPDATE notifications SET read = 1, updated_at = $1 WHERE user_id = $2 AND read = 0")
        .int(now.0)
        .int(user_id)
        .run(tx)
        .await?;
    Ok(())
}

/// Forgets notifications older than `before`, and the oldest of who has very many.
///
/// # Errors
/// The engine's.
pub async fn forget(tx: &mut Tx, before: Millis) -> Result<(), DbError> {
    sql("DELETE FROM notifications WHERE created_at < $1").int(before.0).run(tx).await?;
    let crowded = sql("SELECT user_id FROM notifications GROUP BY user_id HAVING COUNT(*) > $1")
        .int(MOST_OF_USER)
        .all(tx)
        .await?;
    for user in crowded {
        sql("DELETE FROM notifications WHERE user_id = $1 AND id NOT IN (SELECT id FROM \
             notifications WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2)")
        .int(user.int("user_id")?)
        .int(MOST_OF_USER)
        .run(tx)
        .await?;
    }
    Ok(())
}

/// What a user wants to be told.
///
/// # Errors
/// The engine's.
pub async fn settings(conn: &mut Conn, user_id: i64) -> Result<NotificationSettings, DbError> {
    let row = sql("SELECT settings FROM notification_settings WHERE user_id = $1")
        .int(user_id)
        .optional(conn)
        .await?;
    let stored = row.map(|row| row.text("settings")).transpose()?;
    Ok(NotificationSettings::stored(stored.as_deref()))
}

/// Keeps what a user wants to be told.
///
/// # Errors
/// The engine's.
pub async fn set_settings(
    tx: &mut Tx,
    user_id: i64,
    settings: &NotificationSettings,
    now: Millis,
) -> Result<(), DbError> {
    let json = serde_json::to_string(settings.json())
        .map_err(|_| DbError::Column { column: "settings".to_owned(), wanted: "settings" })?;
    sql("INSERT INTO notification_settings (user_id, settings, updated_at) VALUES ($1, $2, $3) \
         ON CONFLICT (user_id) DO UPDATE SET settings = excluded.settings, \
         updated_at = excluded.updated_at")
    .int(user_id)
    .text(json)
    .int(now.0)
    .run(tx)
    .await?;
    Ok(())
}

/// A user who may be told something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader {
    /// `users.id`.
    pub user_id: i64,
    /// `accounts.id`.
    pub account_id: i64,
    /// `actors.id` of their account.
    pub actor_id: i64,
    /// Sees everybody's videos.
    pub moderates: bool,
}

const READERS: &str = "SELECT u.id, u.role, a.id AS account_id, a.actor_id FROM users u \
    JOIN accounts a ON a.user_id = u.id WHERE u.blocked = 0";

fn read_reader(row: &Row) -> Result<Reader, DbError> {
    let role = crate::domain::Role::try_from(row.int("role")?);
    Ok(Reader {
        user_id: row.int("id")?,
        account_id: row.int("account_id")?,
        actor_id: row.int("actor_id")?,
        moderates: role.is_ok_and(crate::domain::Role::moderates),
    })
}

/// The users behind some actors, those who are blocked left out.
///
/// # Errors
/// The engine's.
pub async fn readers(conn: &mut Conn, actor_ids: &[i64]) -> Result<Vec<Reader>, DbError> {
    let text = format!("{READERS} AND a.actor_id IN {} ORDER BY u.id", conn.engine().ints_in("$1"));
    sql(text).ints(actor_ids).all(conn).await?.iter().map(read_reader).collect()
}

/// Administrators and moderators of the instance.
///
/// # Errors
/// The engine's.
pub async fn staff(conn: &mut Conn) -> Result<Vec<Reader>, DbError> {
    let text = format!("{READERS} AND u.role IN (0, 1) ORDER BY u.id");
    sql(text).all(conn).await?.iter().map(read_reader).collect()
}

/// `actors.id` of those who were made moderators of a channel.
///
/// # Errors
/// The engine's.
pub async fn channel_moderators(conn: &mut Conn, channel_id: i64) -> Result<Vec<i64>, DbError> {
    sql("SELECT actor_id FROM channel_moderators WHERE channel_id = $1 ORDER BY actor_id")
        .int(channel_id)
        .all(conn)
        .await?
        .iter()
        .map(|row| row.int("actor_id"))
        .collect()
}

/// A decision about a text, as far as people are told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// `open`, `released`, `rejected` or `gone`.
    pub state: String,
    /// What the text belongs to: `comment`, `video`, `account` …
    pub subject_kind: String,
    /// Its id there.
    pub subject_id: i64,
    /// Which of its texts.
    pub field: String,
    /// `actors.id` of who wrote it.
    pub author_id: Option<i64>,
    /// `actors.id` of who decided.
    pub decided_by: Option<i64>,
    /// When.
    pub decided_at: Option<i64>,
    /// The author had asked for another look.
    pub contested: bool,
    /// What the moderator wrote to the author.
    pub answer: Option<String>,
    /// `channels.id`.
    pub channel_id: Option<i64>,
    /// `actors.id` of the channel's owner.
    pub owner_actor_id: Option<i64>,
    /// The comment, when the text is one and is there.
    pub comment_id: Option<i64>,
    /// The video that the text is of or under, when it is there.
    pub video_id: Option<i64>,
}

/// A decision by the id of its review item.
///
/// # Errors
/// The engine's.
pub async fn decision(conn: &mut Conn, audit_id: i64) -> Result<Option<Decision>, DbError> {
    // A text that a list withheld, and that is public again, has an item that is gone.
    let row = sql("SELECT CASE WHEN i.state = 'gone' AND r.state = 'shown' THEN 'released' \
         ELSE i.state END AS state, i.subject_kind, i.subject_id, i.field, i.author_id, \
         i.decided_by, i.decided_at, i.contested_at, i.answer, i.channel_id, \
         a.actor_id AS owner_actor_id, c.id AS comment_id, \
         COALESCE(c.video_id, cap.video_id, v.id) AS video_id FROM review_items i \
         LEFT JOIN revisions r ON r.id = i.revision_id \
         LEFT JOIN comments c ON i.subject_kind = 'comment' AND c.id = i.subject_id \
         LEFT JOIN captions cap ON i.subject_kind = 'caption' AND cap.id = i.subject_id \
         LEFT JOIN videos v ON i.subject_kind = 'video' AND v.id = i.subject_id \
         LEFT JOIN channels ch ON ch.id = i.channel_id \
         LEFT JOIN accounts a ON a.id = ch.account_id WHERE i.id = $1")
    .int(audit_id)
    .optional(conn)
    .await?;
    row.map(|row| {
        Ok(Decision {
            state: row.text("state")?,
            subject_kind: row.text("subject_kind")?,
            subject_id: row.int("subject_id")?,
            field: row.text("field")?,
            author_id: row.int_opt("author_id")?,
            decided_by: row.int_opt("decided_by")?,
            decided_at: row.int_opt("decided_at")?,
            contested: row.int_opt("contested_at")?.is_some(),
            answer: row.text_opt("answer")?,
            channel_id: row.int_opt("channel_id")?,
            owner_actor_id: row.int_opt("owner_actor_id")?,
            comment_id: row.int_opt("comment_id")?,
            video_id: row.int_opt("video_id")?,
        })
    })
    .transpose()
}

/// What of a batch concerns one author.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// `actors.id`.
    pub author_id: i64,
    /// `review_items.id` of the first of their texts.
    pub first_id: i64,
    /// How many texts.
    pub texts: i64,
}

const OF_BATCH: &str = "FROM moderation_batch_items b JOIN moderation_batches m ON m.id = b.batch_id \
    JOIN review_items i ON i.id = b.item_id JOIN revisions r ON r.id = b.revision_id \
    WHERE b.batch_id = $1 AND i.author_id IS NOT NULL";
/// A decision of a batch that stands, by somebody else than the author.
const STANDS: &str = "b.undone = 0 AND i.decided_at IS NOT NULL \
    AND (i.decided_by IS NULL OR i.decided_by <> i.author_id)";
/// One that was undone: what was decided or written since is left alone, and told by itself.
const UNDONE: &str = "b.undone = 1 AND i.decided_at IS NULL AND r.state = b.revision_state \
    AND (m.undone_by IS NULL OR m.undone_by <> i.author_id)";

/// The authors that a batch concerns, with how many texts; or those that its undoing concerns.
/// Answers to what was contested are left out: [`answered`].
///
/// # Errors
/// The engine's.
pub async fn shares(conn: &mut Conn, batch_id: i64, undone: bool) -> Result<Vec<Share>, DbError> {
    let which = if undone {
        UNDONE.to_owned()
    } else {
        format!("{STANDS} AND i.contest_answered_at IS NULL")
    };
    let text = format!(
        "SELECT i.author_id, CAST(MIN(i.id) AS BIGINT) AS first_id, COUNT(*) AS texts \
         {OF_BATCH} AND {which} GROUP BY i.author_id ORDER BY i.author_id"
    );
    let rows = sql(text).int(batch_id).all(conn).await?;
    let read = rows.iter().map(|row| {
        Ok(Share {
            author_id: row.int("author_id")?,
            first_id: row.int("first_id")?,
            texts: row.int("texts")?,
        })
    });
    read.collect()
}

/// `review_items.id` of what a batch decided that its author had contested.
///
/// # Errors
/// The engine's.
pub async fn answered(conn: &mut Conn, batch_id: i64) -> Result<Vec<i64>, DbError> {
    let text = format!(
        "SELECT i.id {OF_BATCH} AND {STANDS} AND i.contest_answered_at IS NOT NULL ORDER BY i.id"
    );
    sql(text).int(batch_id).all(conn).await?.iter().map(|row| row.int("id")).collect()
}
