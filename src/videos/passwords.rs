//! Which passwords open a video? Kept sealed, because its owner sees them again; compared by
//! keyed digests, so that the plain ones are not in memory.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_lc_rs::hmac;

use super::access::{self, Guard};
use super::{VideosError, cache};
use crate::app::App;
use crate::auth::seal::{self, Purpose};
use crate::db::changes::{self, ChangeKind};
use crate::db::videos::passwords as kept;
use crate::domain::{Millis, Principal, Privacy, VideoRef};
use crate::transact;

/// Passwords of one video at most.
const MOST: usize = 100;

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

/// A password as its owner sees it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password {
    /// `video_passwords.id`.
    pub id: i64,
    /// The password.
    pub plain: String,
    /// `videos.id`.
    pub video_id: i64,
    /// When it was added.
    pub created_at: Millis,
    /// When it was changed.
    pub updated_at: Millis,
}

/// The passwords of a video, oldest first, for its owner or a moderator.
///
/// # Errors
/// [`VideosError::NotFound`], [`VideosError::NotOwner`], [`VideosError::Refused`] when it opens
/// without.
pub async fn list(
    app: &App,
    by: &Principal,
    video: VideoRef,
) -> Result<Vec<Password>, VideosError> {
    let guard = protected(app, by, video).await?;
    let mut conn = app.db().read().await?;
    let rows = kept::of_video(&mut conn, guard.id).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Password {
                id: row.id,
                plain: opened(app, &row.sealed)?,
                video_id: guard.id,
                created_at: row.created_at,
                updated_at: row.updated_at,
            })
        })
        .collect()
}

async fn protected(app: &App, by: &Principal, video: VideoRef) -> Result<Arc<Guard>, VideosError> {
    let guard = access::manage(app, video, by).await?;
    if guard.privacy == Privacy::PasswordProtected {
        return Ok(guard);
    }
    Err(VideosError::Refused("Video is not password protected"))
}

/// Puts `passwords` in the place of a video's. Whoever came in with an old one is let out.
///
/// # Errors
/// As [`list`], and [`VideosError::InvalidParam`].
pub async fn replace(
    app: &App,
    by: &Principal,
    video: VideoRef,
    passwords: &[String],
) -> Result<(), VideosError> {
    let guard = protected(app, by, video).await?;
    if passwords.is_empty() || passwords.len() > MOST {
        return Err(VideosError::param("passwords", "Should be 1 to 100 passwords."));
    }
    let different: BTreeSet<&String> = passwords.iter().collect();
    if different.len() < passwords.len() {
        return Err(VideosError::param("passwords", "Should be all different."));
    }
    let mut all = Vec::with_capacity(passwords.len());
    for password in passwords {
        check("passwords", password)?;
        all.push(sealed(app, password)?);
    }
    let now = app.now();
    transact!(app.db(), tx => {
        kept::clear(tx, guard.id).await?;
        for sealed in &all {
            kept::insert(tx, guard.id, sealed, now).await?;
        }
        changes::record(tx, ChangeKind::Video, guard.id, now).await?;
        Ok::<(), VideosError>(())
    })?;
    cache::forget(app, guard.id);
    Ok(())
}

/// Adds a password.
///
/// # Errors
/// As [`list`], and [`VideosError::InvalidParam`].
pub async fn add(
    app: &App,
    by: &Principal,
    video: VideoRef,
    password: &str,
) -> Result<(), VideosError> {
    let guard = protected(app, by, video).await?;
    check("password", password)?;
    let there = list(app, by, video).await?;
    if there.len() >= MOST || there.iter().any(|known| known.plain == password) {
        let problem = "Should not be one of the video's already, which are 100 at most.";
        return Err(VideosError::param("password", problem));
    }
    let (sealed, now) = (sealed(app, password)?, app.now());
    transact!(app.db(), tx => {
        kept::insert(tx, guard.id, &sealed, now).await?;
        changes::record(tx, ChangeKind::Video, guard.id, now).await?;
        Ok::<(), VideosError>(())
    })?;
    cache::forget(app, guard.id);
    Ok(())
}

/// Takes a password away, but not the last. Whoever came in with it is let out.
///
/// # Errors
/// As [`list`]; [`VideosError::PartNotFound`].
pub async fn delete(
    app: &App,
    by: &Principal,
    video: VideoRef,
    password_id: i64,
) -> Result<(), VideosError> {
    let guard = protected(app, by, video).await?;
    let now = app.now();
    transact!(app.db(), tx => {
        if !kept::delete(tx, guard.id, password_id).await? {
            return Err(VideosError::PartNotFound("Video password"));
        }
        if kept::of_video(tx, guard.id).await?.is_empty() {
            return Err(VideosError::Refused(
                "Cannot delete the last password of the protected video",
            ));
        }
        changes::record(tx, ChangeKind::Video, guard.id, now).await?;
        Ok::<(), VideosError>(())
    })?;
    cache::forget(app, guard.id);
    Ok(())
}

/// Passwords have 2 to 100 characters.
fn check(param: &'static str, password: &str) -> Result<(), VideosError> {
    if (2..=100).contains(&password.chars().count()) {
        return Ok(());
    }
    Err(VideosError::param(param, "Should have 2 to 100 characters."))
}
