//! `GET` and `POST /api/v1/abuses`, `GET /api/v1/users/me/abuses`.

use std::time::Duration;

use farandole::db::comments::remove::remove;
use farandole::transact;
use serde_json::{Value, json};

use super::{PATH, listed, reported};
use crate::support::TestApp;

#[tokio::test]
async fn a_reported_video_is_told_to_moderators_with_its_evidence() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let video = app.video(&alice).name("Stolen film").publish().await;
    let id = reported(&bob, &video).await;
    let all = listed(&moderator, PATH).await;
    let abuse = &all[0];
    assert_eq!(abuse["id"], id);
    assert_eq!(abuse["reason"], "It is stolen");
    assert_eq!(abuse["predefinedReasons"], json!(["rights"]));
    assert_eq!(abuse["state"], json!({ "id": 1, "label": "Pending" }));
    assert_eq!(abuse["reporterAccount"]["name"], "bob");
    assert_eq!(abuse["flaggedAccount"]["name"], "alice");
    assert_eq!(abuse["moderationComment"], Value::Null);
    assert_eq!(abuse["comment"], Value::Null);
    let shown = &abuse["video"];
    assert_eq!(shown["uuid"], video.uuid.to_string());
    assert_eq!((&shown["startAt"], &shown["endAt"]), (&json!(3), &json!(9)));
    assert_eq!((&shown["deleted"], &shown["nthReport"]), (&json!(false), &json!(1)));
    assert_eq!(shown["channel"]["name"], alice.channel_name);
    // What was reported is still told when it is gone.
    assert_eq!(alice.delete(&video.path("")).await.status(), 204);
    let gone = listed(&moderator, &format!("{PATH}?videoIs=deleted")).await;
    assert_eq!(gone[0]["video"]["name"], "Stolen film");
    assert_eq!(
        (&gone[0]["video"]["deleted"], &gone[0]["video"]["id"]),
        (&json!(true), &json!(null))
    );
}

#[tokio::test]
async fn the_same_thing_reported_twice_is_one_report_until_it_is_decided() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let video = app.video(&alice).publish().await;
    let first = reported(&bob, &video).await;
    assert_eq!(reported(&bob, &video).await, first);
    let of_account = json!({ "reason": "Steals", "account": { "id": alice.account_id } });
    assert_eq!(bob.post_json(PATH, &of_account).await.status(), 200);
    let accepted = moderator.put_json(&format!("{PATH}/{first}"), &json!({ "state": 3 })).await;
    assert_eq!(accepted.status(), 204);
    let second = reported(&bob, &video).await;
    assert_ne!(second, first);
    let all = listed(&moderator, PATH).await;
    assert_eq!(all.len(), 3);
    assert_eq!(all[0]["id"], second);
    assert_eq!(
        (&all[0]["video"]["countReports"], &all[0]["video"]["nthReport"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(all[0]["countReportsForReporter"], 3);
    assert_eq!(all[0]["countReportsForReportee"], 3);
}

#[tokio::test]
async fn a_comment_is_reported_as_it_stood_then() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let video = app.video(&alice).publish().await;
    let comment = super::comment(&app, &bob, &video, "You are all fools").await;
    let body = json!({ "reason": "An insult", "comment": { "id": comment } });
    assert_eq!(alice.post_json(PATH, &body).await.status(), 200);
    let now = app.app.now();
    transact!(app.app.db(), tx => { remove(tx, comment, now).await }).unwrap();
    let all = listed(&moderator, &format!("{PATH}?filter=comment")).await;
    assert_eq!(all[0]["comment"]["text"], "You are all fools");
    assert_eq!(all[0]["comment"]["deleted"], true);
    assert_eq!(all[0]["comment"]["video"]["uuid"], video.uuid.to_string());
    assert_eq!(all[0]["flaggedAccount"]["name"], "bob");
    assert_eq!(all[0]["video"], Value::Null);
    // Nobody can read it any more, so nobody reports it any more.
    assert_eq!(app.root().await.post_json(PATH, &body).await.status(), 404);
}

#[tokio::test]
async fn reports_are_filtered_searched_and_sorted() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let mut ids = Vec::new();
    for name in ["Été à la mer", "Winter_100%"] {
        let video = app.video(&alice).name(name).publish().await;
        ids.push(reported(&bob, &video).await);
        app.clock.advance(Duration::from_secs(1));
    }
    let body = json!({ "reason": "Not who they say", "account": { "id": bob.account_id } });
    assert_eq!(alice.post_json(PATH, &body).await.status(), 200);
    let count = async |query: &str| listed(&moderator, &format!("{PATH}?{query}")).await.len();
    assert_eq!(count("search=ete").await, 1);
    assert_eq!(count("search=100%25").await, 1);
    assert_eq!(count("search=%25").await, 1, "no wildcard");
    assert_eq!(count("searchReporter=ali").await, 1);
    assert_eq!(count("searchReportee=alice").await, 2);
    assert_eq!(count("searchVideo=winter").await, 1);
    assert_eq!(count("filter=account").await, 1);
    assert_eq!(count("predefinedReason=rights").await, 2);
    assert_eq!(count("predefinedReason=spamOrMisleading").await, 0);
    assert_eq!(count("state=2").await, 0);
    assert_eq!(count(&format!("id={}", ids[0])).await, 1);
    let oldest = listed(&moderator, &format!("{PATH}?sort=createdAt&count=1")).await;
    assert_eq!(oldest[0]["id"], ids[0]);
    for wrong in ["state=4", "filter=server", "videoIs=nice", "predefinedReason=x", "sort=reason"] {
        assert_eq!(moderator.get(&format!("{PATH}?{wrong}")).await.status(), 400, "{wrong}");
    }
}

