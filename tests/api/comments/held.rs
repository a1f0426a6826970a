use serde_json::{Value, json};

use super::{block, counted, policy, redacted, reply, texts, thread, threads, write};
use crate::support::TestApp;

#[tokio::test]
async fn what_waits_shows_to_its_author_and_those_who_decide() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let (eve, moderator) = (app.user("eve").await, app.moderator("mod").await);
    let video = app.video(&alice).publish().await;
    policy(&alice, &video, 3).await;
    let one = write(&bob, &video, "please").await;
    redacted().bind(|| insta::assert_json_snapshot!("held", one));
    assert_eq!(counted(&bob, &video).await, 0);
    for (person, sees) in [
        (None, false),
        (Some(&eve), false),
        (Some(&bob), true),
        (Some(&alice), true),
        (Some(&moderator), true),
    ] {
        let list = threads(&app, person, &video, "").await;
        assert_eq!(list["total"], i64::from(sees));
        let path = video.path(&format!("/comment-threads/{}", one["id"]));
        let status = match person {
            Some(person) => person.get(&path).await.status(),
            None => app.get(&path).await.status(),
        };
        assert_eq!(status, if sees { 200 } else { 404 });
    }
    // Nobody answers what others cannot read.
    let path = video.path(&format!("/comments/{}", one["id"]));
    let text = json!({ "text": "x" });
    assert_eq!(bob.post_json(&path, &text).await.status(), 409);
    assert_eq!(eve.post_json(&path, &text).await.status(), 404);
}

#[tokio::test]
async fn approving_shows_it_and_tells_the_author() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let eve = app.user("eve").await;
    let video = app.video(&alice).publish().await;
    policy(&alice, &video, 3).await;
    let one = write(&bob, &video, "please").await;
    let path = video.path(&format!("/comments/{}/approve", one["id"]));
    assert_eq!(app.client.post(app.url(&path)).send().await.unwrap().status(), 401);
    assert_eq!(eve.post(&path).await.status(), 404, "they may not even know of it");
    assert_eq!(bob.post(&path).await.status(), 403, "nobody approves themselves");
    assert_eq!(alice.post(&path).await.status(), 204);
    assert_eq!(texts(&threads(&app, None, &video, "").await), ["please"]);
    assert_eq!(counted(&bob, &video).await, 1);
    assert_eq!(alice.post(&path).await.status(), 400, "it does not wait any more");
    let missing = video.path("/comments/4242/approve");
    assert_eq!(alice.post(&missing).await.status(), 404);
    let own = threads(&app, Some(&bob), &video, "").await;
    assert_eq!(own["data"][0]["moderation"]["verdict"], "released");
}

#[tokio::test]
async fn the_owner_and_moderators_need_no_approval() {
    let app = TestApp::start().await;
    let (alice, moderator) = (app.user("alice").await, app.moderator("mod").await);
    let video = app.video(&alice).publish().await;
    policy(&alice, &video, 3).await;
    for person in [&alice, &moderator] {
        assert_eq!(write(person, &video, "mine").await["state"], "shown");
    }
    assert_eq!(counted(&alice, &video).await, 2);
}

#[tokio::test]
async fn refused_ones_show_to_their_author_alone_with_reasons_in_their_language() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    block(&app, &bob).await;
    let path = video.path("/comment-threads");
    let request = bob.request(reqwest::Method::POST, &path).json(&json!({ "text": "Anything" }));
    let answer = request.header("accept-language", "fr").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.unwrap();
    let one = &answer["comment"];
    assert_eq!((one["state"].as_str(), one["text"].as_str()), (Some("rejected"), Some("Anything")));
    let why = one["moderation"]["explanation"].as_str().unwrap();
    assert!(why.contains("Ce texte n’est pas montré"), "{why}");
    assert_eq!(one["moderation"]["contestable"], true);
    assert_eq!(one["heldForReview"], false);
    assert_eq!(texts(&threads(&app, Some(&bob), &video, "").await), ["Anything"]);
    assert_eq!(texts(&threads(&app, Some(&alice), &video, "").await), Vec::<String>::new());
    assert_eq!(counted(&bob, &video).await, 0);
}

#[tokio::test]
async fn a_reply_that_waits_is_not_counted() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).publish().await;
    let first = write(&alice, &video, "first").await;
    policy(&alice, &video, 3).await;
    let waiting = reply(&bob, &video, &first, "waiting").await;
    assert_eq!(waiting["heldForReview"], true);
    let list = threads(&app, None, &video, "").await;
    assert_eq!(list["data"][0]["totalReplies"], 0);
    let tree = thread(&app, None, &video, &first).await;
    assert_eq!((tree["totalChildren"].clone(), tree["children"].clone()), (json!(0), json!([])));
    let own = thread(&app, Some(&bob), &video, &first).await;
    assert_eq!(own["children"][0]["comment"]["text"], "waiting");
    let path = video.path(&format!("/comments/{}/approve", waiting["id"]));
    assert_eq!(alice.post(&path).await.status(), 204);
    let list = threads(&app, None, &video, "").await;
    assert_eq!(list["data"][0]["totalReplies"], 1);
    assert_eq!(counted(&bob, &video).await, 2);
}
