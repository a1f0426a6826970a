//! How much is there? Counts over the whole instance, for its public statistics.

use super::{Conn, DbError, sql};
use crate::domain::Millis;

/// Counts of one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// Users.
    pub users: i64,
    /// Users who signed in within a day, a week and thirty days.
    pub active_users: [i64; 3],
    /// Moderators.
    pub moderators: i64,
    /// Administrators.
    pub administrators: i64,
    /// Videos of this server.
    pub local_videos: i64,
    /// Views of them.
    pub local_views: i64,
    /// Comments under them.
    pub local_comments: i64,
    /// Bytes of their finished renditions.
    pub local_bytes: i64,
    /// Videos, those of other servers included.
    pub videos: i64,
    /// Comments under them.
    pub comments: i64,
    /// Channels of this server.
    pub channels: i64,
    /// Channels that published something within a day, a week and thirty days.
    pub active_channels: [i64; 3],
}

/// Days that "active" is about.
const PERIODS_DAYS: [u64; 3] = [1, 7, 30];

/// Counts everything.
///
/// # Errors
/// The engine's.
pub async fn count(conn: &mut Conn, now: Millis) -> Result<Stats, DbError> {
    let users = sql("SELECT COUNT(*) AS n, \
         CAST(COALESCE(SUM(CASE WHEN role = 1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS moderators, \
         CAST(COALESCE(SUM(CASE WHEN role = 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS administrators \
         FROM users")
    .one(conn)
    .await?;
    let videos = sql("SELECT COUNT(*) AS n, \
         CAST(COALESCE(SUM(comments), 0) AS BIGINT) AS comments, \
         CAST(COALESCE(SUM(CASE WHEN remote = 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS locals, \
         CAST(COALESCE(SUM(CASE WHEN remote = 0 THEN views ELSE 0 END), 0) AS BIGINT) AS views, \
         CAST(COALESCE(SUM(CASE WHEN remote = 0 THEN comments ELSE 0 END), 0) AS BIGINT) \
         AS local_comments FROM videos")
    .one(conn)
    .await?;
    let bytes = sql("SELECT CAST(COALESCE(SUM(r.size_bytes), 0) AS BIGINT) AS n \
         FROM renditions r JOIN media_sets s ON s.id = r.media_set_id WHERE s.state = 'complete'")
    .one(conn)
    .await?;
    let channels = sql("SELECT COUNT(*) AS n FROM channels c JOIN actors x ON x.id = c.actor_id \
         WHERE x.host = '' AND x.deleted_at IS NULL")
    .one(conn)
    .await?;
    let mut stats = Stats {
        users: users.int("n")?,
        moderators: users.int("moderators")?,
        administrators: users.int("administrators")?,
        local_videos: videos.int("locals")?,
        local_views: videos.int("views")?,
        local_comments: videos.int("local_comments")?,
        local_bytes: bytes.int("n")?,
        videos: videos.int("n")?,
        comments: videos.int("comments")?,
        channels: channels.int("n")?,
        ..Stats::default()
    };
    let active = stats.active_users.iter_mut().zip(stats.active_channels.iter_mut());
    for ((users, channels), days) in active.zip(PERIODS_DAYS) {
        let since = now.minus(std::time::Duration::from_secs(days * 24 * 3600));
        *users = sql("SELECT COUNT(*) AS n FROM users WHERE last_login_at >= $1")
            .int(since.0)
            .one(conn)
            .await?
            .int("n")?;
        *channels = sql("SELECT COUNT(DISTINCT channel_id) AS n FROM videos \
             WHERE remote = 0 AND published_at >= $1")
        .int(since.0)
        .one(conn)
        .await?
        .int("n")?;
    }
    Ok(stats)
}