#[tokio::test]
async fn who_reports_sees_their_own_reports_and_no_notes() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let video = app.video(&alice).publish().await;
    let id = reported(&bob, &video).await;
    let note = json!({ "moderationComment": "Known thief" });
    assert_eq!(moderator.put_json(&format!("{PATH}/{id}"), &note).await.status(), 204);
    let mine = listed(&bob, "/api/v1/users/me/abuses").await;
    assert_eq!(mine[0]["id"], id);
    for hidden in ["moderationComment", "countReportsForReporter", "countReportsForReportee"] {
        assert_eq!(mine[0].get(hidden), None, "{hidden}");
    }
    assert!(listed(&alice, "/api/v1/users/me/abuses").await.is_empty());
    assert_eq!(listed(&moderator, PATH).await[0]["moderationComment"], "Known thief");
}

#[tokio::test]
async fn who_may_not_report_or_see_reports_does_not() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let hidden = app.video(&alice).passwords(&["sesame"]).publish().await;
    let body = json!({ "reason": "I cannot see it", "video": { "id": hidden.id } });
    assert_eq!(bob.post_json(PATH, &body).await.status(), 403);
    let request = bob.request(reqwest::Method::POST, PATH).json(&body);
    let let_in = request.header("x-peertube-video-password", "sesame").send().await.unwrap();
    assert_eq!(let_in.status(), 200);
    assert_eq!(bob.get(PATH).await.status(), 403);
    assert_eq!(app.get(PATH).await.status(), 401);
    assert_eq!(app.get("/api/v1/users/me/abuses").await.status(), 401);
    let nobody = app.client.post(app.url(PATH)).json(&body).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
}

#[tokio::test]
async fn a_report_of_nothing_or_of_two_things_is_refused() {
    let app = TestApp::start().await;
    let bob = app.user("bob").await;
    let account = json!({ "id": bob.account_id });
    for (body, status) in [
        (json!({ "reason": "Nothing" }), 400),
        (json!({ "reason": "Two", "account": account, "video": { "id": 1 } }), 400),
        (json!({ "reason": "x", "account": account }), 400),
        (json!({ "reason": "x".repeat(3_001), "account": account }), 400),
        (json!({ "reason": "Odd", "predefinedReasons": ["x"], "account": account }), 400),
        (json!({ "reason": "Odd", "account": { "id": "bob" } }), 400),
        (json!({ "account": account }), 400),
        (json!({ "reason": "Nobody", "account": { "id": 99_999 } }), 404),
        (json!({ "reason": "Nothing", "video": { "id": 99_999 } }), 404),
        (json!({ "reason": "Nothing", "comment": { "id": 99_999 } }), 404),
    ] {
        let answer = bob.post_json(PATH, &body).await;
        assert_eq!(answer.status(), status, "{body}");
        let problem: Value = answer.json().await.unwrap();
        assert!(problem["detail"].as_str().is_some_and(|text| !text.is_empty()));
    }
}

#[tokio::test]
async fn nobody_buries_moderators_under_reports() {
    let app = TestApp::start().await;
    let bob = app.user("bob").await;
    let file = async |name: String| {
        let person = app.user(&name).await;
        let body = json!({ "reason": "All of them", "account": { "id": person.account_id } });
        bob.post_json(PATH, &body).await.status().as_u16()
    };
    for n in 0..30 {
        assert_eq!(file(format!("person{n}")).await, 200, "{n}");
    }
    assert_eq!(file("onemore".to_owned()).await, 429);
    app.clock.advance(Duration::from_secs(3_601));
    assert_eq!(file("later".to_owned()).await, 200);
}

#[tokio::test]
async fn reports_of_blocked_videos_can_be_listed_alone() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let moderator = app.moderator("mod").await;
    let (blocked, other) = (app.video(&alice).publish().await, app.video(&alice).publish().await);
    let id = reported(&bob, &blocked).await;
    reported(&bob, &other).await;
    assert_eq!(moderator.post(&blocked.path("/blacklist")).await.status(), 204);
    let found = listed(&moderator, &format!("{PATH}?videoIs=blacklisted")).await;
    assert_eq!((found.len(), &found[0]["id"]), (1, &json!(id)));
}
