//! Which passwords open a video? Kept sealed, because its owner sees them again; compared by
//! keyed digests, so that the plain ones are not in memory.

use aws_lc_rs::hmac;

use super::VideosError;
use crate::app::App;
use crate::auth::seal::{self, Purpose};

/// A password as it is compared: HMAC-SHA256 under a key of the instance.
#[derive(Clone, Copy)]
pub struct Digest([u8; 32]);

impl PartialEq for Digest {
    /// Takes the same time whether they are alike or not.
    fn eq(&self, other: &Self) -> bool {
        subtle::ConstantTimeEq::ct_eq(&self.0[..], &other.0[..]).into()
    }
}

/// The digest of a password of the video `video_id`.
#[must_use]
pub fn digest(app: &App, video_id: i64, password: &str) -> Digest {
    let key = seal::derived_key(app.secret(), b"farandole: compare video passwords");
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &key));
    context.update(&video_id.to_be_bytes());
    context.update(password.as_bytes());
    let mut digest = [0; 32];
    digest.copy_from_slice(context.sign().as_ref());
    Digest(digest)
}

/// A password as it is kept.
///
/// # Errors
/// [`VideosError::Sealed`], which a password of sensible length never gives.
pub fn sealed(app: &App, password: &str) -> Result<Vec<u8>, VideosError> {
    Ok(seal::seal(app, Purpose::VideoPassword, password.as_bytes())?)
}

/// A kept password, readable again.
///
/// # Errors
/// [`VideosError::Sealed`] when the instance's secret was replaced.
pub fn opened(app: &App, sealed: &[u8]) -> Result<String, VideosError> {
    let plain = seal::open(app, Purpose::VideoPassword, sealed)?;
    String::from_utf8(plain).map_err(|_| VideosError::Sealed(seal::Sealed))
}
