//! Which passwords open a video? Kept sealed; what they are is for `videos::passwords` to know.

use std::collections::HashMap;

use crate::db::{Conn, DbError, Row, Tx, sql};
use crate::domain::Millis;

/// A password of a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordRow {
    /// `video_passwords.id`.
    pub id: i64,
    /// Sealed by `auth::seal`.
    pub sealed: Vec<u8>,
    /// When it was added.
    pub created_at: Millis,
    /// When it was changed.
    pub updated_at: Millis,
}

fn read(row: &Row) -> Result<PasswordRow, DbError> {
    Ok(PasswordRow {
        id: row.int("id")?,
        sealed: row.bytes("password_sealed")?,
        created_at: row.millis("created_at")?,
        updated_at: row.millis("updated_at")?,
    })
}

/// Every password of a video, oldest first.
///
/// # Errors
/// The engine's.
pub async fn of_video(conn: &mut Conn, video_id: i64) -> Result<Vec<PasswordRow>, DbError> {
    sql("SELECT id, password_sealed, created_at, updated_at FROM video_passwords \
         WHERE video_id = $1 ORDER BY id")
    .int(video_id)
    .all(conn)
    .await?
    .iter()
    .map(read)
    .collect()
}

/// The ids of the passwords of each of the videos `ids` that has some, the oldest first.
///
/// # Errors
/// The engine's.
pub async fn of_videos(conn: &mut Conn, ids: &[i64]) -> Result<HashMap<i64, Vec<i64>>, DbError> {
    let within = conn.engine().ints_in("$1");
    let text =
        format!("SELECT video_id, id FROM video_passwords WHERE video_id IN {within} ORDER BY id");
    let mut found: HashMap<i64, Vec<i64>> = HashMap::new();
    for row in sql(text).ints(ids).all(conn).await? {
        found.entry(row.int("video_id")?).or_default().push(row.int("id")?);
    }
    Ok(found)
}

/// Adds a password.
///
/// # Errors
/// The engine's.
pub async fn insert(
    tx: &mut Tx,
    video_id: i64,
    sealed: &[u8],
    now: Millis,
) -> Result<i64, DbError> {
    sql("INSERT INTO video_passwords (video_id, password_sealed, created_at, updated_at) \
         VALUES ($1, $2, $3, $3) RETURNING id")
    .int(video_id)
    .bytes(sealed)
    .int(now.0)
    .one(tx)
    .await?
    .int("id")
}

/// Takes one password away. False: the video has no such password.
///
/// # Errors
/// The engine's.
pub async fn delete(tx: &mut Tx, video_id: i64, id: i64) -> Result<bool, DbError> {
    let gone = sql("DELETE FROM video_passwords WHERE id = $1 AND video_id = $2")
        .int(id)
        .int(video_id)
        .run(tx)
        .await?;
    Ok(gone == 1)
}

/// Takes every password of a video away.
///
/// # Errors
/// The engine's.
pub async fn clear(tx: &mut Tx, video_id: i64) -> Result<(), DbError> {
    sql("DELETE FROM video_passwords WHERE video_id = $1").int(video_id).run(tx).await?;
    Ok(())
}
