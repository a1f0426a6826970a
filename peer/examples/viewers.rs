//! Many viewers of one rendition in one process, for load tests: each fetches what no other has
//! from the host, and everything else from each other. Prints one JSON line at the end.
//!
//! `cargo run -p farandole-peer --example viewers -- BASE_URL VIDEO_ID RENDITION COUNT SPEED SPREAD`
//! plays SPEED times faster than people do; viewers arrive spread over SPREAD seconds.

use std::collections::BTreeSet;
use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use farandole_peer::connection::Network;
use farandole_peer::link::{Counters, Shared};
use farandole_peer::origin::{Origin, Rendition, Video};
use farandole_peer::seeder;
use farandole_peer::store::Memory;
use farandole_peer::swarm::{Setup, Swarm};
use farandole_peer::throttle::Throttle;
use farandole_peer::tracker::Tracker;
use farandole_peer::viewer::{Playback, Viewer, Watched};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::sleep;
use url::Url;

/// Peers a viewer connects to at most; the server may stop sooner.
const PEERS: usize = 16;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [base, id, name, count, speed, spread] = arguments.as_slice() else {
        return Err("usage: viewers BASE_URL VIDEO_ID RENDITION COUNT SPEED SPREAD".into());
    };
    let count: u32 = count.parse()?;
    let playback = Playback { speed: speed.parse()?, http: true };
    let spread = Duration::from_secs_f64(spread.parse()?);
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let origin = Origin::new()?;
    let video = origin.video(&Url::parse(base)?, id).await?;
    let renditions = origin.renditions(&video).await?;
    let rendition = renditions.into_iter().find(|rendition| rendition.name == *name);
    let rendition = rendition.ok_or("there is no such rendition")?;
    let mut watching = JoinSet::new();
    for at in 0..count {
        let (origin, video, rendition) = (origin.clone(), video.clone(), rendition.clone());
        let wait = spread.mul_f64(f64::from(at) / f64::from(count.max(1)));
        watching.spawn(async move {
            sleep(wait).await;
            watch(origin, video, rendition, playback).await
        });
    }
    let mut all = Vec::new();
    while let Some(watched) = watching.join_next().await {
        let (watched, viewer) = watched?.ok_or("a viewer could not begin")?;
        all.push(watched);
        // Those who are through stay, as people leave a page open: others may still need them.
        std::mem::forget(viewer);
    }
    report(&all)
}

async fn watch(
    origin: Origin,
    video: Video,
    rendition: Rendition,
    playback: Playback,
) -> Option<(Watched, (Viewer, JoinSet<()>))> {
    let (tracker, driver) = Tracker::new(video.trackers.first()?.clone());
    let mut tasks = JoinSet::new();
    tasks.spawn(driver.run());
    let segments = Arc::new(Memory::new(seeder::sizes(&rendition.media, &rendition.hashes).ok()?));
    let counters = Arc::new(Counters::default());
    let shared = Shared {
        segments: Arc::clone(&segments) as _,
        hashes: Arc::clone(&rendition.hashes),
        throttle: Arc::new(Throttle::new(None)),
        counters: Arc::clone(&counters),
        poison: false,
    };
    let setup = Setup {
        hash: rendition.info_hash,
        tracker,
        network: Network { stun_urls: video.stun_urls.clone(), bind: Vec::new() },
        shared: Arc::new(shared),
        held: BTreeSet::new(),
        peers: PEERS,
        offers: 5,
    };
    let (swarm, member, notices) = Swarm::new(setup);
    tasks.spawn(member.run());
    let viewer = Viewer { origin, video, rendition, swarm, notices, segments, counters };
    let (watched, viewer) = viewer.watch(playback).await;
    Some((watched, (viewer, tasks)))
}

fn report(all: &[Watched]) -> Result<(), Box<dyn Error>> {
    let http: u64 = all.iter().map(|watched| watched.http_bytes).sum();
    let peers: u64 = all.iter().map(|watched| watched.peer_bytes).sum();
    let mut start_ups: Vec<_> = all.iter().map(|watched| watched.start_up.as_millis()).collect();
    start_ups.sort_unstable();
    let stalled = |watched: &&Watched| watched.stalled > Duration::from_millis(100);
    let summary = json!({
        "viewers": all.len(),
        "httpBytes": http,
        "peerBytes": peers,
        "ratio": peers as f64 / (peers + http).max(1) as f64,
        "stalledViewers": all.iter().filter(stalled).count(),
        "startUpMedianMs": start_ups.get(start_ups.len() / 2),
        "altered": all.iter().map(|watched| watched.altered).sum::<u64>(),
    });
    writeln!(std::io::stdout(), "{summary}")?;
    Ok(())
}
