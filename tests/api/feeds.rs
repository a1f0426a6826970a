//! `GET /feeds/videos.{format}`, read back by the crates that feed readers are made with.

use atom_syndication::Feed;
use farandole::domain::Privacy;
use reqwest::Response;
use serde_json::{Value, json};

use crate::support::TestApp;

async fn text(response: Response, content_type: &str) -> String {
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], content_type);
    response.text().await.unwrap()
}

async fn rss(app: &TestApp, path: &str) -> rss::Channel {
    let text = text(app.get(path).await, "application/rss+xml; charset=utf-8").await;
    text.parse().unwrap_or_else(|error| panic!("{path}: {error}: {text}"))
}

async fn atom(app: &TestApp, path: &str) -> Feed {
    text(app.get(path).await, "application/atom+xml; charset=utf-8").await.parse().unwrap()
}

async fn json_feed(app: &TestApp, path: &str) -> Value {
    let text = text(app.get(path).await, "application/feed+json; charset=utf-8").await;
    serde_json::from_str(&text).unwrap()
}

/// Titles of the same feed in every format, which must all say the same.
async fn titles(app: &TestApp, query: &str) -> Vec<String> {
    let channel = rss(app, &format!("/feeds/videos.xml?{query}")).await;
    let titles: Vec<String> =
        channel.items().iter().map(|item| item.title().unwrap().to_owned()).collect();
    let feed = atom(app, &format!("/feeds/videos.atom?{query}")).await;
    let same: Vec<&str> = feed.entries.iter().map(|entry| entry.title.value.as_str()).collect();
    assert_eq!(same, titles);
    let feed = json_feed(app, &format!("/feeds/videos.json?{query}")).await;
    let items = feed["items"].as_array().unwrap();
    let same: Vec<&str> = items.iter().map(|item| item["title"].as_str().unwrap()).collect();
    assert_eq!(same, titles);
    titles
}

#[tokio::test]
async fn a_feed_says_what_is_new_and_where_its_files_are() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video =
        app.video(&alice).name("A walk").description("Trees\n& <b>birds</b>").tags(&["sea"]);
    let video = video.publish().await;
    let base = app.app.config().public_url();
    let channel = rss(&app, "/feeds/videos.rss2").await;
    assert_eq!(channel.title(), "Farandole");
    let item = &channel.items()[0];
    let link = item.link().unwrap();
    assert!(link.starts_with(&format!("{base}/w/")), "{link}");
    assert_eq!(item.guid().unwrap().value(), link);
    assert_eq!(item.description(), Some("<p>Trees<br>&amp; &lt;b&gt;birds&lt;/b&gt;</p>"));
    assert_eq!(item.categories()[0].name(), "sea");
    let file = format!(
        "{base}/static/streaming-playlists/hls/{}/{}-240-fragmented.mp4",
        video.uuid, video.generation
    );
    let enclosure = item.enclosure().unwrap();
    assert_eq!((enclosure.url(), enclosure.length()), (file.as_str(), "3000"));
    assert_eq!(enclosure.mime_type(), "video/mp4");
    let contents = &item.extensions()["media"]["group"][0].children["content"];
    assert_eq!(contents.len(), 2, "pictures with sound, and sound alone");
    let attributes = &contents[0].attrs;
    assert_eq!(attributes["url"], file);
    assert_eq!((attributes["type"].as_str(), attributes["height"].as_str()), ("video/mp4", "240"));
    assert_eq!((attributes["fileSize"].as_str(), attributes["duration"].as_str()), ("3000", "62"));
    assert_eq!(contents[1].attrs["type"], "audio/mp4");
    let thumbnail = &item.extensions()["media"]["thumbnail"][0].attrs["url"];
    let local = |url: &str| url.strip_prefix(base.as_str()).unwrap().to_owned();
    assert_eq!(app.get(&local(&file)).await.status(), 200, "the file is there");
    assert_eq!(app.get(&local(thumbnail)).await.status(), 200, "the picture is there");

    let feed = atom(&app, "/feeds/videos.atom").await;
    let entry = &feed.entries[0];
    assert_eq!((entry.id.as_str(), entry.authors[0].name.as_str()), (link, "Main alice channel"));
    let enclosures: Vec<_> = entry.links.iter().filter(|link| link.rel == "enclosure").collect();
    assert_eq!((enclosures.len(), enclosures[0].href.as_str()), (2, file.as_str()));
    let feed = json_feed(&app, "/feeds/videos.json").await;
    assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(feed["items"][0]["attachments"][0]["url"], file);
}

