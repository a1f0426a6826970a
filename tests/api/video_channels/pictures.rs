//! Avatars and banners of channels and of oneself, and how they are served.

use std::io::Cursor;

use farandole::db::sql;
use farandole::domain::{Job, keys};
use farandole::videos::publish::delete_objects;
use farandole_storage::Key;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use reqwest::multipart::{Form, Part};
use serde_json::Value;

use crate::support::{Person, TestApp};

const CHANNEL: &str = "/api/v1/video-channels/alice_channel";

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let pixels =
        RgbImage::from_fn(width, height, |x, y| Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 128]));
    let mut file = Cursor::new(Vec::new());
    DynamicImage::from(pixels).write_to(&mut file, format).unwrap();
    file.into_inner()
}

async fn pick(who: &Person, path: &str, field: &'static str, file: Vec<u8>) -> reqwest::Response {
    let part = Part::bytes(file).file_name("a.png").mime_str("image/png").unwrap();
    who.post_multipart(path, Form::new().part(field, part)).await
}

async fn pick_own(who: &Person, file: Vec<u8>) -> reqwest::Response {
    pick(who, "/api/v1/users/me/avatar/pick", "avatarfile", file).await
}

fn widths(images: &Value) -> Vec<i64> {
    images.as_array().unwrap().iter().map(|image| image["width"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn an_avatar_is_made_anew_in_several_sizes_and_served_for_ever() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let mut file = picture(700, 900, ImageFormat::Jpeg);
    // A comment segment behind the start marker stands for all metadata.
    file.splice(2..2, *b"\xff\xfe\x00\x0esecret place");
    let response = pick_own(&alice, file).await;
    assert_eq!(response.status(), 200);
    let answer: Value = response.json().await.unwrap();
    insta::assert_json_snapshot!("avatars", answer, {
        ".avatars[].path" => "[address]", ".avatars[].fileUrl" => "[address]",
        ".avatars[].createdAt" => "[time]", ".avatars[].updatedAt" => "[time]",
    });
    for avatar in answer["avatars"].as_array().unwrap() {
        let path = avatar["path"].as_str().unwrap();
        assert!(path.starts_with("/lazy-static/avatars/"), "{path}");
        let served = app.get(path).await;
        assert_eq!(served.status(), 200);
        assert_eq!(served.headers()["content-type"], "image/jpeg");
        assert_eq!(served.headers()["x-content-type-options"], "nosniff");
        assert!(served.headers()["cache-control"].to_str().unwrap().contains("immutable"));
        let bytes = served.bytes().await.unwrap();
        assert!(!bytes.windows(6).any(|text| text == b"secret"), "metadata is gone");
        let shown = image::load_from_memory(&bytes).unwrap();
        assert_eq!(i64::from(shown.width()), avatar["width"].as_i64().unwrap());
        assert_eq!(shown.width(), shown.height());
    }
    let me: Value = alice.get("/api/v1/users/me").await.json().await.unwrap();
    assert_eq!(me["account"]["avatars"], answer["avatars"]);
    let path = answer["avatars"][0]["path"].as_str().unwrap();
    let elsewhere = path.replace("avatars", "banners");
    assert_eq!(app.get(&elsewhere).await.status(), 404, "it is no banner");
    assert_eq!(app.get("/lazy-static/avatars/nothing.png").await.status(), 404);
    assert_eq!(app.get("/lazy-static/avatars/..%2f..%2fsecret").await.status(), 404);
}

#[tokio::test]
async fn a_channel_gets_avatar_and_banner_and_loses_them() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let (png, gif) = (picture(100, 100, ImageFormat::Png), picture(64, 9, ImageFormat::Gif));
    let avatar = pick(&alice, &format!("{CHANNEL}/avatar/pick"), "avatarfile", png).await;
    assert_eq!(avatar.status(), 200);
    let webp = picture(2000, 400, ImageFormat::WebP);
    let banner = pick(&alice, &format!("{CHANNEL}/banner/pick"), "bannerfile", webp).await;
    assert_eq!(banner.status(), 200);
    let banner = pick(&alice, &format!("{CHANNEL}/banner/pick"), "bannerfile", gif).await;
    assert_eq!(banner.status(), 200, "a second one takes the first one's place");
    let shown: Value = app.get(CHANNEL).await.json().await.unwrap();
    assert_eq!(widths(&shown["avatars"]), [48, 120]);
    assert_eq!(widths(&shown["banners"]), [600, 1920]);
    assert_eq!(shown["banners"][1]["height"], 317);
    assert_eq!(alice.delete(&format!("{CHANNEL}/avatar")).await.status(), 204);
    assert_eq!(alice.delete(&format!("{CHANNEL}/banner")).await.status(), 204);
    let shown: Value = app.get(CHANNEL).await.json().await.unwrap();
    assert_eq!((widths(&shown["avatars"]).len(), widths(&shown["banners"]).len()), (0, 0));
}

#[tokio::test]
async fn the_files_of_an_old_picture_are_deleted() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let first = pick_own(&alice, picture(50, 50, ImageFormat::Png)).await;
    let first: Value = first.json().await.unwrap();
    let path = first["avatars"][0]["path"].as_str().unwrap().to_owned();
    let object = |path: &str| Key::parse(&keys::actor_image(path.rsplit('/').next().unwrap()));
    let old = object(&path).unwrap();
    assert!(app.app.store().stat(&old).await.unwrap().is_some());
    let second = pick_own(&alice, picture(60, 60, ImageFormat::Png)).await;
    let second: Value = second.json().await.unwrap();
    assert_eq!(app.get(&path).await.status(), 404);
    let mut conn = app.app.db().read().await.unwrap();
    let jobs = sql("SELECT payload FROM jobs WHERE kind = 'delete-objects'").all(&mut conn).await;
    drop(conn);
    for row in jobs.unwrap() {
        match serde_json::from_str(&row.text("payload").unwrap()).unwrap() {
            Job::DeleteObjects { prefix } => delete_objects(&app.app, &prefix).await.unwrap(),
            other => panic!("{other:?}"),
        }
    }
    assert!(app.app.store().stat(&old).await.unwrap().is_none());
    let new = object(second["avatars"][0]["path"].as_str().unwrap()).unwrap();
    assert!(app.app.store().stat(&new).await.unwrap().is_some());
}

