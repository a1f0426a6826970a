use atom_syndication::Feed;
use farandole::domain::Privacy;
use serde_json::Value;

use super::{policy, reply, write};
use crate::support::TestApp;

/// Titles of the same feed in every format, which must all say the same.
async fn titles(app: &TestApp, query: &str) -> Vec<String> {
    let text = async |format: &str| {
        let answer = app.get(&format!("/feeds/video-comments.{format}?{query}")).await;
        assert_eq!(answer.status(), 200, "{format} {query}");
        answer.text().await.unwrap()
    };
    let channel: rss::Channel = text("xml").await.parse().unwrap();
    let titles: Vec<String> =
        channel.items().iter().map(|item| item.title().unwrap().to_owned()).collect();
    let feed: Feed = text("atom").await.parse().unwrap();
    let same: Vec<&str> = feed.entries.iter().map(|entry| entry.title.value.as_str()).collect();
    assert_eq!(same, titles);
    let feed: Value = serde_json::from_str(&text("json").await).unwrap();
    let items = feed["items"].as_array().unwrap();
    let same: Vec<&str> = items.iter().map(|item| item["title"].as_str().unwrap()).collect();
    assert_eq!(same, titles);
    titles
}

#[tokio::test]
async fn a_feed_tells_the_newest_comments() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).name("Walk").publish().await;
    let theirs = app.video(&bob).name("Sea").publish().await;
    let first = write(&bob, &video, "Hello *there* <script>alert(1)</script>").await;
    let answer = reply(&alice, &video, &first, "answer").await;
    write(&alice, &theirs, "elsewhere").await;
    assert_eq!(titles(&app, "").await, ["Sea - alice", "Walk - alice", "Walk - bob"]);
    let walk = ["Walk - alice", "Walk - bob"];
    for query in [
        format!("videoId={}", video.uuid),
        format!("videoId={}", video.id),
        format!("accountId={}", alice.account_id),
        "accountName=alice".to_owned(),
        format!("videoChannelId={}", alice.channel_id),
        format!("videoChannelName={}", alice.channel_name),
    ] {
        assert_eq!(titles(&app, &query).await, walk, "{query}");
    }
    let text = app.get("/feeds/video-comments.rss2").await.text().await.unwrap();
    let channel: rss::Channel = text.parse().unwrap();
    let item = &channel.items()[2];
    assert!(!text.contains("<script"), "{text}");
    assert!(item.content().unwrap().contains("<em>there</em>"), "{text}");
    assert_eq!(item.dublin_core_ext().unwrap().creators(), ["bob"]);
    let link = channel.items()[1].link().unwrap().to_owned();
    assert!(link.contains(&format!("threadId={}#comment-{}", first["id"], answer["id"])), "{link}");
}

#[tokio::test]
async fn only_what_everybody_may_read_is_told() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    for privacy in [Privacy::Unlisted, Privacy::Private, Privacy::Internal] {
        let video =
            app.video(&alice).name(&format!("{privacy:?}")).privacy(privacy).publish().await;
        write(&alice, &video, "x").await;
        let by_uuid = format!("/feeds/video-comments.xml?videoId={}", video.uuid);
        let expected = if privacy == Privacy::Unlisted { 200 } else { 404 };
        assert_eq!(alice.get(&by_uuid).await.status(), expected, "{privacy:?}");
        let by_number = format!("/feeds/video-comments.xml?videoId={}", video.id);
        assert_eq!(app.get(&by_number).await.status(), 404, "{privacy:?}");
    }
    let video = app.video(&alice).name("Public").publish().await;
    policy(&alice, &video, 3).await;
    write(&bob, &video, "held").await;
    assert_eq!(titles(&app, "").await, Vec::<String>::new());
    policy(&alice, &video, 1).await;
    let one = write(&bob, &video, "shown").await;
    let path = video.path(&format!("/comments/{}", one["id"]));
    assert_eq!(titles(&app, &format!("videoId={}", video.uuid)).await, ["Public - bob"]);
    assert_eq!(bob.delete(&path).await.status(), 204);
    assert_eq!(titles(&app, &format!("videoId={}", video.uuid)).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    for (query, status) in [
        (format!("videoId={}&accountName=alice", video.uuid), 400),
        ("videoId=no-id".to_owned(), 400),
        ("videoId=4242".to_owned(), 404),
        ("accountId=x".to_owned(), 400),
        ("accountId=4242".to_owned(), 404),
        ("accountName=nobody".to_owned(), 404),
        ("videoChannelId=4242".to_owned(), 404),
        ("videoChannelName=nobody".to_owned(), 404),
    ] {
        let answer = app.get(&format!("/feeds/video-comments.xml?{query}")).await;
        assert_eq!(answer.status(), status, "{query}");
    }
    assert_eq!(app.get("/feeds/video-comments.pdf").await.status(), 404);
}
