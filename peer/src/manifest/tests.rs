//! Is a manifest believed only when every byte of it is the channel's?

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Block, Chain, Identity, ManifestError, PublicKey, SegmentHash};

fn key(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn public(key: &Ed25519KeyPair) -> PublicKey {
    key.public_key().as_ref().try_into().unwrap()
}

fn identity() -> Identity {
    Identity { video: Uuid::from_u128(7), set: Uuid::from_u128(8), name: "720p".to_owned() }
}

fn hashes(count: usize) -> Vec<SegmentHash> {
    (0..count).map(|at| Sha256::digest(at.to_be_bytes()).into()).collect()
}

fn manifest(count: usize, complete: bool) -> Vec<u8> {
    Chain::sign(&identity(), &hashes(count), complete, &key(1)).unwrap()
}

fn check(bytes: &[u8]) -> Result<super::Hashes, ManifestError> {
    Chain::verify(bytes, &public(&key(1)), &identity())
}

#[test]
fn what_was_signed_is_read_back() {
    for count in [0, 1, 63, 64, 65, 128, 200] {
        let known = check(&manifest(count, true)).unwrap();
        assert_eq!(known.len(), count);
        assert_eq!(known.is_complete(), count > 0);
        for (at, hash) in hashes(count).iter().enumerate() {
            assert_eq!(known.segment(at), Some(hash));
            assert!(known.matches(at, &at.to_be_bytes()));
            assert!(!known.matches(at, b"altered"));
        }
        assert_eq!(known.segment(count), None);
        assert!(!known.matches(count, &count.to_be_bytes()));
    }
}

#[test]
fn the_first_block_is_byte_for_byte_as_agreed() {
    let bytes = manifest(2, true);
    let mut wanted = b"FSM1".to_vec();
    wanted.extend_from_slice(Uuid::from_u128(7).as_bytes());
    wanted.extend_from_slice(Uuid::from_u128(8).as_bytes());
    wanted.extend_from_slice(b"\x04720p\0\0\0\0\0\x02\x01");
    wanted.extend_from_slice(&[0; 32]);
    wanted.extend_from_slice(&hashes(2).concat());
    let (signed, signature) = bytes.split_at(bytes.len() - 64);
    assert_eq!(signed, wanted);
    assert_eq!(signature, key(1).sign(&wanted).as_ref());
}

#[test]
fn growing_changes_the_last_block_only() {
    let (before, after) = (manifest(100, false), manifest(101, false));
    let (_, first) = Block::parse(&after).unwrap();
    assert_eq!(before[..first], after[..first]);
    assert!(!check(&before).unwrap().is_complete());
}

#[test]
fn blocks_cannot_be_left_out_repeated_or_swapped() {
    let bytes = manifest(200, true);
    let mut blocks = Vec::new();
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        let (_, length) = Block::parse(rest).unwrap();
        blocks.push(&rest[..length]);
        rest = &rest[length..];
    }
    assert_eq!(blocks.len(), 4);
    let joined = |order: &[usize]| order.iter().map(|at| blocks[*at]).collect::<Vec<_>>().concat();
    assert!(check(&joined(&[0, 1, 2, 3])).is_ok());
    for order in [&[1, 2, 3][..], &[0, 2, 3], &[0, 0, 1], &[1, 0, 2, 3], &[0, 1, 2, 3, 3]] {
        assert!(matches!(check(&joined(order)), Err(ManifestError::Broken(_))), "{order:?}");
    }
}

#[test]
fn nothing_follows_a_block_that_is_not_full_or_is_the_last() {
    let one = Block {
        identity: identity(),
        first: 0,
        complete: false,
        prev: [0; 32],
        hashes: hashes(63),
    };
    for first in [one.clone(), Block { hashes: hashes(64), complete: true, ..one }] {
        let mut bytes = first.sign(&key(1)).unwrap();
        let prev = Sha256::digest(&bytes).into();
        let next = u32::try_from(first.hashes.len()).unwrap();
        let second = Block { first: next, prev, hashes: hashes(1), ..first };
        bytes.extend_from_slice(&second.sign(&key(1)).unwrap());
        assert!(matches!(check(&bytes), Err(ManifestError::Broken(_))));
    }
}

#[test]
fn another_key_video_set_or_rendition_is_refused() {
    let bytes = manifest(3, true);
    let wrong_key = Chain::verify(&bytes, &public(&key(2)), &identity());
    assert_eq!(wrong_key, Err(ManifestError::BadSignature));
    for other in [
        Identity { video: Uuid::from_u128(9), ..identity() },
        Identity { set: Uuid::from_u128(9), ..identity() },
        Identity { name: "360p".to_owned(), ..identity() },
    ] {
        let found = Chain::verify(&bytes, &public(&key(1)), &other);
        assert_eq!(found, Err(ManifestError::OtherRendition));
    }
}

#[test]
fn what_cannot_be_read_again_is_not_written() {
    let block = |count, name: &str| Block {
        identity: Identity { name: name.to_owned(), ..identity() },
        first: 0,
        complete: false,
        prev: [0; 32],
        hashes: hashes(count),
    };
    for block in
        [block(0, "a"), block(65, "a"), block(1, ""), block(1, "é"), block(1, &"a".repeat(65))]
    {
        assert!(matches!(block.encode(), Err(ManifestError::Unwritable { .. })));
    }
    assert!(block(64, &"a".repeat(64)).sign(&key(1)).is_ok());
}

proptest! {
    #[test]
    fn any_altered_byte_is_refused(count in 1_usize..130, at: prop::sample::Index, flip in 1_u8..) {
        let mut bytes = manifest(count, true);
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        prop_assert!(check(&bytes).is_err());
    }

    #[test]
    fn a_cut_manifest_is_refused_or_shorter(count in 1_usize..130, at: prop::sample::Index) {
        let bytes = manifest(count, true);
        if let Ok(known) = check(&bytes[..at.index(bytes.len())]) {
            prop_assert!(known.len() < count && !known.is_complete());
        }
    }

    #[test]
    fn no_bytes_are_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut started = b"FSM1".to_vec();
        started.extend_from_slice(&bytes);
        let _ = check(&bytes);
        let _ = check(&started);
    }
}
