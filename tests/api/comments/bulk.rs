use farandole::domain::Job;
use serde_json::json;

use super::{texts, threads, write};
use crate::support::{Person, TestApp};

const PATH: &str = "/api/v1/bulk/remove-comments-of";

/// Does what is queued.
pub(crate) async fn work(app: &TestApp) {
    let mut conn = app.app.db().read().await.unwrap();
    let queued = farandole::db::sql("SELECT payload FROM jobs WHERE kind = 'remove-comments'");
    let queued = queued.all(&mut conn).await.unwrap();
    drop(conn);
    for row in queued {
        let job: Job = serde_json::from_str(&row.text("payload").unwrap()).unwrap();
        let Job::RemoveComments { actor_id, owner_account_id, up_to, audit_id } = job else {
            continue;
        };
        farandole::social::bulk::carry_out(&app.app, actor_id, owner_account_id, up_to, audit_id)
            .await
            .unwrap();
    }
}

async fn ask(by: &Person, name: &str, scope: &str) -> u16 {
    let body = json!({ "accountName": name, "scope": scope });
    by.post_json(PATH, &body).await.status().as_u16()
}

#[tokio::test]
async fn owners_clear_their_videos_and_moderators_everything() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let (eve, moderator) = (app.user("eve").await, app.moderator("mod").await);
    let video = app.video(&alice).publish().await;
    let theirs = app.video(&bob).publish().await;
    for text in ["a", "b"] {
        write(&eve, &video, text).await;
        write(&eve, &theirs, text).await;
    }
    write(&bob, &video, "bob's").await;
    assert_eq!(ask(&alice, "eve", "my-videos").await, 204);
    write(&eve, &video, "later").await;
    work(&app).await;
    assert_eq!(texts(&threads(&app, None, &video, "").await), ["later", "bob's"]);
    assert_eq!(texts(&threads(&app, None, &theirs, "").await), ["b", "a"]);
    assert_eq!(super::counted(&alice, &video).await, 2);
    assert_eq!(ask(&moderator, "eve", "instance").await, 204);
    work(&app).await;
    assert_eq!(texts(&threads(&app, None, &video, "").await), ["bob's"]);
    assert_eq!(texts(&threads(&app, None, &theirs, "").await), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_not_theirs_to_ask_is_refused() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    assert_eq!(ask(&alice, "alice", "instance").await, 403);
    assert_eq!(ask(&alice, "nobody", "my-videos").await, 404);
    assert_eq!(ask(&alice, "alice", "everything").await, 400);
    assert_eq!(alice.post_json(PATH, &json!({ "scope": "my-videos" })).await.status(), 400);
    let body = json!({ "accountName": "alice", "scope": "my-videos" });
    let anonymous = app.client.post(app.url(PATH)).json(&body).send().await.unwrap();
    assert_eq!(anonymous.status(), 401);
}
