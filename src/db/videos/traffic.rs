//! How many bytes of a video went which way? Sums by day; nothing about who got them.

use uuid::Uuid;

use crate::db::{Conn, DbError, Row, Tx, sql};

/// Bytes of renditions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Sent by this server for playing.
    pub http_bytes: i64,
    /// Got from other viewers.
    pub p2p_bytes: i64,
    /// Given to other viewers.
    pub upload_bytes: i64,
}

/// The bytes of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Days since 1970-01-01, UTC.
    pub day: i64,
    /// What went that day.
    pub traffic: Traffic,
}

/// A video with all its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Busy {
    /// `videos.uuid`.
    pub uuid: Uuid,
    /// Title.
    pub name: String,
    /// All that went.
    pub traffic: Traffic,
}

/// Stands for all days before those that are kept one by one.
const BEFORE: i64 = 0;
const SUMS: &str = "CAST(COALESCE(SUM(t.http_bytes), 0) AS BIGINT) AS http_bytes, \
    CAST(COALESCE(SUM(t.p2p_bytes), 0) AS BIGINT) AS p2p_bytes, \
    CAST(COALESCE(SUM(t.upload_bytes), 0) AS BIGINT) AS upload_bytes";

fn read(row: &Row) -> Result<Traffic, DbError> {
    Ok(Traffic {
        http_bytes: row.int("http_bytes")?,
        p2p_bytes: row.int("p2p_bytes")?,
        upload_bytes: row.int("upload_bytes")?,
    })
}

fn read_day(row: &Row) -> Result<Day, DbError> {
    Ok(Day { day: row.int("day")?, traffic: read(row)? })
}

/// Adds to a video's day. A video that is gone meanwhile leaves no row.
///
/// # Errors
/// The engine's.
pub async fn add(tx: &mut Tx, video_id: i64, day: i64, more: Traffic) -> Result<(), DbError> {
    sql("INSERT INTO video_traffic (video_id, day, http_bytes, p2p_bytes, upload_bytes) \
         SELECT v.id, $2, $3, $4, $5 FROM videos v WHERE v.id = $1 \
         ON CONFLICT (video_id, day) DO UPDATE SET \
         http_bytes = video_traffic.http_bytes + excluded.http_bytes, \
         p2p_bytes = video_traffic.p2p_bytes + excluded.p2p_bytes, \
         upload_bytes = video_traffic.upload_bytes + excluded.upload_bytes")
    .int(video_id)
    .int(day)
    .int(more.http_bytes)
    .int(more.p2p_bytes)
    .int(more.upload_bytes)
    .run(tx)
    .await?;
    Ok(())
}

/// All bytes of a video, or (`None`) of every video that is there.
///
/// # Errors
/// The engine's.
pub async fn total(conn: &mut Conn, video_id: Option<i64>) -> Result<Traffic, DbError> {
    let text = format!("SELECT {SUMS} FROM video_traffic t WHERE ($1 = 0 OR t.video_id = $1)");
    read(&sql(text).int(video_id.unwrap_or(0)).one(conn).await?)
}

/// The days that are kept one by one, oldest first, of a video or of all.
///
/// # Errors
/// The engine's.
pub async fn days(conn: &mut Conn, video_id: Option<i64>) -> Result<Vec<Day>, DbError> {
    let text = format!(
        "SELECT t.day, {SUMS} FROM video_traffic t \
         WHERE ($1 = 0 OR t.video_id = $1) AND t.day > $2 GROUP BY t.day ORDER BY t.day"
    );
    let query = sql(text).int(video_id.unwrap_or(0)).int(BEFORE);
    query.all(conn).await?.iter().map(read_day).collect()
}

/// The videos of which most bytes went, whichever way.
///
/// # Errors
/// The engine's.
pub async fn busiest(conn: &mut Conn, count: i64) -> Result<Vec<Busy>, DbError> {
    let text = format!(
        "SELECT v.uuid, v.name, {SUMS} FROM video_traffic t JOIN videos v ON v.id = t.video_id \
         GROUP BY v.id, v.uuid, v.name \
         ORDER BY SUM(t.http_bytes) + SUM(t.p2p_bytes) DESC, v.id LIMIT $1"
    );
    sql(text)
        .int(count)
        .all(conn)
        .await?
        .iter()
        .map(|row| {
            let (uuid, name) = (row.uuid("uuid")?, row.text("name")?);
            Ok(Busy { uuid, name, traffic: read(row)? })
        })
        .collect()
}

/// Adds up the days before `day`, so that a video keeps one row for each of the later ones and
/// one for all before.
///
/// # Errors
/// The engine's.
pub async fn fold(tx: &mut Tx, day: i64) -> Result<(), DbError> {
    let text = format!(
        "INSERT INTO video_traffic (video_id, day, http_bytes, p2p_bytes, upload_bytes) \
         SELECT t.video_id, $1, {SUMS} FROM video_traffic t WHERE t.day > $2 AND t.day < $3 \
         GROUP BY t.video_id \
         ON CONFLICT (video_id, day) DO UPDATE SET \
         http_bytes = video_traffic.http_bytes + excluded.http_bytes, \
         p2p_bytes = video_traffic.p2p_bytes + excluded.p2p_bytes, \
         upload_bytes = video_traffic.upload_bytes + excluded.upload_bytes"
    );
    sql(text).int(BEFORE).int(BEFORE).int(day).run(tx).await?;
    sql("DELETE FROM video_traffic WHERE day > $1 AND day < $2")
        .int(BEFORE)
        .int(day)
        .run(tx)
        .await?;
    Ok(())
}
