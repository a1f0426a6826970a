use serde_json::{Value, json};

use super::{counted, redacted, reply, send, texts, thread, threads, write};
use crate::support::TestApp;

#[tokio::test]
async fn a_comment_has_every_field_of_the_schema() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    let one = write(&bob, &video, "  Hello *there*  ").await;
    redacted().bind(|| insta::assert_json_snapshot!("comment", one));
    let url = one["url"].as_str().unwrap();
    assert!(
        url.ends_with(&format!("/videos/watch/{}/comments/{}", video.uuid, one["id"])),
        "{url}"
    );
    assert_eq!(one["threadId"], one["id"]);
    assert_eq!(counted(&bob, &video).await, 1);
    let seen = threads(&app, None, &video, "").await;
    assert_eq!(seen["total"], 1);
    assert_eq!(seen["totalNotDeletedComments"], 1);
    assert_eq!(seen["data"][0]["html"], one["html"]);
    assert_eq!(seen["data"][0]["capabilities"]["edit"], false, "a visitor may nothing");
    let named = write(&bob, &video, "Dear @alice, dear @nobody").await;
    let page = format!("href=\"{}/a/alice\" class=\"mention\"", app.app.config().public_url());
    let html = named["html"].as_str().unwrap();
    assert!(html.contains(&page) && html.matches("<a ").count() == 1, "{html}");
}

#[tokio::test]
async fn a_thread_is_a_tree() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    let first = write(&bob, &video, "first").await;
    let answer = reply(&alice, &video, &first, "answer").await;
    let deeper = reply(&bob, &video, &answer, "deeper").await;
    reply(&bob, &video, &first, "second answer").await;
    assert_eq!(deeper["inReplyToCommentId"], answer["id"]);
    assert_eq!(deeper["threadId"], first["id"]);
    let tree = thread(&app, None, &video, &first).await;
    redacted().bind(|| insta::assert_json_snapshot!("thread", tree));
    let list = threads(&app, None, &video, "").await;
    assert_eq!(list["total"], 1);
    assert_eq!(list["totalNotDeletedComments"], 4);
    assert_eq!(list["data"][0]["totalReplies"], 3);
    assert_eq!(list["data"][0]["totalRepliesFromVideoAuthor"], 1);
    // A reply is no thread.
    let path = video.path(&format!("/comment-threads/{}", answer["id"]));
    assert_eq!(app.get(&path).await.status(), 404);
}

#[tokio::test]
async fn threads_are_paged_and_sorted() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    let mut all = Vec::new();
    for text in ["a", "b", "c", "d"] {
        all.push(write(&bob, &video, text).await);
    }
    reply(&alice, &video, &all[1], "x").await;
    assert_eq!(texts(&threads(&app, None, &video, "").await), ["d", "c", "b", "a"]);
    assert_eq!(texts(&threads(&app, None, &video, "sort=createdAt").await), ["a", "b", "c", "d"]);
    let answered = "sort=-totalReplies";
    assert_eq!(texts(&threads(&app, None, &video, answered).await), ["b", "d", "c", "a"]);
    let mut paged = Vec::new();
    for start in 0..5 {
        let page = threads(&app, None, &video, &format!("{answered}&start={start}&count=1")).await;
        assert_eq!(page["total"], 4);
        paged.extend(texts(&page));
    }
    assert_eq!(paged, ["b", "d", "c", "a"]);
    for bad in ["sort=text", "start=-1", "count=101", "count=x"] {
        let path = video.path(&format!("/comment-threads?{bad}"));
        assert_eq!(app.get(&path).await.status(), 400, "{bad}");
    }
}

