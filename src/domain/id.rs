//! How is a video named in a URL? By number, UUID or PeerTube's short UUID.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// Flickr's base58 alphabet, which PeerTube's short UUIDs use.
const ALPHABET: &[u8; 58] = b"123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";
/// Characters of every short UUID: 58^22 exceeds 2^128.
const LENGTH: usize = 22;

/// A UUID written as 22 characters of flickr base58 (PeerTube's `shortUUID`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ShortUuid(pub Uuid);

impl fmt::Display for ShortUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.as_u128();
        let mut digits = [b'1'; LENGTH];
        for digit in digits.iter_mut().rev() {
            let value = usize::try_from(rest % 58).unwrap_or_default();
            *digit = ALPHABET.get(value).copied().unwrap_or(b'1');
            rest /= 58;
        }
        f.write_str(std::str::from_utf8(&digits).map_err(|_| fmt::Error)?)
    }
}

/// The text names no video: neither a number, a UUID nor a short UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Should be a valid id: a number, a UUID or a short UUID.")]
pub struct NotAnId;

impl FromStr for ShortUuid {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        if text.len() != LENGTH {
            return Err(NotAnId);
        }
        let mut value = 0_u128;
        for byte in text.bytes() {
            let digit = ALPHABET.iter().position(|known| *known == byte).ok_or(NotAnId)?;
            value =
                value.checked_mul(58).and_then(|v| v.checked_add(digit as u128)).ok_or(NotAnId)?;
        }
        Ok(Self(Uuid::from_u128(value)))
    }
}

/// `{id|uuid|shortUUID}` of a path, as every PeerTube video route takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VideoRef {
    /// The database id.
    Id(i64),
    /// The UUID, however it was written.
    Uuid(Uuid),
}

impl FromStr for VideoRef {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        if !text.is_empty() && text.len() <= 18 && text.bytes().all(|b| b.is_ascii_digit()) {
            return text.parse().map(Self::Id).map_err(|_| NotAnId);
        }
        if text.len() == 36 {
            return Uuid::try_parse(text).map(Self::Uuid).map_err(|_| NotAnId);
        }
        text.parse::<ShortUuid>().map(|short| Self::Uuid(short.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_short_form_is_peertubes() {
        // A public PeerTube video whose two addresses are well known.
        let uuid: Uuid = "9c9de5e8-0a1e-484a-b099-e80766180a6d".parse().unwrap();
        assert_eq!(ShortUuid(uuid).to_string(), "kkGMgK9ZtnKfYAgnEtQxbv");
    }

    #[test]
    fn a_value_over_128_bits_is_refused() {
        assert_eq!("ZZZZZZZZZZZZZZZZZZZZZZ".parse::<ShortUuid>(), Err(NotAnId));
        assert_eq!("0OIl111111111111111111".parse::<ShortUuid>(), Err(NotAnId));
    }

    #[test]
    fn every_form_of_a_reference_is_read() {
        let uuid = Uuid::from_u128(7);
        assert_eq!("42".parse(), Ok(VideoRef::Id(42)));
        assert_eq!(uuid.to_string().parse(), Ok(VideoRef::Uuid(uuid)));
        assert_eq!(ShortUuid(uuid).to_string().parse(), Ok(VideoRef::Uuid(uuid)));
        for bad in ["", "-1", "4 2", "99999999999999999999", "../etc"] {
            assert_eq!(bad.parse::<VideoRef>(), Err(NotAnId), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn short_uuids_round_trip(value: u128) {
            let short = ShortUuid(Uuid::from_u128(value));
            prop_assert_eq!(short.to_string().parse::<ShortUuid>(), Ok(short));
        }
    }
}
