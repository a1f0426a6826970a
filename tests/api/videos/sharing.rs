//! `streamingPlaylists[].p2p`, `p2pPolicy` and the swarms that the tracker knows: who shares what,
//! who is told of it, and when it ends.

use std::time::Duration;

use farandole::config::SharingLimit;
use farandole::domain::Privacy;
use farandole::videos::swarms;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::TestApp;
use crate::support::people::Person;
use crate::support::videos::TestVideo;

async fn start(limit: SharingLimit) -> TestApp {
    TestApp::start_with(|config| config.p2p.policy = limit).await
}

async fn read(app: &TestApp, video: &TestVideo) -> Value {
    let response = app.get(&video.path("")).await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

async fn own(person: &Person, video: &TestVideo) -> Value {
    let response = person.get(&video.path("")).await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

fn p2p(video: &Value) -> &Value {
    &video["streamingPlaylists"][0]["p2p"]
}

async fn put(person: &Person, path: &str, body: Value) -> u16 {
    person.put_json(path, &body).await.status().as_u16()
}

/// The bytes behind the characters of a hash.
fn hash(text: &Value) -> [u8; 20] {
    let bytes: Vec<u8> = text.as_str().unwrap().chars().map(|c| c as u8).collect();
    bytes.try_into().unwrap()
}

/// The tracker knows a swarm, for somebody with this ticket; asked until it says what is wanted.
async fn known(app: &TestApp, swarm: [u8; 20], admitted: Option<Uuid>, wanted: bool) -> bool {
    for _ in 0..100 {
        let found =
            app.app.tracker().directory().find(&farandole::tracker::protocol::Id(swarm), admitted);
        if found.is_some() == wanted {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

#[tokio::test]
async fn a_public_video_is_shared_by_those_who_are_asked() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    let json = read(&app, &video).await;
    let shared = p2p(&json);
    assert_eq!(shared["policy"], "ask");
    assert_eq!(shared["swarmId"], swarms::swarm_id(&app.app, video.generation));
    assert_eq!(shared["minViewers"], 1);
    assert_eq!(shared["stunUrls"], json!([]));
    assert_eq!(shared["infoHashes"].as_array().unwrap().len(), 2, "one a rendition");
    let url = shared["trackerUrls"][0].as_str().unwrap();
    assert!(url.starts_with("ws://localhost:") && url.contains("/tracker/socket?shard="), "{url}");
    assert!(!url.contains("token"), "everybody may watch");
    assert!(known(&app, hash(&shared["infoHashes"][0]), None, true).await);
    // PeerTube's players ask nobody.
    assert_eq!(json["streamingPlaylists"][0]["p2pInfoHashes"], json!([]));
    assert_eq!(json["trackerUrls"], json!([]));
}

#[tokio::test]
async fn peertubes_players_share_where_nobody_has_to_be_asked() {
    let app = start(SharingLimit::On).await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    let json = read(&app, &video).await;
    assert_eq!(p2p(&json)["policy"], "on");
    let theirs = json["streamingPlaylists"][0]["p2pInfoHashes"].as_array().unwrap();
    assert!(theirs.len() > 4);
    assert_eq!(json["trackerUrls"], p2p(&json)["trackerUrls"]);
    for one in theirs {
        assert!(known(&app, hash(one), None, true).await);
    }
    // Asking first ends them, and leaves ours as they are.
    assert_eq!(put(&alice, &video.path(""), json!({ "p2pPolicy": "ask" })).await, 204);
    assert!(known(&app, hash(&theirs[0]), None, false).await);
    let after = read(&app, &video).await;
    assert_eq!(after["trackerUrls"], json!([]));
    assert_eq!(p2p(&after)["infoHashes"], p2p(&json)["infoHashes"]);
    assert!(known(&app, hash(&p2p(&json)["infoHashes"][0]), None, true).await);
}

#[tokio::test]
async fn the_strictest_of_instance_channel_and_video_counts() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    let before = read(&app, &video).await;
    let swarm = hash(&p2p(&before)["infoHashes"][0]);
    let channel = format!("/api/v1/video-channels/{}", alice.channel_name);
    assert_eq!(put(&alice, &video.path(""), json!({ "p2pPolicy": "on" })).await, 204);
    assert_eq!(p2p(&read(&app, &video).await)["policy"], "ask", "no more than the instance");
    assert!(known(&app, swarm, None, true).await);
    assert_eq!(put(&alice, &channel, json!({ "p2pPolicy": "off" })).await, 204);
    assert_eq!(p2p(&read(&app, &video).await), &Value::Null, "no more than the channel");
    assert!(known(&app, swarm, None, false).await);
    assert_eq!(put(&alice, &channel, json!({ "p2pPolicy": null })).await, 204);
    assert_eq!(p2p(&read(&app, &video).await)["policy"], "ask");
    assert!(known(&app, swarm, None, true).await);
    let off = start(SharingLimit::Off).await;
    let bob = off.user("bob").await;
    let video = off.video(&bob).publish().await;
    assert_eq!(put(&bob, &video.path(""), json!({ "p2pPolicy": "on" })).await, 204);
    assert_eq!(p2p(&read(&off, &video).await), &Value::Null);
    assert!(off.app.tracker().directory().is_empty());
}

#[tokio::test]
async fn delicate_videos_are_shared_only_when_their_owner_says_so() {
    let app = start(SharingLimit::On).await;
    let alice = app.user("alice").await;
    let sensitive = app.video(&alice).nsfw().publish().await;
    assert_eq!(p2p(&read(&app, &sensitive).await), &Value::Null);
    let unlisted = app.video(&alice).privacy(Privacy::Unlisted).publish().await;
    let json = read(&app, &unlisted).await;
    assert!(p2p(&json)["trackerUrls"][0].as_str().unwrap().contains("&token="));
    assert_eq!(json["trackerUrls"], json!([]), "its swarms are for those who have the link");
    for privacy in [Privacy::Private, Privacy::Internal] {
        let video = app.video(&alice).privacy(privacy).publish().await;
        assert_eq!(p2p(&own(&alice, &video).await), &Value::Null, "{privacy:?}");
        assert_eq!(put(&alice, &video.path(""), json!({ "p2pPolicy": "ask" })).await, 204);
        assert_eq!(p2p(&own(&alice, &video).await)["policy"], "ask", "{privacy:?}");
    }
}

#[tokio::test]
async fn the_swarms_of_a_closed_video_open_to_ticket_holders_only() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).passwords(&["sesame"]).publish().await;
    assert_eq!(put(&alice, &video.path(""), json!({ "p2pPolicy": "ask" })).await, 204);
    for refused in [app.get(&video.path("")).await, bob.get(&video.path("")).await] {
        assert_eq!(refused.status(), 403);
        let text = refused.text().await.unwrap();
        assert!(!text.contains("swarm") && !text.contains("tracker"), "{text}");
    }
    let request = app.client.get(app.url(&video.path("")));
    let json = request.header("x-peertube-video-password", "sesame").send().await.unwrap();
    let json: Value = json.json().await.unwrap();
    assert_eq!(json["p2pPolicy"], Value::Null, "for its owner");
    let shared = p2p(&json);
    let url: reqwest::Url = shared["trackerUrls"][0].as_str().unwrap().parse().unwrap();
    let ticket = url.query_pairs().find(|(name, _)| name == "token").unwrap().1.into_owned();
    let admitted = swarms::admit(&app.app, &ticket);
    assert!(admitted.is_some());
    let swarm = hash(&shared["infoHashes"][0]);
    assert!(known(&app, swarm, admitted, true).await);
    assert!(known(&app, swarm, None, false).await);
    assert!(known(&app, swarm, Some(Uuid::new_v4()), false).await, "another video's ticket");
    assert_eq!(swarms::admit(&app.app, &format!("{ticket}A")), None);
    app.clock.advance(Duration::from_secs(62 + 4 * 3600 + 1));
    assert_eq!(swarms::admit(&app.app, &ticket), None, "it ends as file tokens do");
}

#[tokio::test]
async fn a_ticket_ends_with_the_password_it_was_got_by() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).passwords(&["sesame"]).publish().await;
    assert_eq!(put(&alice, &video.path(""), json!({ "p2pPolicy": "ask" })).await, 204);
    let enter = async |password: &str| {
        let request = app.client.get(app.url(&video.path("")));
        let json = request.header("x-peertube-video-password", password).send().await.unwrap();
        let json: Value = json.json().await.unwrap();
        let shared = p2p(&json);
        let url: reqwest::Url = shared["trackerUrls"][0].as_str().unwrap().parse().unwrap();
        let ticket = url.query_pairs().find(|(name, _)| name == "token").unwrap().1.into_owned();
        (hash(&shared["infoHashes"][0]), swarms::admit(&app.app, &ticket))
    };
    let (swarm, before) = enter("sesame").await;
    assert!(known(&app, swarm, before, true).await);
    let changed = json!({ "passwords": ["open barley"] });
    assert_eq!(put(&alice, &video.path("/passwords"), changed).await, 204);
    assert!(known(&app, swarm, before, false).await, "the old ticket");
    let (same, after) = enter("open barley").await;
    assert_eq!(same, swarm);
    assert!(known(&app, swarm, after, true).await);
}

