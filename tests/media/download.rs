//! Files to keep: renditions, joined files, originals, their names and who gets them.

use farandole::db::sql;
use farandole::db::videos::originals::Location;
use farandole::db::{DbError, videos::insert};
use farandole::domain::{Privacy, keys};
use farandole::transact;
use farandole_storage::Key;
use reqwest::Response;
use uuid::Uuid;

use super::shelf::{self, LENGTH, Shelved, VIDEO_PASSWORD};
use crate::support::{Person, TestApp};

fn field<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

fn file(video: &Shelved, stem: &str) -> String {
    format!("/download/videos/{}-{stem}-fragmented.mp4", video.generation)
}

#[tokio::test]
async fn a_rendition_is_named_for_people() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let video = Shelved::published(&app, &owner, Privacy::Public).await;
    let response = app.get(&file(&video, "1080")).await;
    assert_eq!(response.status(), 200);
    assert_eq!(
        field(&response, "content-disposition"),
        "attachment; filename=\"A walk c_te d__meraude 50 _ - 1080p.mp4\"; \
         filename*=UTF-8''A%20walk%20c%C3%B4te%20d%E2%80%99%C3%89meraude%2050%20%25%20-%201080p.mp4"
    );
    assert_eq!(field(&response, "content-length"), LENGTH.to_string());
    assert_eq!(field(&response, "cache-control"), "no-cache", "the address outlives the file");
    let etag = field(&response, "etag").to_owned();
    assert_eq!(response.bytes().await.unwrap(), shelf::bytes("1080"));
    let rest = app.client.get(app.url(&file(&video, "1080"))).header("range", "bytes=90000-");
    let rest = rest.header("if-range", etag).send().await.unwrap();
    assert_eq!(rest.status(), 206, "a broken download goes on");
    let head = app.client.head(app.url(&file(&video, "1080"))).send().await.unwrap();
    assert_eq!(field(&head, "content-length"), LENGTH.to_string());
    let etag = field(&head, "etag").to_owned();
    let again = app.client.get(app.url(&file(&video, "1080"))).header("if-none-match", etag);
    assert_eq!(again.send().await.unwrap().status(), 304);
    let beyond = app.client.get(app.url(&file(&video, "1080"))).header("range", "bytes=200000-");
    assert_eq!(beyond.send().await.unwrap().status(), 416);
    let newer = file(&video, "240").replace("/videos/", "/streaming-playlists/hls/videos/");
    assert_eq!(app.get(&newer).await.bytes().await.unwrap(), shelf::bytes("240"));
    let sound = app.get(&file(&video, "audio")).await;
    assert!(field(&sound, "content-disposition").contains(".m4a\""));
    for bad in ["720", "", "..%2f1080", "audio-2"] {
        assert_eq!(app.get(&file(&video, bad)).await.status(), 404, "{bad}");
    }
}

/// The addresses of a video's downloads.
async fn every_way(app: &TestApp, video: &Shelved) -> [String; 3] {
    let low = ids(app, video.id).await[1].1;
    let direct = file(video, "240");
    let newer = direct.replace("/videos/", "/streaming-playlists/hls/videos/");
    [direct, newer, format!("/download/videos/generate/{}?videoFileIds={low}", video.uuid)]
}

#[tokio::test]
async fn downloads_are_as_closed_as_the_video() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let other = app.user("bob").await;
    let moderator = app.moderator("carol").await;
    for (privacy, anonymous, somebody) in [
        (Privacy::Public, 200, 200),
        (Privacy::Unlisted, 200, 200),
        (Privacy::Internal, 401, 200),
        (Privacy::Private, 401, 403),
        (Privacy::PasswordProtected, 403, 403),
    ] {
        let video = Shelved::published(&app, &owner, privacy).await;
        for path in every_way(&app, &video).await {
            let people = [&other, &moderator, &owner];
            let found = statuses(&app, &people, &path).await;
            assert_eq!(found, [anonymous, somebody, 200, 200], "{privacy:?} {path}");
            let kept = owner.get(&path).await;
            let keeping = if anonymous == 200 { "no-cache" } else { "private, no-store" };
            assert_eq!(field(&kept, "cache-control"), keeping, "{privacy:?} {path}");
        }
    }
}

