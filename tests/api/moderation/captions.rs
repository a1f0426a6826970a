//! Captions that are to replace others: what is public meanwhile, and which files are kept.

use std::time::Duration;

use farandole::db::moderation::audit;
use farandole::db::videos::captions;
use farandole::db::{DbError, sql};
use farandole::domain::Job;
use farandole::moderation::apply;
use farandole::transact;
use farandole::videos::publish::delete_objects;
use farandole_storage::Key;
use futures::TryStreamExt as _;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
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
    /// A video with public captions that say "A carrot", where cabbages are held.
    async fn new() -> Self {
        let app = TestApp::start_with(|config| config.limits.api_requests = 100_000).await;
        let (owner, root) = (app.user("owner").await, app.root().await);
        let video = app.video(&owner).publish().await;
        root.word_list("", "hold", &["cabbage"]).await;
        let stage = Self { app, owner, root, video };
        stage.put("A carrot").await;
        stage
    }

    async fn put(&self, words: &str) {
        let file = format!("WEBVTT\n\n00:01.000 --> 00:02.000\n{words}\n");
        let form = Form::new().part("captionfile", Part::text(file).file_name("c.vtt"));
        let path = self.video.path("/captions/fr");
        let put = self.owner.request(Method::PUT, &path).multipart(form).send().await.unwrap();
        assert_eq!(put.status(), 204);
    }

    /// The address of the captions that everybody gets.
    async fn address(&self) -> Option<String> {
        let page: Value = self.app.get(&self.video.path("/captions")).await.json().await.unwrap();
        assert!(page["data"][0].get("replacement").is_none(), "nobody's business: {page}");
        page["data"][0]["captionPath"].as_str().map(str::to_owned)
    }

    /// What everybody reads in them.
    async fn read(&self) -> Option<String> {
        let file = self.app.get(&self.address().await?).await;
        assert_eq!(file.status(), 200);
        Some(file.text().await.unwrap().lines().last().unwrap().to_owned())
    }

    /// How the owner sees that others are to replace them.
    async fn replacement(&self) -> Value {
        let page: Value = self.owner.get(&self.video.path("/captions")).await.json().await.unwrap();
        page["data"][0]["replacement"].clone()
    }

    async fn queue(&self) -> Vec<Value> {
        let page: Value = self.root.get("/api/v1/moderation/queue").await.json().await.unwrap();
        page["data"].as_array().unwrap().clone()
    }

    /// Decides on an item, and returns the batch.
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

    /// Does the queued deletions, also those that are due later, and says which files of the video
    /// are left.
    async fn files(&self) -> usize {
        let mut conn = self.app.app.db().read().await.unwrap();
        // Folders first: the S3 server of the tests keeps those that were emptied, and refuses to
        // delete them.
        let jobs = sql(
            "SELECT payload FROM jobs WHERE kind = 'delete-objects' ORDER BY LENGTH(payload), id",
        );
        let jobs = jobs.all(&mut conn).await.unwrap();
        drop(conn);
        for row in jobs {
            let job = serde_json::from_str(&row.text("payload").unwrap()).unwrap();
            let Job::DeleteObjects { prefix } = job else { panic!("{job:?}") };
            delete_objects(&self.app.app, &prefix).await.unwrap();
        }
        let folder = Key::parse("captions").unwrap();
        let found = self.app.app.store().list(Some(&folder));
        found.try_collect::<Vec<_>>().await.unwrap().len()
    }
}

