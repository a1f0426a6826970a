//! Do native peers share segments over real WebRTC, and is nothing kept that nobody signed?

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::support::{Content, World};
use farandole_peer::store::Segments as _;
use farandole_peer::swarm::Notice;
use tokio::time::timeout;

/// For what must come, on a machine that is busy.
const LONG: Duration = Duration::from_secs(60);

async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(LONG, what).await.expect("it did not come")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_gets_every_segment_from_a_seeder_and_hands_them_on() {
    let content = Content::new(40);
    let all: Vec<u64> = (0..40).collect();
    let mut world = World::start().await;
    let seeder = world.peer(&content, &all, false).await;
    let mut viewer = world.peer(&content, &[], false).await;
    viewer.swarm.want(0..40);
    soon(viewer.fetches(40)).await;
    let total: u64 = content.segments.iter().map(|bytes| bytes.len() as u64).sum();
    assert_eq!(viewer.counters.downloaded.load(Ordering::Relaxed), total);
    assert_eq!(seeder.counters.uploaded.load(Ordering::Relaxed), total);

    drop(seeder);
    let mut late = world.peer(&content, &[], false).await;
    late.swarm.want(0..40);
    soon(late.fetches(40)).await;
    for index in all {
        let bytes = late.store.read(index).await.unwrap();
        assert_eq!(bytes, content.segments[index as usize]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn altered_bytes_are_not_kept_and_their_sender_is_not_met_again() {
    let content = Content::new(6);
    let all: Vec<u64> = (0..6).collect();
    let mut world = World::start().await;
    let bad = world.peer(&content, &all, true).await;
    let mut viewer = world.peer(&content, &[], false).await;
    viewer.swarm.want(0..6);
    let notice = soon(viewer.hears(|notice| matches!(notice, Notice::Altered { .. }))).await;
    assert_eq!(notice, Notice::Altered { segment: 0, peer: bad.swarm.peer });
    soon(viewer.hears(|notice| *notice == Notice::Peers(0))).await;
    assert_eq!(viewer.store.read(0).await, None);
    assert_eq!(viewer.counters.downloaded.load(Ordering::Relaxed), 0);

    let _good = world.peer(&content, &all, false).await;
    soon(viewer.fetches(6)).await;
    for index in all {
        let bytes = viewer.store.read(index).await.unwrap();
        assert_eq!(bytes, content.segments[index as usize]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_fetches_over_http_the_others_hear_of() {
    let content = Content::new(3);
    let mut world = World::start().await;
    let mut one = world.peer(&content, &[0], false).await;
    let mut other = world.peer(&content, &[], false).await;
    soon(other.hears(|notice| *notice == Notice::Peers(1))).await;
    soon(one.hears(|notice| *notice == Notice::Peers(1))).await;
    one.swarm.loading(1, true);
    soon(async {
        while other.swarm.availability(1).await.unwrap().loaders == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let near = other.swarm.availability(0).await.unwrap();
    assert_eq!((near.held, near.holders, near.loaders), (false, 1, 0));
    one.store.keep(1, content.segments[1].clone()).await.unwrap();
    one.swarm.held(1);
    other.swarm.want(0..2);
    soon(other.fetches(2)).await;
}
