//! `GET /api/v1/users/me/statements`, and what leads to a statement of reasons.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::api::comments::{bulk, write};
use crate::api::notifications::{told, work};
use crate::support::videos::TestVideo;
use crate::support::{Person, TestApp};

const PATH: &str = "/api/v1/users/me/statements";

async fn statements(person: &Person) -> Value {
    let answer = person.get(PATH).await;
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

/// Acts, latest first, and whether they are in force.
async fn acts(person: &Person) -> Vec<(String, bool)> {
    let page = statements(person).await;
    let data = page["data"].as_array().unwrap();
    data.iter()
        .map(|one| (one["act"].as_str().unwrap().to_owned(), one["inForce"].as_bool().unwrap()))
        .collect()
}

async fn delete(by: &Person, path: &str, body: &Value) -> Response {
    by.request(Method::DELETE, path).json(body).send().await.unwrap()
}

async fn audit(by: &Person, query: &str) -> Value {
    let answer = by.get(&format!("/api/v1/moderation/audit?{query}")).await;
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

struct Stage {
    app: TestApp,
    owner: Person,
    author: Person,
    moderator: Person,
    video: TestVideo,
}

impl Stage {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let (owner, author) = (app.user("owner").await, app.user("author").await);
        let moderator = app.moderator("moderator").await;
        let video = app.video(&owner).name("A film").publish().await;
        Self { app, owner, author, moderator, video }
    }
}

#[tokio::test]
async fn a_comment_that_a_moderator_removes_is_kept_and_its_author_told_why() {
    let stage = Stage::new().await;
    let comment = write(&stage.author, &stage.video, "You are all fools").await;
    let path = stage.video.path(&format!("/comments/{}", comment["id"]));
    let why = json!({"reason": "This insults people.", "ground": "law"});
    assert_eq!(delete(&stage.moderator, &path, &why).await.status(), 204);
    let page = statements(&stage.author).await;
    crate::api::users::redacted().bind(|| {
        insta::assert_json_snapshot!("removed", page, {
            ".**.subject.id" => "[id]", ".**.createdAt" => "[time]"
        });
    });
    let row = audit(&stage.moderator, "decision=removed").await["data"][0].clone();
    assert_eq!(
        (&row["text"], &row["note"], &row["actor"]),
        (&json!("You are all fools"), &json!("This insults people."), &json!("moderator"))
    );
    work(&stage.app).await;
    let told = told(&stage.author, "typeOneOf=105").await;
    assert_eq!(told["total"], 1);
    assert_eq!(told["data"][0]["details"]["statement"]["act"], "comment-removed");
    assert_eq!(told["data"][0]["details"]["statement"]["label"], "You are all fools");
    assert_eq!(statements(&stage.owner).await["total"], 0, "nobody else reads it");
}

#[tokio::test]
async fn what_people_remove_of_their_own_needs_no_reasons() {
    let stage = Stage::new().await;
    let comment = write(&stage.author, &stage.video, "Never mind").await;
    let path = stage.video.path(&format!("/comments/{}", comment["id"]));
    assert_eq!(stage.author.delete(&path).await.status(), 204);
    assert_eq!(stage.owner.delete(&stage.video.path("")).await.status(), 204);
    assert_eq!(statements(&stage.author).await["total"], 0);
    assert_eq!(statements(&stage.owner).await["total"], 0);
    assert_eq!(audit(&stage.moderator, "decision=removed").await["total"], 0);
}

#[tokio::test]
async fn owners_of_a_video_owe_reasons_too() {
    let stage = Stage::new().await;
    let comment = write(&stage.author, &stage.video, "Boring").await;
    let path = stage.video.path(&format!("/comments/{}", comment["id"]));
    assert_eq!(stage.owner.delete(&path).await.status(), 204, "the body may be left out");
    let one = statements(&stage.author).await["data"][0].clone();
    assert_eq!(
        (&one["act"], &one["reason"], &one["ground"], &one["automated"]),
        (&json!("comment-removed"), &json!(""), &json!("rules"), &json!(false))
    );
}

#[tokio::test]
async fn a_video_that_a_moderator_deletes_leaves_its_reasons() {
    let stage = Stage::new().await;
    let why = json!({"reason": "A court said so.", "ground": "law"});
    assert_eq!(delete(&stage.moderator, &stage.video.path(""), &why).await.status(), 204);
    let one = statements(&stage.owner).await["data"][0].clone();
    assert_eq!(
        (&one["act"], &one["label"], &one["reason"], &one["ground"]),
        (&json!("video-removed"), &json!("A film"), &json!("A court said so."), &json!("law"))
    );
}

#[tokio::test]
async fn odd_reasons_are_refused_and_nothing_is_removed() {
    let stage = Stage::new().await;
    let comment = write(&stage.author, &stage.video, "Hello").await;
    let path = stage.video.path(&format!("/comments/{}", comment["id"]));
    for bad in [json!({"ground": "mood"}), json!({"reason": "x".repeat(2_001)}), json!([1])] {
        assert_eq!(delete(&stage.moderator, &path, &bad).await.status(), 400, "{bad}");
        assert_eq!(delete(&stage.moderator, &stage.video.path(""), &bad).await.status(), 400);
    }
    let bulk = "/api/v1/bulk/remove-comments-of";
    let body = json!({"accountName": "author", "scope": "instance", "ground": "mood"});
    assert_eq!(stage.moderator.post_json(bulk, &body).await.status(), 400);
    assert_eq!(statements(&stage.author).await["total"], 0);
    assert_eq!(stage.app.get(&path.replace("/comments/", "/comment-threads/")).await.status(), 200);
}

#[tokio::test]
async fn many_comments_go_with_one_statement_and_each_is_kept() {
    let stage = Stage::new().await;
    for text in ["one", "two", "three"] {
        write(&stage.author, &stage.video, text).await;
    }
    let body = json!({"accountName": "author", "scope": "instance", "reason": "Spam."});
    let path = "/api/v1/bulk/remove-comments-of";
    assert_eq!(stage.moderator.post_json(path, &body).await.status(), 204);
    bulk::work(&stage.app).await;
    assert_eq!(acts(&stage.author).await, [("comments-removed".to_owned(), true)]);
    let log = audit(&stage.moderator, "decision=removed").await;
    let texts: Vec<&str> =
        log["data"].as_array().unwrap().iter().map(|row| row["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["one", "two", "three", ""], "the last first, after the row of all");
}

#[tokio::test]
async fn a_withheld_text_says_how_it_stands_now() {
    let stage = Stage::new().await;
    stage.moderator.word_list("", "hold", &["cabbage"]).await;
    let comment = write(&stage.author, &stage.video, "a cabbage").await;
    let held = ("text-held".to_owned(), true);
    assert_eq!(acts(&stage.author).await, std::slice::from_ref(&held));
    let one = statements(&stage.author).await["data"][0].clone();
    assert_eq!((&one["automated"], &one["contestable"]), (&json!(true), &json!(true)));
    assert!(one["explanation"].as_str().unwrap().contains("cabbage"), "{one}");
    let id = &comment["moderation"]["decisionId"];
    assert_eq!(&one["decisionId"], id);
    let decide = "/api/v1/moderation/decisions";
    let body = json!({"ids": [id], "decision": "reject", "answer": "No vegetables."});
    let outcome: Value = stage.moderator.post_json(decide, &body).await.json().await.unwrap();
    let refused = ("text-refused".to_owned(), true);
    let not_held = ("text-held".to_owned(), false);
    assert_eq!(acts(&stage.author).await, [refused, not_held.clone()]);
    let one = statements(&stage.author).await["data"][0].clone();
    assert_eq!((&one["automated"], &one["reason"]), (&json!(false), &json!("No vegetables.")));
    let undo = format!("/api/v1/moderation/batches/{}/undo", outcome["batchId"]);
    assert_eq!(stage.moderator.post(&undo).await.status(), 202);
    let not_refused = ("text-refused".to_owned(), false);
    assert_eq!(acts(&stage.author).await, [not_refused.clone(), held]);
    let body = json!({"ids": [id], "decision": "release"});
    assert_eq!(stage.moderator.post_json(decide, &body).await.status(), 200);
    assert_eq!(acts(&stage.author).await, [not_refused, not_held]);
}

#[tokio::test]
async fn a_block_ends_when_the_decision_behind_it_is_undone() {
    let stage = Stage::new().await;
    stage.moderator.word_list("", "hold", &["cabbage"]).await;
    let comment = write(&stage.author, &stage.video, "a cabbage").await;
    let id = &comment["moderation"]["decisionId"];
    let body = json!({"ids": [id], "decision": "reject", "blockAuthor": true});
    let decide = "/api/v1/moderation/decisions";
    let outcome: Value = stage.moderator.post_json(decide, &body).await.json().await.unwrap();
    assert!(acts(&stage.author).await.contains(&("author-blocked".to_owned(), true)));
    let undo = format!("/api/v1/moderation/batches/{}/undo", outcome["batchId"]);
    assert_eq!(stage.moderator.post(&undo).await.status(), 202);
    assert!(acts(&stage.author).await.contains(&("author-blocked".to_owned(), false)));
}

#[tokio::test]
async fn a_time_out_ends_by_itself() {
    let stage = Stage::new().await;
    stage.moderator.word_list("", "time-out", &["leek"]).await;
    write(&stage.author, &stage.video, "a leek").await;
    let page = statements(&stage.author).await;
    let one = page["data"].as_array().unwrap().iter().find(|one| one["act"] == "author-timed-out");
    let one = one.unwrap();
    assert_eq!((&one["automated"], &one["inForce"]), (&json!(true), &json!(true)));
    assert!(one["until"].is_string());
    stage.app.clock.advance(std::time::Duration::from_secs(11 * 60));
    assert!(acts(&stage.author).await.contains(&("author-timed-out".to_owned(), false)));
}

#[tokio::test]
async fn a_suspension_is_on_record_once_it_is_over() {
    let stage = Stage::new().await;
    let path = format!("/api/v1/users/{}", stage.author.user_id);
    let why = json!({"reason": "Threats."});
    let block = format!("{path}/block");
    assert_eq!(stage.moderator.post_json(&block, &why).await.status(), 204);
    assert_eq!(stage.moderator.post(&format!("{path}/unblock")).await.status(), 204);
    let again = stage.app.sign_in("author").await;
    let one = statements(&again).await["data"][0].clone();
    assert_eq!(
        (&one["act"], &one["reason"], &one["inForce"]),
        (&json!("account-suspended"), &json!("Threats."), &json!(false))
    );
    assert!(one["endedAt"].is_string());
}

#[tokio::test]
async fn names_and_words_are_forgotten_with_the_account() {
    let stage = Stage::new().await;
    let comment = write(&stage.author, &stage.video, "Hello").await;
    let path = stage.video.path(&format!("/comments/{}", comment["id"]));
    assert_eq!(stage.moderator.delete(&path).await.status(), 204);
    assert_eq!(stage.author.delete("/api/v1/users/me").await.status(), 204);
    let mut conn = stage.app.app.db().read().await.unwrap();
    let row = farandole::db::sql("SELECT actor_id, label FROM statements");
    let row = row.one(&mut conn).await.unwrap();
    assert_eq!(
        (row.int_opt("actor_id").unwrap(), row.text("label").unwrap()),
        (None, String::new())
    );
}

#[tokio::test]
async fn only_who_is_signed_in_has_statements() {
    let app = TestApp::start().await;
    assert_eq!(app.get(PATH).await.status(), 401);
    let user = app.user("user").await;
    assert_eq!(user.get(&format!("{PATH}?count=1000")).await.status(), 400);
}

#[tokio::test]
async fn a_blocked_video_is_on_record_for_its_owner() {
    let stage = Stage::new().await;
    let path = stage.video.path("/blacklist");
    let why = json!({"reason": "It shows a child."});
    assert_eq!(stage.moderator.post_json(&path, &why).await.status(), 204);
    let one = statements(&stage.owner).await["data"][0].clone();
    assert_eq!(
        (&one["act"], &one["label"], &one["reason"], &one["inForce"]),
        (&json!("video-blocked"), &json!("A film"), &json!("It shows a child."), &json!(true))
    );
    assert_eq!(stage.moderator.delete(&path).await.status(), 204);
    assert_eq!(acts(&stage.owner).await, [("video-blocked".to_owned(), false)]);
}
