//! `/api/v1/server/blocklist/{accounts,servers}` and `/api/v1/moderation/blocks`.

use serde_json::{Value, json};

use super::{SERVER, names, page};
use crate::support::TestApp;

const BLOCKS: &str = "/api/v1/moderation/blocks";

#[tokio::test]
async fn moderators_block_and_lift_and_the_log_says_so() {
    let app = TestApp::start().await;
    let moderator = app.moderator("mod").await;
    app.user("bob").await;
    let body = json!({ "accountName": "bob", "reason": "Threatens people" });
    for _ in 0..2 {
        let answer = moderator.post_json(&format!("{SERVER}/accounts"), &body).await;
        assert_eq!(answer.status(), 204);
    }
    let body = json!({ "host": "bad.example", "reason": "A farm of spam" });
    for _ in 0..2 {
        let answer = moderator.post_json(&format!("{SERVER}/servers"), &body).await;
        assert_eq!(answer.status(), 204);
    }
    let redacted = crate::api::users::redacted();
    let shown = page(&moderator, &format!("{SERVER}/accounts")).await;
    redacted.bind(|| insta::assert_json_snapshot!("server-accounts", shown));
    let shown = page(&moderator, &format!("{SERVER}/servers")).await;
    redacted.bind(|| insta::assert_json_snapshot!("server-servers", shown));
    let shown = page(&moderator, BLOCKS).await;
    redacted.bind(|| insta::assert_json_snapshot!("blocks", shown));
    assert_eq!(moderator.delete(&format!("{SERVER}/accounts/bob")).await.status(), 204);
    assert_eq!(moderator.delete(&format!("{SERVER}/accounts/bob")).await.status(), 404);
    assert_eq!(moderator.delete(&format!("{SERVER}/servers/bad.example")).await.status(), 204);
    assert_eq!(moderator.delete(&format!("{SERVER}/servers/bad.example")).await.status(), 404);
    let log = page(&moderator, "/api/v1/moderation/audit").await;
    let log: Vec<_> = log["data"].as_array().unwrap().iter().collect();
    let told: Vec<String> = log
        .iter()
        .map(|row| {
            let word = |key: &str| row[key].as_str().unwrap_or("-").to_owned();
            format!("{} {} {} {}", word("decision"), word("text"), word("actor"), word("note"))
        })
        .collect();
    assert_eq!(
        told,
        [
            "unblocked bad.example mod -",
            "unblocked bob mod -",
            "blocked bad.example mod A farm of spam",
            "blocked bob mod Threatens people",
        ]
    );
    let found = page(&moderator, "/api/v1/moderation/audit?decision=blocked").await;
    assert_eq!(found["total"], 2);
}

#[tokio::test]
async fn nobody_blocks_those_who_moderate() {
    let app = TestApp::start().await;
    let (moderator, other) = (app.moderator("mod").await, app.moderator("other").await);
    for (name, status) in [("root", 409), ("mod", 409), ("other", 409), ("nobody", 404)] {
        let body = json!({ "accountName": name });
        let answer = moderator.post_json(&format!("{SERVER}/accounts"), &body).await;
        assert_eq!(answer.status(), status, "{name}");
    }
    let own = json!({ "host": app.app.config().public_host() });
    assert_eq!(moderator.post_json(&format!("{SERVER}/servers"), &own).await.status(), 409);
    let long = json!({ "host": "bad.example", "reason": "x".repeat(501) });
    assert_eq!(other.post_json(&format!("{SERVER}/servers"), &long).await.status(), 400);
    let odd = json!({ "host": "bad example" });
    assert_eq!(other.post_json(&format!("{SERVER}/servers"), &odd).await.status(), 400);
    assert_eq!(page(&moderator, BLOCKS).await["total"], 0);
}