#[tokio::test]
async fn a_long_thread_comes_in_pages() {
    let app = TestApp::start_with(|config| {
        config.comments.per_person = 1_000;
        config.comments.per_address = 1_000;
    })
    .await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    let first = write(&alice, &video, "first").await;
    let mut last = first.clone();
    for number in 0..6 {
        last = reply(&alice, &video, &last, &number.to_string()).await;
    }
    let page = async |query: &str| -> Value {
        let path = video.path(&format!("/comment-threads/{}?{query}", first["id"]));
        app.get(&path).await.json().await.unwrap()
    };
    let one = page("count=4").await;
    assert_eq!(one["totalChildren"], 6);
    assert_eq!(one["children"][0]["children"][0]["comment"]["text"], "1");
    let two = page("start=4&count=4").await;
    assert_eq!(two["children"][0]["comment"]["text"], "4");
    assert_eq!(two["children"][0]["children"][0]["comment"]["text"], "5");
    assert_eq!(two["comment"]["text"], "first");
    for bad in ["count=501", "start=-1", "count=x"] {
        let path = video.path(&format!("/comment-threads/{}?{bad}", first["id"]));
        assert_eq!(app.get(&path).await.status(), 400, "{bad}");
    }
}

#[tokio::test]
async fn what_is_no_comment_is_refused() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    let other = app.video(&alice).publish().await;
    for (text, code) in [
        (String::new(), None),
        (" \n\u{200b}".to_owned(), None),
        ("x".repeat(10_001), Some("comment_too_long")),
        ((0..21).map(|i| format!("@u{i} ")).collect(), Some("comment_mentions_too_many")),
    ] {
        let answer = send(&alice, &video, &text).await;
        assert_eq!(answer.status(), 400, "{}", &text[..text.len().min(20)]);
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["code"].as_str(), code);
        assert!(problem["invalid-params"]["text"].is_object(), "{problem}");
    }
    for body in [json!({}), json!({ "text": 5 }), json!([])] {
        let path = video.path("/comment-threads");
        assert_eq!(alice.post_json(&path, &body).await.status(), 400, "{body}");
    }
    let anonymous = app.client.post(app.url(&video.path("/comment-threads")));
    let anonymous = anonymous.json(&json!({ "text": "x" })).send().await.unwrap();
    assert_eq!(anonymous.status(), 401);
    let one = write(&alice, &video, "fine").await;
    for path in [
        "/api/v1/videos/4242/comment-threads".to_owned(),
        video.path("/comments/4242"),
        other.path(&format!("/comments/{}", one["id"])),
    ] {
        let answer = alice.post_json(&path, &json!({ "text": "x" })).await;
        assert_eq!(answer.status(), 404, "{path}");
    }
    for path in [
        "/api/v1/videos/4242/comment-threads".to_owned(),
        video.path("/comment-threads/4242"),
        other.path(&format!("/comment-threads/{}", one["id"])),
    ] {
        assert_eq!(app.get(&path).await.status(), 404, "{path}");
    }
    assert_eq!(app.get(&video.path("/comment-threads/x")).await.status(), 400);
    assert_eq!(app.get("/api/v1/videos/no-id/comment-threads").await.status(), 400);
    assert_eq!(counted(&alice, &video).await, 1);
}

#[tokio::test]
async fn the_address_of_a_comment_leads_to_its_thread() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    let first = write(&alice, &video, "first").await;
    let answer = reply(&alice, &video, &first, "answer").await;
    let path = format!("/videos/watch/{}/comments/{}", video.uuid, answer["id"]);
    let led = app.get(&path).await;
    assert_eq!(led.status(), 303);
    let page = format!("/w/{}?threadId={}#comment-{}", video.uuid, first["id"], answer["id"]);
    assert_eq!(led.headers()["location"], page);
    let other = app.video(&alice).publish().await;
    for missing in [
        format!("/videos/watch/{}/comments/{}", other.uuid, answer["id"]),
        format!("/videos/watch/{}/comments/4242", video.uuid),
        "/videos/watch/nothing/comments/1".to_owned(),
    ] {
        assert_eq!(app.get(&missing).await.status(), 404, "{missing}");
    }
}
