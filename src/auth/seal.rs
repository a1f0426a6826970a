//! How is a secret kept that must be read again (a video's password, an actor's private key)?
//! Sealed by the instance's secret: AES-256-GCM, a key of its own for each purpose. Whoever has
//! the database but not the secret reads nothing. What must never be read again is hashed instead.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;

use crate::app::App;

/// First byte of every sealed value; another cipher takes the next number.
const VERSION: u8 = 1;

/// What a sealed value is for. One purpose's values cannot be opened as another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// `video_passwords.password_sealed`.
    VideoPassword,
    /// `uploads.metadata`.
    UploadMetadata,
    /// `actors.rsa_private_sealed` and `actors.ed25519_private_sealed`.
    ActorKey,
}

impl Purpose {
    const fn name(self) -> &'static [u8] {
        match self {
            Self::VideoPassword => b"farandole seal: video password",
            Self::UploadMetadata => b"farandole seal: upload metadata",
            Self::ActorKey => b"farandole seal: actor key",
        }
    }
}

/// The value was not sealed by this instance's secret for this purpose, or was changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value cannot be opened: was the instance's secret replaced?")]
pub struct Sealed;

/// 32 bytes derived from the instance's secret for one purpose (HMAC-SHA256).
#[must_use]
pub fn derived_key(secret: &[u8; 32], purpose: &[u8]) -> [u8; 32] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, purpose);
    let mut derived = [0; 32];
    derived.copy_from_slice(tag.as_ref());
    derived
}

fn key(app: &App, purpose: Purpose) -> Result<LessSafeKey, Sealed> {
    let bytes = derived_key(app.secret(), purpose.name());
    Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| Sealed)?))
}

/// Seals `plain`: version, nonce, ciphertext with its tag.
///
/// # Errors
/// [`Sealed`] when `plain` is longer than the cipher takes (64 GiB).
pub fn seal(app: &App, purpose: Purpose, plain: &[u8]) -> Result<Vec<u8>, Sealed> {
    let nonce: [u8; NONCE_LEN] = app.random_bytes();
    let mut body = plain.to_vec();
    key(app, purpose)?
        .seal_in_place_append_tag(Nonce::from(&nonce), Aad::from(purpose.name()), &mut body)
        .map_err(|_| Sealed)?;
    let mut sealed = Vec::with_capacity(1 + NONCE_LEN + body.len());
    sealed.push(VERSION);
    sealed.extend_from_slice(&nonce);
    sealed.append(&mut body);
    Ok(sealed)
}

/// Opens what [`seal`] made.
///
/// # Errors
/// [`Sealed`].
pub fn open(app: &App, purpose: Purpose, sealed: &[u8]) -> Result<Vec<u8>, Sealed> {
    let ([VERSION], rest) = sealed.split_first_chunk::<1>().ok_or(Sealed)? else {
        return Err(Sealed);
    };
    let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(Sealed)?;
    let mut body = body.to_vec();
    let plain = key(app, purpose)?
        .open_in_place(Nonce::from(nonce), Aad::from(purpose.name()), &mut body)
        .map_err(|_| Sealed)?;
    Ok(plain.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_purpose_has_a_key_of_its_own() {
        let secret = [3; 32];
        let one = derived_key(&secret, Purpose::VideoPassword.name());
        assert_ne!(one, derived_key(&secret, Purpose::ActorKey.name()));
        assert_ne!(one, derived_key(&[4; 32], Purpose::VideoPassword.name()));
        assert_eq!(one, derived_key(&secret, Purpose::VideoPassword.name()));
    }
}
