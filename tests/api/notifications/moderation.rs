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

/// The newest of somebody's decisions: how it stands, how many texts, and whether it was undone.
async fn newest(person: &Person) -> (Value, Value, Value) {
    let one = told(person, "typeOneOf=100").await["data"][0].clone();
    let batch = &one["details"]["batch"];
    (one["decision"]["verdict"].clone(), batch["texts"].clone(), batch["undone"].clone())
}

#[tokio::test]
async fn each_author_hears_once_of_what_is_decided_together_and_of_its_undoing() {
    let app = TestApp::start().await;
    let (owner, moderator) = (app.user("owner").await, app.moderator("mod").await);
    let (ann, ben) = (app.user("ann").await, app.user("ben").await);
    let video = app.video(&owner).publish().await;
    policy(&owner, &video, 3).await;
    let mut ids = Vec::new();
    for (by, text) in [(&ann, "one"), (&ann, "two"), (&ben, "three"), (&ann, "four")] {
        ids.push(write(by, &video, text).await["moderation"]["decisionId"].clone());
    }
    let contest = format!("{DECISIONS}/{}/contest", ids[3]);
    assert_eq!(ann.post_json(&contest, &json!({ "text": "Why?" })).await.status(), 204);
    let body = json!({ "ids": ids, "decision": "reject" });
    let done: Value = moderator.post_json(DECISIONS, &body).await.json().await.unwrap();
    assert_eq!(done["done"], 4);
    work(&app).await;
    work(&app).await;
    let mut kinds = types(&ann).await;
    kinds.sort_unstable();
    assert_eq!(kinds, [100, 101], "the answer to what was contested stands by itself");
    assert_eq!(types(&ben).await, [100]);
    assert_eq!(newest(&ann).await, (json!("rejected"), json!(2), json!(false)));
    assert_eq!(newest(&ben).await, (json!("rejected"), json!(1), json!(false)));
    let undo = format!("/api/v1/moderation/batches/{}/undo", done["batchId"]);
    assert_eq!(moderator.post(&undo).await.status(), 202);
    work(&app).await;
    work(&app).await;
    assert_eq!(told(&ann, "typeOneOf=100").await["total"], 2);
    assert_eq!(newest(&ann).await, (json!("held"), json!(3), json!(true)), "they wait again");
    assert_eq!(newest(&ben).await, (json!("held"), json!(1), json!(true)));
    assert_eq!(types(&owner).await.iter().filter(|kind| **kind == 100).count(), 0);
}

#[tokio::test]
async fn authors_hear_once_that_a_list_was_applied_and_that_this_was_undone() {
    let app = TestApp::start().await;
    let (owner, moderator) = (app.user("owner").await, app.moderator("mod").await);
    let (ann, ben) = (app.user("ann").await, app.user("ben").await);
    let video = app.video(&owner).publish().await;
    for text in ["a cabbage", "two cabbage", "a carrot"] {
        write(&ann, &video, text).await;
    }
    write(&ben, &video, "cabbage soup").await;
    write(&ben, &video, "a carrot").await;
    let list = moderator.word_list("", "hold", &["cabbage"]).await;
    let path = format!("/api/v1/moderation/lists/{list}/apply");
    let batch: Value =
        moderator.post_json(&path, &json!({ "days": 1 })).await.json().await.unwrap();
    let id = batch["id"].as_i64().unwrap();
    let stop = tokio_util::sync::CancellationToken::new();
    farandole::moderation::apply::run(&app.app, id, &stop).await.unwrap();
    work(&app).await;
    assert_eq!((types(&ann).await, types(&ben).await), (vec![100], vec![100]));
    assert_eq!(newest(&ann).await, (json!("held"), json!(2), json!(false)));
    assert_eq!(newest(&ben).await, (json!("held"), json!(1), json!(false)));
    // What was decided since is told by itself, and not with the undoing.
    let queue: Value =
        moderator.get("/api/v1/moderation/queue?author=ben").await.json().await.unwrap();
    let body = json!({ "ids": [queue["data"][0]["id"]], "decision": "release" });
    let done: Value = moderator.post_json(DECISIONS, &body).await.json().await.unwrap();
    assert_eq!(done["done"], 1, "{done}");
    assert_eq!(
        moderator.post(&format!("/api/v1/moderation/batches/{id}/undo")).await.status(),
        202
    );
    work(&app).await;
    assert_eq!((types(&ann).await, types(&ben).await), (vec![100, 100], vec![100, 100]));
    assert_eq!(newest(&ann).await, (json!("released"), json!(2), json!(true)));
    assert_eq!(newest(&ben).await, (json!("released"), json!(1), json!(false)));
}
