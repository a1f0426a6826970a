//! Thumbnails, previews and storyboards.

use farandole::db::DbError;
use farandole::db::videos::images::{self, NewImage};
use farandole::domain::{Privacy, keys};
use farandole::transact;
use farandole_storage::Key;

use super::shelf::Shelved;
use crate::support::TestApp;

/// A picture of `size` bytes; serving does not look into it.
async fn picture(app: &TestApp, video: &Shelved, kind: &'static str, size: usize) -> String {
    let file = format!("{}-{kind}.jpg", video.generation);
    let key = keys::image(video.uuid, &file);
    let bytes: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
    app.app.store().put_bytes(&Key::parse(&key).unwrap(), bytes).await.unwrap();
    let image = NewImage {
        kind,
        chosen: false,
        file: file.clone(),
        storage_key: key,
        width: 280,
        height: 157,
        tiles: None,
    };
    let (uuid, now) = (video.uuid, app.app.now());
    let put: Result<bool, DbError> =
        transact!(app.app.db(), tx => { images::put(tx, uuid, &image, now).await });
    assert!(put.unwrap());
    file
}

#[tokio::test]
async fn pictures_are_served_under_their_names() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let video = Shelved::published(&app, &owner, Privacy::Public).await;
    for (kind, folder) in
        [("thumbnail", "thumbnails"), ("preview", "previews"), ("storyboard", "storyboards")]
    {
        let file = picture(&app, &video, kind, 30_000).await;
        let path = format!("/lazy-static/{folder}/{file}");
        // The first comes from storage, the second from memory.
        for _ in 0..2 {
            let response = app.get(&path).await;
            assert_eq!(response.status(), 200, "{path}");
            assert_eq!(response.headers()["content-type"], "image/jpeg");
            assert_eq!(response.headers()["cache-control"], "public, max-age=86400");
            assert_eq!(response.bytes().await.unwrap().len(), 30_000);
        }
        let response = app.get(&path).await;
        let etag = response.headers()["etag"].clone();
        let again = app.client.get(app.url(&path)).header("if-none-match", etag);
        assert_eq!(again.send().await.unwrap().status(), 304);
        let part = app.client.get(app.url(&path)).header("range", "bytes=-5");
        assert_eq!(part.send().await.unwrap().bytes().await.unwrap().len(), 5);
    }
}

#[tokio::test]
async fn a_picture_too_large_for_memory_is_streamed() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let video = Shelved::published(&app, &owner, Privacy::Public).await;
    let size = (2 << 20) + 1;
    let file = picture(&app, &video, "storyboard", size).await;
    let response = app.get(&format!("/lazy-static/storyboards/{file}")).await;
    assert_eq!(response.headers()["content-length"], size.to_string());
    assert_eq!(response.bytes().await.unwrap().len(), size);
}

#[tokio::test]
async fn pictures_of_a_private_video_are_private() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let other = app.user("bob").await;
    let video = Shelved::published(&app, &owner, Privacy::Private).await;
    let file = picture(&app, &video, "thumbnail", 100).await;
    let path = format!("/lazy-static/thumbnails/{file}");
    assert_eq!(app.get(&path).await.status(), 401);
    assert_eq!(other.get(&path).await.status(), 403);
    let response = owner.get(&path).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cache-control"], "private, no-store");
    assert_eq!(app.get(&format!("{path}?videoFileToken=x")).await.status(), 403);
}

#[tokio::test]
async fn names_that_are_no_pictures_are_not_found() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let video = Shelved::published(&app, &owner, Privacy::Public).await;
    let file = picture(&app, &video, "thumbnail", 100).await;
    for path in [
        format!("/lazy-static/storyboards/{file}"),
        "/lazy-static/thumbnails/none.jpg".to_owned(),
        "/lazy-static/thumbnails/..%2f..%2fsecret".to_owned(),
    ] {
        assert_eq!(app.get(&path).await.status(), 404, "{path}");
    }
}
