//! `/api/v1/videos/{id}/source…`: who sees it, who deletes it, who replaces it.

use farandole::db::sql;
use farandole::transact;
use serde_json::{Value, json};

use super::upload::{count, problem};
use crate::support::TestApp;
use crate::support::clips::clip_bytes;

fn source(video: &Value) -> String {
    format!("/api/v1/videos/{}/source", video["shortUUID"].as_str().unwrap())
}

fn replace(video: &Value) -> String {
    format!("{}/replace-resumable", source(video))
}

/// What the worker and the store leave behind when all went well.
async fn pretend_it_was_made(app: &TestApp) {
    let app = &app.app;
    transact!(app.db(), tx => {
        sql("UPDATE media_sets SET state = 'complete', node = NULL").run(tx).await?;
        sql("UPDATE videos SET state = 1, available = 1").run(tx).await?;
        sql("UPDATE originals SET location = 'stored', node = NULL, scratch_path = NULL, \
             storage_key = 'originals/x/' || generation || '/original.mp4'")
        .run(tx)
        .await?;
        Ok::<_, farandole::db::DbError>(())
    })
    .unwrap();
}

#[tokio::test]
async fn the_source_is_shown_to_those_who_manage_the_video() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = alice.upload("good.mp4", &[]).await;
    let body: Value = alice.get(&source(&video)).await.json().await.unwrap();
    assert_eq!(body["fileDownloadUrl"], Value::Null);
    pretend_it_was_made(&app).await;
    let body: Value = app.moderator("maud").await.get(&source(&video)).await.json().await.unwrap();
    insta::assert_json_snapshot!(body, {
        ".createdAt" => "[moment]", ".fileDownloadUrl" => "[url]", ".size" => "[bytes]",
    });
    assert_eq!(body["size"], clip_bytes("good.mp4").len());
    let url = body["fileDownloadUrl"].as_str().unwrap();
    assert!(url.contains("/download/original-video-files/") && url.ends_with(".mp4"), "{url}");

    problem(bob.get(&source(&video)).await, 403).await;
    problem(app.get(&source(&video)).await, 401).await;
    problem(bob.get("/api/v1/videos/999999/source").await, 404).await;
    problem(bob.get("/api/v1/videos/nonsense/source").await, 400).await;
}

#[tokio::test]
async fn only_moderators_delete_the_kept_file() {
    let app = TestApp::start().await;
    let (alice, maud) = (app.user("alice").await, app.moderator("maud").await);
    let video = alice.upload("good.mp4", &[]).await;
    let file = format!("{}/file", source(&video));
    problem(maud.delete(&file).await, 409).await;
    pretend_it_was_made(&app).await;
    problem(alice.delete(&file).await, 403).await;
    assert_eq!(maud.delete(&file).await.status(), 204);
    problem(maud.delete(&file).await, 404).await;
    let body: Value = alice.get(&source(&video)).await.json().await.unwrap();
    assert_eq!(body["fileDownloadUrl"], Value::Null);
    let mut conn = app.app.db().read().await.unwrap();
    let job = sql("SELECT payload FROM jobs WHERE kind = 'delete-objects'").one(&mut conn).await;
    assert!(job.unwrap().text("payload").unwrap().contains("original.mp4"));
}

#[tokio::test]
async fn a_new_file_takes_the_place_of_the_old_one() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = alice.upload("good.mp4", &[]).await;
    let bytes = clip_bytes("portrait.mp4");
    problem(alice.try_begin(&replace(&video), bytes.len(), json!({})).await, 409).await;
    pretend_it_was_made(&app).await;
    let session =
        alice.begin_at(&replace(&video), bytes.len(), json!({ "filename": "tall.mp4" })).await;
    assert!(session.location.starts_with(&replace(&video)), "{}", session.location);
    assert_eq!(session.put(0, &bytes[..1000]).await.status(), 308);
    let last = session.put(1000, &bytes[1000..]).await;
    assert_eq!(last.status(), 200);
    let body: Value = last.json().await.unwrap();
    assert_eq!(body["inputFilename"], "tall.mp4");
    assert_eq!(session.ask().await.json::<Value>().await.unwrap(), body);

    assert_eq!(count(&app, "videos").await, 1);
    let mut conn = app.app.db().read().await.unwrap();
    let sets = sql("SELECT state FROM media_sets ORDER BY id").all(&mut conn).await.unwrap();
    let sets: Vec<_> = sets.iter().map(|set| set.text("state").unwrap()).collect();
    assert_eq!(sets, ["complete", "waiting"], "the old set serves until the new one is made");
    let files = sql("SELECT location FROM originals ORDER BY id").all(&mut conn).await.unwrap();
    let files: Vec<_> = files.iter().map(|file| file.text("location").unwrap()).collect();
    assert_eq!(files, ["stored", "scratch"], "the old file goes when the new one has proved good");
    let row = sql("SELECT input_file_updated_at FROM videos").one(&mut conn).await.unwrap();
    assert!(row.int_opt("input_file_updated_at").unwrap().is_some());
    // While it is made, no third one.
    problem(alice.try_begin(&replace(&video), bytes.len(), json!({})).await, 409).await;
}

#[tokio::test]
async fn a_refused_replacement_leaves_the_video_as_it_was() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let video = alice.upload("good.mp4", &[]).await;
    pretend_it_was_made(&app).await;
    problem(bob.try_begin(&replace(&video), 9, json!({})).await, 403).await;
    problem(
        bob.try_begin("/api/v1/videos/999999/source/replace-resumable", 9, json!({})).await,
        404,
    )
    .await;
    let bytes = clip_bytes("text.mp4");
    let session = alice.begin_at(&replace(&video), bytes.len(), json!({})).await;
    problem(session.put(0, &bytes).await, 422).await;
    let session = alice.begin_at(&replace(&video), 1000, json!({})).await;
    assert_eq!(session.put(0, &[7; 10]).await.status(), 308);
    // An upload is good at the address it was begun at only.
    let mut elsewhere = session.clone();
    elsewhere.location =
        session.location.replace(&replace(&video), "/api/v1/videos/upload-resumable");
    problem(elsewhere.ask().await, 404).await;
    assert_eq!(session.cancel().await.status(), 204);
    assert_eq!(count(&app, "originals").await, 1);
    assert_eq!(count(&app, "uploads").await, 0);
}
