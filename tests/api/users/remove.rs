//! `DELETE /api/v1/users/{id}` and `/users/me`: everything goes, the name stays taken.

use farandole::db::{DbError, sql};
use farandole::domain::{Job, keys};
use farandole::transact;
use farandole::videos::publish::delete_objects;
use farandole_storage::Key;
use serde_json::json;

use crate::support::{Person, TestApp};

/// A video with an image of its own in its channel.
async fn video(app: &TestApp, owner: &Person) -> uuid::Uuid {
    let uuid = app.app.new_uuid();
    let now = app.app.now();
    let channel = owner.channel_id;
    let outcome: Result<u64, DbError> = transact!(app.app.db(), tx => {
        sql("INSERT INTO videos (uuid, ap_url, channel_id, name, name_sort, privacy, state, \
             published_at, created_at, updated_at) \
             VALUES ($1, $2, $3, 'n', 'n', 1, 1, $4, $4, $4)")
            .text(uuid.to_string()).text(format!("https://x.example/videos/watch/{uuid}"))
            .int(channel).int(now.0).run(tx).await
    });
    outcome.unwrap();
    uuid
}

/// What the queued jobs are to delete.
async fn delete_jobs(app: &TestApp) -> Vec<String> {
    let mut conn = app.app.db().read().await.unwrap();
    let rows = sql("SELECT payload FROM jobs WHERE kind = 'delete-objects'").all(&mut conn).await;
    let prefix = |payload: String| match serde_json::from_str(&payload).unwrap() {
        Job::DeleteObjects { prefix } => prefix,
        other => panic!("{other:?}"),
    };
    rows.unwrap().iter().map(|row| prefix(row.text("payload").unwrap())).collect()
}

async fn count(app: &TestApp, text: &'static str) -> i64 {
    let mut conn = app.app.db().read().await.unwrap();
    sql(text).one(&mut conn).await.unwrap().int("n").unwrap()
}

#[tokio::test]
async fn a_removed_user_leaves_nothing_but_taken_names() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let root = app.root().await;
    let uuid = video(&app, &alice).await;
    let object = Key::parse(&keys::rendition(uuid, uuid, "720.mp4")).unwrap();
    let other = Key::parse(&keys::rendition(app.app.new_uuid(), uuid, "720.mp4")).unwrap();
    for key in [&object, &other] {
        app.app.store().put_bytes(key, "bytes").await.unwrap();
    }
    let path = format!("/api/v1/users/{}", alice.user_id);
    assert_eq!(root.delete(&path).await.status(), 204);
    assert_eq!(root.delete(&path).await.status(), 404);
    assert_eq!(alice.get("/api/v1/users/me").await.status(), 401);
    assert_eq!(count(&app, "SELECT COUNT(*) AS n FROM videos").await, 0);
    assert_eq!(count(&app, "SELECT COUNT(*) AS n FROM channels").await, 1, "root's stays");
    assert_eq!(count(&app, "SELECT COUNT(*) AS n FROM oauth_tokens").await, 1, "root's stays");
    assert_eq!(count(&app, "SELECT COUNT(*) AS n FROM tombstones").await, 3);
    assert_eq!(
        count(&app, "SELECT COUNT(*) AS n FROM revisions WHERE text LIKE '%alice%'").await,
        0
    );
    for job in delete_jobs(&app).await {
        delete_objects(&app.app, &job).await.unwrap();
    }
    assert!(app.app.store().stat(&object).await.unwrap().is_none(), "its files are gone too");
    assert!(app.app.store().stat(&other).await.unwrap().is_some(), "another video's are not");
    let again = json!({"username": "alice", "password": "123456", "email": "b@c", "role": 2});
    assert_eq!(root.post_json("/api/v1/users", &again).await.status(), 409, "the name stays taken");
}

#[tokio::test]
async fn people_can_remove_themselves_but_not_others() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let bob = app.user("bob").await;
    assert_eq!(alice.delete(&format!("/api/v1/users/{}", bob.user_id)).await.status(), 403);
    assert_eq!(alice.delete("/api/v1/users/me").await.status(), 204);
    assert_eq!(alice.get("/api/v1/users/me").await.status(), 401);
    assert_eq!(bob.get("/api/v1/users/me").await.status(), 200);
    let moderator = app.moderator("mod").await;
    let admin = app.administrator("admin").await;
    assert_eq!(moderator.delete(&format!("/api/v1/users/{}", admin.user_id)).await.status(), 403);
    let path = format!("/api/v1/users/{}", bob.user_id);
    assert_eq!(moderator.delete(&path).await.status(), 403, "a moderator blocks");
    assert_eq!(bob.get("/api/v1/users/me").await.status(), 200);
    assert_eq!(admin.delete(&path).await.status(), 204);
    let nobody = app.client.delete(app.url("/api/v1/users/me")).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
}
