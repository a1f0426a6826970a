//! Chapters whose titles are withheld: which ones everybody sees meanwhile.

use farandole::db::DbError;
use farandole::db::videos::chapters::{Chapter, replace};
use farandole::moderation::apply;
use farandole::transact;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::TestApp;
use crate::support::people::Person;
use crate::support::videos::TestVideo;

struct Stage {
    app: TestApp,
    owner: Person,
    root: Person,
    video: TestVideo,
}

impl Stage {
    async fn new() -> Self {
        let app = TestApp::start_with(|config| config.limits.api_requests = 100_000).await;
        let (owner, root) = (app.user("owner").await, app.root().await);
        let video = app.video(&owner).publish().await;
        root.word_list("", "hold", &["cabbage"]).await;
        Self { app, owner, root, video }
    }

    async fn put(&self, chapters: &[(i64, &str)]) {
        let body: Vec<Value> = chapters
            .iter()
            .map(|(timecode, title)| json!({"timecode": timecode, "title": title}))
            .collect();
        let path = self.video.path("/chapters");
        let put = self.owner.put_json(&path, &json!({"chapters": body})).await;
        assert_eq!(put.status(), 204);
    }

    /// What everybody sees.
    async fn read(&self) -> Vec<(i64, String)> {
        let seen: Value = self.app.get(&self.video.path("/chapters")).await.json().await.unwrap();
        assert!(seen.get("replacement").is_none(), "nobody's business: {seen}");
        let chapters = seen["chapters"].as_array().unwrap().iter();
        let pair = |one: &Value| {
            (one["timecode"].as_i64().unwrap(), one["title"].as_str().unwrap().to_owned())
        };
        chapters.map(pair).collect()
    }

    async fn replacement(&self) -> Value {
        let seen: Value = self.owner.get(&self.video.path("/chapters")).await.json().await.unwrap();
        seen["replacement"].clone()
    }

    async fn queue(&self) -> Vec<Value> {
        let page: Value = self.root.get("/api/v1/moderation/queue").await.json().await.unwrap();
        page["data"].as_array().unwrap().clone()
    }

    async fn decide(&self, item: &Value, decision: &str) -> Value {
        let body = json!({"ids": [item], "decision": decision});
        let answer = self.root.post_json("/api/v1/moderation/decisions", &body).await;
        let outcome: Value = answer.json().await.unwrap();
        assert_eq!(outcome["done"], 1, "{outcome}");
        outcome["batchId"].clone()
    }

    async fn undo(&self, batch: &Value) {
        let path = format!("/api/v1/moderation/batches/{batch}/undo");
        assert_eq!(self.root.post(&path).await.status(), 202);
    }
}

fn pairs(chapters: &[(i64, &str)]) -> Vec<(i64, String)> {
    chapters.iter().map(|(at, title)| (*at, (*title).to_owned())).collect()
}

const CLEAN: [(i64, &str); 2] = [(0, "Sowing"), (30, "Carrots")];
const HELD: [(i64, &str); 2] = [(5, "Sowing"), (40, "Cabbages, and a cabbage")];

#[tokio::test]
async fn held_chapters_leave_those_before_until_they_are_released() {
    let stage = Stage::new().await;
    stage.put(&CLEAN).await;
    stage.put(&HELD).await;
    assert_eq!((stage.read().await, stage.replacement().await), (pairs(&CLEAN), json!("held")));
    let items = stage.queue().await;
    assert_eq!(
        (items.len(), &items[0]["field"], &items[0]["text"], &items[0]["previousText"]),
        (
            1,
            &json!("chapters"),
            &json!("Sowing\nCabbages, and a cabbage"),
            &json!("Sowing\nCarrots")
        )
    );
    let batch = stage.decide(&items[0]["id"], "release").await;
    assert_eq!((stage.read().await, stage.replacement().await), (pairs(&HELD), Value::Null));
    stage.undo(&batch).await;
    assert_eq!((stage.read().await, stage.replacement().await), (pairs(&CLEAN), json!("held")));
    stage.decide(&items[0]["id"], "reject").await;
    assert_eq!((stage.read().await, stage.replacement().await), (pairs(&CLEAN), json!("rejected")));
    let contest = format!("/api/v1/moderation/decisions/{}/contest", items[0]["id"]);
    assert_eq!(stage.owner.post_json(&contest, &json!({"text": "No."})).await.status(), 204);
    stage.decide(&items[0]["id"], "release").await;
    assert_eq!(stage.read().await, pairs(&HELD));
}

