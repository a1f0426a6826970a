//! How does an account or channel get its pictures? Decoded under limits, cut to shape and
//! encoded anew in several sizes: nothing of the file itself is kept, neither its metadata nor
//! its tricks.

use std::io::Cursor;

use bytes::Bytes;
use farandole_storage::Key;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};
use tokio::sync::Semaphore;

use super::{AccountsError, channels};
use crate::app::App;
use crate::db::actor_images::{self, ImageKind, ImageRow, NewImage};
use crate::db::changes::{self, ChangeKind};
use crate::db::{Tx, actors, jobs};
use crate::domain::{Job, Millis, Principal, keys};
use crate::transact;

/// Largest file taken, bytes.
pub const MAX_FILE_BYTES: usize = 4 << 20;
/// Kinds of files taken.
const FORMATS: [ImageFormat; 4] =
    [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif];
/// Largest side of a picture that is decoded, pixels.
const MAX_SIDE_PX: u32 = 10_000;
/// Memory one decoder may take.
const MAX_DECODER_BYTES: u64 = 160 << 20;
/// JPEG quality, of 100.
const QUALITY: u8 = 85;
/// Sizes of avatars (PeerTube's): width, height.
const AVATARS: [(u32, u32); 4] = [(48, 48), (120, 120), (600, 600), (1500, 1500)];
/// Sizes of banners (PeerTube's).
const BANNERS: [(u32, u32); 2] = [(600, 100), (1920, 317)];

/// One decode may take a lot of memory for a moment: they take turns.
struct Easel(Semaphore);

impl Default for Easel {
    fn default() -> Self {
        Self(Semaphore::new(1))
    }
}

/// One size of a picture, encoded.
struct Encoded {
    bytes: Bytes,
    extension: &'static str,
    width: u32,
    height: u32,
}

/// Gives `who` an avatar; the sizes that are kept are returned.
///
/// # Errors
/// [`AccountsError::NotAPicture`], [`AccountsError::PictureTooLarge`], the store's.
pub async fn set_own_avatar(
    app: &App,
    who: &Principal,
    file: Bytes,
) -> Result<Vec<ImageRow>, AccountsError> {
    put(app, who.actor_id, ImageKind::Avatar, file).await
}

/// Takes the avatar of `who` away.
///
/// # Errors
/// The database's.
pub async fn remove_own_avatar(app: &App, who: &Principal) -> Result<(), AccountsError> {
    take_away(app, who.actor_id, ImageKind::Avatar).await
}

/// Gives a channel an avatar or banner.
///
/// # Errors
/// As [`set_own_avatar`]; [`AccountsError::NoSuch`], [`AccountsError::Forbidden`].
pub async fn set_of_channel(
    app: &App,
    who: &Principal,
    handle: &str,
    kind: ImageKind,
    file: Bytes,
) -> Result<Vec<ImageRow>, AccountsError> {
    let actor_id = editable(app, who, handle).await?;
    put(app, actor_id, kind, file).await
}

/// Takes a channel's avatar or banner away.
///
/// # Errors
/// [`AccountsError::NoSuch`], [`AccountsError::Forbidden`].
pub async fn remove_of_channel(
    app: &App,
    who: &Principal,
    handle: &str,
    kind: ImageKind,
) -> Result<(), AccountsError> {
    let actor_id = editable(app, who, handle).await?;
    take_away(app, actor_id, kind).await
}

/// The actor of a channel whose pictures `who` may change. Asked before a body is read, too.
///
/// # Errors
/// [`AccountsError::NoSuch`], [`AccountsError::Forbidden`].
pub async fn editable(app: &App, who: &Principal, handle: &str) -> Result<i64, AccountsError> {
    let mut conn = app.db().read().await?;
    Ok(channels::editable(app, &mut conn, who, handle).await?.actor.id)
}

/// The storage key of a picture that is in use.
///
/// # Errors
/// [`AccountsError::NoSuch`].
pub async fn stored(app: &App, file: &str, kind: ImageKind) -> Result<String, AccountsError> {
    let mut conn = app.db().read().await?;
    let image = actor_images::by_file(&mut conn, file).await?;
    let image = image.filter(|image| image.kind == kind);
    let image = image.ok_or(AccountsError::NoSuch("Picture not found"))?;
    Ok(keys::actor_image(&image.file))
}

async fn put(
    app: &App,
    actor_id: i64,
    kind: ImageKind,
    file: Bytes,
) -> Result<Vec<ImageRow>, AccountsError> {
    if file.len() > MAX_FILE_BYTES {
        return Err(AccountsError::PictureTooLarge);
    }
    let encoded = encode_all(app, kind, file).await?;
    let mut images = Vec::with_capacity(encoded.len());
    for size in encoded {
        let file = format!("{}.{}", app.new_uuid(), size.extension);
        app.store().put_bytes(&Key::parse(&keys::actor_image(&file))?, size.bytes).await?;
        let (width, height) = (i64::from(size.width), i64::from(size.height));
        images.push(NewImage { file, width, height });
    }
    let now = app.now();
    let kept = transact!(app.db(), tx => {
        replace(tx, actor_id, kind, &images, now).await?;
        actor_images::of_actor(tx, actor_id, kind).await.map_err(AccountsError::from)
    })?;
    app.wake_jobs();
    Ok(kept)
}

