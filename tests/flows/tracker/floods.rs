//! What floods do not change: memory stays bounded, and honest viewers are served meanwhile.
//!
//! `FARANDOLE_TEST_FLOOD` says how many messages a flood has (3000).

use std::net::SocketAddr;
use std::time::Duration;

use farandole::tracker::counters::Drop;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

use crate::support::TestApp;
use crate::support::process::wanted;
use crate::support::viewers::{Viewer, offers, open_swarm, until};

const HASH: &str = "AAAAAAAAAAAAAAAAAAAA";
/// What a flood may add to the memory of server and test together.
const MOST_BYTES: u64 = 48 << 20;
/// Where floods come from; honest viewers come from elsewhere.
const FLOODER: &str = "198.51.100.7";

fn messages() -> usize {
    wanted("FARANDOLE_TEST_FLOOD", 3000) as usize
}

/// Resident memory of this process, which is server and flood in one.
fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

async fn with_swarms(count: usize) -> TestApp {
    let app = TestApp::start().await;
    let mut swarms = vec![open_swarm(HASH)];
    swarms.extend((1..count).map(|number| open_swarm(&format!("{number:020}"))));
    app.app.tracker().replace(1, &swarms);
    app
}

/// Two honest viewers meet, from addresses of their own.
async fn honest_viewers_meet(address: SocketAddr) {
    let mut alice = Viewer::connect_as(address, "192.0.2.1", "").await.unwrap();
    let mut bob = Viewer::connect_as(address, "203.0.113.1", "").await.unwrap();
    let (one, other) = ("-FR0001-alice-------", "-FR0001-bob---------");
    let before = alice.join(HASH, one).await;
    assert!(before["incomplete"].is_number(), "{before}");
    bob.announce(HASH, other, 5).await;
    assert!(bob.hear().await["incomplete"].is_number());
    loop {
        let offer = alice.hear().await;
        assert!(offer["offer"].is_object(), "{offer}");
        if offer["peer_id"] == other {
            alice.answer(&offer, one).await;
            break;
        }
    }
    loop {
        let heard = bob.hear().await;
        if heard["answer"].is_object() {
            assert_eq!(heard["peer_id"], one);
            break;
        }
    }
}

/// Sends as fast as it can until all is sent or the server closes; a reader takes what comes.
async fn flood(app: &TestApp, make: impl Fn(usize) -> Message + Send + 'static) -> JoinHandle<()> {
    let flooder = Viewer::connect_as(app.address, FLOODER, "").await.unwrap();
    let (mut out, mut back) = flooder.socket.split();
    let count = messages();
    tokio::spawn(async move { while let Some(Ok(_)) = back.next().await {} });
    tokio::spawn(async move {
        for number in 0..count {
            if out.send(make(number)).await.is_err() {
                return;
            }
        }
        let _ = out.close().await;
    })
}

fn announce(hash: &str, offers: &[Value]) -> Message {
    let message = json!({
        "action": "announce", "info_hash": hash, "peer_id": "-XX0000-flood-------",
        "numwant": offers.len(), "offers": offers,
    });
    Message::text(message.to_string())
}

/// Runs a flood over a few sockets; honest viewers meet while it goes on and after it.
async fn withstood(app: &TestApp, make: impl Fn(usize) -> Message + Clone + Send + 'static) {
    let before = resident_bytes();
    for _ in 0..3 {
        let flood = flood(app, make.clone()).await;
        honest_viewers_meet(app.address).await;
        flood.await.unwrap();
    }
    honest_viewers_meet(app.address).await;
    let grown = resident_bytes().saturating_sub(before);
    assert!(grown < MOST_BYTES, "{} MiB more", grown >> 20);
    until("nothing is left", || app.app.tracker().peers() == 0).await;
}

#[tokio::test]
async fn unknown_hashes_are_forgotten_as_they_come() {
    let app = with_swarms(1).await;
    withstood(&app, |number| announce(&format!("x{number:019}"), &[])).await;
    let counters = &app.app.tracker().counters;
    assert!(counters.drops(Drop::Unknown) > 0 && counters.drops(Drop::Flood) > 0);
}

