//! How sockets end, by will or by a cut line: nobody stays behind.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio_tungstenite::tungstenite::Message;

use crate::support::TestApp;
use crate::support::viewers::{Viewer, open_swarm, until};

const HASH: &str = "AAAAAAAAAAAAAAAAAAAA";
const ALICE: &str = "-FR0001-alice-------";
const BOB: &str = "-FR0001-bob---------";
/// Two and a half intervals of 30 s.
const GHOST: Duration = Duration::from_secs(75);

async fn with_swarm() -> TestApp {
    let app = TestApp::start().await;
    app.app.tracker().replace(1, &[open_swarm(HASH)]);
    app
}

/// Sockets, swarms, pairs.
fn counts(app: &TestApp) -> (usize, usize, usize) {
    let tracker = app.app.tracker();
    (tracker.sockets(), tracker.swarms(), tracker.peers())
}

#[tokio::test]
async fn whoever_leaves_or_reloads_is_forgotten_at_once() {
    let app = with_swarm().await;
    let mut alice = Viewer::connect(app.address).await;
    alice.join(HASH, ALICE).await;
    alice
        .say(&json!({
            "action": "announce", "event": "stopped", "info_hash": HASH, "peer_id": ALICE,
        }))
        .await;
    assert_eq!(alice.hear().await["incomplete"], 0);
    assert_eq!(counts(&app), (1, 0, 0));
    alice.join(HASH, ALICE).await;
    // A page that is closed says goodbye; one that crashes, or its machine, does not.
    alice.socket.close(None).await.unwrap();
    until("Alice is gone", || counts(&app) == (0, 0, 0)).await;
    let mut bob = Viewer::connect(app.address).await;
    bob.join(HASH, BOB).await;
    drop(bob.socket);
    until("Bob is gone", || counts(&app) == (0, 0, 0)).await;
}

#[tokio::test]
async fn a_cut_line_leaves_no_ghost_for_longer_than_two_and_a_half_intervals() {
    let app = with_swarm().await;
    let mut alice = Viewer::connect(app.address).await;
    let mut bob = Viewer::connect(app.address).await;
    alice.join(HASH, ALICE).await;
    bob.join(HASH, BOB).await;
    // Alice's laptop sleeps: her socket stays open and says nothing. Bob announces.
    app.clock.advance(GHOST / 2);
    assert_eq!(bob.join(HASH, BOB).await["incomplete"], 2);
    app.clock.advance(GHOST / 2);
    until("the ghost is gone", || counts(&app) == (1, 1, 1)).await;
    assert_eq!(bob.join(HASH, BOB).await["incomplete"], 1);
    assert_eq!(alice.goodbye().await, None);
}

#[tokio::test]
async fn a_quiet_socket_that_answers_pings_stays() {
    let app = with_swarm().await;
    let mut quiet = Viewer::connect(app.address).await;
    quiet.join(HASH, ALICE).await;
    let mut pings = 0;
    for _ in 0..10 {
        app.clock.advance(Duration::from_secs(31));
        // An answer that came only after the clock was moved is as good as new: no ping then.
        if let Ok(heard) = tokio::time::timeout(Duration::from_secs(3), quiet.socket.next()).await {
            assert!(matches!(heard, Some(Ok(Message::Ping(_)))), "{heard:?}");
            quiet.socket.flush().await.unwrap();
            pings += 1;
        }
        if pings == 5 {
            break;
        }
    }
    assert_eq!(pings, 5);
    // The socket is there; who does not announce is no peer any more.
    assert_eq!(counts(&app), (1, 0, 0));
}

#[tokio::test]
async fn idle_sockets_take_no_connections_places_and_no_time_out() {
    let app = TestApp::start_with(|config| {
        config.limits.connections = 1;
        config.limits.head_seconds = 1;
        config.limits.stall_seconds = 1;
    })
    .await;
    app.app.tracker().replace(1, &[open_swarm(HASH)]);
    let mut idle = Vec::new();
    for _ in 0..10 {
        idle.push(Viewer::connect(app.address).await);
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(app.get("/healthz").await.status(), 200);
    for viewer in &mut idle {
        assert_eq!(viewer.join(HASH, ALICE).await["action"], "announce");
    }
}

#[tokio::test]
async fn clients_are_told_when_the_server_stops_and_to_come_back_one_by_one() {
    let app = with_swarm().await;
    let mut viewers = Vec::new();
    for _ in 0..5 {
        viewers.push(Viewer::connect(app.address).await);
    }
    app.app.stopping().cancel();
    let mut reasons = Vec::new();
    for viewer in &mut viewers {
        let goodbye = viewer.goodbye().await.unwrap();
        assert_eq!(u16::from(goodbye.code), 1012);
        reasons.push(goodbye.reason.to_string());
    }
    reasons.sort();
    let expected = [1, 2, 3, 4, 5].map(|n| format!("restarting, come back in {n} s"));
    assert_eq!(reasons, expected);
    until("all are gone", || counts(&app) == (0, 0, 0)).await;
    app.app.shutdown(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn whoever_talks_nonsense_is_told_and_then_closed() {
    let app = with_swarm().await;
    let mut viewer = Viewer::connect(app.address).await;
    for nonsense in ["", "{", "[]", "{\"action\":\"dance\"}", "\u{0}"] {
        viewer.socket.send(Message::text(nonsense)).await.unwrap();
    }
    for _ in 0..5 {
        let failure = viewer.hear().await;
        assert_eq!(failure["action"], "announce");
        assert!(failure["failure reason"].is_string(), "{failure}");
    }
    assert_eq!(u16::from(viewer.goodbye().await.unwrap().code), 1008);
    until("it is gone", || counts(&app).0 == 0).await;
}

#[tokio::test]
async fn broken_frames_end_a_socket_with_the_reason() {
    let app = with_swarm().await;
    for (bytes, code) in [
        // Not masked; a reserved bit; not UTF-8; longer than may be.
        (vec![0x81, 1, b'x'], 1002),
        (vec![0xc1, 0x80, 0, 0, 0, 0], 1002),
        (vec![0x81, 0x81, 0, 0, 0, 0, 0xff], 1007),
        (vec![0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], 1009),
    ] {
        let mut viewer = Viewer::connect(app.address).await;
        viewer.socket.get_mut().write_all(&bytes).await.unwrap();
        let goodbye = viewer.goodbye().await.expect("it says why");
        assert_eq!(u16::from(goodbye.code), code);
    }
    until("all are gone", || counts(&app).0 == 0).await;
}
