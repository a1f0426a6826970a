//! Who is told of reports?

use farandole::domain::NotifyEvent;
use farandole::notify;
use serde_json::{Value, json};

use super::{PATH, reported};
use crate::support::TestApp;
use crate::support::people::Person;

async fn told(by: &Person) -> Vec<Value> {
    let page: Value = by.get("/api/v1/users/me/notifications").await.json().await.unwrap();
    page["data"].as_array().unwrap().clone()
}

/// Does what the queue holds for the notifications.
async fn deliver(app: &TestApp, event: NotifyEvent) {
    notify::deliver(&app.app, event).await.unwrap();
}

#[tokio::test]
async fn moderators_hear_of_a_report_and_its_reporter_of_what_became_of_it() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let video = app.video(&alice).name("Stolen film").publish().await;
    let id = reported(&bob, &video).await;
    for _ in 0..2 {
        deliver(&app, NotifyEvent::AbuseFiled { abuse_id: id }).await;
    }
    let heard = told(&moderator).await;
    assert_eq!(heard.len(), 1, "once");
    assert_eq!((&heard[0]["type"], &heard[0]["details"]), (&json!(3), &json!(null)));
    assert_eq!(heard[0]["abuse"]["id"], id);
    assert_eq!(heard[0]["abuse"]["video"]["name"], "Stolen film");
    assert!(told(&alice).await.is_empty() && told(&bob).await.is_empty());

    let accept = json!({ "state": 3 });
    assert_eq!(moderator.put_json(&format!("{PATH}/{id}"), &accept).await.status(), 204);
    deliver(&app, NotifyEvent::AbuseDecided { abuse_id: id }).await;
    let heard = told(&bob).await;
    assert_eq!((&heard[0]["type"], &heard[0]["abuse"]["state"]), (&json!(15), &json!(3)));
    assert!(told(&alice).await.is_empty(), "who is reported does not learn of it");
}

#[tokio::test]
async fn a_message_is_told_to_the_other_side() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let video = app.video(&alice).publish().await;
    let abuse_id = reported(&bob, &video).await;
    let path = format!("{PATH}/{abuse_id}/messages");
    for (writer, hears, silent) in [(&moderator, &bob, &alice), (&bob, &moderator, &alice)] {
        let text = json!({ "message": "Which part?" });
        let answer: Value = writer.post_json(&path, &text).await.json().await.unwrap();
        let message_id = answer["abuseMessage"]["id"].as_i64().unwrap();
        deliver(&app, NotifyEvent::AbuseMessage { abuse_id, message_id }).await;
        let heard = told(hears).await;
        assert_eq!((heard.len(), &heard[0]["type"]), (1, &json!(16)));
        assert!(told(silent).await.is_empty());
    }
    assert_eq!(told(&bob).await.len(), 1, "nobody is told of their own message");
}