#[tokio::test]
async fn blocks_of_lists_and_decisions_are_shown_and_lifted() {
    let app = TestApp::start().await;
    let (owner, moderator) = (app.user("owner").await, app.moderator("mod").await);
    let (bob, carol) = (app.user("bob").await, app.user("carol").await);
    let video = app.video(&owner).publish().await;
    moderator.word_list("", "time-out", &["cabbage"]).await;
    owner.word_list("?channel=owner_channel", "block-author", &["turnip"]).await;
    app.comment(&bob, &video, "cabbage").await;
    app.comment(&carol, &video, "turnip").await;
    assert!(!app.comment(&bob, &video, "hello").await.shown);
    let all = page(&moderator, &format!("{BLOCKS}?all=true&sort=createdAt")).await;
    let rows = all["data"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "{all}");
    let (timed, blocked) = (&rows[0], &rows[1]);
    assert_eq!((&timed["account"]["name"], &timed["scope"]), (&json!("bob"), &json!("instance")));
    assert!(timed["until"].is_string() && timed["hides"] == false, "{timed}");
    assert_eq!(timed["reasons"][0]["source"], "watched-words");
    assert_eq!(timed["by"], Value::Null);
    assert_eq!(blocked["channel"]["name"], "owner_channel");
    assert_eq!((&blocked["scope"], &blocked["until"]), (&json!("channel"), &Value::Null));
    // The owner of the channel sees and lifts that of the channel, and no other.
    let of_channel = page(&owner, &format!("{BLOCKS}?channel=owner_channel")).await;
    assert_eq!(of_channel["total"], 1);
    assert_eq!((&blocked["text"], &blocked["note"]), (&json!("turnip"), &Value::Null));
    assert_eq!(owner.get(BLOCKS).await.status(), 403);
    assert_eq!(owner.get(&format!("{BLOCKS}?all=true")).await.status(), 403);
    let path = |row: &Value| format!("{BLOCKS}/{}", row["id"]);
    assert_eq!(owner.delete(&path(timed)).await.status(), 403);
    assert_eq!(owner.delete(&path(blocked)).await.status(), 204);
    assert_eq!(moderator.delete(&path(blocked)).await.status(), 404);
    assert_eq!(moderator.delete(&path(timed)).await.status(), 204);
    assert!(app.comment(&bob, &video, "hello").await.shown);
    assert!(app.comment(&carol, &video, "hello").await.shown);
    for wrong in ["?all=maybe", "?scope=nothing", "?sort=name"] {
        assert_eq!(moderator.get(&format!("{BLOCKS}{wrong}")).await.status(), 400, "{wrong}");
    }
    assert_eq!(moderator.get(&format!("{BLOCKS}?channel=nothing")).await.status(), 404);
    assert_eq!(moderator.delete(&format!("{BLOCKS}/x")).await.status(), 400);
}

#[tokio::test]
async fn a_channel_reads_what_led_to_a_block_and_what_was_noted() {
    let app = TestApp::start().await;
    let (owner, bob) = (app.user("owner").await, app.user("bob").await);
    let video = app.video(&owner).publish().await;
    owner.word_list("?channel=owner_channel", "hold", &["turnip"]).await;
    let item = app.comment(&bob, &video, "a turnip").await.item.unwrap();
    let body = json!({ "ids": [item], "decision": "reject", "blockAuthor": true, "note": "Again" });
    assert_eq!(owner.post_json("/api/v1/moderation/decisions", &body).await.status(), 200);
    let found = page(&owner, &format!("{BLOCKS}?channel=owner_channel")).await;
    let block = &found["data"][0];
    assert_eq!((&block["text"], &block["note"]), (&json!("a turnip"), &json!("Again")));
    assert_eq!((&block["by"]["name"], &block["reason"]), (&json!("owner"), &Value::Null));
}

#[tokio::test]
async fn a_time_out_is_lifted_with_the_account() {
    let app = TestApp::start().await;
    let (owner, moderator) = (app.user("owner").await, app.moderator("mod").await);
    let bob = app.user("bob").await;
    let video = app.video(&owner).publish().await;
    moderator.word_list("", "time-out", &["cabbage"]).await;
    app.comment(&bob, &video, "cabbage").await;
    assert_eq!(names(&moderator, &format!("{SERVER}/accounts")).await, ["bob"]);
    assert_eq!(moderator.delete(&format!("{SERVER}/accounts/bob")).await.status(), 204);
    assert!(app.comment(&bob, &video, "hello").await.shown);
}

#[tokio::test]
async fn the_statement_of_a_blocked_server_ends_with_its_block() {
    let app = TestApp::start().await;
    let moderator = app.moderator("mod").await;
    let file = json!({ "format": "mastodon-servers", "data":
        "#domain,#severity\nbad.example,suspend\nworse.example,suspend\n" });
    let answer = moderator.post_json(&format!("{SERVER}/import"), &file).await;
    assert_eq!(answer.status(), 200);
    let stands = async || -> Vec<(String, bool)> {
        let mut conn = app.app.db().read().await.unwrap();
        let rows = farandole::db::sql(
            "SELECT label, ended_at FROM statements WHERE act = 'server-blocked' ORDER BY id",
        );
        let rows = rows.all(&mut conn).await.unwrap();
        let read = rows
            .iter()
            .map(|row| (row.text("label").unwrap(), row.int_opt("ended_at").unwrap().is_none()));
        read.collect()
    };
    let pair = |host: &str, stands: bool| (host.to_owned(), stands);
    assert_eq!(stands().await, [pair("bad.example", true), pair("worse.example", true)]);
    // After years the statement still knows whose it is.
    let later = app.app.now().plus(std::time::Duration::from_secs(9_000 * 24 * 3600));
    let outcome: Result<(), farandole::db::DbError> = farandole::transact!(app.app.db(), tx => {
        farandole::db::moderation::statements::forget(tx, later).await
    });
    outcome.unwrap();
    assert_eq!(moderator.delete(&format!("{SERVER}/servers/worse.example")).await.status(), 204);
    assert_eq!(
        stands().await,
        [pair("bad.example", true), pair("worse.example", false)],
        "of those that came in one file, only that of the server"
    );
    let body = json!({ "host": "worse.example" });
    assert_eq!(moderator.post_json(&format!("{SERVER}/servers"), &body).await.status(), 204);
    assert_eq!(stands().await[2], pair("worse.example", true), "blocked anew, stated anew");
}
