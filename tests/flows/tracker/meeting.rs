//! How viewers of a video meet, and who does not.

use farandole::tracker::directory::Swarm;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::TestApp;
use crate::support::viewers::{Viewer, open_swarm};

const HASH: &str = "AAAAAAAAAAAAAAAAAAAA";
const OTHER: &str = "BBBBBBBBBBBBBBBBBBBB";
const CLOSED: &str = "CCCCCCCCCCCCCCCCCCCC";
const ALICE: &str = "-FR0001-alice-------";
const BOB: &str = "-FR0001-bob---------";

async fn with_swarms(hashes: &[&str]) -> TestApp {
    let app = TestApp::start().await;
    let swarms: Vec<_> = hashes.iter().map(|hash| open_swarm(hash)).collect();
    app.app.tracker().replace(1, &swarms);
    app
}

#[tokio::test]
async fn two_viewers_exchange_offer_and_answer_as_they_wrote_them() {
    let app = with_swarms(&[HASH]).await;
    let mut alice = Viewer::connect(app.address).await;
    let mut bob = Viewer::connect(app.address).await;
    let expected = json!({
        "action": "announce", "info_hash": HASH, "interval": 30, "complete": 0, "incomplete": 1,
    });
    assert_eq!(alice.join(HASH, ALICE).await, expected);
    bob.announce(HASH, BOB, 5).await;
    assert_eq!(bob.hear().await["incomplete"], 2);
    let offer = alice.hear().await;
    let sent = crate::support::viewers::offers(BOB, 1).remove(0);
    assert_eq!(
        offer,
        json!({
            "action": "announce", "info_hash": HASH, "peer_id": BOB,
            "offer": sent["offer"], "offer_id": sent["offer_id"],
        })
    );
    alice.hears_nothing().await;
    alice.answer(&offer, ALICE).await;
    assert_eq!(
        bob.hear().await,
        json!({
            "action": "announce", "info_hash": HASH, "peer_id": ALICE,
            "offer_id": sent["offer_id"],
            "answer": {"type": "answer", "sdp": format!("answer of {ALICE}")},
        })
    );
    // Once is enough, and they do not meet again.
    alice.answer(&offer, ALICE).await;
    alice.announce(HASH, ALICE, 5).await;
    assert_eq!(alice.hear().await["incomplete"], 2);
    bob.hears_nothing().await;
}

#[tokio::test]
async fn nobody_is_brought_together_before_enough_watch() {
    let app = TestApp::start_with(|config| config.p2p.min_viewers = 3).await;
    app.app.tracker().replace(1, &[open_swarm(HASH), open_swarm(OTHER)]);
    let mut alice = Viewer::connect(app.address).await;
    let mut bob = Viewer::connect(app.address).await;
    alice.join(HASH, ALICE).await;
    // In picture and sound, Bob is one viewer all the same.
    bob.join(OTHER, BOB).await;
    bob.announce(HASH, BOB, 5).await;
    assert_eq!(bob.hear().await["incomplete"], 2);
    alice.hears_nothing().await;
    let mut carol = Viewer::connect(app.address).await;
    carol.announce(OTHER, "-FR0001-carol-------", 5).await;
    carol.hear().await;
    assert_eq!(bob.hear().await["peer_id"], "-FR0001-carol-------");
}

#[tokio::test]
async fn an_answer_to_no_offer_goes_nowhere() {
    let app = with_swarms(&[HASH]).await;
    let mut alice = Viewer::connect(app.address).await;
    let mut bob = Viewer::connect(app.address).await;
    alice.join(HASH, ALICE).await;
    bob.join(HASH, BOB).await;
    let made_up = json!({"info_hash": HASH, "peer_id": BOB, "offer_id": "12345678901234567890"});
    alice.answer(&made_up, ALICE).await;
    bob.hears_nothing().await;
    alice.hears_nothing().await;
}

#[tokio::test]
async fn a_socket_is_in_several_swarms_under_several_ids() {
    let app = with_swarms(&[HASH, OTHER]).await;
    let mut alice = Viewer::connect(app.address).await;
    let mut bob = Viewer::connect(app.address).await;
    alice.join(HASH, ALICE).await;
    alice.join(OTHER, "-FR0001-alice's-2nd-").await;
    bob.announce(OTHER, BOB, 2).await;
    assert_eq!(bob.hear().await["incomplete"], 2);
    let offer = alice.hear().await;
    assert_eq!((&offer["info_hash"], &offer["peer_id"]), (&json!(OTHER), &json!(BOB)));
    alice.answer(&offer, "-FR0001-alice's-2nd-").await;
    assert_eq!(bob.hear().await["peer_id"], "-FR0001-alice's-2nd-");
    assert_eq!(app.app.tracker().peers(), 3);
}

