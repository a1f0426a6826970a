//! Pages of channels and accounts.

use crate::support::TestApp;

async fn html(app: &TestApp, path: &str) -> (u16, String) {
    let response =
        app.client.get(app.url(path)).header("accept", "text/html").send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn an_account_has_one_canonical_page() {
    let app = TestApp::start().await;
    app.user("ana").await;
    let base = app.app.config().public_url();
    let host = app.app.config().public_host();
    for path in ["/a/ana", "/accounts/ana", "/a/ANA", &format!("/a/ana@{host}")] {
        let (status, text) = html(&app, path).await;
        assert_eq!(status, 200, "{path}");
        let canonical = format!("<link rel=\"canonical\" href=\"{base}/a/ana\">");
        assert!(text.contains(&canonical), "{path}: {text}");
        assert!(text.contains("property=\"og:type\" content=\"profile\""), "{path}");
    }
}

#[tokio::test]
async fn a_channel_has_a_page() {
    let app = TestApp::start().await;
    app.user("ana").await;
    assert_eq!(html(&app, "/c/ana_channel").await.0, 200);
    assert_eq!(html(&app, "/video-channels/ana_channel").await.0, 200);
}

#[tokio::test]
async fn nobody_has_no_page() {
    let app = TestApp::start().await;
    app.user("ana").await;
    for path in ["/a/nobody", "/c/ana", "/a/ana_channel", "/a/ana@elsewhere.example", "/c/%00"] {
        assert_eq!(html(&app, path).await.0, 404, "{path}");
    }
}