#[tokio::test]
async fn a_video_that_goes_takes_its_swarms_along() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let (deleted, hidden) = (app.video(&alice).publish().await, app.video(&alice).publish().await);
    let mut swarms = Vec::new();
    for video in [&deleted, &hidden] {
        let swarm = hash(&p2p(&read(&app, video).await)["infoHashes"][0]);
        assert!(known(&app, swarm, None, true).await);
        swarms.push(swarm);
    }
    assert_eq!(alice.delete(&deleted.path("")).await.status(), 204);
    assert!(known(&app, swarms[0], None, false).await);
    assert_eq!(put(&alice, &hidden.path(""), json!({ "privacy": 3 })).await, 204);
    assert!(known(&app, swarms[1], None, false).await);
}

#[tokio::test]
async fn another_node_knows_a_swarm_and_its_end() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let early = app.video(&alice).publish().await;
    let second = app.second_node().await;
    let find = async |video: &TestVideo, wanted: bool| {
        let json: Value = alice.get(&video.path("")).await.json().await.unwrap();
        let swarm = hash(&p2p(&json)["infoHashes"][0]);
        for _ in 0..100 {
            let directory = second.app.tracker().directory();
            let found = directory.find(&farandole::tracker::protocol::Id(swarm), None);
            if found.is_some() == wanted {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    };
    assert!(find(&early, true).await, "from before its start");
    let late = app.video(&alice).publish().await;
    assert!(find(&late, true).await);
    let here: Value = alice.get(&late.path("")).await.json().await.unwrap();
    let there: Value = second.get(&late.path("")).await.json().await.unwrap();
    assert_eq!(p2p(&here)["publicKey"], p2p(&there)["publicKey"]);
    assert_eq!(p2p(&here)["infoHashes"], p2p(&there)["infoHashes"]);
    let swarm = hash(&p2p(&here)["infoHashes"][0]);
    assert_eq!(alice.delete(&late.path("")).await.status(), 204);
    for _ in 0..100 {
        let id = farandole::tracker::protocol::Id(swarm);
        if second.app.tracker().directory().find(&id, None).is_none() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the other node still knows the swarm of a deleted video");
}

#[tokio::test]
async fn the_policy_of_a_video_is_its_managers_business() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("carol").await;
    let video = app.video(&alice).publish().await;
    assert_eq!(put(&bob, &video.path(""), json!({ "p2pPolicy": "off" })).await, 403);
    assert_eq!(put(&alice, "/api/v1/videos/999", json!({ "p2pPolicy": "off" })).await, 404);
    for bad in [json!("maybe"), json!(1), json!("OFF"), json!(["on"])] {
        assert_eq!(put(&alice, &video.path(""), json!({ "p2pPolicy": bad })).await, 400, "{bad}");
    }
    assert_eq!(own(&alice, &video).await["p2pPolicy"], Value::Null);
    assert_eq!(put(&moderator, &video.path(""), json!({ "p2pPolicy": "off" })).await, 204);
    assert_eq!(own(&alice, &video).await["p2pPolicy"], "off");
    assert_eq!(own(&bob, &video).await["p2pPolicy"], Value::Null);
    assert_eq!(put(&alice, &video.path(""), json!({ "name": "Another name" })).await, 204);
    assert_eq!(own(&alice, &video).await["p2pPolicy"], "off", "what is not said stays");
    assert_eq!(put(&alice, &video.path(""), json!({ "p2pPolicy": null })).await, 204);
    assert_eq!(p2p(&read(&app, &video).await)["policy"], "ask");
}

#[tokio::test]
async fn an_upload_says_whether_it_is_shared() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let refused = alice.try_upload("good.mp4", &[("p2pPolicy", "sometimes")]).await;
    assert_eq!(refused.status(), 400);
    let problem: Value = refused.json().await.unwrap();
    assert!(problem["invalid-params"]["p2pPolicy"].is_object(), "{problem}");
    let taken = alice.upload("good.mp4", &[("p2pPolicy", "off")]).await;
    let path = format!("/api/v1/videos/{}", taken["uuid"].as_str().unwrap());
    let json: Value = alice.get(&path).await.json().await.unwrap();
    assert_eq!(json["p2pPolicy"], "off");
}
