//! Which pictures do accounts and channels show? Avatars and banners, in several sizes each.

use std::collections::HashMap;

use super::accounts::ActorRow;
use super::{Conn, DbError, Row, Tx, sql};
use crate::domain::Millis;

/// What a picture is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImageKind {
    /// Square, beside the name.
    Avatar,
    /// Wide, on top of a channel's page.
    Banner,
}

impl ImageKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Avatar => "avatar",
            Self::Banner => "banner",
        }
    }

    fn parse(name: &str) -> Result<Self, DbError> {
        match name {
            "avatar" => Ok(Self::Avatar),
            "banner" => Ok(Self::Banner),
            _ => Err(DbError::Column { column: "kind".to_owned(), wanted: "image kind" }),
        }
    }
}

/// One size of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRow {
    /// What it is for.
    pub kind: ImageKind,
    /// File name, the same in the store and in its address.
    pub file: String,
    /// Pixels.
    pub width: i64,
    /// Pixels.
    pub height: i64,
    /// When it was chosen.
    pub created_at: Millis,
    /// Last change.
    pub updated_at: Millis,
}

/// One size of a picture to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewImage {
    /// File name, the same in the store and in its address.
    pub file: String,
    /// Pixels.
    pub width: i64,
    /// Pixels.
    pub height: i64,
}

fn read(row: &Row) -> Result<ImageRow, DbError> {
    Ok(ImageRow {
        kind: ImageKind::parse(&row.text("kind")?)?,
        file: row.text("file")?,
        width: row.int("width")?,
        height: row.int("height")?,
        created_at: row.millis("created_at")?,
        updated_at: row.millis("updated_at")?,
    })
}

/// Gives actors their pictures, smallest first.
///
/// # Errors
/// The engine's.
pub(super) async fn fill<'a>(
    conn: &mut Conn,
    actors: impl Iterator<Item = &'a mut ActorRow>,
) -> Result<(), DbError> {
    let mut actors: Vec<&mut ActorRow> = actors.collect();
    let mut ids: Vec<i64> = actors.iter().map(|actor| actor.id).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(());
    }
    let text = format!(
        "SELECT actor_id, kind, file, width, height, created_at, updated_at FROM actor_images \
         WHERE actor_id IN {} ORDER BY actor_id, width",
        conn.engine().ints_in("$1")
    );
    let mut found: HashMap<i64, Vec<ImageRow>> = HashMap::new();
    for row in sql(text).ints(&ids).all(conn).await? {
        found.entry(row.int("actor_id")?).or_default().push(read(&row)?);
    }
    for actor in &mut actors {
        actor.images = found.get(&actor.id).cloned().unwrap_or_default();
    }
    Ok(())
}

/// The pictures of one actor and kind, smallest first.
///
/// # Errors
/// The engine's.
pub async fn of_actor(
    conn: &mut Conn,
    actor_id: i64,
    kind: ImageKind,
) -> Result<Vec<ImageRow>, DbError> {
    sql("SELECT kind, file, width, height, created_at, updated_at FROM actor_images \
         WHERE actor_id = $1 AND kind = $2 ORDER BY width")
    .int(actor_id)
    .text(kind.name())
    .all(conn)
    .await?
    .iter()
    .map(read)
    .collect()
}

/// A picture by its file name.
///
/// # Errors
/// The engine's.
pub async fn by_file(conn: &mut Conn, file: &str) -> Result<Option<ImageRow>, DbError> {
    sql("SELECT kind, file, width, height, created_at, updated_at FROM actor_images \
         WHERE file = $1")
    .text(file)
    .optional(conn)
    .await?
    .map(|row| read(&row))
    .transpose()
}

/// Puts pictures in place of the actor's old ones of this kind, whose files are returned for
/// deletion. No pictures: the actor has none any more.
///
/// # Errors
/// The engine's.
pub async fn replace(
    tx: &mut Tx,
    actor_id: i64,
    kind: ImageKind,
    images: &[NewImage],
    now: Millis,
) -> Result<Vec<String>, DbError> {
    let old = of_actor(tx, actor_id, kind).await?.into_iter().map(|image| image.file).collect();
    sql("DELETE FROM actor_images WHERE actor_id = $1 AND kind = $2")
        .int(actor_id)
        .text(kind.name())
        .run(tx)
        .await?;
    for image in images {
        sql("INSERT INTO actor_images (actor_id, kind, file, width, height, created_at, \
             updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)")
        .int(actor_id)
        .text(kind.name())
        .text(&image.file)
        .int(image.width)
        .int(image.height)
        .int(now.0)
        .run(tx)
        .await?;
    }
    Ok(old)
}