#[tokio::test]
async fn the_latest_chapters_wait_and_clean_ones_take_them_back() {
    let stage = Stage::new().await;
    stage.put(&HELD).await;
    assert_eq!(stage.read().await, pairs(&[]), "the first ones wait too");
    stage.put(&[(1, "Cabbage")]).await;
    // The same words at another time.
    stage.put(&[(2, "Cabbage")]).await;
    let items = stage.queue().await;
    assert_eq!(items.len(), 1);
    let batch = stage.decide(&items[0]["id"], "release").await;
    assert_eq!(stage.read().await, pairs(&[(2, "Cabbage")]));
    stage.undo(&batch).await;
    assert_eq!(stage.read().await, pairs(&[]));
    stage.put(&CLEAN).await;
    assert_eq!((stage.read().await, stage.queue().await.len()), (pairs(&CLEAN), 0));
    stage.put(&HELD).await;
    stage.put(&[]).await;
    assert_eq!((stage.read().await, stage.replacement().await), (pairs(&[]), Value::Null));
    assert_eq!(stage.queue().await.len(), 0, "whoever takes all away takes back what waits");
}

#[tokio::test]
async fn chapters_from_before_their_titles_were_judged_survive_a_refusal() {
    let stage = Stage::new().await;
    let old = [Chapter { timecode_s: 7, title: "Old".to_owned() }];
    let id = stage.video.id;
    let written: Result<(), DbError> =
        transact!(stage.app.app.db(), tx => { replace(tx, id, &old).await });
    written.unwrap();
    stage.put(&HELD).await;
    let item = stage.queue().await[0]["id"].clone();
    let batch = stage.decide(&item, "reject").await;
    assert_eq!(stage.read().await, pairs(&[(7, "Old")]));
    stage.undo(&batch).await;
    let batch = stage.decide(&item, "release").await;
    stage.undo(&batch).await;
    assert_eq!(stage.read().await, pairs(&[(7, "Old")]));
}

#[tokio::test]
async fn a_list_applied_to_chapters_takes_them_away_and_undone_puts_them_back() {
    let stage = Stage::new().await;
    stage.put(&CLEAN).await;
    let list = stage.root.word_list("", "hold", &["carrots"]).await;
    let path = format!("/api/v1/moderation/lists/{list}/apply");
    let batch: Value = stage.root.post_json(&path, &json!({"days": 1})).await.json().await.unwrap();
    let id = batch["id"].as_i64().unwrap();
    apply::run(&stage.app.app, id, &CancellationToken::new()).await.unwrap();
    assert_eq!(stage.read().await, pairs(&[]));
    assert_eq!(stage.app.get(&stage.video.path("")).await.status(), 200, "the video stays");
    stage.undo(&batch["id"]).await;
    assert_eq!(stage.read().await, pairs(&CLEAN));
}

#[tokio::test]
async fn chapters_of_a_video_that_waits_keep_it_waiting() {
    let stage = Stage::new().await;
    let name = json!({"name": "Fresh"});
    assert_eq!(stage.owner.put_json(&stage.video.path(""), &name).await.status(), 204);
    let list = stage.root.word_list("", "hold", &["fresh"]).await;
    let path = format!("/api/v1/moderation/lists/{list}/apply");
    let batch: Value = stage.root.post_json(&path, &json!({"days": 1})).await.json().await.unwrap();
    let id = batch["id"].as_i64().unwrap();
    apply::run(&stage.app.app, id, &CancellationToken::new()).await.unwrap();
    assert_eq!(stage.app.get(&stage.video.path("")).await.status(), 404);
    stage.put(&HELD).await;
    for item in stage.queue().await {
        assert_eq!(stage.app.get(&stage.video.path("")).await.status(), 404);
        stage.decide(&item["id"], "release").await;
    }
    assert_eq!(stage.app.get(&stage.video.path("")).await.status(), 200);
    assert_eq!(stage.read().await, pairs(&HELD));
}