#[tokio::test]
async fn a_held_replacement_leaves_the_captions_before_until_it_is_released() {
    let stage = Stage::new().await;
    stage.put("A cabbage").await;
    assert_eq!(stage.read().await.unwrap(), "A carrot");
    assert_eq!(stage.replacement().await, "held");
    assert_eq!(stage.files().await, 2);
    let (old, items) = (stage.address().await.unwrap(), stage.queue().await);
    assert_eq!(
        (&items[0]["text"], &items[0]["previousText"], &items[0]["video"]["id"]),
        (&json!("A cabbage\n"), &json!("A carrot\n"), &json!(stage.video.id))
    );
    let batch = stage.decide(&items[0]["id"], "release").await;
    assert_eq!(stage.read().await.unwrap(), "A cabbage");
    assert_eq!(stage.replacement().await, Value::Null);
    assert_eq!(stage.app.get(&old).await.status(), 404, "the file before is nobody's");
    assert_eq!(stage.files().await, 2, "undoing needs it");
    stage.undo(&batch).await;
    assert_eq!(stage.read().await.unwrap(), "A carrot");
    assert_eq!(stage.address().await.unwrap(), old);
    assert_eq!(stage.replacement().await, "held");
    stage.decide(&items[0]["id"], "release").await;
    assert_eq!(stage.read().await.unwrap(), "A cabbage");
}

#[tokio::test]
async fn a_rejected_replacement_goes_when_nothing_can_bring_it_back() {
    let stage = Stage::new().await;
    stage.put("A cabbage").await;
    let item = stage.queue().await[0]["id"].clone();
    let batch = stage.decide(&item, "reject").await;
    assert_eq!(stage.read().await.unwrap(), "A carrot");
    assert_eq!(stage.replacement().await, "rejected");
    stage.undo(&batch).await;
    assert_eq!(stage.replacement().await, "held");
    stage.decide(&item, "reject").await;
    // Contested and released, the file is needed.
    let contest = format!("/api/v1/moderation/decisions/{item}/contest");
    let text = json!({"text": "It is a vegetable."});
    assert_eq!(stage.owner.post_json(&contest, &text).await.status(), 204);
    let batch = stage.decide(&item, "release").await;
    assert_eq!(stage.read().await.unwrap(), "A cabbage");
    stage.undo(&batch).await;
    assert_eq!(stage.read().await.unwrap(), "A carrot");
    stage.decide(&item, "reject").await;
    assert_eq!(stage.files().await, 2);
    stage.app.clock.advance(Duration::from_secs(401 * 24 * 3600));
    let now = stage.app.app.now();
    let kept = Duration::from_secs(400 * 24 * 3600);
    let swept: Result<(), DbError> = transact!(stage.app.app.db(), tx => {
        audit::forget(tx, now.minus(kept)).await?;
        captions::forget(tx, now).await
    });
    swept.unwrap();
    assert_eq!(stage.files().await, 1);
    assert_eq!(stage.read().await.unwrap(), "A carrot");
}

#[tokio::test]
async fn one_replacement_waits_at_a_time_and_a_clean_one_takes_it_back() {
    let stage = Stage::new().await;
    stage.put("A cabbage").await;
    stage.put("Another cabbage").await;
    assert_eq!(stage.files().await, 2, "the first that waited is gone");
    let items = stage.queue().await;
    assert_eq!((items.len(), &items[0]["text"]), (1, &json!("Another cabbage\n")));
    stage.decide(&items[0]["id"], "release").await;
    assert_eq!(stage.read().await.unwrap(), "Another cabbage");
    stage.put("A third cabbage").await;
    assert_eq!(stage.files().await, 3, "the first may come back, one is public, one waits");
    stage.put("Two carrots").await;
    assert_eq!(stage.read().await.unwrap(), "Two carrots");
    assert_eq!((stage.queue().await.len(), stage.replacement().await), (0, Value::Null));
    assert_eq!(stage.files().await, 1);
    // The same words again, with a file of its own.
    let before = stage.address().await;
    stage.put("Two carrots").await;
    assert_ne!(stage.address().await, before);
    assert_eq!((stage.files().await, stage.read().await.unwrap()), (1, "Two carrots".to_owned()));
}

