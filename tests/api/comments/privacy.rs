use farandole::domain::Privacy;
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use super::write;
use crate::support::TestApp;

#[tokio::test]
async fn only_who_may_see_the_video_reads_and_writes_comments() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    for (privacy, visitor, stranger) in [
        (Privacy::Public, 200, 200),
        (Privacy::Unlisted, 200, 200),
        (Privacy::Internal, 401, 200),
        (Privacy::Private, 401, 403),
    ] {
        let video = app.video(&alice).privacy(privacy).publish().await;
        let one = write(&alice, &video, "mine").await;
        let list = video.path("/comment-threads");
        let thread = video.path(&format!("/comment-threads/{}", one["id"]));
        let answer = video.path(&format!("/comments/{}", one["id"]));
        for path in [&list, &thread] {
            assert_eq!(app.get(path).await.status(), visitor, "{privacy:?}");
            assert_eq!(bob.get(path).await.status(), stranger, "{privacy:?}");
            assert_eq!(moderator.get(path).await.status(), 200, "{privacy:?}");
        }
        for path in [&list, &answer] {
            let text = json!({ "text": "theirs" });
            assert_eq!(bob.post_json(path, &text).await.status(), stranger, "{privacy:?}");
        }
    }
    let unmade = app.video(&alice).unavailable().publish().await;
    assert_eq!(app.get(&unmade.path("/comment-threads")).await.status(), 404);
    assert_eq!(bob.get(&unmade.path("/comment-threads")).await.status(), 404);
}

#[tokio::test]
async fn a_password_opens_comments_too() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = app.video(&alice).passwords(&["sesame"]).publish().await;
    let one = write(&alice, &video, "mine").await;
    let with = |request: RequestBuilder, password: &str| {
        request.header("x-peertube-video-password", password)
    };
    let list = video.path("/comment-threads");
    let answer = video.path(&format!("/comments/{}", one["id"]));
    for path in [&list, &video.path(&format!("/comment-threads/{}", one["id"]))] {
        assert_eq!(app.get(path).await.status(), 403);
        for (password, status) in [("sesame", 200), ("wrong", 403)] {
            let request = with(app.client.get(app.url(path)), password);
            assert_eq!(request.send().await.unwrap().status(), status, "{path} {password}");
        }
    }
    for path in [&list, &answer] {
        let text = json!({ "text": "theirs" });
        assert_eq!(bob.post_json(path, &text).await.status(), 403);
        let request = bob.request(Method::POST, path).json(&text);
        let sent = with(request, "sesame").send().await.unwrap();
        assert_eq!(sent.status(), 200);
        let own: serde_json::Value = sent.json().await.unwrap();
        let own = video.path(&format!("/comments/{}", own["comment"]["id"]));
        let request = bob.request(Method::PUT, &own).json(&json!({ "text": "changed" }));
        assert_eq!(with(request, "sesame").send().await.unwrap().status(), 200);
        // One's own words can be taken back without it.
        assert_eq!(bob.delete(&own).await.status(), 204);
    }
}