#[tokio::test]
async fn a_password_or_a_file_token_opens_the_downloads_of_its_video() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let video = Shelved::published(&app, &owner, Privacy::PasswordProtected).await;
    let other = Shelved::published(&app, &owner, Privacy::PasswordProtected).await;
    let with = |path: &str, password: &str| {
        let request = app.client.get(app.url(path));
        request.header("x-peertube-video-password", password).send()
    };
    let token: serde_json::Value = app
        .client
        .post(app.url(&format!("/api/v1/videos/{}/token", video.uuid)))
        .header("x-peertube-video-password", VIDEO_PASSWORD)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let token = token["files"]["token"].as_str().unwrap();
    let tokened = |path: &str| {
        let joint = if path.contains('?') { '&' } else { '?' };
        format!("{path}{joint}videoFileToken={token}")
    };
    for path in every_way(&app, &video).await {
        assert_eq!(with(&path, VIDEO_PASSWORD).await.unwrap().status(), 200, "{path}");
        assert_eq!(with(&path, "guess").await.unwrap().status(), 403, "{path}");
        assert_eq!(app.get(&tokened(&path)).await.status(), 200, "{path}");
        assert_eq!(app.get(&format!("{}x", tokened(&path))).await.status(), 403, "{path}");
    }
    for path in every_way(&app, &other).await {
        assert_eq!(app.get(&tokened(&path)).await.status(), 403, "{path} is of another video");
    }
    let next = video.next_generation(&app).await;
    for path in every_way(&app, &next).await {
        assert_eq!(app.get(&tokened(&path)).await.status(), 403, "{path} is newer than the token");
    }
}

#[tokio::test]
async fn an_unlisted_video_cannot_be_taken_by_counting() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let other = app.user("bob").await;
    let video = Shelved::published(&app, &owner, Privacy::Unlisted).await;
    let low = ids(&app, video.id).await[1].1;
    let path = format!("/download/videos/generate/{}?videoFileIds={low}", video.id);
    assert_eq!(statuses(&app, &[&other, &owner], &path).await, [401, 403, 200]);
}

#[tokio::test]
async fn an_owner_can_keep_the_files_for_watching() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let other = app.user("bob").await;
    let video = Shelved::published(&app, &owner, Privacy::Public).await;
    video.change(&app, "download_enabled = 0").await;
    for path in every_way(&app, &video).await {
        assert_eq!(statuses(&app, &[&other, &owner], &path).await, [403, 403, 200], "{path}");
    }
    assert_eq!(app.get(&video.path("240-fragmented.mp4")).await.status(), 200, "it still plays");
}

#[tokio::test]
async fn what_is_not_finished_cannot_be_taken() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let growing = Shelved::empty(&app, &owner, Privacy::Public).await;
    growing.grow(&app).await;
    assert_eq!(app.get(&file(&growing, "240")).await.status(), 404, "nothing is finished");
    let path = format!("/download/videos/generate/{}?videoFileIds=1", growing.uuid);
    assert_eq!(app.get(&path).await.status(), 404);
    let video = Shelved::published(&app, &owner, Privacy::Public).await;
    video.next_generation(&app).await;
    assert_eq!(app.get(&file(&video, "240")).await.status(), 404, "replaced");
}

async fn ids(app: &TestApp, video: i64) -> Vec<(String, i64)> {
    let mut conn = app.app.db().read().await.unwrap();
    let rows =
        sql("SELECT r.file, r.id FROM renditions r JOIN media_sets s ON s.id = r.media_set_id \
                    WHERE s.video_id = $1 ORDER BY r.position");
    let rows = rows.int(video).all(&mut conn).await.unwrap();
    rows.iter().map(|row| (row.text("file").unwrap(), row.int("id").unwrap())).collect()
}

