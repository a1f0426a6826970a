//! `/api/v1/moderation/takedowns`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::api::comments::write;
use crate::support::videos::TestVideo;
use crate::support::{Person, TestApp};

const PATH: &str = "/api/v1/moderation/takedowns";

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

    async fn take_down(&self, kind: &str, id: &Value) -> i64 {
        let body = json!({"kind": kind, "id": id, "reason": "A court said so.",
            "reference": "12 O 345/27"});
        let answer = self.moderator.post_json(PATH, &body).await;
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        let made: Value = answer.json().await.unwrap();
        made["id"].as_i64().unwrap()
    }

    async fn restore(&self, id: i64) -> u16 {
        self.moderator.post(&format!("{PATH}/{id}/restore")).await.status().as_u16()
    }

    async fn list(&self) -> Value {
        self.moderator.get(PATH).await.json().await.unwrap()
    }

    /// What a visitor gets for the video.
    async fn watched(&self) -> u16 {
        self.author.get(&self.video.path("")).await.status().as_u16()
    }

    /// Lets all the time pass, and what is due be done. Sessions end meanwhile.
    async fn end(&mut self) {
        self.app.clock.advance(Duration::from_secs(181 * 24 * 3_600));
        farandole::moderation::takedowns::sweep(&self.app.app).await.unwrap();
        self.moderator = self.app.sign_in("moderator").await;
    }
}

async fn statement(person: &Person) -> Value {
    let page: Value = person.get("/api/v1/users/me/statements").await.json().await.unwrap();
    page["data"][0].clone()
}

#[tokio::test]
async fn a_comment_is_out_of_sight_kept_contested_and_restored() {
    let stage = Stage::new().await;
    let comment = write(&stage.author, &stage.video, "A secret").await;
    let id = stage.take_down("comment", &comment["id"]).await;
    let comment_id = comment["id"].as_i64().unwrap();
    assert_eq!(stage.app.public_comment(comment_id).await, None);
    let list = stage.list().await;
    crate::api::users::redacted().bind(|| {
        insta::assert_json_snapshot!("takedowns", list, {
            ".**.subjectId" => "[id]", ".**.keepUntil" => "[time]", ".**.writtenAt" => "[time]",
            ".**.at" => "[time]", ".**.uuid" => "[uuid]"
        });
    });
    let told = statement(&stage.author).await;
    assert_eq!(
        (&told["act"], &told["ground"], &told["contestable"]),
        (&json!("comment-taken-down"), &json!("law"), &json!(true))
    );
    let contest = format!("/api/v1/moderation/decisions/{}/contest", told["decisionId"]);
    let text = json!({"text": "It is true."});
    assert_eq!(stage.author.post_json(&contest, &text).await.status(), 204);
    assert_eq!(stage.list().await["data"][0]["contested"], true);
    assert_eq!(stage.restore(id).await, 204);
    assert_eq!(stage.app.public_comment(comment_id).await.as_deref(), Some("A secret"));
    assert_eq!(stage.list().await["data"][0]["state"], "restored");
    assert_eq!(statement(&stage.author).await["inForce"], false);
    assert_eq!(stage.restore(id).await, 409, "once");
}

#[tokio::test]
async fn a_video_stays_hidden_whatever_its_owner_changes() {
    let stage = Stage::new().await;
    let id = stage.take_down("video", &json!(stage.video.id)).await;
    assert_eq!(stage.watched().await, 404);
    let change = json!({"name": "Another title"});
    assert_eq!(stage.owner.put_json(&stage.video.path(""), &change).await.status(), 204);
    assert_eq!(stage.watched().await, 404, "a new title changes nothing");
    let own: Value = stage.owner.get(&stage.video.path("")).await.json().await.unwrap();
    assert_eq!(
        (&own["takenDown"], &own["blacklistedReason"]),
        (&json!(true), &json!("A court said so."))
    );
    let deleted = stage.owner.delete(&stage.video.path("")).await;
    assert_eq!(deleted.status(), 409, "it is evidence");
    let file = stage.video.path("/source/replace-resumable");
    assert_eq!(stage.owner.try_begin(&file, 9, json!({})).await.status(), 409, "so is its file");
    assert_eq!(statement(&stage.owner).await["act"], "video-taken-down");
    let row = stage.list().await["data"][0].clone();
    assert_eq!(
        (&row["evidence"]["name"], &row["reference"]),
        (&json!("A film"), &json!("12 O 345/27"))
    );
    assert_eq!(stage.restore(id).await, 204);
    assert_eq!(stage.watched().await, 200);
    let again = stage.take_down("video", &json!(stage.video.id)).await;
    assert_eq!(stage.watched().await, 404, "again");
    assert_eq!(stage.restore(again).await, 204);
    assert_eq!(stage.watched().await, 200);
}

