use serde_json::{Value, json};

use super::{told, types, work};
use crate::api::comments::{policy, reply, write};
use crate::support::{Person, TestApp};

const DECISIONS: &str = "/api/v1/moderation/decisions";

async fn decide(by: &Person, comment: &Value, decision: &str) {
    let id = &comment["moderation"]["decisionId"];
    let body = json!({ "ids": [id], "decision": decision, "answer": "Because." });
    let answer = by.post_json(DECISIONS, &body).await;
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert_eq!((status.as_u16(), body["done"].clone()), (200, json!(1)), "{body}");
}

#[tokio::test]
async fn what_waits_is_told_to_those_who_decide() {
    let app = TestApp::start().await;
    let (owner, ann) = (app.user("owner").await, app.user("ann").await);
    let (eve, moderator) = (app.user("eve").await, app.moderator("mod").await);
    let video = app.video(&owner).publish().await;
    policy(&owner, &video, 3).await;
    write(&ann, &video, "Hello @eve").await;
    work(&app).await;
    let one = told(&owner, "").await["data"][0].clone();
    assert_eq!(
        (one["type"].clone(), one["comment"]["heldForReview"].clone()),
        (json!(2), json!(true))
    );
    assert_eq!(types(&moderator).await, [103]);
    assert_eq!(types(&eve).await, Vec::<i64>::new(), "nobody hears of what nobody may read");
    assert_eq!(types(&ann).await, Vec::<i64>::new());
    let read_all = "/api/v1/users/me/notifications/read-all";
    assert_eq!(moderator.post(read_all).await.status(), 204);
    work(&app).await;
    assert_eq!(told(&moderator, "unread=true").await["total"], 0, "told twice, seen once");
    write(&ann, &video, "And again").await;
    work(&app).await;
    assert_eq!(types(&moderator).await, [103], "one stands for all");
    assert_eq!(told(&moderator, "unread=true").await["total"], 1, "and comes back");
}

#[tokio::test]
async fn authors_hear_what_was_decided() {
    let app = TestApp::start().await;
    let (owner, ann) = (app.user("owner").await, app.user("ann").await);
    let (eve, moderator) = (app.user("eve").await, app.moderator("mod").await);
    let video = app.video(&owner).publish().await;
    let first = write(&eve, &video, "first").await;
    policy(&owner, &video, 3).await;
    let good = reply(&ann, &video, &first, "good").await;
    let bad = write(&ann, &video, "bad").await;
    decide(&moderator, &good, "release").await;
    decide(&moderator, &bad, "reject").await;
    work(&app).await;
    assert_eq!(types(&ann).await, [100, 100]);
    let list = told(&ann, "typeOneOf=100").await;
    let verdicts: Vec<&Value> =
        list["data"].as_array().unwrap().iter().map(|one| &one["decision"]["verdict"]).collect();
    assert!(verdicts.contains(&&json!("released")) && verdicts.contains(&&json!("rejected")));
    assert_eq!(list["data"][0]["decision"]["answer"], "Because.");
    assert_eq!(list["data"][0]["decision"]["subject"]["kind"], "comment");
    assert_eq!(types(&eve).await, [11], "the reply was told once it could be read");
    let id = bad["moderation"]["decisionId"].as_i64().unwrap();
    let contest = json!({ "text": "I meant no harm." });
    let path = format!("{DECISIONS}/{id}/contest");
    assert!(ann.post_json(&path, &contest).await.status().is_success());
    work(&app).await;
    assert!(types(&moderator).await.contains(&104));
    assert!(types(&owner).await.contains(&104), "the owner decides about their channel");
    decide(&moderator, &bad, "release").await;
    work(&app).await;
    let list = told(&ann, "typeOneOf=101").await;
    assert_eq!(list["total"], 1);
    assert_eq!(list["data"][0]["decision"]["verdict"], "released");
    assert_eq!(list["data"][0]["decision"]["contested"], true);
}
