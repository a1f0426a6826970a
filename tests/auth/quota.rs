//! Total and daily quotas, beside videos and open uploads.

use std::time::Duration;

use farandole::auth::{AuthError, quota};
use farandole::db::{DbError, sql};
use farandole::transact;

use crate::support::{Person, TestApp};

async fn limited(app: &TestApp, total: i64, daily: i64) -> Person {
    app.user_with("alice", |new| {
        new.video_quota = Some(total);
        new.video_quota_daily = Some(daily);
    })
    .await
}

/// A video with one uploaded file of `bytes`.
async fn video(app: &TestApp, owner: &Person, name: &str, bytes: i64) -> i64 {
    let now = app.app.now();
    let channel = owner.channel_id;
    let outcome: Result<i64, DbError> = transact!(app.app.db(), tx => {
        let id = sql("INSERT INTO videos (uuid, ap_url, channel_id, name, name_sort, privacy, \
             state, published_at, created_at, updated_at) \
             VALUES ($1, $1, $2, $1, $1, 1, 1, $3, $3, $3) RETURNING id")
            .text(name).int(channel).int(now.0).one(tx).await?.int("id")?;
        file(tx, id, name, bytes, now.0).await?;
        Ok(id)
    });
    outcome.unwrap()
}

async fn file(
    tx: &mut farandole::db::Tx,
    video: i64,
    name: &str,
    bytes: i64,
    at: i64,
) -> Result<(), DbError> {
    sql(
        "INSERT INTO originals (video_id, generation, filename, size_bytes, location, created_at) \
         VALUES ($1, $2, $2, $3, 'stored', $4)",
    )
    .int(video)
    .text(name)
    .int(bytes)
    .int(at)
    .run(tx)
    .await?;
    Ok(())
}

async fn upload(app: &TestApp, owner: &Person, id: &str, bytes: i64) {
    let now = app.app.now();
    let owner = owner.user_id;
    let outcome: Result<u64, DbError> = transact!(app.app.db(), tx => {
        sql("INSERT INTO uploads (id, user_id, kind, node, filename, mime_type, size_bytes, \
             metadata, fingerprint, state, created_at, updated_at, expires_at) \
             VALUES ($1, $2, 'upload', 'main', 'f', 'm', $3, '{}', $1, 'receiving', $4, $4, $5)")
        .text(id).int(owner).int(bytes).int(now.0).int(now.plus(Duration::from_secs(3600)).0)
        .run(tx).await
    });
    outcome.unwrap();
}

fn reached(outcome: Result<(), AuthError>) -> bool {
    match outcome {
        Ok(()) => false,
        Err(AuthError::QuotaReached) => true,
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn videos_and_open_uploads_count_until_the_total_is_reached() {
    let app = TestApp::start().await;
    let alice = limited(&app, 100, -1).await;
    assert!(!reached(quota::check(&app.app, alice.user_id, 100).await));
    assert!(reached(quota::check(&app.app, alice.user_id, 101).await));
    video(&app, &alice, "one", 40).await;
    upload(&app, &alice, "two", 50).await;
    assert!(!reached(quota::check(&app.app, alice.user_id, 10).await));
    assert!(reached(quota::check(&app.app, alice.user_id, 11).await));
    let mut conn = app.app.db().read().await.unwrap();
    let own = quota::check_in(&mut conn, alice.user_id, 60, Some("two"), app.app.now()).await;
    assert!(!reached(own), "an upload does not count against itself");
    drop(conn);
    app.clock.advance(Duration::from_secs(7200));
    assert!(!reached(quota::check(&app.app, alice.user_id, 60).await), "expired uploads are free");
}

#[tokio::test]
async fn the_daily_quota_is_free_again_a_day_later() {
    let app = TestApp::start().await;
    let alice = limited(&app, -1, 50).await;
    video(&app, &alice, "one", 50).await;
    assert!(reached(quota::check(&app.app, alice.user_id, 1).await));
    app.clock.advance(Duration::from_secs(24 * 3600 + 1));
    assert!(!reached(quota::check(&app.app, alice.user_id, 50).await));
}

#[tokio::test]
async fn a_replaced_file_counts_for_the_day_but_not_for_the_total() {
    let app = TestApp::start().await;
    let alice = limited(&app, 100, 100).await;
    let id = video(&app, &alice, "one", 60).await;
    let now = app.app.now();
    let outcome: Result<(), DbError> =
        transact!(app.app.db(), tx => { file(tx, id, "newer", 30, now.0).await });
    outcome.unwrap();
    let used = quota::used(&app.app, alice.user_id).await.unwrap();
    assert_eq!((used.total_bytes, used.daily_bytes), (30, 90));
}

#[tokio::test]
async fn somebody_elses_videos_do_not_count() {
    let app = TestApp::start().await;
    let alice = limited(&app, 10, -1).await;
    let bob = app.user("bob").await;
    video(&app, &bob, "big", 1_000_000).await;
    assert!(!reached(quota::check(&app.app, alice.user_id, 10).await));
}
