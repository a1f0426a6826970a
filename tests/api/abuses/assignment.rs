//! `PUT` and `DELETE /api/v1/abuses/{abuseId}/assignment`.

use std::time::Duration;

use serde_json::json;

use super::{PATH, listed, reported};
use crate::support::TestApp;

#[tokio::test]
async fn two_moderators_do_not_do_the_same_report() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let (one, two) = (app.moderator("one").await, app.moderator("two").await);
    let video = app.video(&alice).publish().await;
    let id = reported(&bob, &video).await;
    let take = format!("{PATH}/{id}/assignment");
    assert_eq!(bob.put_json(&take, &json!({})).await.status(), 403);
    assert_eq!(one.put_json(&take, &json!({})).await.status(), 204);
    assert_eq!(one.put_json(&take, &json!({})).await.status(), 204, "again by the same");
    assert_eq!(two.put_json(&take, &json!({})).await.status(), 409);
    assert_eq!(listed(&two, PATH).await[0]["assignee"]["name"], "one");
    assert_eq!(listed(&one, &format!("{PATH}?assigned=me")).await.len(), 1);
    assert_eq!(listed(&two, &format!("{PATH}?assigned=me")).await.len(), 0);
    assert_eq!(listed(&two, &format!("{PATH}?assigned=none")).await.len(), 0);
    assert_eq!(one.get(&format!("{PATH}?assigned=you")).await.status(), 400);
    assert!(listed(&bob, "/api/v1/users/me/abuses").await[0].get("assignee").is_none());
    let own = format!("{PATH}/{id}");
    let accept = json!({"state": 3});
    assert_eq!(two.put_json(&own, &accept).await.status(), 409);
    let note = json!({"moderationComment": "see the other one"});
    assert_eq!(two.put_json(&own, &note).await.status(), 204, "a note is no decision");
    app.clock.advance(Duration::from_secs(31 * 60));
    assert_eq!(two.put_json(&take, &json!({})).await.status(), 204, "it was left lying");
    assert_eq!(two.delete(&take).await.status(), 204);
    assert_eq!(one.put_json(&own, &accept).await.status(), 204);
    assert_eq!(two.put_json(&take, &json!({})).await.status(), 409, "it was decided");
    assert!(listed(&two, PATH).await[0]["assignee"].is_null());
    assert_eq!(one.put_json(&format!("{PATH}/99999/assignment"), &json!({})).await.status(), 404);
    assert_eq!(one.delete(&format!("{PATH}/99999/assignment")).await.status(), 404);
    assert_eq!(one.delete(&format!("{PATH}/x/assignment")).await.status(), 400);
}
