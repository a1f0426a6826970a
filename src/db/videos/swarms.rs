//! In which swarms may viewers of a media set meet? Their names, and what decides whether they
//! are open: no policy here.

use uuid::Uuid;

use super::read::{read_p2p, read_privacy};
use crate::db::{Conn, DbError, Row, Tx, sql};
use crate::domain::{P2pPolicy, Privacy};

/// How trackers name a swarm.
pub type InfoHash = [u8; 20];

/// Whose players look for a swarm under its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SwarmKind {
    /// Ours.
    Own,
    /// PeerTube's.
    PeerTube,
}

impl SwarmKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::PeerTube => "peertube",
        }
    }

    fn read(row: &Row) -> Result<Self, DbError> {
        match row.text("kind")?.as_str() {
            "own" => Ok(Self::Own),
            "peertube" => Ok(Self::PeerTube),
            _ => Err(DbError::Column { column: "kind".to_owned(), wanted: "kind of swarm" }),
        }
    }
}

/// The name of a swarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NamedSwarm {
    /// 20 bytes.
    pub info_hash: InfoHash,
    /// Whose.
    pub kind: SwarmKind,
}

fn read(row: &Row) -> Result<NamedSwarm, DbError> {
    let mut info_hash = [0; 20];
    hex::decode_to_slice(row.text("info_hash")?, &mut info_hash)
        .map_err(|_| DbError::Column { column: "info_hash".to_owned(), wanted: "info hash" })?;
    Ok(NamedSwarm { info_hash, kind: SwarmKind::read(row)? })
}

/// Writes the swarms of a set in the place of those it had. The caller writes the change row.
///
/// # Errors
/// The engine's.
pub async fn put(tx: &mut Tx, media_set_id: i64, swarms: &[NamedSwarm]) -> Result<(), DbError> {
    sql("DELETE FROM swarms WHERE media_set_id = $1").int(media_set_id).run(tx).await?;
    for swarm in swarms {
        sql("INSERT INTO swarms (media_set_id, info_hash, kind) VALUES ($1, $2, $3) \
             ON CONFLICT (media_set_id, info_hash) DO NOTHING")
        .int(media_set_id)
        .text(hex::encode(swarm.info_hash))
        .text(swarm.kind.name())
        .run(tx)
        .await?;
    }
    Ok(())
}

/// The swarms of a set, in the order of their names.
///
/// # Errors
/// The engine's.
pub async fn of_set(conn: &mut Conn, media_set_id: i64) -> Result<Vec<NamedSwarm>, DbError> {
    sql("SELECT info_hash, kind FROM swarms WHERE media_set_id = $1 ORDER BY info_hash")
        .int(media_set_id)
        .all(conn)
        .await?
        .iter()
        .map(read)
        .collect()
}

/// A swarm of a set that can be played, with what decides about sharing its video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayableSwarm {
    /// `videos.id`.
    pub video_id: i64,
    /// Of the set.
    pub generation: Uuid,
    /// Its name.
    pub swarm: NamedSwarm,
    /// Who may see the video.
    pub privacy: Privacy,
    /// Not for everybody's eyes.
    pub nsfw: bool,
    /// The video's own policy.
    pub video: Option<P2pPolicy>,
    /// The channel's policy.
    pub channel: Option<P2pPolicy>,
}

/// The swarms of those of the videos `ids` that can be played. While a set takes the place of a
/// complete one, only the complete one's.
///
/// # Errors
/// The engine's.
pub async fn playable(conn: &mut Conn, ids: &[i64]) -> Result<Vec<PlayableSwarm>, DbError> {
    let within = conn.engine().ints_in("$1");
    let text = format!(
        "SELECT s.video_id, s.generation, w.info_hash, w.kind, v.privacy, v.nsfw, v.p2p_policy, \
         c.p2p_policy AS channel_p2p \
         FROM videos v JOIN channels c ON c.id = v.channel_id \
         JOIN media_sets s ON s.video_id = v.id JOIN swarms w ON w.media_set_id = s.id \
         WHERE v.id IN {within} AND v.available = 1 AND v.held = 0 AND v.remote = 0 \
         AND (s.state = 'complete' OR (s.state = 'growing' AND NOT EXISTS (SELECT 1 \
         FROM media_sets o WHERE o.video_id = v.id AND o.state = 'complete')))"
    );
    sql(text)
        .ints(ids)
        .all(conn)
        .await?
        .iter()
        .map(|row| {
            Ok(PlayableSwarm {
                video_id: row.int("video_id")?,
                generation: row.uuid("generation")?,
                swarm: read(row)?,
                privacy: read_privacy(row.int("privacy")?)?,
                nsfw: row.flag("nsfw")?,
                video: read_p2p(row, "p2p_policy")?,
                channel: read_p2p(row, "channel_p2p")?,
            })
        })
        .collect()
}

/// At most `limit` ids of videos that can be played, from the one after `after` on.
///
/// # Errors
/// The engine's.
pub async fn videos_after(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<i64>, DbError> {
    sql("SELECT id FROM videos WHERE id > $1 AND available = 1 AND held = 0 AND remote = 0 ORDER BY id LIMIT $2")
        .int(after)
        .int(limit)
        .all(conn)
        .await?
        .iter()
        .map(|row| row.int("id"))
        .collect()
}
