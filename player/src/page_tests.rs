//! The shell against hostile and missing values.

use serde_json::json;

use super::*;

const HOSTILE: &str = "\"'></title></script><script>alert(1)</script><!-- &amp; \u{2028}";

fn files() -> Files {
    Files {
        script: "assets/site-1.js".into(),
        styles: ["assets/site-1.css".to_owned()].into(),
        imports: ["assets/shared-1.js".to_owned()].into(),
        fonts: vec!["assets/serif-1.woff2".into()],
    }
}

fn rendered(head: &Head) -> String {
    let mut html = String::new();
    write_page(&mut html, head, Some(&files())).unwrap();
    html
}

fn hostile_head() -> Head {
    let evil = || HOSTILE.to_owned();
    Head {
        site_name: evil(),
        title: evil(),
        description: Some(evil()),
        canonical: Some(evil()),
        oembed: Some(evil()),
        preview: Some(Preview {
            kind: evil(),
            image: Some(evil()),
            image_size: Some((850, 480)),
            player: Some(evil()),
            player_size: None,
            duration_seconds: Some(3),
            published_at: Some(evil()),
        }),
        json_ld: Some(json!({ "name": evil() })),
        bootstrap: Some(json!({ "name": evil() })),
        ..Head::default()
    }
}

#[test]
fn hostile_values_stay_text_everywhere() {
    let html = rendered(&hostile_head());
    assert!(!html.contains("alert(1)</script>"), "{html}");
    assert!(!html.contains("<script>"), "an element without a type would run");
    assert!(!html.contains("<!-- "));
    // The only scripts: JSON-LD, the bootstrap block and the module.
    assert_eq!(html.matches("<script").count(), 3);
    assert_eq!(html.matches("</script>").count(), 3);
    assert_eq!(html.matches("</title>").count(), 1);
}

#[test]
fn no_script_is_inline() {
    let html = rendered(&hostile_head());
    for tag in html.split("<script ").skip(1) {
        let attributes = tag.split('>').next().unwrap();
        assert!(
            attributes.contains("src=") || attributes.contains("json"),
            "`{attributes}` is neither a file nor data"
        );
    }
    assert!(!html.contains(" onload=") && !html.contains("javascript:"));
}

#[test]
fn a_video_head_says_what_sharing_needs() {
    let html = rendered(&Head {
        site_name: "farandole".into(),
        title: "A walk".into(),
        description: Some("Through the woods".into()),
        canonical: Some("https://example.org/w/abc".into()),
        listed: true,
        oembed: Some(
            "https://example.org/services/oembed?url=https%3A%2F%2Fexample.org%2Fw%2Fabc".into(),
        ),
        preview: Some(Preview {
            kind: "video.other".into(),
            image: Some("https://example.org/p.jpg".into()),
            player: Some("https://example.org/videos/embed/1".into()),
            duration_seconds: Some(61),
            ..Preview::default()
        }),
        json_ld: Some(json!({ "@type": "VideoObject" })),
        ..Head::default()
    });
    for wanted in [
        "<title>A walk · farandole</title>",
        "<meta name=\"description\" content=\"Through the woods\">",
        "<link rel=\"canonical\" href=\"https://example.org/w/abc\">",
        "application/json+oembed",
        "<meta property=\"og:image\" content=\"https://example.org/p.jpg\">",
        "<meta property=\"og:video:duration\" content=\"61\">",
        "<meta name=\"twitter:card\" content=\"player\">",
        "<script type=\"application/ld+json\">{\"@type\":\"VideoObject\"}</script>",
        "<script type=\"module\" src=\"/client/assets/site-1.js\">",
        "<link rel=\"modulepreload\" href=\"/client/assets/shared-1.js\">",
        "<noscript>\n<h1>A walk</h1>",
    ] {
        assert!(html.contains(wanted), "{wanted} is missing in {html}");
    }
    assert!(!html.contains("noindex"));
}

#[test]
fn an_unlisted_page_asks_not_to_be_indexed_and_shares_nothing() {
    let html = rendered(&Head { title: "Log in".into(), ..Head::default() });
    assert!(html.contains("noindex"));
    assert!(!html.contains("og:") && !html.contains("ld+json"));
}

#[test]
fn language_and_theme_are_on_the_root_element() {
    let html = rendered(&Head {
        language: Language::French,
        theme: Theme::from_name("dark"),
        ..Head::default()
    });
    assert!(html.contains("<html lang=\"fr\" dir=\"ltr\" data-theme=\"dark\">"));
    assert!(html.contains("a besoin de JavaScript"));
    assert_eq!(Theme::from_name("\"><script>"), None);
}

#[test]
fn without_built_files_the_page_says_what_to_do() {
    let mut html = String::new();
    write_page(&mut html, &Head::default(), None).unwrap();
    assert!(html.contains("The web pages were not built"));
    assert!(html.contains("make web"));
    assert!(!html.contains("<script"));
}