#[tokio::test]
async fn only_what_everybody_may_find_is_in_a_feed() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    for privacy in [Privacy::Public, Privacy::Unlisted, Privacy::Private, Privacy::Internal] {
        app.video(&alice).name(&format!("{privacy:?}")).privacy(privacy).publish().await;
    }
    app.video(&alice).name("locked").passwords(&["sesame"]).publish().await;
    app.video(&alice).name("unmade").unavailable().publish().await;
    app.video(&alice).name("sensitive").nsfw().minutes_old(5).publish().await;
    let handle = alice.channel_name.as_str();
    for query in [
        String::new(),
        format!("videoChannelId={}", alice.channel_id),
        format!("videoChannelName={handle}"),
        format!("accountId={}", alice.account_id),
        "accountName=alice".to_owned(),
    ] {
        assert_eq!(titles(&app, &query).await, ["Public"], "{query}");
        let both = format!("{query}&nsfw=both");
        assert_eq!(titles(&app, &both).await, ["Public", "sensitive"], "{both}");
    }
    // A session changes nothing: readers share what they fetch.
    let mine = alice.get("/feeds/videos.json").await.text().await.unwrap();
    assert!(mine.contains("Public") && !mine.contains("Private"), "{mine}");
    for privileged in ["privacyOneOf=3", "include=1"] {
        let path = format!("/feeds/videos.xml?{privileged}");
        assert_eq!(alice.get(&path).await.status(), 401, "{path}");
    }
}

#[tokio::test]
async fn feeds_narrow_and_sort() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    app.video(&alice).name("b").minutes_old(1).publish().await;
    app.video(&bob).name("a").minutes_old(2).publish().await;
    assert_eq!(titles(&app, "").await, ["b", "a"]);
    assert_eq!(titles(&app, "sort=name").await, ["a", "b"]);
    assert_eq!(titles(&app, "accountName=bob").await, ["a"]);
    assert_eq!(titles(&app, "isLocal=false").await, Vec::<String>::new());
    let channel = rss(&app, "/feeds/videos.xml?accountName=bob").await;
    assert_eq!(channel.title(), "bob - Farandole");
    for missing in [
        "videos.xml?accountName=nobody",
        "videos.xml?videoChannelName=nobody",
        "videos.xml?accountId=4242",
        "videos.xml?videoChannelId=4242",
        "videos.pdf",
        "nothing.xml",
    ] {
        let answer = app.get(&format!("/feeds/{missing}")).await;
        assert_eq!(answer.status(), 404, "{missing}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json; charset=utf-8");
    }
    for bad in ["accountId=x", "videoChannelId=x", "sort=password", "nsfw=perhaps"] {
        assert_eq!(app.get(&format!("/feeds/videos.xml?{bad}")).await.status(), 400, "{bad}");
    }
}

#[tokio::test]
async fn hostile_titles_stay_text() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let hostile = "</title><script>alert(1)</script>]]>&\"'\u{1}\u{b}\u{fffe}é";
    let readable = "</title><script>alert(1)</script>]]>&\"'é";
    app.video(&alice).name(hostile).description(hostile).tags(&[hostile]).publish().await;
    let profile = json!({ "displayName": "<i>&\u{2}Alice" });
    alice.put_json("/api/v1/users/me", &profile).await;
    assert_eq!(titles(&app, "").await, [readable]);
    assert_eq!(titles(&app, "accountName=alice").await, [readable]);
    for format in ["xml", "atom", "json"] {
        let raw = app.get(&format!("/feeds/videos.{format}")).await.text().await.unwrap();
        assert!(format == "json" || !raw.contains("<script"), "{raw}");
        assert!(!raw.contains('\u{1}') && !raw.contains('\u{b}'), "{raw}");
    }
    let feed = json_feed(&app, "/feeds/videos.json").await;
    let html = feed["items"][0]["content_html"].as_str().unwrap();
    assert!(!html.contains("<script"), "{html}");
}

#[tokio::test]
async fn a_reader_that_has_the_feed_gets_none_until_it_changes() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    let path = "/feeds/videos.xml";
    let etag = app.get(path).await.headers()["etag"].clone();
    let again = || app.client.get(app.url(path)).header("if-none-match", &etag).send();
    assert_eq!(again().await.unwrap().status(), 304);
    assert_eq!(alice.delete(&video.path("")).await.status(), 204);
    let changed = again().await.unwrap();
    assert_eq!(changed.status(), 200);
    let channel: rss::Channel = changed.text().await.unwrap().parse().unwrap();
    assert!(channel.items().is_empty());
}

#[tokio::test]
async fn pages_name_their_feeds() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let base = app.app.config().public_url();
    for (page, query) in [
        ("/".to_owned(), String::new()),
        (format!("/c/{}", alice.channel_name), format!("?videoChannelId={}", alice.channel_id)),
        ("/a/alice".to_owned(), format!("?accountId={}", alice.account_id)),
    ] {
        let html = app.get(&page).await.text().await.unwrap();
        let link = format!(
            "<link rel=\"alternate\" type=\"application/rss+xml\" href=\"{base}/feeds/videos.xml{query}\""
        );
        assert!(html.contains(&link), "{page}: {html}");
        rss(&app, &format!("/feeds/videos.xml{query}")).await;
    }
    let about = app.get("/about").await.text().await.unwrap();
    assert!(!about.contains("rss+xml"));
}
