//! What muted and blocked people's things look like to others.

use farandole::db::{DbError, sql};
use farandole::transact;
use serde_json::{Value, json};

use super::{MINE, SERVER, stranger};
use crate::api::comments::{reply, send, texts, thread, threads, write};
use crate::api::notifications::{types, work};
use crate::support::videos::TestVideo;
use crate::support::{Person, TestApp};

async fn mute(by: &Person, name: &str) {
    let answer = by.post_json(&format!("{MINE}/accounts"), &json!({ "accountName": name })).await;
    assert_eq!(answer.status(), 204);
}

async fn block(by: &Person, name: &str) {
    let body = json!({ "accountName": name, "reason": "Insults" });
    let answer = by.post_json(&format!("{SERVER}/accounts"), &body).await;
    assert_eq!(answer.status(), 204);
}

/// Names of videos as somebody, or a visitor, finds them.
async fn videos(app: &TestApp, by: Option<&Person>, path: &str) -> Vec<String> {
    let answer = match by {
        Some(person) => person.get(path).await,
        None => app.get(path).await,
    };
    let page: Value = answer.json().await.unwrap();
    let data = page["data"].as_array().unwrap();
    assert_eq!(page["total"], data.len());
    data.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

async fn read(app: &TestApp, by: Option<&Person>, video: &TestVideo) -> Vec<String> {
    texts(&threads(app, by, video, "sort=createdAt").await)
}

#[tokio::test]
async fn who_mutes_somebody_does_not_read_them_and_everybody_else_does() {
    let app = TestApp::start().await;
    let (owner, alice) = (app.user("owner").await, app.user("alice").await);
    let bob = app.user("bob").await;
    let video = app.video(&owner).publish().await;
    write(&bob, &video, "mine alone").await;
    let first = write(&bob, &video, "answered").await;
    let answer = reply(&alice, &video, &first, "an answer").await;
    reply(&bob, &video, &answer, "again me").await;
    write(&alice, &video, "from alice").await;
    mute(&alice, "bob").await;
    // What has answers leaves its place.
    assert_eq!(read(&app, Some(&alice), &video).await, ["", "from alice"]);
    let tree = thread(&app, Some(&alice), &video, &first).await;
    assert_eq!(tree["comment"]["isDeleted"], true);
    assert_eq!((&tree["comment"]["account"], &tree["comment"]["text"]), (&Value::Null, &json!("")));
    assert_eq!(tree["children"][0]["comment"]["text"], "an answer");
    assert_eq!(tree["children"][0]["children"], json!([]));
    let all = ["mine alone", "answered", "from alice"];
    for reader in [Some(&owner), Some(&bob), None] {
        assert_eq!(read(&app, reader, &video).await, all);
    }
    let lone = json!({ "threadId": first["id"].as_i64().unwrap() - 1 });
    let path = video.path(&format!("/comment-threads/{}", lone["threadId"]));
    assert_eq!(alice.get(&path).await.status(), 404);
    assert_eq!(app.get(&path).await.status(), 200);
    assert_eq!(alice.delete(&format!("{MINE}/accounts/bob")).await.status(), 204);
    assert_eq!(read(&app, Some(&alice), &video).await, all);
}

#[tokio::test]
async fn whom_the_owner_muted_nobody_reads_there_and_may_not_write() {
    let app = TestApp::start().await;
    let (owner, alice) = (app.user("owner").await, app.user("alice").await);
    let bob = app.user("bob").await;
    let (video, other) = (app.video(&owner).publish().await, app.video(&alice).publish().await);
    write(&bob, &video, "before").await;
    mute(&owner, "bob").await;
    for reader in [Some(&owner), Some(&alice), None] {
        assert!(read(&app, reader, &video).await.is_empty());
    }
    assert_eq!(read(&app, Some(&bob), &video).await, ["before"]);
    let refused: Value = send(&bob, &video, "after").await.json().await.unwrap();
    let refused = &refused["comment"];
    assert_eq!(refused["state"], "rejected");
    let why = refused["moderation"]["explanation"].as_str().unwrap();
    assert!(why.contains("does not take comments from you"), "{why}");
    let feed = app.get(&format!("/feeds/video-comments.json?videoId={}", video.uuid)).await;
    let feed: Value = feed.json().await.unwrap();
    assert_eq!(feed["items"], json!([]));
    // The owner finds them where comments are managed, and elsewhere bob is as before.
    let managed: Value = owner.get("/api/v1/users/me/videos/comments").await.json().await.unwrap();
    assert!(texts(&managed).contains(&"before".to_owned()), "{managed}");
    write(&bob, &other, "elsewhere").await;
    assert_eq!(read(&app, None, &other).await, ["elsewhere"]);
}

#[tokio::test]
async fn nobody_is_told_of_those_they_muted() {
    let app = TestApp::start().await;
    let (owner, alice) = (app.user("owner").await, app.user("alice").await);
    let bob = app.user("bob").await;
    let video = app.video(&owner).publish().await;
    mute(&alice, "bob").await;
    write(&bob, &video, "Hello @alice").await;
    work(&app).await;
    assert_eq!(types(&owner).await, [2]);
    assert!(types(&alice).await.is_empty());
    assert_eq!(alice.delete(&format!("{MINE}/accounts/bob")).await.status(), 204);
    write(&bob, &video, "Hello again @alice").await;
    work(&app).await;
    assert_eq!(types(&alice).await[0], 11);
}

#[tokio::test]
async fn videos_of_muted_accounts_are_in_nobodys_way() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let hers = app.video(&alice).name("Sea").publish().await;
    let his = app.video(&bob).name("Woods").minutes_old(5).publish().await;
    mute(&alice, "bob").await;
    assert_eq!(videos(&app, Some(&alice), "/api/v1/videos").await, ["Sea"]);
    assert!(videos(&app, Some(&alice), "/api/v1/videos?search=wood").await.is_empty());
    assert!(videos(&app, Some(&alice), "/api/v1/accounts/bob/videos").await.is_empty());
    for other in [Some(&bob), None] {
        assert_eq!(videos(&app, other, "/api/v1/videos").await, ["Sea", "Woods"]);
    }
    // Who has the address still opens it.
    assert_eq!(alice.get(&his.path("")).await.status(), 200);
    assert_eq!(bob.get(&hers.path("")).await.status(), 200);
}

