//! What people send to do harm is refused, or shown harmlessly.

use serde_json::{Value, json};

use super::{send, threads, write};
use crate::support::TestApp;

#[tokio::test]
async fn a_megabyte_and_a_crowd_are_refused() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    let crowd: String = (0..100_000).map(|i| format!("@u{i} ")).collect();
    for text in ["x".repeat(1 << 20), "é".repeat(600_000), crowd, ">".repeat(1 << 20)] {
        let answer = send(&alice, &video, &text).await;
        assert_eq!(answer.status(), 400);
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["code"], "comment_too_long");
    }
    let path = video.path("/comment-threads");
    let huge = json!({ "text": "x".repeat(8 << 20) });
    let status = alice.post_json(&path, &huge).await.status();
    assert!(status == 413 || status == 400, "{status}");
    assert_eq!(threads(&app, None, &video, "").await["total"], 0);
}

#[tokio::test]
async fn what_is_taken_is_shown_harmlessly() {
    let app = TestApp::start_with(|config| config.comments.per_person = 100).await;
    let alice = app.user("alice").await;
    let video = app.video(&alice).publish().await;
    let nested = format!("{}deep", "> ".repeat(4_990));
    let hostile = [
        "<script>alert(1)</script>",
        "<svg onload=alert(1)></svg>",
        "![x](https://tracker.example/p.gif)",
        "[x](javascript:alert(1))",
        "\u{202e}gnp.exe and \u{2066}more",
        "a\u{0}b\u{1b}[31mc",
        &nested,
        &"@alice ".repeat(1_400),
        &"*a **b ".repeat(1_400),
    ];
    for text in hostile {
        let one = write(&alice, &video, text).await;
        let html = one["html"].as_str().unwrap();
        let start: String = text.chars().take(20).collect();
        for bad in ["<script", "<svg", "<img", "javascript:", "\u{0}", "\u{1b}"] {
            let as_link = html.contains(&format!("href=\"{bad}"));
            assert!(!as_link && (bad == "javascript:" || !html.contains(bad)), "{start}: {bad}");
        }
        assert!(
            html.starts_with("<p dir=\"auto\">") || html.starts_with("<blockquote dir"),
            "{html}"
        );
        assert!(html.matches("<blockquote").count() <= 12, "{start}");
        assert!(html.matches("<a ").count() <= 20, "{start}");
    }
    let list = threads(&app, None, &video, "count=100").await;
    assert_eq!(list["total"], hostile.len());
}
