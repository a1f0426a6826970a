//! Where is commented? What decides about comments under one video.

use uuid::Uuid;

use crate::db::{Conn, DbError, Row, Tx, sql};
use crate::domain::{Millis, Privacy};

/// A video, as far as its comments are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoPlace {
    /// `videos.id`.
    pub id: i64,
    /// `videos.uuid`.
    pub uuid: Uuid,
    /// ActivityPub id.
    pub ap_url: String,
    /// Title.
    pub name: String,
    /// PeerTube's state.
    pub state: i64,
    /// Who may see it.
    pub privacy: Privacy,
    /// Language code.
    pub language: Option<String>,
    /// PeerTube's comments policy.
    pub policy: i64,
    /// Seconds between two comments of one person; 0: none.
    pub pause_s: i64,
    /// `channels.id`.
    pub channel_id: i64,
    /// `accounts.id` of its owner.
    pub account_id: i64,
    /// `actors.id` of its owner's account.
    pub owner_actor_id: i64,
    /// `users.id` of its owner, when they are here.
    pub owner_user_id: Option<i64>,
}

const SELECT: &str = "SELECT v.id, v.uuid, v.ap_url, v.name, v.state, v.privacy, v.language, \
    v.comments_policy, COALESCE(v.comments_pause_s, ch.comments_pause_s) AS pause_s, \
    v.channel_id, ch.account_id, a.actor_id AS owner_actor_id, a.user_id AS owner_user_id \
    FROM videos v JOIN channels ch ON ch.id = v.channel_id JOIN accounts a ON a.id = ch.account_id";

fn read(row: &Row) -> Result<VideoPlace, DbError> {
    let privacy = Privacy::try_from(row.int("privacy")?)
        .map_err(|_| DbError::Column { column: "privacy".to_owned(), wanted: "privacy" })?;
    Ok(VideoPlace {
        id: row.int("id")?,
        uuid: row.uuid("uuid")?,
        ap_url: row.text("ap_url")?,
        name: row.text("name")?,
        state: row.int("state")?,
        privacy,
        language: row.text_opt("language")?,
        policy: row.int("comments_policy")?,
        pause_s: row.int("pause_s")?,
        channel_id: row.int("channel_id")?,
        account_id: row.int("account_id")?,
        owner_actor_id: row.int("owner_actor_id")?,
        owner_user_id: row.int_opt("owner_user_id")?,
    })
}

/// A video by id.
///
/// # Errors
/// The engine's.
pub async fn of_video(conn: &mut Conn, video_id: i64) -> Result<Option<VideoPlace>, DbError> {
    let text = format!("{SELECT} WHERE v.id = $1");
    sql(text).int(video_id).optional(conn).await?.as_ref().map(read).transpose()
}

/// Videos by id, in no order.
///
/// # Errors
/// The engine's.
pub async fn of_videos(conn: &mut Conn, ids: &[i64]) -> Result<Vec<VideoPlace>, DbError> {
    let text = format!("{SELECT} WHERE v.id IN {}", conn.engine().ints_in("$1"));
    sql(text).ints(ids).all(conn).await?.iter().map(read).collect()
}

/// Shown comments under a video.
///
/// # Errors
/// The engine's.
pub async fn count(conn: &mut Conn, video_id: i64) -> Result<i64, DbError> {
    let row = sql("SELECT comments FROM videos WHERE id = $1").int(video_id).optional(conn).await?;
    row.map_or(Ok(0), |row| row.int("comments"))
}

/// When somebody commented last under a video, gone comments with replies included.
///
/// # Errors
/// The engine's.
pub async fn last_comment(
    conn: &mut Conn,
    video_id: i64,
    actor_id: i64,
) -> Result<Option<Millis>, DbError> {
    let row = sql("SELECT created_at FROM comments WHERE actor_id = $1 AND video_id = $2 \
                   ORDER BY created_at DESC, id DESC LIMIT 1")
    .int(actor_id)
    .int(video_id)
    .optional(conn)
    .await?;
    row.map(|row| row.millis("created_at")).transpose()
}

/// What new videos of a channel begin with: policy, and seconds between comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelDefaults {
    /// PeerTube's comments policy.
    pub policy: i64,
    /// Seconds between two comments of one person; 0: none.
    pub pause_s: i64,
}

/// Sets a channel's defaults. The pause is in force for its videos at once, the policy for the
/// next ones.
///
/// # Errors
/// The engine's.
pub async fn set_channel_defaults(
    tx: &mut Tx,
    channel_id: i64,
    defaults: ChannelDefaults,
) -> Result<(), DbError> {
    sql("UPDATE channels SET comments_policy = $1, comments_pause_s = $2 WHERE id = $3")
        .int(defaults.policy)
        .int(defaults.pause_s)
        .int(channel_id)
        .run(tx)
        .await?;
    Ok(())
}
