//! A peer that lies, for tests of those who must notice: joins the swarms of a video with every
//! segment, one bit of each altered, and serves them until it is stopped.
//!
//! `cargo run -p farandole-peer --example poisoner -- http://localhost:9000 VIDEO_ID`

use std::collections::BTreeSet;
use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use farandole_peer::connection::Network;
use farandole_peer::link::{Counters, Shared};
use farandole_peer::origin::Origin;
use farandole_peer::seeder;
use farandole_peer::store::{Memory, Segments as _};
use farandole_peer::swarm::{Setup, Swarm};
use farandole_peer::throttle::Throttle;
use farandole_peer::tracker::Tracker;
use tokio::task::JoinSet;
use url::Url;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(base), Some(id)) = (arguments.next(), arguments.next()) else {
        return Err("usage: poisoner BASE_URL VIDEO_ID".into());
    };
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let origin = Origin::new()?;
    let video = origin.video(&Url::parse(&base)?, &id).await?;
    let url = video.trackers.first().ok_or("the host names no tracker")?;
    let (tracker, driver) = Tracker::new(url.clone());
    let mut tasks = JoinSet::new();
    tasks.spawn(driver.run());
    let mut swarms = Vec::new();
    for rendition in origin.renditions(&video).await? {
        let sizes = seeder::sizes(&rendition.media, &rendition.hashes)?;
        let store = Arc::new(Memory::new(sizes));
        for (index, segment) in (0_u64..).zip(&rendition.media.segments) {
            let bytes = origin.segment(&rendition.playlist, segment).await?;
            store.keep(index, altered(&bytes)).await?;
        }
        let setup = Setup {
            hash: rendition.info_hash,
            tracker: tracker.clone(),
            network: Network { stun_urls: video.stun_urls.clone(), bind: Vec::new() },
            held: BTreeSet::from_iter((0..).take(rendition.media.segments.len())),
            shared: Arc::new(Shared {
                segments: store,
                hashes: rendition.hashes,
                throttle: Arc::new(Throttle::new(None)),
                counters: Arc::new(Counters::default()),
                poison: true,
            }),
            peers: 32,
            offers: 3,
        };
        let (swarm, member, notices) = Swarm::new(setup);
        tasks.spawn(member.run());
        swarms.push((swarm, notices));
    }
    writeln!(std::io::stdout(), "poisoning {} renditions", swarms.len())?;
    while tasks.join_next().await.is_some() {}
    Ok(())
}

/// The same length, so that nothing but the hash tells.
fn altered(bytes: &Bytes) -> Bytes {
    let mut bytes = BytesMut::from(bytes.as_ref());
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    bytes.freeze()
}
