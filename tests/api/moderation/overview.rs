//! `GET /api/v1/moderation/overview`.

use std::time::Duration;

use farandole::config::Signup;
use farandole::db::videos::blocks::{self, NewBlock};
use farandole::domain::BlockKind;
use farandole::transact;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::people::Person;

const PATH: &str = "/api/v1/moderation/overview";

async fn seen(by: &Person, query: &str) -> Value {
    let answer = by.get(&format!("{PATH}?{query}")).await;
    assert_eq!(answer.status(), 200, "{query}");
    answer.json().await.unwrap()
}

#[tokio::test]
async fn new_videos_that_wait_are_among_it() {
    let app = TestApp::start().await;
    let (alice, moderator) = (app.user("alice").await, app.moderator("mod").await);
    let (waiting, blocked) = (app.video(&alice).publish().await, app.video(&alice).publish().await);
    let now = app.app.now();
    for (video, kind) in [(&waiting, BlockKind::Automatic), (&blocked, BlockKind::Manual)] {
        let new = NewBlock {
            video_id: video.id,
            kind,
            reason: None,
            internal_note: None,
            unfederated: false,
            by_actor_id: None,
        };
        transact!(app.app.db(), tx => { blocks::put(tx, &new, now).await }).unwrap();
    }
    let overview = seen(&moderator, "").await;
    assert_eq!(overview["kinds"][2]["kind"], "video");
    assert_eq!(overview["kinds"][2]["waiting"], 1, "a moderator's block waits for nobody");
    let next = overview["next"].as_array().unwrap();
    assert_eq!(next.len(), 1);
    assert_eq!((&next[0]["kind"], &next[0]["id"]), (&json!("video"), &json!(waiting.id)));
    assert_eq!(next[0]["account"]["name"], "alice");
    let videos: Value =
        moderator.get("/api/v1/moderation/accounts/alice/videos").await.json().await.unwrap();
    assert_eq!(videos["total"], 2, "moderators see them all");
    assert_eq!(videos["data"][0]["blocked"], true);
    assert_eq!(videos["data"][0]["held"], false);
}

#[tokio::test]
async fn who_asks_for_an_account_is_among_it() {
    let app = TestApp::start_with(|config| config.accounts.signup = Signup::Approval).await;
    let moderator = app.moderator("mod").await;
    let request = json!({
        "username": "carla",
        "email": "carla@example.org",
        "password": "a password of hers",
        "registrationReason": "To show my films",
    });
    let answer = app.client.post(app.url("/api/v1/users/registrations/request"));
    assert_eq!(answer.json(&request).send().await.unwrap().status(), 200);
    let overview = seen(&moderator, "").await;
    assert_eq!(overview["kinds"][3]["kind"], "registration");
    assert_eq!(overview["kinds"][3]["waiting"], 1);
    assert!(overview["kinds"][3]["oldestAt"].is_string());
    let next = &overview["next"][0];
    assert_eq!(next["kind"], "registration");
    assert_eq!(
        (&next["words"], &next["sensitive"]),
        (&json!("carla: To show my films"), &json!(false))
    );
}

#[tokio::test]
async fn what_waited_longest_comes_first_whatever_it_is() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let (moderator, root) = (app.moderator("mod").await, app.root().await);
    let video = app.video(&alice).publish().await;
    root.word_list("", "hold", &["cabbage"]).await;
    let first = app.comment(&bob, &video, "a cabbage").await.item.unwrap();
    app.clock.advance(Duration::from_secs(60));
    let report = json!({"reason": "Rude", "account": {"id": bob.account_id}});
    let filed = alice.post_json("/api/v1/abuses", &report).await.json::<Value>().await.unwrap();
    app.clock.advance(Duration::from_secs(60));
    let last = app.comment(&bob, &video, "another cabbage").await.item.unwrap();
    let overview = seen(&moderator, "").await;
    let order: Vec<(&str, i64)> = overview["next"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["kind"].as_str().unwrap(), one["id"].as_i64().unwrap()))
        .collect();
    let report = filed["abuse"]["id"].as_i64().unwrap();
    assert_eq!(order, [("text", first), ("report", report), ("text", last)]);
    let next = &overview["next"];
    assert_eq!((&next[0]["sensitive"], &next[1]["sensitive"]), (&json!(true), &json!(false)));
    assert_eq!(next[1]["account"]["name"], "bob");
    insta::assert_json_snapshot!("overview", overview["kinds"], { "[].oldestAt" => "[time]" });
    let take = format!("/api/v1/abuses/{report}/assignment");
    assert_eq!(moderator.put_json(&take, &json!({})).await.status(), 204);
    assert_eq!(seen(&moderator, "").await["kinds"][1]["mine"], 1);
    assert_eq!(seen(&root, "").await["kinds"][1]["mine"], 0);
    assert_eq!(seen(&root, "count=1").await["next"].as_array().unwrap().len(), 1);
    let channel = format!("channel={}", alice.channel_name);
    let hers = seen(&alice, &channel).await;
    assert_eq!(hers["kinds"].as_array().unwrap().len(), 1, "reports are the instance's");
    assert_eq!((&hers["kinds"][0]["waiting"], &hers["next"][1]["id"]), (&json!(2), &json!(last)));
    assert_eq!(alice.get(PATH).await.status(), 403);
    assert_eq!(alice.get(&format!("{PATH}?scope=account")).await.status(), 400);
    assert_eq!(alice.get(&format!("{PATH}?channel=nobody")).await.status(), 404);
}