async fn take_away(app: &App, actor_id: i64, kind: ImageKind) -> Result<(), AccountsError> {
    let now = app.now();
    transact!(app.db(), tx => { replace(tx, actor_id, kind, &[], now).await })?;
    app.wake_jobs();
    Ok(())
}

/// The old files go by jobs, in the transaction that stops naming them.
pub(super) async fn replace(
    tx: &mut Tx,
    actor_id: i64,
    kind: ImageKind,
    images: &[NewImage],
    now: Millis,
) -> Result<(), AccountsError> {
    for file in actor_images::replace(tx, actor_id, kind, images, now).await? {
        let job = Job::DeleteObjects { prefix: keys::actor_image(&file) };
        jobs::enqueue(tx, &job, now, None, now).await?;
    }
    actors::touch(tx, actor_id, now).await?;
    changes::record(tx, ChangeKind::Actor, actor_id, now).await?;
    Ok(())
}

const UNREADABLE: AccountsError = AccountsError::NotAPicture(
    "This is no picture that can be read. Send a PNG, JPEG, WebP or GIF file of at most 4 MB and \
     10,000 pixels on a side.",
);

async fn encode_all(
    app: &App,
    kind: ImageKind,
    file: Bytes,
) -> Result<Vec<Encoded>, AccountsError> {
    let easel = app.room::<Easel>();
    let _turn = easel.0.acquire().await.map_err(|_| UNREADABLE)?;
    let made = tokio::task::spawn_blocking(move || {
        let picture = decode(&file)?;
        let sizes: &[(u32, u32)] = match kind {
            ImageKind::Avatar => &AVATARS,
            ImageKind::Banner => &BANNERS,
        };
        wanted(sizes, &picture).map(|(width, height)| encode(&picture, width, height)).collect()
    });
    made.await.ok().flatten().ok_or(UNREADABLE)
}

/// The first two sizes always; larger ones only as far as the picture has the pixels.
fn wanted(sizes: &[(u32, u32)], picture: &DynamicImage) -> impl Iterator<Item = (u32, u32)> {
    let (width, height) = (picture.width(), picture.height());
    sizes
        .iter()
        .enumerate()
        .filter(move |(place, size)| *place < 2 || (size.0 <= width && size.1 <= height))
        .map(|(_, size)| *size)
}

fn decode(file: &[u8]) -> Option<DynamicImage> {
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().ok()?;
    if !FORMATS.contains(&reader.format()?) {
        return None;
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE_PX);
    limits.max_image_height = Some(MAX_SIDE_PX);
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let orientation = decoder.orientation().ok()?;
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(orientation);
    Some(picture)
}

/// Cut to the middle. PNG where something shines through, else JPEG.
fn encode(picture: &DynamicImage, width: u32, height: u32) -> Option<Encoded> {
    let cut = picture.resize_to_fill(width, height, FilterType::CatmullRom);
    let clear = cut.color().has_alpha()
        && cut.to_rgba8().pixels().any(|pixel| pixel.0.last().is_some_and(|alpha| *alpha < 255));
    let mut bytes = Vec::new();
    let extension = if clear {
        let png = DynamicImage::from(cut.to_rgba8());
        png.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).ok()?;
        "png"
    } else {
        JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&cut.to_rgb8()).ok()?;
        "jpg"
    };
    Some(Encoded { bytes: bytes.into(), extension, width, height })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(kind: &[(u32, u32)], width: u32, height: u32) -> Vec<u32> {
        wanted(kind, &DynamicImage::new_rgb8(width, height)).map(|size| size.0).collect()
    }

    #[test]
    fn large_sizes_are_made_only_of_large_pictures() {
        assert_eq!(sizes(&AVATARS, 10, 10), [48, 120]);
        assert_eq!(sizes(&AVATARS, 600, 599), [48, 120]);
        assert_eq!(sizes(&AVATARS, 2000, 700), [48, 120, 600]);
        assert_eq!(sizes(&AVATARS, 1500, 1500), [48, 120, 600, 1500]);
        assert_eq!(sizes(&BANNERS, 10, 10), [600, 1920]);
    }

    #[test]
    fn only_pictures_with_something_clear_become_png() {
        let opaque = encode(&DynamicImage::new_rgb8(50, 90), 48, 48).unwrap();
        assert_eq!((opaque.extension, opaque.width, opaque.height), ("jpg", 48, 48));
        let clear = encode(&DynamicImage::new_rgba8(50, 90), 48, 48).unwrap();
        assert_eq!(clear.extension, "png");
    }

    #[test]
    fn a_picture_that_claims_a_huge_size_is_refused() {
        let mut wide = Cursor::new(Vec::new());
        DynamicImage::new_luma8(10_001, 1).write_to(&mut wide, ImageFormat::Png).unwrap();
        assert!(decode(wide.get_ref()).is_none());
        assert!(decode(b"GIF89a").is_none());
        assert!(decode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").is_none());
    }
}
