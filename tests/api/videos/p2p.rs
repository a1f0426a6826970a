//! `POST /api/v1/videos/{id}/p2p/bad-segments`.

use farandole::domain::Privacy;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::videos::TestVideo;
use crate::support::viewers::{Viewer, open_swarm};

const HASH: &str = "AAAAAAAAAAAAAAAAAAAA";

fn id(name: &str) -> String {
    format!("-FR0001-{name:->12}")
}

async fn report(app: &TestApp, video: &TestVideo, from: &str, body: &Value) -> u16 {
    let post = app.client.post(app.url(&video.path("/p2p/bad-segments")));
    post.header("x-forwarded-for", from).json(body).send().await.unwrap().status().as_u16()
}

fn body(reporter: &str, bad: &str) -> Value {
    json!({"infoHash": HASH, "peerId": id(reporter), "badPeerId": id(bad)})
}

/// A viewer in the swarm, from an address of its own.
async fn viewer(app: &TestApp, name: &str, from: &str) -> Viewer {
    let mut viewer = Viewer::connect_as(app.address, from, "").await.unwrap();
    viewer.join(HASH, &id(name)).await;
    viewer
}

/// Announces offers, and tells who hears one of them.
async fn met(app: &TestApp, of: &mut Viewer, name: &str, others: &mut [&mut Viewer]) -> Vec<usize> {
    let offered = app.app.tracker().counters.told(farandole::tracker::counters::Told::Offer);
    of.announce(HASH, &id(name), 5).await;
    of.hear().await;
    let told = app.app.tracker().counters.told(farandole::tracker::counters::Told::Offer);
    let mut who = Vec::new();
    for (position, other) in others.iter_mut().enumerate() {
        // What was queued for somebody comes before the reply to what it says next.
        other.say(&json!({"action": "scrape"})).await;
        while other.hear().await["action"] == "announce" {
            who.push(position);
        }
    }
    assert_eq!(who.len() as u64, told - offered);
    who
}

#[tokio::test]
async fn whoever_is_reported_twice_meets_nobody_any_more() {
    let app = TestApp::start().await;
    let video = app.video(&app.user("alice").await).publish().await;
    app.app.tracker().replace(video.id, &[open_swarm(HASH)]);
    let mut poisoner = viewer(&app, "poisoner", "198.51.100.1").await;
    let mut one = viewer(&app, "one", "192.0.2.1").await;
    let mut two = viewer(&app, "two", "203.0.113.1").await;
    let mut three = viewer(&app, "three", "203.0.113.3").await;
    // Not brought together yet: whatever is reported does not count.
    assert_eq!(report(&app, &video, "192.0.2.1", &body("one", "poisoner")).await, 204);
    assert_eq!(app.app.tracker().counters.reports(), 0);
    let others = &mut [&mut one, &mut two, &mut three];
    assert_eq!(met(&app, &mut poisoner, "poisoner", others).await, [0, 1, 2]);
    // Somebody else in its name.
    assert_eq!(report(&app, &video, "198.51.100.9", &body("one", "poisoner")).await, 204);
    assert_eq!(app.app.tracker().counters.reports(), 0);
    assert_eq!(report(&app, &video, "192.0.2.1", &body("one", "poisoner")).await, 204);
    // In a swarm of four one report keeps it from who reported, not from others.
    let mut four = viewer(&app, "four", "192.0.2.4").await;
    let others = &mut [&mut poisoner, &mut one, &mut two, &mut three];
    assert!(met(&app, &mut four, "four", others).await.contains(&0));
    assert_eq!(report(&app, &video, "203.0.113.1", &body("two", "poisoner")).await, 204);
    assert_eq!(app.app.tracker().counters.reports(), 2);
    let mut five = viewer(&app, "five", "192.0.2.5").await;
    let others = &mut [&mut poisoner, &mut one, &mut two, &mut three, &mut four];
    assert_eq!(met(&app, &mut five, "five", others).await, [1, 2, 3, 4]);
    // Under a new name neither.
    let mut six = viewer(&app, "six", "192.0.2.6").await;
    poisoner.join(HASH, &id("renamed")).await;
    let others = &mut [&mut six];
    assert_eq!(met(&app, &mut poisoner, "renamed", others).await, Vec::<usize>::new());
}

#[tokio::test]
async fn reports_come_from_those_who_may_watch() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let bob = app.user("bob").await;
    let public = app.video(&alice).publish().await;
    let private = app.video(&alice).privacy(Privacy::Private).publish().await;
    let said = body("one", "two");
    assert_eq!(report(&app, &public, "192.0.2.1", &said).await, 204);
    assert_eq!(report(&app, &private, "192.0.2.1", &said).await, 401);
    let path = private.path("/p2p/bad-segments");
    assert_eq!(bob.post_json(&path, &said).await.status(), 403);
    assert_eq!(alice.post_json(&path, &said).await.status(), 204);
    let missing = "/api/v1/videos/4242/p2p/bad-segments";
    assert_eq!(alice.post_json(missing, &said).await.status(), 404);
}

#[tokio::test]
async fn reports_that_name_nobody_are_refused() {
    let app = TestApp::start().await;
    let video = app.video(&app.user("alice").await).publish().await;
    let good = body("one", "two");
    for (field, value) in [
        ("infoHash", json!("short")),
        ("peerId", json!("1234567890123456789\u{100}")),
        ("badPeerId", json!(null)),
        ("badPeerId", json!(12)),
    ] {
        let mut bad = good.clone();
        bad[field] = value;
        assert_eq!(report(&app, &video, "192.0.2.1", &bad).await, 400, "{bad}");
    }
}
