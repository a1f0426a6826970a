//! Heads of watch and embed pages, and what closed videos keep to themselves.

use farandole::domain::{Privacy, ShortUuid};
use reqwest::{StatusCode, header};
use serde_json::Value;

use crate::support::TestApp;

const HOSTILE: &str = "</title><script>alert(1)</script>\"'&";

async fn html(app: &TestApp, path: &str) -> (StatusCode, header::HeaderMap, String) {
    let response =
        app.client.get(app.url(path)).header("accept", "text/html").send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    (status, headers, response.text().await.unwrap())
}

/// The JSON in a data block of a page.
fn block(html: &str, start: &str) -> Value {
    let from = html.find(start).map(|at| at + start.len()).unwrap();
    let rest = html.get(from..).unwrap();
    serde_json::from_str(rest.split("</script>").next().unwrap()).unwrap()
}

#[tokio::test]
async fn a_public_video_says_what_sharing_needs() {
    let app = TestApp::start().await;
    let ana = app.user("ana").await;
    let video = app.video(&ana).name("By the river").description("First line.\n\nSecond.").views(7);
    let video = video.publish().await;
    let short = ShortUuid(video.uuid);
    let (status, headers, text) = html(&app, &format!("/w/{short}")).await;
    assert_eq!(status, 200);
    assert!(headers[header::VARY].to_str().unwrap().starts_with("Accept,"));
    let base = app.app.config().public_url();
    for wanted in [
        format!("<title>By the river · {}</title>", app.app.config().instance.name),
        "<meta name=\"description\" content=\"First line. Second.\">".to_owned(),
        format!("<link rel=\"canonical\" href=\"{base}/w/{short}\">"),
        format!("<meta property=\"og:image\" content=\"{base}/lazy-static/"),
        format!("<meta name=\"twitter:player\" content=\"{base}/videos/embed/{}\">", video.uuid),
        "application/json+oembed".to_owned(),
    ] {
        assert!(text.contains(&wanted), "{wanted} is missing in {text}");
    }
    assert!(!text.contains("noindex"));
    let data = block(&text, "<script type=\"application/ld+json\">");
    assert_eq!(data["@type"], "VideoObject");
    assert_eq!(data["name"], "By the river");
    assert_eq!(data["duration"], "PT62S");
    assert_eq!(data["interactionStatistic"]["userInteractionCount"], 7);
    let (_, _, long) = html(&app, &format!("/videos/watch/{}", video.uuid)).await;
    assert!(long.contains(&format!("href=\"{base}/w/{short}\"")), "one canonical address");
}

#[tokio::test]
async fn an_embed_page_may_stand_in_any_frame_and_is_not_listed() {
    let app = TestApp::start().await;
    let ana = app.user("ana").await;
    let video = app.video(&ana).publish().await;
    let (status, headers, text) = html(&app, &format!("/videos/embed/{}", video.uuid)).await;
    assert_eq!(status, 200);
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(!policy.contains("frame-ancestors"), "{policy}");
    assert!(text.contains("noindex"));
}

#[tokio::test]
async fn a_hostile_title_stays_text() {
    let app = TestApp::start().await;
    let ana = app.user("ana").await;
    let video = app.video(&ana).name(HOSTILE).description(HOSTILE).publish().await;
    let (_, _, text) = html(&app, &format!("/w/{}", video.uuid)).await;
    assert!(!text.contains("<script>alert"), "{text}");
    let data = block(&text, "<script type=\"application/ld+json\">");
    assert_eq!(data["name"], HOSTILE);
}

#[tokio::test]
async fn a_closed_video_keeps_everything_to_itself() {
    let app = TestApp::start().await;
    let ana = app.user("ana").await;
    for privacy in [Privacy::Private, Privacy::Internal, Privacy::PasswordProtected] {
        let video = app.video(&ana).name("A secret").description("Hush").privacy(privacy);
        let video = video.passwords(&["sesame"]).publish().await;
        for path in ["/w/", "/videos/watch/", "/videos/embed/"] {
            let (status, _, text) = html(&app, &format!("{path}{}", video.uuid)).await;
            assert_eq!(status, 200, "{path}: the site asks who is there");
            assert!(!text.contains("secret") && !text.contains("Hush"), "{privacy:?}: {text}");
            assert!(!text.contains("og:") && !text.contains("lazy-static"), "{privacy:?}");
            assert!(text.contains("noindex"));
        }
    }
}