#[tokio::test]
async fn a_choice_of_files_becomes_one() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let video = Shelved::published(&app, &owner, Privacy::Public).await;
    let ids = ids(&app, video.id).await;
    let (high, low, sound) = (ids[0].1, ids[1].1, ids[2].1);
    let path = |query: String| format!("/download/videos/generate/{}?{query}", video.uuid);
    let one = app.get(&path(format!("videoFileIds={low}"))).await;
    assert_eq!(one.status(), 200);
    assert!(field(&one, "content-disposition").contains("240p.mp4"));
    assert_eq!(one.bytes().await.unwrap(), shelf::bytes("240"));
    // The sound is in the file with the pictures already.
    let both = app.get(&path(format!("videoFileIds={sound}&videoFileIds={high}"))).await;
    assert_eq!(both.bytes().await.unwrap(), shelf::bytes("1080"));
    for (query, status) in [
        (String::new(), 400),
        ("videoFileIds=x".to_owned(), 400),
        (format!("videoFileIds={high}&videoFileIds={low}"), 400),
        (format!("videoFileIds={high}&videoFileIds={sound}&videoFileIds={low}"), 400),
        ("videoFileIds=999999".to_owned(), 404),
    ] {
        assert_eq!(app.get(&path(query.clone())).await.status(), status, "{query}");
    }
    let other = Shelved::published(&app, &owner, Privacy::Public).await;
    let query = format!("/download/videos/generate/{}?videoFileIds={low}", other.uuid);
    assert_eq!(app.get(&query).await.status(), 404, "a file of another video");
    let nobody = format!("/download/videos/generate/{}?videoFileIds={low}", Uuid::new_v4());
    assert_eq!(app.get(&nobody).await.status(), 404);
}

/// An uploaded file of a video, at `location`.
async fn original(app: &TestApp, video: &Shelved, location: &Location) -> Uuid {
    let generation = Uuid::new_v4();
    let (id, now) = (video.id, app.app.now());
    let done: Result<(), DbError> = transact!(app.app.db(), tx => {
        let new = insert::NewOriginal {
            video_id: id,
            generation,
            filename: "Holiday (1).MOV".to_owned(),
            size_bytes: 9,
            node: "main".to_owned(),
            scratch_path: "unused".to_owned(),
            probe: "{}".to_owned(),
        };
        let original = insert::original(tx, &new, now).await?;
        farandole::db::videos::originals::moved(tx, original, location).await?;
        Ok(())
    });
    done.unwrap();
    generation
}

async fn statuses(app: &TestApp, people: &[&Person], path: &str) -> Vec<u16> {
    let mut found = vec![app.get(path).await.status().as_u16()];
    for person in people {
        found.push(person.get(path).await.status().as_u16());
    }
    found
}

#[tokio::test]
async fn the_uploaded_file_is_for_its_owner_and_moderators() {
    let app = TestApp::start().await;
    let owner = app.user("alice").await;
    let other = app.user("bob").await;
    let moderator = app.moderator("carol").await;
    let video = Shelved::published(&app, &owner, Privacy::Public).await;
    let key = keys::original(video.uuid, video.generation, "mov");
    app.app.store().put_bytes(&Key::parse(&key).unwrap(), &b"an upload"[..]).await.unwrap();
    let generation = original(&app, &video, &Location::Stored { key }).await;
    let path = format!("/download/original-video-files/{generation}.mov");
    assert_eq!(statuses(&app, &[&other, &moderator, &owner], &path).await, [403, 403, 200, 200]);
    let response = owner.get(&path).await;
    assert_eq!(field(&response, "content-type"), "application/octet-stream");
    assert_eq!(field(&response, "cache-control"), "private, no-store");
    assert!(field(&response, "content-disposition").contains("filename=\"Holiday (1)"));
    assert_eq!(response.text().await.unwrap(), "an upload");
    let scratch = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(scratch.path(), "not yet stored").unwrap();
    let location = |node: &str| Location::Scratch {
        node: node.to_owned(),
        path: scratch.path().display().to_string(),
    };
    let here = original(&app, &video, &location("main")).await;
    let response = owner.get(&format!("/download/original-video-files/{here}.mov")).await;
    assert_eq!(response.text().await.unwrap(), "not yet stored");
    let there = original(&app, &video, &location("elsewhere")).await;
    let path = format!("/download/original-video-files/{there}.mov");
    assert_eq!(owner.get(&path).await.status(), 503);
    let gone = original(&app, &video, &Location::Dropped).await;
    let path = format!("/download/original-video-files/{gone}.mov");
    assert_eq!(owner.get(&path).await.status(), 404);
    for name in ["nonsense", &format!("{}.mov", Uuid::new_v4())] {
        let path = format!("/download/original-video-files/{name}");
        assert_eq!(owner.get(&path).await.status(), 404, "{name}");
    }
}
