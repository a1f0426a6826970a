//! What may a player believe of the segments that other viewers send? The hashes of a rendition's
//! segments, signed with the channel's key, whether it is complete or still grows
//! (`farandole_peer::manifest`). Who may have it, and under which address, is for others.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use farandole_peer::manifest::{BLOCK_SEGMENTS, Block, Identity, ManifestError, SegmentHash};
use moka::sync::Cache;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::VideosError;
use super::access::Guard;
use super::locate::Located;
use super::names::stem;
use crate::app::App;
use crate::auth::actor_keys::{self, ActorKey};

/// Bytes of manifests kept: a two-hour video in six renditions takes about 400 kB.
const MOST_BYTES: u64 = 16 << 20;
/// What nobody asks for so long makes room.
const REMEMBERED: Duration = Duration::from_secs(600);
/// What a block costs beside its bytes.
const BLOCK_BYTES: usize = 96;

/// One signed block.
#[derive(Clone)]
struct Signed {
    bytes: Bytes,
    /// What the block after it names.
    sha256: [u8; 32],
}

/// A manifest as it was last given.
struct Manifest {
    blocks: Vec<Signed>,
    whole: Bytes,
    /// Of a complete set: it will not change.
    last: bool,
}

/// Generation, rendition, and the channel whose key signs: a video can move to another channel.
type At = (Uuid, String, i64);

struct Known(Cache<At, Arc<Manifest>>);

impl Default for Known {
    fn default() -> Self {
        let weigh = |_: &At, manifest: &Arc<Manifest>| {
            let bytes = 2 * manifest.whole.len() + manifest.blocks.len() * BLOCK_BYTES + 256;
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        let known = Cache::builder().max_capacity(MOST_BYTES).weigher(weigh);
        Self(known.time_to_idle(REMEMBERED).build())
    }
}

/// The manifest of one rendition, by its file's stem; `None` while it is not known which
/// renditions there will be, or another node makes them. Empty before the first segment.
///
/// # Errors
/// [`VideosError::PartNotFound`] when there is no such rendition, or the video is not shared.
pub async fn of(
    app: &App,
    guard: &Guard,
    generation: Uuid,
    name: &str,
    located: &Located,
) -> Result<Option<Bytes>, VideosError> {
    if !guard.p2p.shares() {
        return Err(VideosError::PartNotFound("Manifest"));
    }
    let known = app.room::<Known>();
    let at = (generation, name.to_owned(), guard.channel_actor_id);
    let kept = known.0.get(&at);
    let (hashes, complete, last) = match located {
        Located::NotHere => return Ok(None),
        Located::Complete(media) => {
            if let Some(kept) = kept.as_ref().filter(|kept| kept.last) {
                return Ok(Some(kept.whole.clone()));
            }
            let mut all = media.renditions.iter();
            let found = all.find(|one| stem(&one.plan.file) == name);
            let found = found.ok_or(VideosError::PartNotFound("Manifest"))?;
            let segments = found.index.segments().iter();
            (segments.map(|segment| segment.sha256).collect(), true, true)
        }
        Located::Growing(set) => {
            let plans = set.plans();
            if plans.is_empty() {
                return Ok(None);
            }
            let plan = plans.iter().find(|plan| stem(&plan.file) == name);
            let plan = plan.ok_or(VideosError::PartNotFound("Manifest"))?;
            let (hashes, complete) = set.hashes(&plan.file).unwrap_or_default();
            (hashes, complete, false)
        }
    };
    let key = actor_keys::key(app, guard.channel_actor_id).await?;
    let identity = Identity { video: guard.uuid, set: generation, name: name.to_owned() };
    let before = kept.as_ref().map_or(&[][..], |kept| &kept.blocks);
    let blocks = chain(before, &identity, &hashes, complete, &key)
        .map_err(|error| VideosError::NotMade(error.to_string()))?;
    let whole = blocks.iter().flat_map(|block| &block.bytes).copied().collect();
    let manifest = Arc::new(Manifest { blocks, whole, last });
    known.0.insert(at, Arc::clone(&manifest));
    Ok(Some(manifest.whole.clone()))
}

/// Signs the blocks of some hashes; those of `before` that would be the same are taken as they
/// are.
fn chain(
    before: &[Signed],
    identity: &Identity,
    hashes: &[SegmentHash],
    complete: bool,
    key: &ActorKey,
) -> Result<Vec<Signed>, ManifestError> {
    let mut blocks: Vec<Signed> = Vec::with_capacity(hashes.len().div_ceil(BLOCK_SEGMENTS));
    let chunks = hashes.chunks(BLOCK_SEGMENTS);
    let end = chunks.len();
    for (at, chunk) in chunks.enumerate() {
        let block = Block {
            identity: identity.clone(),
            first: u32::try_from(at * BLOCK_SEGMENTS).unwrap_or(u32::MAX),
            complete: complete && at + 1 == end,
            prev: blocks.last().map_or([0; 32], |last| last.sha256),
            hashes: chunk.to_vec(),
        };
        // The same bytes have the same signature.
        let unsigned = block.encode()?;
        let same = before.get(at).filter(|known| {
            known.bytes.starts_with(&unsigned) && known.bytes.len() == unsigned.len() + 64
        });
        blocks.push(match same {
            Some(known) => known.clone(),
            None => {
                let bytes = Bytes::from(block.sign(key.pair())?);
                Signed { sha256: Sha256::digest(&bytes).into(), bytes }
            }
        });
    }
    Ok(blocks)
}

#[cfg(test)]
mod tests {
    use farandole_peer::manifest::Chain;

    use super::*;

    fn identity() -> Identity {
        Identity { video: Uuid::from_u128(1), set: Uuid::from_u128(2), name: "720".to_owned() }
    }

    fn hashes(count: u8) -> Vec<SegmentHash> {
        (0..count).map(|number| [number; 32]).collect()
    }

    fn whole(blocks: &[Signed]) -> Vec<u8> {
        blocks.iter().flat_map(|block| block.bytes.to_vec()).collect()
    }

    #[test]
    fn what_grew_is_what_would_have_been_signed_at_once() {
        let key = ActorKey::of_seed(&[3; 32]).unwrap();
        let mut grown = Vec::new();
        for count in [1, 63, 64, 65, 128, 130] {
            let next = chain(&grown, &identity(), &hashes(count), false, &key).unwrap();
            let at_once = Chain::sign(&identity(), &hashes(count), false, key.pair()).unwrap();
            assert_eq!(whole(&next), at_once, "{count}");
            let said = Chain::verify(&at_once, &key.public(), &identity()).unwrap();
            assert_eq!((said.len(), said.is_complete()), (usize::from(count), false));
            grown = next;
        }
        let ended = chain(&grown, &identity(), &hashes(130), true, &key).unwrap();
        assert!(Chain::verify(&whole(&ended), &key.public(), &identity()).unwrap().is_complete());
        // Full blocks are not signed anew.
        assert_eq!(ended[0].bytes.as_ptr(), grown[0].bytes.as_ptr());
        assert_ne!(ended[2].bytes, grown[2].bytes);
    }

    #[test]
    fn another_attempt_gets_no_hash_of_the_one_before() {
        let key = ActorKey::of_seed(&[3; 32]).unwrap();
        let before = chain(&[], &identity(), &hashes(130), false, &key).unwrap();
        let mut other = hashes(130);
        other[2] = [99; 32];
        let after = chain(&before, &identity(), &other, false, &key).unwrap();
        let said = Chain::verify(&whole(&after), &key.public(), &identity()).unwrap();
        assert_eq!(said.segment(2), Some(&[99; 32]));
    }
}