#[tokio::test]
async fn undoing_a_restoration_hides_it_again() {
    let stage = Stage::new().await;
    stage.take_down("video", &json!(stage.video.id)).await;
    let item = statement(&stage.owner).await["decisionId"].clone();
    let body = json!({"ids": [item], "decision": "release"});
    let decide = "/api/v1/moderation/decisions";
    let outcome: Value = stage.moderator.post_json(decide, &body).await.json().await.unwrap();
    assert_eq!(stage.watched().await, 200);
    let undo = format!("/api/v1/moderation/batches/{}/undo", outcome["batchId"]);
    assert_eq!(stage.moderator.post(&undo).await.status(), 202);
    assert_eq!(stage.watched().await, 404);
}

#[tokio::test]
async fn only_the_instance_restores_what_it_took_down() {
    let stage = Stage::new().await;
    let comment = write(&stage.author, &stage.video, "A secret").await;
    stage.take_down("comment", &comment["id"]).await;
    let item = statement(&stage.author).await["decisionId"].clone();
    let body = json!({"ids": [item], "decision": "release"});
    let outcome: Value =
        stage.owner.post_json("/api/v1/moderation/decisions", &body).await.json().await.unwrap();
    assert_eq!(outcome["done"], 0, "{outcome}");
}

#[tokio::test]
async fn what_still_stands_at_the_end_is_removed_and_forgotten() {
    let mut stage = Stage::new().await;
    let comment = write(&stage.author, &stage.video, "A secret").await;
    let restored = write(&stage.author, &stage.video, "No secret").await;
    stage.take_down("comment", &comment["id"]).await;
    let id = stage.take_down("comment", &restored["id"]).await;
    assert_eq!(stage.restore(id).await, 204);
    stage.end().await;
    let list = stage.list().await;
    for (row, state) in list["data"].as_array().unwrap().iter().zip(["restored", "removed"]) {
        assert_eq!(
            (&row["state"], &row["evidence"], &row["label"]),
            (&json!(state), &json!(null), &json!(""))
        );
    }
    let kept = restored["id"].as_i64().unwrap();
    assert_eq!(stage.app.public_comment(kept).await.as_deref(), Some("No secret"));
    let gone = stage.video.path(&format!("/comment-threads/{}", comment["id"]));
    assert_eq!(stage.moderator.get(&gone).await.status(), 404);
    stage.take_down("video", &json!(stage.video.id)).await;
    stage.end().await;
    assert_eq!(stage.moderator.get(&stage.video.path("")).await.status(), 404);
}

#[tokio::test]
async fn what_is_contested_waits_for_its_answer() {
    let mut stage = Stage::new().await;
    stage.take_down("video", &json!(stage.video.id)).await;
    let item = statement(&stage.owner).await["decisionId"].clone();
    let contest = format!("/api/v1/moderation/decisions/{item}/contest");
    let text = json!({"text": "The order was lifted."});
    assert_eq!(stage.owner.post_json(&contest, &text).await.status(), 204);
    stage.end().await;
    assert_eq!(stage.list().await["data"][0]["state"], "standing");
    let body = json!({"ids": [item], "decision": "reject"});
    let decide = "/api/v1/moderation/decisions";
    assert_eq!(stage.moderator.post_json(decide, &body).await.status(), 200);
    stage.end().await;
    assert_eq!(stage.list().await["data"][0]["state"], "removed");
}

#[tokio::test]
async fn odd_takedowns_are_refused() {
    let stage = Stage::new().await;
    for (body, status) in [
        (json!({"kind": "video", "id": stage.video.id, "reason": " "}), 400),
        (json!({"kind": "channel", "id": 1, "reason": "x"}), 400),
        (json!({"kind": "video", "id": stage.video.id, "reason": "x", "ground": "mood"}), 400),
        (
            json!({"kind": "video", "id": stage.video.id, "reason": "x",
                "reference": "x".repeat(201)}),
            400,
        ),
        (json!({"kind": "video", "id": "a", "reason": "x"}), 400),
        (json!({"kind": "video", "id": 99_999, "reason": "x"}), 404),
        (json!({"kind": "comment", "id": 99_999, "reason": "x"}), 404),
    ] {
        assert_eq!(stage.moderator.post_json(PATH, &body).await.status(), status, "{body}");
    }
    stage.take_down("video", &json!(stage.video.id)).await;
    let again = json!({"kind": "video", "id": stage.video.id, "reason": "x"});
    assert_eq!(stage.moderator.post_json(PATH, &again).await.status(), 409);
    assert_eq!(stage.restore(99_999).await, 404);
}