#[tokio::test]
async fn huge_offers_are_not_kept() {
    let app = with_swarms(1).await;
    let mut many = offers("-XX0000-flood---", 7);
    for offer in &mut many {
        offer["offer"]["sdp"] = json!("x".repeat(8000));
    }
    withstood(&app, move |_| announce(HASH, &many)).await;
}

#[tokio::test]
async fn nonsense_is_not_listened_to_for_long() {
    let app = with_swarms(1).await;
    withstood(&app, |number| match number % 3 {
        0 => Message::text("{\"action\":"),
        1 => Message::binary(vec![0xff; 100]),
        _ => Message::text("[".repeat(60_000)),
    })
    .await;
    assert!(app.app.tracker().counters.drops(Drop::Malformed) > 0);
}

#[tokio::test]
async fn pings_are_messages_too() {
    let app = with_swarms(1).await;
    withstood(&app, |_| Message::Ping(vec![b'x'; 100].into())).await;
    assert!(app.app.tracker().counters.drops(Drop::Flood) > 0);
}

#[tokio::test]
async fn one_address_cannot_be_in_all_swarms() {
    // The whole flood (`tests/soak`) is in more than 100,000 swarms.
    let per_socket = messages() / 100;
    let app = with_swarms(600 * per_socket + 2).await;
    let tracker = app.app.tracker();
    let before = resident_bytes();
    let mut sockets = Vec::new();
    let mut refused = 0;
    for socket in 0..300 {
        match Viewer::connect_as(app.address, FLOODER, "").await {
            Ok(mut viewer) => {
                for number in 0..per_socket {
                    let hash = format!("{:020}", socket * 2 * per_socket + number + 1);
                    // Who goes on beyond its rate is closed.
                    let _ = viewer.socket.send(announce(&hash, &[])).await;
                }
                sockets.push(viewer);
            }
            Err(status) => {
                assert_eq!(status, 429);
                refused += 1;
            }
        }
    }
    assert!(refused >= 100 && sockets.len() <= 200, "{} sockets, {refused} refused", sockets.len());
    honest_viewers_meet(app.address).await;
    assert!(tracker.peers() <= 2000, "{}", tracker.peers());
    let grown = resident_bytes().saturating_sub(before);
    assert!(grown < MOST_BYTES, "{} MiB more", grown >> 20);
    drop(sockets);
    until("all is forgotten", || (tracker.sockets(), tracker.peers()) == (0, 0)).await;
}

#[tokio::test]
async fn whoever_takes_nothing_is_dropped_instead_of_buffered() {
    let app = with_swarms(1).await;
    let tracker = app.app.tracker();
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 << 10).unwrap();
    let stream = socket.connect(app.address).await.unwrap();
    let url = format!("ws://{}/tracker/socket", app.address);
    let (mut slow, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
    // It asks for long answers and reads none.
    let ask = json!({"action": "scrape", "info_hash": vec![HASH; 64]}).to_string();
    let asking = async {
        while slow.send(Message::text(ask.clone())).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(2)).await;
            app.clock.advance(Duration::from_millis(200));
        }
    };
    tokio::time::timeout(Duration::from_secs(60), asking).await.expect("it is buffered for ever");
    until("it is gone", || tracker.sockets() == 0).await;
    assert_eq!(tracker.counters.drops(Drop::Slow), 1);
    honest_viewers_meet(app.address).await;
}

#[tokio::test]
async fn half_open_sockets_are_cut() {
    let app = with_swarms(1).await;
    let mut half_open = Vec::new();
    for _ in 0..50 {
        let mut viewer = Viewer::connect_as(app.address, FLOODER, "").await.unwrap();
        // The head of a frame, and nothing of it.
        viewer.socket.get_mut().write_all(&[0x81, 0xfe, 0xff, 0xff]).await.unwrap();
        half_open.push(viewer);
    }
    // Others do not even ask for the upgrade.
    let silent: Vec<TcpStream> =
        futures::future::join_all((0..50).map(|_| TcpStream::connect(app.address)))
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
    honest_viewers_meet(app.address).await;
    app.clock.advance(Duration::from_secs(75));
    until("all are cut", || app.app.tracker().sockets() == 0).await;
    assert!(app.app.tracker().counters.drops(Drop::Silent) >= 50);
    honest_viewers_meet(app.address).await;
    drop((half_open, silent));
}
