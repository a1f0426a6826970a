//! Built files and the few that are asked for by name. These tests hold for a binary with or
//! without a web build; what the build contains is checked in the `player` crate.

use reqwest::header;

use crate::support::TestApp;

#[tokio::test]
async fn files_that_are_not_there_are_not_there() {
    let app = TestApp::start().await;
    for path in ["/client/nothing.js", "/client/..%2fCargo.toml", "/client/assets/x.js.gz"] {
        assert_eq!(app.get(path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn robots_are_told_what_they_need_not_read() {
    let app = TestApp::start().await;
    let answer = app.get("/robots.txt").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/plain; charset=utf-8");
    let text = answer.text().await.unwrap();
    assert!(text.contains("User-agent: *") && text.contains("Disallow: /api/"), "{text}");
}

#[tokio::test]
async fn built_files_are_packed_kept_and_validated() {
    if !farandole_player::built() {
        let app = TestApp::start().await;
        let text = app.get("/").await.text().await.unwrap();
        assert!(text.contains("The web pages were not built"), "{text}");
        return;
    }
    let app = TestApp::start().await;
    let shell = app.get("/").await.text().await.unwrap();
    let script = shell.split("src=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let plain = app.get(script).await;
    assert_eq!(plain.status(), 200);
    assert_eq!(plain.headers()[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
    assert_eq!(plain.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    let plain_tag = plain.headers()[header::ETAG].clone();
    let packed =
        app.client.get(app.url(script)).header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(packed.headers()[header::CONTENT_ENCODING], "gzip");
    assert_eq!(packed.headers()[header::VARY], "Accept-Encoding");
    assert_ne!(packed.headers()[header::ETAG], plain_tag);
    let again =
        app.client.get(app.url(script)).header("if-none-match", plain_tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    assert_eq!(app.get("/favicon.ico").await.status(), 200);
}
