//! What is known of one video? The row of `videos`, read whole, with its owner's account.

use uuid::Uuid;

use crate::db::{Conn, DbError, Row, sql};
use crate::domain::{BlockKind, Millis, P2pPolicy, Privacy, VideoRef, VideoState};

/// Why a video is in the blocklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// By whom.
    pub kind: BlockKind,
    /// What its owner is told.
    pub reason: Option<String>,
}

/// Everything in a row of `videos`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoRow {
    /// `videos.id`.
    pub id: i64,
    /// `videos.uuid`.
    pub uuid: Uuid,
    /// ActivityPub id.
    pub ap_url: String,
    /// It lives on another server.
    pub remote: bool,
    /// `channels.id`.
    pub channel_id: i64,
    /// `accounts.id` of the channel's owner.
    pub account_id: i64,
    /// `actors.id` of the channel, whose key signs what players check.
    pub channel_actor_id: i64,
    /// The channel's policy of sharing between viewers; `None`: as the instance.
    pub channel_p2p: Option<P2pPolicy>,
    /// Its own; `None`: what its kind has.
    pub p2p: Option<P2pPolicy>,
    /// Title.
    pub name: String,
    /// Markdown.
    pub description: Option<String>,
    /// Markdown.
    pub support: Option<String>,
    /// PeerTube's category.
    pub category: Option<i64>,
    /// PeerTube's licence.
    pub licence: Option<i64>,
    /// Language code.
    pub language: Option<String>,
    /// Who may see it.
    pub privacy: Privacy,
    /// Where its making stands.
    pub state: VideoState,
    /// It can be listed and played, and nothing of it waits for a human.
    pub available: bool,
    /// It is hidden because a text of it waits for a human, or was refused.
    pub held: bool,
    /// It is hidden because it was taken down, for this reason.
    pub taken_down: Option<String>,
    /// It is hidden because it is in the blocklist.
    pub blocked: Option<Blocked>,
    /// Why the worker gave up.
    pub failure: Option<String>,
    /// Not for everybody's eyes.
    pub nsfw: bool,
    /// Sum of PeerTube's NSFW flags.
    pub nsfw_flags: i64,
    /// Why it is not for everybody.
    pub nsfw_summary: Option<String>,
    /// Listed only when every rendition is made.
    pub wait_transcoding: bool,
    /// Viewers may download files.
    pub download_enabled: bool,
    /// PeerTube's comment policy.
    pub comments_policy: i64,
    /// Seconds between two comments of one person; `None`: as the channel.
    pub comments_pause_s: Option<i64>,
    /// The same of the channel; 0: none.
    pub channel_pause_s: i64,
    /// Length, milliseconds; 0 before the probe.
    pub duration_ms: i64,
    /// Width over height in millionths; `None` before the probe and for sound alone.
    pub aspect_ratio_millionths: Option<i64>,
    /// Views counted.
    pub views: i64,
    /// Likes.
    pub likes: i64,
    /// Dislikes.
    pub dislikes: i64,
    /// Comments.
    pub comments: i64,
    /// When its privacy changes on its own, and to which.
    pub schedule: Option<(Millis, Privacy)>,
    /// When it was first shown elsewhere.
    pub originally_published_at: Option<Millis>,
    /// When its file was replaced.
    pub input_file_updated_at: Option<Millis>,
    /// When it was published.
    pub published_at: Millis,
    /// When it was uploaded.
    pub created_at: Millis,
    /// Last change.
    pub updated_at: Millis,
}

/// Columns that [`read`] wants, of `videos v JOIN channels c`.
pub(super) const COLUMNS: &str = "v.id, v.uuid, v.ap_url, v.remote, v.channel_id, c.account_id, \
    c.actor_id AS channel_actor_id, c.p2p_policy AS channel_p2p, v.p2p_policy, \
    v.comments_pause_s, c.comments_pause_s AS channel_pause_s, \
    v.name, v.description, v.support, v.category, v.licence, v.language, v.privacy, v.state, \
    CASE WHEN v.held <> 0 THEN 0 ELSE v.available END AS available, (v.held & 1) AS held, \
    CASE WHEN (v.held & 1) = 1 THEN (SELECT COALESCE(i.answer, '') FROM review_items i WHERE i.subject_kind = 'video' \
    AND i.subject_id = v.id AND i.state = 'rejected' AND i.field = 'takedown' ORDER BY i.id DESC LIMIT 1) \
    END AS taken_down, \
    CASE WHEN v.held >= 2 THEN (SELECT b.kind FROM video_blocks b WHERE b.video_id = v.id) END AS block_kind, \
    CASE WHEN v.held >= 2 THEN (SELECT b.reason FROM video_blocks b WHERE b.video_id = v.id) END AS block_reason, \
    v.failure, v.nsfw, v.nsfw_flags, v.nsfw_summary, v.wait_transcoding, \
    v.download_enabled, v.comments_policy, v.duration_ms, v.aspect_ratio_millionths, v.views, \
    v.likes, v.dislikes, v.comments, v.schedule_at, v.schedule_privacy, \
    v.originally_published_at, v.input_file_updated_at, v.published_at, v.created_at, v.updated_at";
/// Where [`COLUMNS`] are.
pub(super) const FROM: &str = "FROM videos v JOIN channels c ON c.id = v.channel_id";