#[tokio::test]
async fn what_is_no_picture_or_too_large_is_refused() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let mut truncated = picture(300, 300, ImageFormat::Png);
    truncated.truncate(200);
    for file in [b"<svg/>".to_vec(), Vec::new(), b"BM6\0\0\0".to_vec(), truncated] {
        assert_eq!(pick_own(&alice, file).await.status(), 400);
    }
    let large = pick_own(&alice, vec![0; (4 << 20) + 1]).await;
    assert_eq!(large.status(), 413);
    assert_eq!(large.headers()["x-file-maximum-size"], "4M");
    let path = "/api/v1/users/me/avatar/pick";
    let other = pick(&alice, path, "picture", picture(9, 9, ImageFormat::Png)).await;
    assert_eq!(other.status(), 400, "the field has another name");
    assert_eq!(alice.post_json(path, &Value::Null).await.status(), 400);
    let me: Value = alice.get("/api/v1/users/me").await.json().await.unwrap();
    assert_eq!(widths(&me["account"]["avatars"]), Vec::<i64>::new());
}

#[tokio::test]
async fn only_the_owner_and_moderators_change_pictures() {
    let app = TestApp::start().await;
    app.user("alice").await;
    let bob = app.user("bob").await;
    let moderator = app.moderator("mod").await;
    let png = || picture(9, 9, ImageFormat::Png);
    let path = format!("{CHANNEL}/avatar/pick");
    assert_eq!(pick(&bob, &path, "avatarfile", png()).await.status(), 403);
    assert_eq!(bob.delete(&format!("{CHANNEL}/banner")).await.status(), 403);
    assert_eq!(pick(&moderator, &path, "avatarfile", png()).await.status(), 200);
    let missing = "/api/v1/video-channels/nobody/avatar/pick";
    assert_eq!(pick(&bob, missing, "avatarfile", png()).await.status(), 404);
    for path in ["/api/v1/users/me/avatar/pick", &path] {
        let nobody = app.client.post(app.url(path)).send().await.unwrap();
        assert_eq!(nobody.status(), 401, "{path}");
    }
    let nobody = app.client.delete(app.url("/api/v1/users/me/avatar")).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
}
