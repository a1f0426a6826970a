//! How does a volunteer's machine carry a rendition? Fetches it whole from the video's host, checks
//! every segment, and serves it to viewers for as long as it runs. Folders, limits and what people
//! read meanwhile are the caller's.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::sleep;

use crate::connection::Network;
use crate::link::{Counters, Shared};
use crate::manifest::Hashes;
use crate::media::Playlist;
use crate::origin::{Origin, OriginError, Rendition};
use crate::store::Segments;
use crate::swarm::{Setup, Swarm};
use crate::throttle::Throttle;
use crate::tracker::Tracker;

/// Tries of one segment before giving up.
const TRIES: u32 = 6;
/// Viewers served at once in one swarm.
const PEERS: usize = 48;

/// Why a rendition cannot be seeded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The host does not give its segments.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// The host's bytes are not those its channel signed.
    #[error("segment {0} from the host is not the one its channel signed")]
    Altered(usize),
    /// The disk.
    #[error("a segment cannot be written: {0}")]
    Disk(#[from] std::io::Error),
    /// The rendition still grows.
    #[error("the video is still being made; try again when it is finished")]
    Growing,
}

/// What all swarms of a process share.
#[derive(Clone)]
pub struct Seeder {
    /// How connections are made.
    pub network: Network,
    /// How fast may be uploaded.
    pub throttle: Arc<Throttle>,
    /// What was uploaded.
    pub counters: Arc<Counters>,
    /// Offers sent with each announce of a swarm; viewers offer too.
    pub offers: usize,
}

impl Seeder {
    /// How to join a rendition's swarm with what lies in `segments`; nothing is told to be held
    /// before [`fill`] has checked it.
    #[must_use]
    pub fn setup(
        &self,
        rendition: &Rendition,
        segments: Arc<dyn Segments>,
        tracker: Tracker,
    ) -> Setup {
        let shared = Shared {
            segments,
            hashes: Arc::clone(&rendition.hashes),
            throttle: Arc::clone(&self.throttle),
            counters: Arc::clone(&self.counters),
            poison: false,
        };
        Setup {
            hash: rendition.info_hash,
            tracker,
            network: self.network.clone(),
            shared: Arc::new(shared),
            held: BTreeSet::new(),
            peers: PEERS,
            offers: self.offers,
        }
    }
}

/// Lengths of a finished rendition's segments.
///
/// # Errors
/// The rendition still grows, or its playlist and its manifest do not tell of the same segments.
pub fn sizes(media: &Playlist, hashes: &Hashes) -> Result<Vec<u64>, SeedError> {
    if !media.complete || !hashes.is_complete() {
        return Err(SeedError::Growing);
    }
    let sizes: Option<Vec<_>> =
        media.segments.iter().map(|segment| segment.range.map(|range| range.length)).collect();
    match sizes {
        Some(sizes) if sizes.len() == hashes.len() => Ok(sizes),
        _ => Err(OriginError::NotUnderstood("a media playlist").into()),
    }
}

/// Brings every segment into the store: those that are there and right stay, the others are
/// fetched. `held` hears of each as soon as it can be served, with its length in bytes.
///
/// # Errors
/// The host, the disk, or bytes that nobody signed. What was kept is found again by the next run.
pub async fn fill(
    origin: &Origin,
    rendition: &Rendition,
    segments: &dyn Segments,
    swarm: &Swarm,
    held: impl Fn(u64),
) -> Result<(), SeedError> {
    for index in 0..rendition.hashes.len() {
        let Ok(segment) = u64::try_from(index) else { break };
        let there = segments.read(segment).await;
        let bytes = match there.filter(|bytes| rendition.hashes.matches(index, bytes)) {
            Some(bytes) => bytes,
            None => {
                let bytes = fetch(origin, rendition, index).await?;
                segments.keep(segment, bytes.clone()).await?;
                bytes
            }
        };
        swarm.held(segment);
        held(u64::try_from(bytes.len()).unwrap_or_default());
    }
    Ok(())
}

/// Tries again while the line or the host is down.
async fn fetch(origin: &Origin, rendition: &Rendition, index: usize) -> Result<Bytes, SeedError> {
    let missing = OriginError::NotUnderstood("a media playlist");
    let segment = rendition.media.segments.get(index).ok_or(missing)?;
    let mut attempt = 0;
    loop {
        attempt += 1;
        let error = match origin.segment(&rendition.playlist, segment).await {
            Ok(bytes) if rendition.hashes.matches(index, &bytes) => return Ok(bytes),
            Ok(_) => SeedError::Altered(index),
            Err(error) => error.into(),
        };
        let lasting = matches!(
            &error,
            SeedError::Origin(OriginError::Refused(status))
                if status.is_client_error() && status.as_u16() != 429
        );
        if lasting || attempt == TRIES {
            return Err(error);
        }
        sleep(Duration::from_secs(1 << attempt)).await;
    }
}
