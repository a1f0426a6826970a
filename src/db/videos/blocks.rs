//! Which videos are kept from the public, by whom, and why? The blocklist, and who may publish
//! without being looked at first.

use super::read::read_privacy;
use crate::db::changes::{self, ChangeKind};
use crate::db::conn::like;
use crate::db::{Conn, DbError, Row, Sql, Tx, sql};
use crate::domain::{BlockKind, Millis, Order, Privacy, Role, Window, sort_key};

/// A video in the blocklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockRow {
    /// `video_blocks.id`.
    pub id: i64,
    /// `videos.id`.
    pub video_id: i64,
    /// By whom.
    pub kind: BlockKind,
    /// What its owner is told.
    pub reason: Option<String>,
    /// For moderators.
    pub internal_note: Option<String>,
    /// Other servers are told that it is gone.
    pub unfederated: bool,
    /// Since when.
    pub created_at: Millis,
    /// Last change.
    pub updated_at: Millis,
}

const COLUMNS: &str = "b.id, b.video_id, b.kind, b.reason, b.internal_note, b.unfederated, \
    b.created_at, b.updated_at";

fn read(row: &Row) -> Result<BlockRow, DbError> {
    let kind = BlockKind::try_from(row.int("kind")?)
        .map_err(|_| DbError::Column { column: "kind".to_owned(), wanted: "block" })?;
    Ok(BlockRow {
        id: row.int("id")?,
        video_id: row.int("video_id")?,
        kind,
        reason: row.text_opt("reason")?,
        internal_note: row.text_opt("internal_note")?,
        unfederated: row.flag("unfederated")?,
        created_at: row.millis("created_at")?,
        updated_at: row.millis("updated_at")?,
    })
}

/// The block of a video, if it is in the blocklist.
///
/// # Errors
/// The engine's.
pub async fn of_video(conn: &mut Conn, video_id: i64) -> Result<Option<BlockRow>, DbError> {
    let text = format!("SELECT {COLUMNS} FROM video_blocks b WHERE b.video_id = $1");
    sql(text).int(video_id).optional(conn).await?.as_ref().map(read).transpose()
}

/// A block by its id, while it is in force.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<BlockRow>, DbError> {
    let text = format!("SELECT {COLUMNS} FROM video_blocks b WHERE b.id = $1");
    sql(text).int(id).optional(conn).await?.as_ref().map(read).transpose()
}

/// A block to be.
#[derive(Debug, Clone, Copy)]
pub struct NewBlock<'a> {
    /// `videos.id`.
    pub video_id: i64,
    /// By whom.
    pub kind: BlockKind,
    /// What its owner is told.
    pub reason: Option<&'a str>,
    /// For moderators.
    pub internal_note: Option<&'a str>,
    /// Other servers are told that it is gone.
    pub unfederated: bool,
    /// `actors.id` of who did it; `None`: the server.
    pub by_actor_id: Option<i64>,
}

/// Puts a video into the blocklist, in the place of a block that is there, and tells caches.
/// Returns `video_blocks.id`, a new one each time.
///
/// # Errors
/// The engine's.
pub async fn put(tx: &mut Tx, new: &NewBlock<'_>, now: Millis) -> Result<i64, DbError> {
    sql("DELETE FROM video_blocks WHERE video_id = $1").int(new.video_id).run(tx).await?;
    let id = sql("INSERT INTO video_blocks (video_id, kind, reason, internal_note, unfederated, \
         by_actor_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7) \
         RETURNING id")
    .int(new.video_id)
    .int(new.kind.id())
    .text_opt(new.reason)
    .text_opt(new.internal_note)
    .int(new.unfederated)
    .int_opt(new.by_actor_id)
    .int(now.0)
    .one(tx)
    .await?
    .int("id")?;
    sql("UPDATE videos SET held = held | 2 WHERE id = $1").int(new.video_id).run(tx).await?;
    changes::record(tx, ChangeKind::Video, new.video_id, now).await?;
    Ok(id)
}

/// Writes why a video is blocked, and what moderators noted beside it.
///
/// # Errors
/// The engine's.
pub async fn explain(
    tx: &mut Tx,
    id: i64,
    reason: Option<&str>,
    internal_note: Option<&str>,
    now: Millis,
) -> Result<(), DbError> {
    sql("UPDATE video_blocks SET reason = $1, internal_note = $2, updated_at = $3 WHERE id = $4")
        .text_opt(reason)
        .text_opt(internal_note)
        .int(now.0)
        .int(id)
        .run(tx)
        .await?;
    Ok(())
}

