//! Pages that say nothing of any one video.

use farandole::config::Signup;
use reqwest::header;

use crate::support::TestApp;

/// Status, headers and text of a page as a browser asks for it.
async fn page(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Page {
    let mut request = app.client.get(app.url(path)).header("accept", "text/html");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Page { status, headers, text: response.text().await.unwrap() }
}

struct Page {
    status: reqwest::StatusCode,
    headers: header::HeaderMap,
    text: String,
}

#[tokio::test]
async fn every_page_of_the_site_answers_html_under_the_strict_policy() {
    let app = TestApp::start_with(|config| config.accounts.signup = Signup::Open).await;
    for path in [
        "/",
        "/about",
        "/login",
        "/videos/upload",
        "/videos/update/whatever",
        "/my-library/videos",
        "/my-library/video-channels",
        "/my-account",
        "/admin/users",
        "/admin/moderation/videos",
        "/admin/moderation/registrations",
        "/signup",
    ] {
        let Page { status, headers, text } = page(&app, path, &[]).await;
        assert_eq!(status, 200, "{path}");
        assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8", "{path}");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(policy.ends_with("frame-ancestors 'self'"), "{policy}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(text.starts_with("<!doctype html>"), "{path}");
    }
}

#[tokio::test]
async fn there_is_no_page_for_signing_up_where_nobody_can() {
    let app = TestApp::start().await;
    assert_eq!(page(&app, "/signup", &[]).await.status, 404);
}

#[tokio::test]
async fn only_public_pages_may_be_listed() {
    let app = TestApp::start().await;
    assert!(!page(&app, "/", &[]).await.text.contains("noindex"));
    assert!(page(&app, "/my-account", &[]).await.text.contains("noindex"));
}

#[tokio::test]
async fn the_first_page_bears_the_name_and_sentence_of_the_instance_as_text() {
    let app = TestApp::start_with(|config| {
        config.instance.name = "Valley <b>Films</b>".to_owned();
        config.instance.short_description = "\"Songs\" & talks".to_owned();
    })
    .await;
    let text = page(&app, "/", &[]).await.text;
    assert!(text.contains("<title>Valley &lt;b&gt;Films&lt;/b&gt;</title>"), "{text}");
    assert!(text.contains("content=\"&quot;Songs&quot; &amp; talks\""), "{text}");
    assert!(!text.contains("<b>"));
}

#[tokio::test]
async fn language_and_colours_follow_the_visitor() {
    let app = TestApp::start().await;
    let Page { headers, text, .. } =
        page(&app, "/login", &[("accept-language", "fr-FR,fr;q=0.9")]).await;
    assert!(text.contains("<html lang=\"fr\""), "{text}");
    assert!(text.contains("<title>Connexion"), "{text}");
    let vary = headers[header::VARY].to_str().unwrap();
    assert!(vary.contains("Accept-Language") && vary.contains("Cookie"), "{vary}");
    let chosen =
        [("accept-language", "fr"), ("cookie", "farandole_language=en; farandole_theme=dark")];
    let text = page(&app, "/login", &chosen).await.text;
    assert!(text.contains("<html lang=\"en\" dir=\"ltr\" data-theme=\"dark\">"), "{text}");
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_a_page_for_people_and_a_problem_for_programs() {
    let app = TestApp::start().await;
    let Page { status, text, .. } = page(&app, "/no/such/page", &[("accept-language", "en")]).await;
    assert_eq!(status, 404);
    assert!(text.contains("There is nothing here"), "{text}");
    for (path, accept) in [("/no/such/page", "application/json"), ("/api/v1/nothing", "text/html")]
    {
        let answer = app.client.get(app.url(path)).header("accept", accept).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(
            answer.headers()[header::CONTENT_TYPE],
            "application/problem+json; charset=utf-8",
            "{path}"
        );
    }
    let posted = app.client.post(app.url("/no/such/page")).header("accept", "text/html").send();
    assert_eq!(
        posted.await.unwrap().headers()[header::CONTENT_TYPE],
        "application/problem+json; charset=utf-8"
    );
}
