//! The swarms of a video, from the moment it can be played, through its completion, to the next
//! generation.

use std::time::Duration;

use farandole::db::jobs::Weight;
use farandole::db::sql;
use farandole::jobs::Runner;
use farandole::videos::growing::Growing;
use serde_json::{Value, json};

use super::road::slow;
use super::{run_jobs, scripted, set_states, small_ladder};
use crate::support::TestApp;
use crate::support::people::Person;

async fn p2p(person: &Person, uuid: &str) -> Value {
    let json = person.get(&format!("/api/v1/videos/{uuid}")).await;
    json.json::<Value>().await.unwrap()["streamingPlaylists"][0]["p2p"].clone()
}

async fn swarms(app: &TestApp) -> i64 {
    let mut conn = app.app.db().read().await.unwrap();
    let row = sql("SELECT COUNT(*) AS n FROM swarms WHERE kind = 'own'").one(&mut conn).await;
    row.unwrap().int("n").unwrap()
}

#[tokio::test]
async fn viewers_of_a_growing_video_stay_together_when_it_is_complete() {
    let app = TestApp::start_with_worker(scripted(&slow()), small_ladder).await;
    let alice = app.user("alice").await;
    let video = alice.upload("good.mp4", &[]).await;
    let (id, uuid) = (video["id"].as_i64().unwrap(), video["uuid"].as_str().unwrap());
    assert_eq!(p2p(&alice, uuid).await, Value::Null, "nothing can be played yet");
    let runner = Runner::new(app.app.clone());
    let watch = async {
        let deadline = std::time::Instant::now() + Duration::from_secs(20);
        loop {
            let shared = p2p(&alice, uuid).await;
            if shared.is_object() {
                let set = Growing::of(&app.app).of_video(id).unwrap();
                let (path, _) = set.bytes("audio.mp4").unwrap();
                std::fs::write(path.with_file_name("go"), "").unwrap();
                return shared;
            }
            assert!(std::time::Instant::now() < deadline, "it was never shared");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let (ran, growing) = tokio::join!(runner.run_next(Weight::Heavy), watch);
    assert!(ran.unwrap());
    assert_eq!(growing["infoHashes"].as_array().unwrap().len(), 1);
    assert_eq!(set_states(&app, id).await, ["complete"]);
    assert_eq!(p2p(&alice, uuid).await, growing);
}

#[tokio::test]
async fn a_new_generation_is_a_new_swarm() {
    let app = TestApp::start_with(small_ladder).await;
    let alice = app.user("alice").await;
    let video = alice.upload("good.mp4", &[]).await;
    let (id, uuid) = (video["id"].as_i64().unwrap(), video["uuid"].as_str().unwrap());
    run_jobs(&app.app).await;
    let before = p2p(&alice, uuid).await;
    assert_eq!(before["infoHashes"].as_array().unwrap().len(), 3, "one a rendition: {before}");
    assert_eq!(swarms(&app).await, 3);
    let body = json!({ "privacy": 2 });
    assert_eq!(alice.put_json(&format!("/api/v1/videos/{uuid}"), &body).await.status(), 204);
    run_jobs(&app.app).await;
    assert_eq!(set_states(&app, id).await, ["retired", "complete"]);
    let after = p2p(&alice, uuid).await;
    assert_ne!(after["swarmId"], before["swarmId"]);
    let old = before["infoHashes"].as_array().unwrap();
    let new = after["infoHashes"].as_array().unwrap();
    assert!(new.len() == 3 && new.iter().all(|hash| !old.contains(hash)));
    assert_eq!(swarms(&app).await, 3, "the old ones are gone");
}