pub(super) fn read_privacy(number: i64) -> Result<Privacy, DbError> {
    Privacy::try_from(number)
        .map_err(|_| DbError::Column { column: "privacy".to_owned(), wanted: "privacy" })
}

/// A policy of sharing, or NULL.
pub(in crate::db) fn read_p2p(row: &Row, column: &str) -> Result<Option<P2pPolicy>, DbError> {
    let Some(name) = row.text_opt(column)? else { return Ok(None) };
    let wanted = "sharing policy";
    let policy = P2pPolicy::parse(&name);
    policy.map(Some).ok_or_else(|| DbError::Column { column: column.to_owned(), wanted })
}

fn read_blocked(row: &Row) -> Result<Option<Blocked>, DbError> {
    let Some(kind) = row.int_opt("block_kind")? else { return Ok(None) };
    let kind = BlockKind::try_from(kind)
        .map_err(|_| DbError::Column { column: "block_kind".to_owned(), wanted: "block" })?;
    Ok(Some(Blocked { kind, reason: row.text_opt("block_reason")? }))
}

pub(super) fn read(row: &Row) -> Result<VideoRow, DbError> {
    let state = VideoState::try_from(row.int("state")?)
        .map_err(|_| DbError::Column { column: "state".to_owned(), wanted: "video state" })?;
    let schedule = match (row.int_opt("schedule_at")?, row.int_opt("schedule_privacy")?) {
        (Some(at), Some(privacy)) => Some((Millis(at), read_privacy(privacy)?)),
        _ => None,
    };
    Ok(VideoRow {
        id: row.int("id")?,
        uuid: row.uuid("uuid")?,
        ap_url: row.text("ap_url")?,
        remote: row.flag("remote")?,
        channel_id: row.int("channel_id")?,
        account_id: row.int("account_id")?,
        channel_actor_id: row.int("channel_actor_id")?,
        channel_p2p: read_p2p(row, "channel_p2p")?,
        p2p: read_p2p(row, "p2p_policy")?,
        name: row.text("name")?,
        description: row.text_opt("description")?,
        support: row.text_opt("support")?,
        category: row.int_opt("category")?,
        licence: row.int_opt("licence")?,
        language: row.text_opt("language")?,
        privacy: read_privacy(row.int("privacy")?)?,
        state,
        available: row.flag("available")?,
        held: row.flag("held")?,
        taken_down: row.text_opt("taken_down")?,
        blocked: read_blocked(row)?,
        failure: row.text_opt("failure")?,
        nsfw: row.flag("nsfw")?,
        nsfw_flags: row.int("nsfw_flags")?,
        nsfw_summary: row.text_opt("nsfw_summary")?,
        wait_transcoding: row.flag("wait_transcoding")?,
        download_enabled: row.flag("download_enabled")?,
        comments_policy: row.int("comments_policy")?,
        comments_pause_s: row.int_opt("comments_pause_s")?,
        channel_pause_s: row.int("channel_pause_s")?,
        duration_ms: row.int("duration_ms")?,
        aspect_ratio_millionths: row.int_opt("aspect_ratio_millionths")?,
        views: row.int("views")?,
        likes: row.int("likes")?,
        dislikes: row.int("dislikes")?,
        comments: row.int("comments")?,
        schedule,
        originally_published_at: row.int_opt("originally_published_at")?.map(Millis),
        input_file_updated_at: row.int_opt("input_file_updated_at")?.map(Millis),
        published_at: row.millis("published_at")?,
        created_at: row.millis("created_at")?,
        updated_at: row.millis("updated_at")?,
    })
}

/// The video a path names.
///
/// # Errors
/// The engine's.
pub async fn find(conn: &mut Conn, video: VideoRef) -> Result<Option<VideoRow>, DbError> {
    let statement = match video {
        VideoRef::Id(id) => sql(format!("SELECT {COLUMNS} {FROM} WHERE v.id = $1")).int(id),
        VideoRef::Uuid(uuid) => {
            sql(format!("SELECT {COLUMNS} {FROM} WHERE v.uuid = $1")).text(uuid.to_string())
        }
    };
    statement.optional(conn).await?.as_ref().map(read).transpose()
}

/// Some videos, in no order.
///
/// # Errors
/// The engine's.
pub async fn by_ids(conn: &mut Conn, ids: &[i64]) -> Result<Vec<VideoRow>, DbError> {
    let text = format!("SELECT {COLUMNS} {FROM} WHERE v.id IN {}", conn.engine().ints_in("$1"));
    sql(text).ints(ids).all(conn).await?.iter().map(read).collect()
}

/// `videos.id` of a UUID.
///
/// # Errors
/// The engine's.
pub async fn id_of(conn: &mut Conn, uuid: Uuid) -> Result<Option<i64>, DbError> {
    let row =
        sql("SELECT id FROM videos WHERE uuid = $1").text(uuid.to_string()).optional(conn).await?;
    row.map(|row| row.int("id")).transpose()
}

/// Tags of a video, in its owner's order.
///
/// # Errors
/// The engine's.
pub async fn tags(conn: &mut Conn, video_id: i64) -> Result<Vec<String>, DbError> {
    sql("SELECT tag FROM video_tags WHERE video_id = $1 ORDER BY position")
        .int(video_id)
        .all(conn)
        .await?
        .iter()
        .map(|row| row.text("tag"))
        .collect()
}
