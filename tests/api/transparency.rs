//! `GET /api/v1/server/transparency`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::api::comments::write;
use crate::support::{Person, TestApp};

const PATH: &str = "/api/v1/server/transparency";

async fn decide(by: &Person, id: &Value, decision: &str) {
    let body = json!({"ids": [id], "decision": decision});
    let answer = by.post_json("/api/v1/moderation/decisions", &body).await;
    let outcome: Value = answer.json().await.unwrap();
    assert_eq!(outcome["done"], 1, "{outcome}");
}

#[tokio::test]
async fn everybody_reads_what_was_moderated_and_nobodys_name() {
    let app = TestApp::start().await;
    let (owner, author) = (app.user("owner").await, app.user("author").await);
    let moderator = app.moderator("moderator").await;
    let video = app.video(&owner).publish().await;
    moderator.word_list("", "hold", &["cabbage"]).await;
    let public = write(&author, &video, "hello").await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(write(&author, &video, "cabbage").await["moderation"]["decisionId"].clone());
    }
    let report = json!({"comment": {"id": public["id"]}, "reason": "It is rude",
        "predefinedReasons": ["hatefulOrAbusive", "serverRules"]});
    let filed: Value = owner.post_json("/api/v1/abuses", &report).await.json().await.unwrap();
    app.clock.advance(Duration::from_secs(60));
    decide(&moderator, &held[0], "release").await;
    app.clock.advance(Duration::from_secs(60));
    decide(&moderator, &held[1], "reject").await;
    let path = format!("/api/v1/abuses/{}", filed["abuse"]["id"]);
    assert_eq!(moderator.put_json(&path, &json!({"state": 3})).await.status(), 204);
    let contest = format!("/api/v1/moderation/decisions/{}/contest", held[1]);
    let text = json!({"text": "It is a vegetable."});
    assert_eq!(author.post_json(&contest, &text).await.status(), 204);
    app.clock.advance(Duration::from_secs(30));
    decide(&moderator, &held[1], "release").await;
    let comment = video.path(&format!("/comments/{}", public["id"]));
    assert_eq!(moderator.delete(&comment).await.status(), 204);
    let answer = app.get(PATH).await;
    assert_eq!(answer.status(), 200);
    let text = answer.text().await.unwrap();
    for name in ["author", "moderator", "owner", "cabbage", "hello"] {
        assert!(!text.contains(&format!("\"{name}")), "{name}: {text}");
    }
    let mut shown: Value = serde_json::from_str(&text).unwrap();
    for (part, low) in [("decisions", 59), ("reports", 119), ("contests", 29)] {
        for key in ["medianSeconds", "p90Seconds"] {
            let seconds = shown[part][key].as_i64().unwrap();
            assert!((low..low + 20).contains(&seconds), "{part} {key}: {seconds}");
            shown[part][key] = json!("[seconds]");
        }
    }
    insta::assert_json_snapshot!("transparency", shown, {
        ".since" => "[day]", ".until" => "[day]", ".countedAt" => "[time]"
    });
}

#[tokio::test]
async fn a_period_counts_its_own_days_only() {
    let app = TestApp::start().await;
    let (owner, author) = (app.user("owner").await, app.user("author").await);
    let video = app.video(&owner).publish().await;
    let comment = write(&author, &video, "hello").await;
    let path = video.path(&format!("/comments/{}", comment["id"]));
    assert_eq!(owner.delete(&path).await.status(), 204);
    let count = async |query: &str| {
        let shown: Value = app.get(&format!("{PATH}?{query}")).await.json().await.unwrap();
        shown["restrictions"].as_i64().unwrap()
    };
    assert_eq!(count("").await, 1);
    assert_eq!(count("since=2020-01-01&until=2020-12-31").await, 0);
    app.clock.advance(Duration::from_secs(3 * 24 * 3_600));
    let now = app.app.now().rfc3339();
    assert_eq!(count(&format!("since={}", &now[..10])).await, 0, "today");
    assert_eq!(count("").await, 1);
}

#[tokio::test]
async fn odd_periods_are_refused() {
    let app = TestApp::start().await;
    for query in [
        "since=yesterday",
        "since=2027-02-30",
        "until=2020-01-01T00:00:00Z",
        "since=2021-01-02&until=2021-01-01",
        "since=2000-01-01&until=2020-01-01",
        "since=9999-12-31",
    ] {
        assert_eq!(app.get(&format!("{PATH}?{query}")).await.status(), 400, "{query}");
    }
}
