//! How does a video come to be? Its row, tags, passwords and first file.

use uuid::Uuid;

use crate::db::changes::{self, ChangeKind};
use crate::db::{Conn, DbError, Tx, sql};
use crate::domain::{Millis, P2pPolicy, Privacy, VideoState, sort_key};

/// The channel a video goes into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelOwner {
    /// `accounts.id`.
    pub account_id: i64,
    /// `actors.id` of the account.
    pub actor_id: i64,
    /// `users.id`: whose quota counts.
    pub user_id: i64,
}

/// Who owns a local channel; `None` when it does not exist here.
///
/// # Errors
/// The engine's.
pub async fn channel_owner(conn: &mut Conn, id: i64) -> Result<Option<ChannelOwner>, DbError> {
    sql(
        "SELECT a.id, a.actor_id, a.user_id FROM channels c JOIN accounts a ON a.id = c.account_id \
         WHERE c.id = $1 AND a.user_id IS NOT NULL",
    )
    .int(id)
    .optional(conn)
    .await?
    .map(|row| {
        Ok(ChannelOwner {
            account_id: row.int("id")?,
            actor_id: row.int("actor_id")?,
            user_id: row.int("user_id")?,
        })
    })
    .transpose()
}

/// A video about to be.
#[derive(Debug, Clone)]
pub struct NewVideo {
    /// Made by the caller, so that keys can be named before the row exists.
    pub uuid: Uuid,
    /// Its ActivityPub id.
    pub ap_url: String,
    /// `channels.id`.
    pub channel_id: i64,
    /// `actors.id` of whoever wrote the texts.
    pub actor_id: i64,
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
    /// What is being done with it.
    pub state: VideoState,
    /// Not for everybody's eyes.
    pub nsfw: bool,
    /// Sum of PeerTube's NSFW flags.
    pub nsfw_flags: i64,
    /// Why it is not for everybody.
    pub nsfw_summary: Option<String>,
    /// List it only when every rendition is made.
    pub wait_transcoding: bool,
    /// Viewers may download files.
    pub download_enabled: bool,
    /// PeerTube's comments policy; `None`: what the channel's videos begin with.
    pub comments_policy: Option<i64>,
    /// Seconds between two comments of one person; `None`: as the channel.
    pub comments_pause_s: Option<i64>,
    /// Length, milliseconds.
    pub duration_ms: i64,
    /// Width over height in millionths; `None` for sound.
    pub aspect_ratio_millionths: Option<i64>,
    /// When another privacy comes into force, and which.
    pub schedule: Option<(Millis, Privacy)>,
    /// When it was first shown elsewhere.
    pub originally_published_at: Option<Millis>,
    /// Sharing between viewers; `None`: what its kind has.
    pub p2p: Option<P2pPolicy>,
    /// Tags, in order.
    pub tags: Vec<String>,
    /// Passwords, sealed.
    pub passwords_sealed: Vec<Vec<u8>>,
}

/// Adds the video with its tags, passwords and change row; returns its id. The caller keeps the
/// versions of its texts.
///
/// # Errors
/// The engine's.
pub async fn video(tx: &mut Tx, new: &NewVideo, now: Millis) -> Result<i64, DbError> {
    let id = row(tx, new, now).await?;
    for (position, tag) in (0_i64..).zip(&new.tags) {
        sql("INSERT INTO video_tags (video_id, position, tag, tag_folded) VALUES ($1, $2, $3, $4)")
            .int(id)
            .int(position)
            .text(tag)
            .text(sort_key(tag))
            .run(tx)
            .await?;
    }
    for sealed in &new.passwords_sealed {
        sql("INSERT INTO video_passwords (video_id, password_sealed, created_at, updated_at) \
             VALUES ($1, $2, $3, $4)")
        .int(id)
        .bytes(sealed.as_slice())
        .int(now.0)
        .int(now.0)
        .run(tx)
        .await?;
    }
    changes::record(tx, ChangeKind::Video, id, now).await?;
    Ok(id)
}

async fn row(tx: &mut Tx, new: &NewVideo, now: Millis) -> Result<i64, DbError> {
    sql("INSERT INTO videos (uuid, ap_url, channel_id, name, name_sort, description, support, \
         category, licence, language, privacy, state, nsfw, nsfw_flags, nsfw_summary, \
         wait_transcoding, download_enabled, comments_policy, duration_ms, \
         aspect_ratio_millionths, schedule_at, schedule_privacy, originally_published_at, \
         published_at, created_at, updated_at, p2p_policy, comments_pause_s) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, \
         COALESCE($18, (SELECT comments_policy FROM channels WHERE id = $3)), \
         $19, $20, $21, $22, $23, $24, $25, $26, $27, $28) RETURNING id")
    .text(new.uuid.to_string())
    .text(&new.ap_url)
    .int(new.channel_id)
    .text(&new.name)
    .text(sort_key(&new.name))
    .text_opt(new.description.as_deref())
    .text_opt(new.support.as_deref())
    .int_opt(new.category)
    .int_opt(new.licence)
    .text_opt(new.language.as_deref())
    .int(new.privacy)
    .int(new.state)
    .int(new.nsfw)
    .int(new.nsfw_flags)
    .text_opt(new.nsfw_summary.as_deref())
    .int(new.wait_transcoding)
    .int(new.download_enabled)
    .int_opt(new.comments_policy)
    .int(new.duration_ms)
    .int_opt(new.aspect_ratio_millionths)
    .int_opt(new.schedule.map(|(at, _)| at.0))
    .int_opt(new.schedule.map(|(_, privacy)| privacy.id()))
    .int_opt(new.originally_published_at.map(|at| at.0))
    .int(now.0)
    .int(now.0)
    .int(now.0)
    .text_opt(new.p2p.map(P2pPolicy::name))
    .int_opt(new.comments_pause_s)
    .one(tx)
    .await?
    .int("id")
}

/// An uploaded file in a node's scratch.
#[derive(Debug, Clone)]
pub struct NewOriginal {
    /// `videos.id`.
    pub video_id: i64,
    /// Part of its key in storage.
    pub generation: Uuid,
    /// As its owner named it.
    pub filename: String,
    /// Size, bytes.
    pub size_bytes: i64,
    /// Whose scratch has it.
    pub node: String,
    /// The file there.
    pub scratch_path: String,
    /// What was found in it (JSON of farandole-transcoder's `Probe`).
    pub probe: String,
}

/// Adds an uploaded file and returns its id.
///
/// # Errors
/// The engine's.
pub async fn original(tx: &mut Tx, new: &NewOriginal, now: Millis) -> Result<i64, DbError> {
    sql("INSERT INTO originals (video_id, generation, filename, size_bytes, location, node, \
         scratch_path, probe, created_at) \
         VALUES ($1, $2, $3, $4, 'scratch', $5, $6, $7, $8) RETURNING id")
    .int(new.video_id)
    .text(new.generation.to_string())
    .text(&new.filename)
    .int(new.size_bytes)
    .text(&new.node)
    .text(&new.scratch_path)
    .text(&new.probe)
    .int(now.0)
    .one(tx)
    .await?
    .int("id")
}
