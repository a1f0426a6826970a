//! Is this a picture, and how large should it be? What a person chose as thumbnail, decoded and
//! encoded anew: nothing of the file itself is kept, so neither its metadata nor its tricks are.

use std::io::Cursor;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};
use tokio::sync::Semaphore;

use crate::app::App;

/// Largest picture file taken, bytes.
pub const MAX_FILE_BYTES: usize = 4 << 20;
/// Largest side of a picture that is decoded, pixels.
const MAX_SIDE_PX: u32 = 10_000;
/// Memory one decoder may take.
const MAX_DECODER_BYTES: u64 = 160 << 20;
/// Longest side of a thumbnail, as the transcoder makes them.
const THUMBNAIL_PX: u32 = 560;
/// Longest side of a preview.
const PREVIEW_PX: u32 = 1280;
/// JPEG quality, of 100.
const QUALITY: u8 = 82;

/// One decode may take a lot of memory for a moment: they take turns.
struct Easel(Semaphore);

impl Default for Easel {
    fn default() -> Self {
        Self(Semaphore::new(1))
    }
}

/// The file is no JPEG, PNG or WebP picture, or too large a one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Should be a JPEG, PNG or WebP picture of at most 4 MiB and 10,000 pixels on a side.")]
pub struct NotAPicture;

/// A JPEG of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The file.
    pub jpeg: Bytes,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// One picture in the two sizes a video shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pictures {
    /// For lists.
    pub thumbnail: Picture,
    /// For the player, before it plays.
    pub preview: Picture,
}

/// Decodes what somebody sent and makes both sizes.
///
/// # Errors
/// [`NotAPicture`].
pub async fn read(app: &App, file: Bytes) -> Result<Pictures, NotAPicture> {
    let easel = app.room::<Easel>();
    let _turn = easel.0.acquire().await.map_err(|_| NotAPicture)?;
    tokio::task::spawn_blocking(move || make(&file)).await.map_err(|_| NotAPicture)?
}

fn make(file: &[u8]) -> Result<Pictures, NotAPicture> {
    if file.len() > MAX_FILE_BYTES {
        return Err(NotAPicture);
    }
    let picture = decode(file).ok_or(NotAPicture)?;
    let size = |px| encode(&picture, px).ok_or(NotAPicture);
    Ok(Pictures { thumbnail: size(THUMBNAIL_PX)?, preview: size(PREVIEW_PX)? })
}

fn decode(file: &[u8]) -> Option<DynamicImage> {
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().ok()?;
    if !matches!(reader.format()?, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
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

/// Never larger than the picture is, and without transparency, which JPEG has not.
fn encode(picture: &DynamicImage, longest_px: u32) -> Option<Picture> {
    let small = if picture.width().max(picture.height()) > longest_px {
        picture.resize(longest_px, longest_px, FilterType::CatmullRom).to_rgb8()
    } else {
        picture.to_rgb8()
    };
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&small).ok()?;
    Some(Picture { jpeg: jpeg.into(), width: small.width(), height: small.height() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let picture = DynamicImage::new_rgba8(width, height);
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, ImageFormat::Png).unwrap();
        file.into_inner()
    }

    #[test]
    fn a_picture_comes_out_in_two_sizes_never_enlarged() {
        let pictures = make(&png(2000, 1000)).unwrap();
        assert_eq!((pictures.thumbnail.width, pictures.thumbnail.height), (560, 280));
        assert_eq!((pictures.preview.width, pictures.preview.height), (1280, 640));
        assert!(pictures.preview.jpeg.starts_with(b"\xff\xd8\xff"));
        let small = make(&png(100, 300)).unwrap();
        assert_eq!((small.thumbnail.width, small.thumbnail.height), (100, 300));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        for file in [&b""[..], b"GIF89a", b"\x89PNG\r\n\x1a\n", b"<svg/>", &vec![0; MAX_FILE_BYTES]]
        {
            assert_eq!(make(file), Err(NotAPicture));
        }
        let mut cut = png(200, 200);
        cut.truncate(cut.len() / 2);
        assert_eq!(make(&cut), Err(NotAPicture));
        assert_eq!(make(&png(MAX_SIDE_PX + 1, 1)), Err(NotAPicture));
    }
}
