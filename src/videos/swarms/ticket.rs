//! Who may enter the swarms of a video that is not public? Whoever was told their tracker address
//! with a ticket: a signed statement, checked without a look into the database.
//!
//! A ticket names a video, its [`pass`], and its end. It is made for those who may watch only; a
//! new generation of renditions, which a change of privacy makes, ends it, and so does a change of
//! the video's passwords.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::app::App;
use crate::auth::seal;
use crate::domain::Millis;
use crate::videos::access::Guard;
use crate::videos::token;

/// First byte of every ticket; another layout takes the next number.
const VERSION: u8 = 1;
/// Version, video, pass, end.
const BODY: usize = 1 + 8 + 16 + 8;
/// An HMAC-SHA256.
const TAG: usize = 32;

fn key(secret: &[u8; 32]) -> hmac::Key {
    let key = seal::derived_key(secret, b"farandole: swarm tokens");
    hmac::Key::new(hmac::HMAC_SHA256, &key)
}

/// What admits to the closed swarms of a generation while these are the video's passwords
/// (`video_passwords.id`, the oldest first): another text as soon as one comes or goes.
pub(super) fn pass(generation: Uuid, passwords: impl IntoIterator<Item = i64>) -> Uuid {
    let mut hash = Sha256::new_with_prefix(generation.as_bytes());
    for id in passwords {
        hash.update(id.to_be_bytes());
    }
    let whole: [u8; 32] = hash.finalize().into();
    let (first, _) = whole.split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
    Uuid::from_bytes(*first)
}

/// A ticket for somebody who may watch, good for as long as a file token.
pub(super) fn sign(app: &App, guard: &Guard, generation: Uuid) -> String {
    let end = token::end(app.now(), guard.duration_ms);
    write(app.secret(), guard.id, pass(generation, guard.password_ids()), end)
}

fn write(secret: &[u8; 32], video_id: i64, pass: Uuid, end: Millis) -> String {
    let mut bytes = Vec::with_capacity(BODY + TAG);
    bytes.push(VERSION);
    bytes.extend_from_slice(&video_id.to_be_bytes());
    bytes.extend_from_slice(pass.as_bytes());
    bytes.extend_from_slice(&end.0.to_be_bytes());
    let tag = hmac::sign(&key(secret), &bytes);
    bytes.extend_from_slice(tag.as_ref());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The pass that a ticket holds; `None` when this instance did not sign it, or it
/// has ended.
#[must_use]
pub fn admit(app: &App, ticket: &str) -> Option<Uuid> {
    read(app.secret(), ticket, app.now())
}

fn read(secret: &[u8; 32], ticket: &str, now: Millis) -> Option<Uuid> {
    // Longer texts are no tickets, and not worth decoding.
    if ticket.len() > (BODY + TAG) * 4 / 3 + 4 {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(ticket).ok()?;
    let (body, tag) = bytes.split_at_checked(BODY)?;
    hmac::verify(&key(secret), body, tag).ok()?;
    let ([VERSION], rest) = body.split_first_chunk::<1>()? else { return None };
    let (_, rest) = rest.split_first_chunk::<8>()?;
    let (pass, rest) = rest.split_first_chunk::<16>()?;
    let (end, _) = rest.split_first_chunk::<8>()?;
    (now < Millis(i64::from_be_bytes(*end))).then(|| Uuid::from_bytes(*pass))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: [u8; 32] = [7; 32];

    #[test]
    fn a_ticket_holds_its_pass_until_its_end() {
        let pass = pass(Uuid::from_u128(5), []);
        let ticket = write(&SECRET, 3, pass, Millis(1_000));
        assert_eq!(read(&SECRET, &ticket, Millis(999)), Some(pass));
        assert_eq!(read(&SECRET, &ticket, Millis(1_000)), None);
        assert_eq!(read(&[8; 32], &ticket, Millis(0)), None, "another instance's");
    }

    #[test]
    fn another_generation_or_password_is_another_pass() {
        let of =
            |generation: u128, ids: &[i64]| pass(Uuid::from_u128(generation), ids.iter().copied());
        assert_eq!(of(1, &[3, 4]), of(1, &[3, 4]));
        for other in [of(1, &[]), of(1, &[3]), of(1, &[3, 5]), of(1, &[3, 4, 5]), of(2, &[3, 4])] {
            assert_ne!(of(1, &[3, 4]), other);
        }
    }

    #[test]
    fn a_bent_ticket_opens_nothing() {
        let ticket = write(&SECRET, 3, Uuid::from_u128(5), Millis(1_000));
        for at in 0..ticket.len() {
            let mut bent = ticket.clone().into_bytes();
            bent[at] = if bent[at] == b'A' { b'B' } else { b'A' };
            let bent = String::from_utf8(bent).unwrap();
            // The last character has bits that stand for nothing.
            let same = URL_SAFE_NO_PAD.decode(&bent).ok() == URL_SAFE_NO_PAD.decode(&ticket).ok();
            assert!(same || read(&SECRET, &bent, Millis(0)).is_none(), "{at}");
        }
        for bad in ["", "A", "é", &"A".repeat(88), &"A".repeat(5_000)] {
            assert_eq!(read(&SECRET, bad, Millis(0)), None, "{bad}");
        }
    }
}