/// Takes a video out of the blocklist and keeps that it was looked at. What waits of its texts
/// goes on hiding it. One that nobody saw before was published now.
///
/// # Errors
/// The engine's.
pub async fn lift(tx: &mut Tx, block: &BlockRow, now: Millis) -> Result<(), DbError> {
    sql("DELETE FROM video_blocks WHERE id = $1").int(block.id).run(tx).await?;
    sql("UPDATE videos SET held = held & 1, reviewed = 1, \
         published_at = CASE WHEN $1 = 2 THEN $2 ELSE published_at END WHERE id = $3")
    .int(block.kind.id())
    .int(now.0)
    .int(block.video_id)
    .run(tx)
    .await?;
    changes::record(tx, ChangeKind::Video, block.video_id, now).await
}

/// What decides whether a moderator looks at a video before everybody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Who may see it.
    pub privacy: Privacy,
    /// A moderator let it pass.
    pub reviewed: bool,
    /// It is in the blocklist.
    pub blocked: bool,
    /// Role of its owner.
    pub owner_role: Role,
    /// PeerTube's `adminFlags` of its owner.
    pub owner_flags: i64,
    /// `actors.id` of its owner.
    pub owner_actor_id: i64,
}

/// How a video of this server stands; `None`: there is none.
///
/// # Errors
/// The engine's.
pub async fn standing(conn: &mut Conn, video_id: i64) -> Result<Option<Standing>, DbError> {
    let row = sql("SELECT v.privacy, v.reviewed, v.held, u.role, u.admin_flags, a.actor_id \
         FROM videos v JOIN channels c ON c.id = v.channel_id JOIN accounts a ON a.id = c.account_id \
         JOIN users u ON u.id = a.user_id WHERE v.id = $1")
    .int(video_id)
    .optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let role = Role::try_from(row.int("role")?);
    Ok(Some(Standing {
        privacy: read_privacy(row.int("privacy")?)?,
        reviewed: row.flag("reviewed")?,
        blocked: row.int("held")? & 2 != 0,
        owner_role: role
            .map_err(|_| DbError::Column { column: "role".to_owned(), wanted: "role" })?,
        owner_flags: row.int("admin_flags")?,
        owner_actor_id: row.int("actor_id")?,
    }))
}

/// Forgets that a moderator looked at a video: what they saw is another now.
///
/// # Errors
/// The engine's.
pub async fn forget_review(tx: &mut Tx, video_id: i64) -> Result<(), DbError> {
    sql("UPDATE videos SET reviewed = 0 WHERE id = $1").int(video_id).run(tx).await?;
    Ok(())
}

/// What the blocklist is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockOrder {
    /// By id.
    Id,
    /// By the moment of the block.
    Created,
    /// By title.
    Name,
    /// By length.
    Duration,
    /// By views.
    Views,
    /// By likes.
    Likes,
    /// By dislikes.
    Dislikes,
    /// By UUID.
    Uuid,
}

impl BlockOrder {
    const fn column(self) -> &'static str {
        match self {
            Self::Id => "b.id",
            Self::Created => "b.created_at",
            Self::Name => "v.name_sort",
            Self::Duration => "v.duration_ms",
            Self::Views => "v.views",
            Self::Likes => "v.likes",
            Self::Dislikes => "v.dislikes",
            Self::Uuid => "v.uuid",
        }
    }
}

/// A part of the blocklist, and how long it is. `search` is looked for in titles and
/// in the names of owners and channels.
///
/// # Errors
/// The engine's.
pub async fn page(
    conn: &mut Conn,
    kind: Option<BlockKind>,
    search: Option<&str>,
    order: Order<BlockOrder>,
    window: Window,
) -> Result<(i64, Vec<BlockRow>), DbError> {
    const FROM: &str = "FROM video_blocks b JOIN videos v ON v.id = b.video_id";
    let mut within = String::from("WHERE 1 = 1");
    if let Some(kind) = kind {
        // A literal, so that the planner sees which part of the index is meant.
        within.push_str(match kind {
            BlockKind::Manual => " AND b.kind = 1",
            BlockKind::Automatic => " AND b.kind = 2",
        });
    }
    let mut next = 1;
    if search.is_some() {
        within.push_str(
            " AND (v.name_sort LIKE $1 ESCAPE '!' OR v.channel_id IN (SELECT c.id FROM channels c \
             JOIN accounts a ON a.id = c.account_id WHERE c.display_sort LIKE $1 ESCAPE '!' OR a.display_sort LIKE $1 ESCAPE '!'))",
        );
        next = 2;
    }
    let bind = |query: Sql| match search {
        Some(search) => query.text(like(&sort_key(search))),
        None => query,
    };
    let count = format!("SELECT COUNT(*) AS n {FROM} {within}");
    let total = bind(sql(count)).one(conn).await?.int("n")?;
    let (column, way) = (order.by.column(), order.way());
    let text = format!(
        "SELECT {COLUMNS} {FROM} {within} ORDER BY {column} {way}, b.id {way} \
         LIMIT ${next} OFFSET ${}",
        next + 1
    );
    let rows = bind(sql(text)).int(window.count).int(window.start).all(conn).await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}
