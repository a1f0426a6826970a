use serde_json::Value;

use super::{policy, redacted, texts, write};
use crate::support::{Person, TestApp};

const MINE: &str = "/api/v1/users/me/videos/comments";
const ALL: &str = "/api/v1/videos/comments";

async fn list(person: &Person, path: &str, query: &str) -> Value {
    let answer = person.get(&format!("{path}?{query}")).await;
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(status, 200, "{query}: {body}");
    body
}

#[tokio::test]
async fn owners_find_comments_under_their_videos() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).name("Forest walk").publish().await;
    let other = app.video(&alice).name("Sea").publish().await;
    let theirs = app.video(&bob).publish().await;
    write(&bob, &video, "Élan").await;
    write(&bob, &theirs, "elsewhere").await;
    policy(&alice, &other, 3).await;
    let held = write(&bob, &other, "waits").await;
    let all = list(&alice, MINE, "").await;
    assert_eq!(texts(&all), ["waits", "Élan"]);
    redacted().bind(|| insta::assert_json_snapshot!("owned", all["data"][0]));
    for (query, expected) in [
        ("sort=createdAt".to_owned(), vec!["Élan", "waits"]),
        ("search=elan".to_owned(), vec!["Élan"]),
        ("search=forest".to_owned(), vec!["Élan"]),
        ("search=bob".to_owned(), vec!["waits", "Élan"]),
        ("searchVideo=sea".to_owned(), vec!["waits"]),
        ("searchAccount=ali".to_owned(), vec![]),
        ("isHeldForReview=true".to_owned(), vec!["waits"]),
        ("isHeldForReview=false".to_owned(), vec!["Élan"]),
        (format!("videoId={}", video.uuid), vec!["Élan"]),
        (format!("videoId={}", other.id), vec!["waits"]),
        (format!("videoId={}", theirs.uuid), vec![]),
        (format!("videoChannelId={}", alice.channel_id), vec!["waits", "Élan"]),
        (format!("videoChannelId={}", bob.channel_id), vec![]),
        ("autoTagOneOf=external-link".to_owned(), vec![]),
        ("start=1&count=1".to_owned(), vec!["Élan"]),
        ("includeCollaborations=true&includeMuted=true".to_owned(), vec!["waits", "Élan"]),
    ] {
        assert_eq!(texts(&list(&alice, MINE, &query).await), expected, "{query}");
    }
    assert_eq!(held["heldForReview"], true);
    assert_eq!(list(&bob, MINE, "").await["total"], 1);
    assert_eq!(app.get(MINE).await.status(), 401);
    assert_eq!(alice.get(&format!("{MINE}?videoId={}", uuid::Uuid::new_v4())).await.status(), 404);
}

#[tokio::test]
async fn moderators_find_all_comments() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let (moderator, root) = (app.moderator("mod").await, app.root().await);
    let video = app.video(&alice).publish().await;
    let theirs = app.video(&bob).publish().await;
    write(&bob, &video, "one").await;
    write(&alice, &theirs, "two").await;
    for person in [&moderator, &root] {
        assert_eq!(texts(&list(person, ALL, "").await), ["two", "one"]);
        assert_eq!(texts(&list(person, ALL, "isLocal=true").await), ["two", "one"]);
        assert_eq!(texts(&list(person, ALL, "isLocal=false").await), Vec::<String>::new());
        assert_eq!(texts(&list(person, ALL, "onLocalVideo=true").await), ["two", "one"]);
        assert_eq!(texts(&list(person, ALL, "searchAccount=bob").await), ["one"]);
    }
    for person in [&alice, &bob] {
        assert_eq!(person.get(ALL).await.status(), 403);
    }
    assert_eq!(app.get(ALL).await.status(), 401);
    for bad in [
        "isLocal=perhaps",
        "onLocalVideo=x",
        "isHeldForReview=2",
        "videoChannelId=x",
        "videoId=no-id",
        "sort=text",
        "count=101",
    ] {
        assert_eq!(moderator.get(&format!("{ALL}?{bad}")).await.status(), 400, "{bad}");
    }
    let long = "x".repeat(201);
    for key in ["search", "searchAccount", "searchVideo"] {
        assert_eq!(moderator.get(&format!("{ALL}?{key}={long}")).await.status(), 400, "{key}");
    }
}
