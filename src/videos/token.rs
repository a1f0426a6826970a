//! Who may fetch the files of a video that is not open to all? Whoever holds a file token
//! (PeerTube's `videoFileToken`): a signed statement, checked without a look into the database.
//!
//! A token names a video, one generation of its renditions, who it was given to, and its end. It
//! grants nothing by itself: its holder (an open session, or a password that still exists) must
//! still be allowed to watch, which `access` checks from what this node remembers.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::app::App;
use crate::auth::seal;
use crate::domain::Millis;

/// A token lives this long after the video would have ended.
const AFTER_THE_END: Duration = Duration::from_secs(4 * 3600);
/// First byte of every token; another layout takes the next number.
const VERSION: u8 = 1;
/// Version, kind of holder, video, generation, holder, end.
const BODY: usize = 1 + 1 + 8 + 16 + 8 + 8;
/// An HMAC-SHA256.
const TAG: usize = 32;

/// Who a token was given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A signed-in person: `oauth_tokens.id`.
    Session(i64),
    /// Somebody who knew a password: `video_passwords.id`.
    Password(i64),
}

/// What a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claims {
    /// `videos.id`.
    pub video_id: i64,
    /// Generation of the renditions; nil for pictures and captions only.
    pub generation: Uuid,
    /// Who it was given to.
    pub holder: Holder,
    /// When it ends.
    pub expires_at: Millis,
}

/// When a token that is made now ends: four hours after the video would, or later.
#[must_use]
pub fn end(now: Millis, duration_ms: i64) -> Millis {
    let duration = Duration::from_millis(u64::try_from(duration_ms).unwrap_or(0));
    now.plus(duration).plus(AFTER_THE_END)
}

fn key(app: &App) -> hmac::Key {
    let key = seal::derived_key(app.secret(), b"farandole: video file tokens");
    hmac::Key::new(hmac::HMAC_SHA256, &key)
}

/// Signs `claims`. The text fits into a URL's query as it is.
#[must_use]
pub fn sign(app: &App, claims: &Claims) -> String {
    let (kind, holder) = match claims.holder {
        Holder::Session(id) => (1, id),
        Holder::Password(id) => (2, id),
    };
    let mut bytes = Vec::with_capacity(BODY + TAG);
    bytes.extend_from_slice(&[VERSION, kind]);
    bytes.extend_from_slice(&claims.video_id.to_be_bytes());
    bytes.extend_from_slice(claims.generation.as_bytes());
    bytes.extend_from_slice(&holder.to_be_bytes());
    bytes.extend_from_slice(&claims.expires_at.0.to_be_bytes());
    let tag = hmac::sign(&key(app), &bytes);
    bytes.extend_from_slice(tag.as_ref());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What a token says, if this instance signed it and it has not ended.
#[must_use]
pub fn read(app: &App, token: &str, now: Millis) -> Option<Claims> {
    // Longer texts are no tokens, and not worth decoding.
    if token.len() > (BODY + TAG) * 4 / 3 + 4 {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (body, tag) = bytes.split_at_checked(BODY)?;
    hmac::verify(&key(app), body, tag).ok()?;
    let claims = claims(body)?;
    (now < claims.expires_at).then_some(claims)
}

fn claims(body: &[u8]) -> Option<Claims> {
    let ([VERSION, kind], rest) = body.split_first_chunk::<2>()? else { return None };
    let (video, rest) = rest.split_first_chunk::<8>()?;
    let (generation, rest) = rest.split_first_chunk::<16>()?;
    let (holder, rest) = rest.split_first_chunk::<8>()?;
    let (end, _) = rest.split_first_chunk::<8>()?;
    let holder = match kind {
        1 => Holder::Session(i64::from_be_bytes(*holder)),
        2 => Holder::Password(i64::from_be_bytes(*holder)),
        _ => return None,
    };
    Some(Claims {
        video_id: i64::from_be_bytes(*video),
        generation: Uuid::from_bytes(*generation),
        holder,
        expires_at: Millis(i64::from_be_bytes(*end)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_outlives_the_video_by_four_hours() {
        assert_eq!(end(Millis(0), 60_000), Millis(60_000 + 4 * 3_600_000));
        assert_eq!(end(Millis(0), -5), Millis(4 * 3_600_000));
    }
}