#[tokio::test]
async fn first_captions_that_are_held_are_offered_to_nobody_and_can_be_replaced() {
    let stage = Stage::new().await;
    let path = stage.video.path("/captions/fr");
    assert_eq!(stage.owner.delete(&path).await.status(), 204);
    stage.put("A cabbage").await;
    assert_eq!((stage.address().await, stage.replacement().await), (None, Value::Null));
    stage.put("Another cabbage").await;
    assert_eq!((stage.address().await, stage.files().await), (None, 1));
    let items = stage.queue().await;
    assert_eq!(items.len(), 1);
    let batch = stage.decide(&items[0]["id"], "release").await;
    assert_eq!(stage.read().await.unwrap(), "Another cabbage");
    stage.undo(&batch).await;
    assert_eq!(stage.address().await, None);
    stage.decide(&items[0]["id"], "reject").await;
    assert_eq!(stage.address().await, None);
    stage.put("A carrot").await;
    assert_eq!(stage.read().await.unwrap(), "A carrot");
    assert_eq!(stage.files().await, 1);
}

#[tokio::test]
async fn with_captions_or_their_video_goes_what_waits() {
    let stage = Stage::new().await;
    let path = stage.video.path("/captions/fr");
    stage.put("A cabbage").await;
    assert_eq!(stage.owner.delete(&path).await.status(), 204);
    assert_eq!((stage.files().await, stage.queue().await.len()), (0, 0));
    stage.put("A carrot").await;
    stage.put("A cabbage").await;
    assert_eq!((stage.files().await, stage.queue().await.len()), (2, 1));
    assert_eq!(stage.owner.delete(&stage.video.path("")).await.status(), 204);
    assert_eq!((stage.files().await, stage.queue().await.len()), (0, 0));
}

#[tokio::test]
async fn a_list_applied_to_captions_hides_them_and_undone_shows_them() {
    let stage = Stage::new().await;
    let list = stage.root.word_list("", "hold", &["carrot"]).await;
    stage.put("A cabbage").await;
    let path = format!("/api/v1/moderation/lists/{list}/apply");
    let batch: Value = stage.root.post_json(&path, &json!({"days": 1})).await.json().await.unwrap();
    let id = batch["id"].as_i64().unwrap();
    apply::run(&stage.app.app, id, &CancellationToken::new()).await.unwrap();
    assert_eq!(stage.address().await, None);
    stage.undo(&batch["id"]).await;
    assert_eq!(stage.read().await.unwrap(), "A carrot");
    assert_eq!(stage.replacement().await, "held", "that one still waits");
}

#[tokio::test]
async fn what_was_released_since_a_list_was_applied_stays_when_that_is_undone() {
    let stage = Stage::new().await;
    let video = stage.video.path("");
    let (old, new) = (json!({"name": "Carrots"}), json!({"name": "Cabbages"}));
    assert_eq!(stage.owner.put_json(&video, &old).await.status(), 204);
    let list = stage.root.word_list("", "hold", &["carrot", "carrots"]).await;
    stage.put("A cabbage").await;
    let cabbage = stage.root.word_list("", "hold", &["cabbages"]).await;
    assert_eq!(stage.owner.put_json(&video, &new).await.status(), 204);
    let waiting = stage.queue().await;
    assert_eq!(waiting.len(), 2, "list {cabbage}");
    let path = format!("/api/v1/moderation/lists/{list}/apply");
    let batch: Value = stage.root.post_json(&path, &json!({"days": 1})).await.json().await.unwrap();
    let id = batch["id"].as_i64().unwrap();
    apply::run(&stage.app.app, id, &CancellationToken::new()).await.unwrap();
    assert_eq!(stage.app.get(&video).await.status(), 404);
    for item in waiting {
        stage.decide(&item["id"], "release").await;
    }
    stage.undo(&batch["id"]).await;
    let shown: Value = stage.app.get(&video).await.json().await.unwrap();
    assert_eq!(shown["name"], "Cabbages");
    assert_eq!(stage.read().await.unwrap(), "A cabbage");
    assert_eq!(stage.queue().await.len(), 0);
}