#[tokio::test]
async fn whom_the_instance_blocks_nobody_finds_reads_or_hears() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let video = app.video(&alice).name("Sea").publish().await;
    app.video(&bob).name("Woods").publish().await;
    write(&bob, &video, "before").await;
    assert_eq!(videos(&app, None, "/api/v1/videos").await.len(), 2);
    block(&moderator, "bob").await;
    for reader in [Some(&alice), Some(&moderator), None] {
        assert_eq!(videos(&app, reader, "/api/v1/videos").await, ["Sea"]);
        assert!(read(&app, reader, &video).await.is_empty());
    }
    assert_eq!(videos(&app, Some(&bob), "/api/v1/videos").await.len(), 2, "his own he finds");
    assert_eq!(read(&app, Some(&bob), &video).await, ["before"]);
    let told: Value = bob.get("/api/v1/users/me/statements").await.json().await.unwrap();
    let told = &told["data"][0];
    assert_eq!((&told["act"], &told["reason"]), (&json!("account-blocked"), &json!("Insults")));
    let refused: Value = send(&bob, &video, "after").await.json().await.unwrap();
    assert_eq!(refused["comment"]["state"], "rejected");
    for list in ["accounts", "video-channels"] {
        let page: Value = app.get(&format!("/api/v1/{list}")).await.json().await.unwrap();
        assert!(!page.to_string().contains("bob"), "{page}");
    }
    let feed = app.get("/feeds/videos.json").await.text().await.unwrap();
    assert!(feed.contains("Sea") && !feed.contains("Woods"), "{feed}");
    let feed = app.get("/feeds/video-comments.json").await.text().await.unwrap();
    assert!(!feed.contains("before"), "{feed}");
    work(&app).await;
    assert!(types(&alice).await.is_empty());
    assert_eq!(moderator.delete(&format!("{SERVER}/accounts/bob")).await.status(), 204);
    assert_eq!(videos(&app, None, "/api/v1/videos").await.len(), 2);
    assert_eq!(read(&app, None, &video).await, ["before"]);
}

#[tokio::test]
async fn a_blocked_server_is_not_there() {
    let app = TestApp::start().await;
    let (alice, moderator) = (app.user("alice").await, app.moderator("mod").await);
    let (bob, video) = (app.user("bob").await, app.video(&alice).publish().await);
    let actor = stranger(&app, "carol", "bad.example").await;
    let written = write(&bob, &video, "from far away").await;
    let id = written["id"].as_i64().unwrap();
    transact!(app.app.db(), tx => {
        sql("UPDATE comments SET actor_id = $1 WHERE id = $2").int(actor).int(id).run(tx).await?;
        Ok::<(), DbError>(())
    })
    .unwrap();
    assert_eq!(read(&app, None, &video).await, ["from far away"]);
    let host = json!({ "host": "bad.example" });
    assert_eq!(alice.post_json(&format!("{MINE}/servers"), &host).await.status(), 204);
    assert!(read(&app, None, &video).await.is_empty(), "it is alice's video");
    assert_eq!(alice.delete(&format!("{MINE}/servers/bad.example")).await.status(), 204);
    assert_eq!(bob.post_json(&format!("{MINE}/servers"), &host).await.status(), 204);
    assert!(read(&app, Some(&bob), &video).await.is_empty());
    assert_eq!(read(&app, None, &video).await, ["from far away"]);
    assert_eq!(moderator.post_json(&format!("{SERVER}/servers"), &host).await.status(), 204);
    assert!(read(&app, None, &video).await.is_empty());
    let item = farandole::moderation::Item {
        surface: farandole::domain::moderation::Surface::Comment,
        text: "hello",
        format: farandole::domain::moderation::Format::Markdown,
        author_actor_id: Some(actor),
        author_role: None,
        channel_id: Some(alice.channel_id),
        owner_account_id: Some(alice.account_id),
        language: None,
    };
    let verdict = farandole::moderation::judge(&app.app, &item).await.unwrap().verdict;
    assert_eq!(verdict, farandole::domain::moderation::Verdict::Reject);
}