#[tokio::test]
async fn unlisted_videos_can_be_shared_but_not_found() {
    let app = TestApp::start().await;
    let ana = app.user("ana").await;
    let video = app.video(&ana).name("For friends").privacy(Privacy::Unlisted).publish().await;
    let (_, _, text) = html(&app, &format!("/w/{}", video.uuid)).await;
    assert!(text.contains("og:title") && text.contains("For friends"));
    assert!(text.contains("noindex"));
}

#[tokio::test]
async fn videos_that_are_not_there_are_404() {
    let app = TestApp::start().await;
    let ana = app.user("ana").await;
    let hidden = app.video(&ana).unavailable().publish().await;
    let number = hidden.id.to_string();
    for id in ["nonsense", "00000000-0000-4000-8000-000000000000", "999", &number] {
        for path in ["/w/", "/videos/watch/", "/videos/embed/"] {
            let (status, headers, _) = html(&app, &format!("{path}{id}")).await;
            assert_eq!(status, 404, "{path}{id}");
            assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
        }
    }
}

#[tokio::test]
async fn a_video_in_the_making_has_the_page_of_a_private_one() {
    let app = TestApp::start().await;
    let ana = app.user("ana").await;
    let video = app.video(&ana).name("Not ready").description("Hush");
    let hidden = video.unavailable().publish().await;
    let private = app.video(&ana).privacy(Privacy::Private).publish().await;
    for path in ["/w/", "/videos/embed/"] {
        let (status, _, text) = html(&app, &format!("{path}{}", hidden.uuid)).await;
        assert_eq!(status, 200, "{path}: its owner reads it too");
        assert!(text.contains("noindex"));
        let (_, _, closed) = html(&app, &format!("{path}{}", private.uuid)).await;
        assert_eq!(text, closed, "{path}");
    }
    let api = format!("/api/v1/videos/{}", hidden.uuid);
    assert_eq!(app.get(&api).await.status(), 404);
    let address = format!("{}/w/{}", app.app.config().public_url(), hidden.uuid);
    assert_eq!(oembed(&app, &address, "").await.status(), 404);
}

async fn oembed(app: &TestApp, url: &str, more: &str) -> reqwest::Response {
    let encoded: String = url::form_urlencoded::byte_serialize(url.as_bytes()).collect();
    app.get(&format!("/services/oembed?url={encoded}{more}")).await
}

#[tokio::test]
async fn other_sites_learn_how_to_show_a_video() {
    let app = TestApp::start().await;
    let ana = app.user("ana").await;
    let video = app.video(&ana).name(HOSTILE).publish().await;
    let base = app.app.config().public_url();
    let address = format!("{base}/w/{}", ShortUuid(video.uuid));
    let answer: Value =
        oembed(&app, &address, "&format=json&maxwidth=280").await.json().await.unwrap();
    assert_eq!(answer["type"], "video");
    assert_eq!(answer["version"], "1.0");
    assert_eq!(answer["title"], HOSTILE);
    assert_eq!(answer["width"], 280);
    let frame = answer["html"].as_str().unwrap();
    assert!(frame.contains(&format!("{base}/videos/embed/{}", video.uuid)), "{frame}");
    assert!(!frame.contains("<script"), "{frame}");
}

#[tokio::test]
async fn oembed_refuses_what_it_does_not_know_or_may_not_tell() {
    let app = TestApp::start().await;
    let ana = app.user("ana").await;
    let secret = app.video(&ana).privacy(Privacy::Private).publish().await;
    let base = app.app.config().public_url();
    assert_eq!(oembed(&app, &format!("{base}/w/{}", secret.uuid), "").await.status(), 404);
    assert_eq!(oembed(&app, "https://elsewhere.example/w/1", "").await.status(), 404);
    assert_eq!(oembed(&app, &format!("{base}/w/1"), "&format=xml").await.status(), 501);
    assert_eq!(app.get("/services/oembed").await.status(), 400);
}
