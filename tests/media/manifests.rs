//! `{generation}-{rendition}.manifest`: what players check segments of strangers against.

use base64::Engine as _;
use farandole::domain::Privacy;
use farandole_peer::manifest::{Chain, Hashes, Identity, ManifestError};
use serde_json::{Value, json};

use super::growing::Growth;
use super::shelf::{self, Shelved, VIDEO_PASSWORD};
use crate::support::{Person, TestApp};

fn identity(video: &Shelved, name: &str) -> Identity {
    Identity { video: video.uuid, set: video.generation, name: name.to_owned() }
}

/// The key as a player gets it: from the API.
async fn public_key(person: &Person, video: &Shelved) -> [u8; 32] {
    let json = person.get(&format!("/api/v1/videos/{}", video.uuid)).await;
    let json: Value = json.json().await.unwrap();
    let key = json["streamingPlaylists"][0]["p2p"]["publicKey"].as_str().unwrap();
    base64::engine::general_purpose::STANDARD.decode(key).unwrap().try_into().unwrap()
}

fn lists(hashes: &Hashes, stem: &str, count: u64) {
    assert_eq!(hashes.len() as u64, count);
    for number in 0..count {
        let index = usize::try_from(number).unwrap();
        assert_eq!(hashes.segment(index), Some(&shelf::segment(stem, number).sha256));
    }
}

#[tokio::test]
async fn a_manifest_lists_what_the_channel_published() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let video = Shelved::published(&app, &owner, Privacy::Public).await;
    let key = public_key(&owner, &video).await;
    for stem in shelf::STEMS {
        let response = app.get(&video.path(&format!("{stem}.manifest"))).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "application/octet-stream");
        assert_eq!(response.headers()["cache-control"], "no-cache");
        let etag = response.headers()["etag"].clone();
        let bytes = response.bytes().await.unwrap();
        let hashes = Chain::verify(&bytes, &key, &identity(&video, stem)).unwrap();
        assert!(hashes.is_complete());
        lists(&hashes, stem, 4);
        let again = app.client.get(app.url(&video.path(&format!("{stem}.manifest"))));
        let again = again.header("if-none-match", etag).send().await.unwrap();
        assert_eq!(again.status(), 304);
    }
    let range = app.client.get(app.url(&video.path("240.manifest"))).header("range", "bytes=0-3");
    let range = range.send().await.unwrap();
    assert_eq!(
        (range.status().as_u16(), range.bytes().await.unwrap().as_ref()),
        (206, &b"FSM1"[..])
    );
    for name in ["720.manifest", "master.manifest"] {
        assert_eq!(app.get(&video.path(name)).await.status(), 404, "{name}");
    }
}

#[tokio::test]
async fn what_was_changed_on_the_way_is_noticed() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let video = Shelved::published(&app, &owner, Privacy::Public).await;
    let key = public_key(&owner, &video).await;
    let bytes = app.get(&video.path("240.manifest")).await.bytes().await.unwrap();
    for at in 0..bytes.len() {
        let mut bent = bytes.to_vec();
        bent[at] ^= 1;
        assert!(Chain::verify(&bent, &key, &identity(&video, "240")).is_err(), "byte {at}");
    }
    let swapped = Chain::verify(&bytes, &key, &identity(&video, "1080"));
    assert_eq!(swapped.unwrap_err(), ManifestError::OtherRendition);
    assert!(Chain::verify(&bytes, &[1; 32], &identity(&video, "240")).is_err());
}

#[tokio::test]
async fn a_manifest_grows_with_its_rendition() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let video = Shelved::empty(&app, &owner, Privacy::Public).await;
    video.grow(&app).await;
    let growth = Growth::begin(&app, &video);
    let path = video.path("1080.manifest");
    assert_eq!(app.get(&path).await.status(), 503, "not known yet what there will be");
    growth.plan();
    let empty = app.get(&path).await;
    assert_eq!((empty.status().as_u16(), empty.bytes().await.unwrap().len()), (200, 0));
    let actor = {
        let mut conn = app.app.db().read().await.unwrap();
        let row = farandole::db::sql("SELECT actor_id FROM channels WHERE id = $1");
        row.int(owner.channel_id).one(&mut conn).await.unwrap().int("actor_id").unwrap()
    };
    let key = farandole::auth::actor_keys::public(&app.app, actor).await.unwrap();
    for number in 0..3 {
        growth.segment(number);
        let bytes = app.get(&path).await.bytes().await.unwrap();
        let hashes = Chain::verify(&bytes, &key, &identity(&video, "1080")).unwrap();
        assert!(!hashes.is_complete());
        lists(&hashes, "1080", number + 1);
    }
    growth.segment(3);
    video.publish(&app).await;
    drop(growth);
    let bytes = app.get(&path).await.bytes().await.unwrap();
    let hashes = Chain::verify(&bytes, &key, &identity(&video, "1080")).unwrap();
    assert!(hashes.is_complete());
    lists(&hashes, "1080", 4);
    assert_eq!(public_key(&owner, &video).await, key);
}

#[tokio::test]
async fn a_closed_videos_manifest_is_as_closed_as_its_playlist() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let other = app.user("bob").await;
    for (privacy, anonymous, somebody) in [
        (Privacy::Private, 401, 403),
        (Privacy::Internal, 401, 200),
        (Privacy::PasswordProtected, 403, 403),
    ] {
        let video = Shelved::published(&app, &owner, privacy).await;
        let path = video.path("1080.manifest");
        assert_eq!(owner.get(&path).await.status(), 404, "{privacy:?} is not shared by default");
        let api = format!("/api/v1/videos/{}", video.uuid);
        assert_eq!(owner.put_json(&api, &json!({ "p2pPolicy": "ask" })).await.status(), 204);
        assert_eq!(app.get(&path).await.status(), anonymous, "{privacy:?}");
        assert_eq!(other.get(&path).await.status(), somebody, "{privacy:?}");
        assert_eq!(app.get(&api).await.status(), anonymous, "{privacy:?}: nor hashes, nor tokens");
        assert_eq!(owner.get(&video.path_below("", "1080.manifest")).await.status(), 404);
        let response = owner.get(&path).await;
        assert_eq!(response.status(), 200, "{privacy:?}");
        assert_eq!(response.headers()["cache-control"], "private, no-store");
        let key = public_key(&owner, &video).await;
        let bytes = response.bytes().await.unwrap();
        assert!(Chain::verify(&bytes, &key, &identity(&video, "1080")).is_ok());
    }
    let video = Shelved::published(&app, &owner, Privacy::PasswordProtected).await;
    let api = format!("/api/v1/videos/{}", video.uuid);
    assert_eq!(owner.put_json(&api, &json!({ "p2pPolicy": "on" })).await.status(), 204);
    let request = app.client.get(app.url(&video.path("240.manifest")));
    let request = request.header("x-peertube-video-password", VIDEO_PASSWORD);
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_retired_generation_has_no_manifest() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let video = Shelved::published(&app, &owner, Privacy::Public).await;
    assert_eq!(app.get(&video.path("240.manifest")).await.status(), 200);
    let next = video.next_generation(&app).await;
    assert_eq!(app.get(&video.path("240.manifest")).await.status(), 404);
    assert_eq!(app.get(&next.path("240.manifest")).await.status(), 200);
}