/// What is said to somebody who names `hash`, with the hash itself blotted out.
async fn said_of(viewer: &mut Viewer, hash: &str) -> Vec<String> {
    let blotted = |said: Value| said.to_string().replace(hash, "?");
    let mut said = vec![blotted(viewer.join(hash, ALICE).await)];
    viewer.say(&json!({"action": "scrape", "info_hash": hash})).await;
    said.push(blotted(viewer.hear().await));
    let offer = json!({"info_hash": hash, "peer_id": BOB, "offer_id": "12345678901234567890"});
    viewer.answer(&offer, ALICE).await;
    said.push(blotted(viewer.hear().await));
    viewer
        .say(
            &json!({"action": "announce", "event": "stopped", "info_hash": hash, "peer_id": ALICE}),
        )
        .await;
    said.push(blotted(viewer.hear().await));
    said
}

#[tokio::test]
async fn a_swarm_that_is_not_for_everybody_looks_like_one_that_is_not() {
    let app = with_swarms(&[HASH]).await;
    let closed = Swarm { open: false, pass: Uuid::from_u128(2), ..open_swarm(CLOSED) };
    app.app.tracker().replace(2, &[closed]);
    let mut viewer = Viewer::connect(app.address).await;
    let unknown = said_of(&mut viewer, "UUUUUUUUUUUUUUUUUUUU").await;
    let failure = json!({
        "action": "announce", "info_hash": "?",
        "failure reason": "this video is not shared here",
    });
    assert_eq!(unknown[0], failure.to_string());
    assert_eq!(said_of(&mut viewer, CLOSED).await, unknown);
    let mut forger = Viewer::connect_as(app.address, "127.0.0.1", "?token=made-up").await.unwrap();
    assert_eq!(said_of(&mut forger, CLOSED).await, unknown);
    // Nobody is turned away for it.
    assert_eq!(viewer.join(HASH, ALICE).await["incomplete"], 1);
    assert_eq!(app.app.tracker().peers(), 1);
}

#[tokio::test]
async fn a_scrape_counts_in_known_swarms_only() {
    let app = with_swarms(&[HASH, OTHER]).await;
    let mut viewer = Viewer::connect(app.address).await;
    viewer.join(HASH, ALICE).await;
    viewer.say(&json!({"action": "scrape", "info_hash": [HASH, OTHER, CLOSED]})).await;
    let expected = json!({
        "action": "scrape", "flags": {"min_request_interval": 30},
        "files": {
            HASH: {"complete": 0, "incomplete": 1, "downloaded": 0},
            OTHER: {"complete": 0, "incomplete": 0, "downloaded": 0},
        },
    });
    assert_eq!(viewer.hear().await, expected);
    viewer.say(&json!({"action": "scrape"})).await;
    assert_eq!(viewer.hear().await["files"], json!({}));
}

#[tokio::test]
async fn a_video_that_is_shared_no_longer_is_forgotten_at_once() {
    let app = with_swarms(&[HASH]).await;
    let mut alice = Viewer::connect(app.address).await;
    alice.join(HASH, ALICE).await;
    app.app.tracker().remove(1);
    assert_eq!((app.app.tracker().peers(), app.app.tracker().swarms()), (0, 0));
    let said = alice.join(HASH, ALICE).await;
    assert_eq!(said["failure reason"], "this video is not shared here");
}

#[tokio::test]
async fn whoever_does_not_speak_websocket_is_told() {
    let app = with_swarms(&[HASH]).await;
    let answer = app.get("/tracker/socket").await;
    assert_eq!(answer.status(), 426);
    assert_eq!(answer.headers()["upgrade"], "websocket");
    let answer = app.get("/tracker/announce").await;
    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.unwrap().contains("/tracker/socket"));
    let answer = app.get("/tracker/announce?info_hash=%aa&peer_id=x&port=1&left=0").await;
    assert_eq!(answer.status(), 200);
    let body = answer.text().await.unwrap();
    assert_eq!(
        body,
        "d14:failure reason54:this tracker speaks WebSocket only, at /tracker/sockete"
    );
}

#[tokio::test]
async fn metrics_count_what_happens() {
    let app = with_swarms(&[HASH]).await;
    let mut alice = Viewer::connect(app.address).await;
    let mut bob = Viewer::connect(app.address).await;
    alice.join(HASH, ALICE).await;
    bob.announce(HASH, BOB, 3).await;
    bob.hear().await;
    let offer = alice.hear().await;
    alice.answer(&offer, ALICE).await;
    bob.hear().await;
    bob.join("UUUUUUUUUUUUUUUUUUUU", BOB).await;
    let metrics = app.get("/metrics").await.text().await.unwrap();
    for line in [
        "tracker_sockets 2",
        "tracker_swarms 1",
        "tracker_peers 2",
        "tracker_messages_total{direction=\"in\",kind=\"announce\"} 3",
        "tracker_messages_total{direction=\"in\",kind=\"answer\"} 1",
        "tracker_messages_total{direction=\"out\",kind=\"reply\"} 2",
        "tracker_messages_total{direction=\"out\",kind=\"failure\"} 1",
        "tracker_relays_total{kind=\"offer\"} 1",
        "tracker_relays_total{kind=\"answer\"} 1",
        "tracker_drops_total{reason=\"unknown\"} 1",
        "tracker_reports_total 0",
    ] {
        assert!(metrics.lines().any(|have| have == line), "{line} is not in\n{metrics}");
    }
    assert!(!metrics.contains("127.0.0.1"), "{metrics}");
}
