//! `/api/v1/users/me`.

use farandole::db::sql;
use serde_json::{Value, json};

use super::redacted;
use crate::support::people::PASSWORD;
use crate::support::{Person, TestApp};

async fn put(who: &Person, body: Value) -> u16 {
    who.put_json("/api/v1/users/me", &body).await.status().as_u16()
}

async fn me(who: &Person) -> Value {
    who.get("/api/v1/users/me").await.json().await.unwrap()
}

#[tokio::test]
async fn somebody_sees_themselves() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let shown = me(&alice).await;
    assert_eq!(shown["username"], alice.username);
    redacted().bind(|| insta::assert_json_snapshot!("me", shown));
    assert_eq!(app.get("/api/v1/users/me").await.status(), 401);
}

#[tokio::test]
async fn names_words_and_preferences_are_changed_and_kept() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let body = json!({
        "displayName": "  Alice Ünïcode 🎬 ", "description": "I film\nbirds.",
        "nsfwPolicy": "do_not_list", "p2pEnabled": false, "videoLanguages": ["fr", "en"],
        "theme": "dark", "noWelcomeModal": true,
    });
    assert_eq!(put(&alice, body).await, 204);
    let shown = me(&alice).await;
    assert_eq!(shown["account"]["displayName"], "Alice Ünïcode 🎬");
    assert_eq!(shown["account"]["description"], "I film\nbirds.");
    assert_eq!(shown["nsfwPolicy"], "do_not_list");
    assert_eq!(shown["p2pEnabled"], false);
    assert_eq!(shown["videoLanguages"], json!(["fr", "en"]));
    assert_eq!(shown["autoPlayVideo"], true, "what was not said stayed");
    assert_eq!(put(&alice, json!({"description": null, "videoLanguages": null})).await, 204);
    let shown = me(&alice).await;
    assert_eq!(shown["account"]["description"], Value::Null);
    assert_eq!(shown["account"]["displayName"], "Alice Ünïcode 🎬");
    assert_eq!(shown["videoLanguages"], Value::Null);
}

#[tokio::test]
async fn every_version_of_a_profile_is_kept_for_moderation() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    for name in ["First", "Second"] {
        assert_eq!(put(&alice, json!({"displayName": name})).await, 204);
    }
    let mut conn = app.app.db().read().await.unwrap();
    let rows = sql("SELECT text, state FROM revisions WHERE subject_kind = 'account' \
                    AND subject_id = $1 AND field = 'display_name' ORDER BY id")
    .int(alice.account_id)
    .all(&mut conn)
    .await
    .unwrap();
    let texts: Vec<_> = rows
        .iter()
        .map(|row| format!("{} {}", row.text("text").unwrap(), row.text("state").unwrap()))
        .collect();
    assert_eq!(texts, ["alice superseded", "First superseded", "Second shown"]);
}

#[tokio::test]
async fn an_address_or_password_needs_the_current_password() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let elsewhere = app.sign_in("alice").await;
    assert_eq!(put(&alice, json!({"password": "a new one"})).await, 400);
    let wrong = json!({"password": "a new one", "currentPassword": "wrong"});
    let response = alice.put_json("/api/v1/users/me", &wrong).await;
    assert_eq!(response.status(), 401);
    let problem: Value = response.json().await.unwrap();
    assert_eq!(problem["code"], "current_password_is_invalid");
    let right = json!({"password": "a new one", "currentPassword": PASSWORD});
    assert_eq!(put(&alice, right).await, 204);
    assert_eq!(alice.get("/api/v1/users/me").await.status(), 200, "this session stays");
    assert_eq!(elsewhere.get("/api/v1/users/me").await.status(), 401, "others end");
    app.user("bob").await;
    let email = |to: &str| json!({"email": to, "currentPassword": "a new one"});
    assert_eq!(put(&alice, email("bob@example.org")).await, 409);
    assert_eq!(put(&alice, email("nonsense")).await, 400);
    assert_eq!(put(&alice, email("alice@new.example")).await, 204);
    assert_eq!(me(&alice).await["email"], "alice@new.example");
}

#[tokio::test]
async fn guessing_the_current_password_is_throttled() {
    let app = TestApp::start_with(|config| config.accounts.max_failures_per_account = 2).await;
    let alice = app.user("alice").await;
    let guess = json!({"password": "a new one", "currentPassword": "guess"});
    assert_eq!(put(&alice, guess.clone()).await, 401);
    assert_eq!(put(&alice, guess.clone()).await, 401);
    assert_eq!(put(&alice, guess).await, 429);
}

#[tokio::test]
async fn malformed_changes_are_refused_whole() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    for bad in [
        json!({"displayName": "x".repeat(121), "theme": "dark"}),
        json!({"displayName": "", "theme": "dark"}),
        json!({"displayName": 7, "theme": "dark"}),
        json!({"description": "x".repeat(1001), "theme": "dark"}),
        json!({"nsfwPolicy": "sometimes", "theme": "dark"}),
        json!({"nsfwFlagsHidden": 1, "nsfwFlagsBlurred": 1, "theme": "dark"}),
        json!({"autoPlayVideo": "yes", "theme": "dark"}),
        json!([]),
    ] {
        assert_eq!(put(&alice, bad.clone()).await, 400, "{bad}");
    }
    assert_eq!(me(&alice).await["theme"], "instance-default");
    assert_eq!(put(&alice, json!({"role": 0, "videoQuota": 1, "blocked": false})).await, 204);
    let shown = me(&alice).await;
    assert_eq!(shown["role"]["id"], 2, "nobody makes themselves administrator");
    assert_eq!(shown["videoQuota"], -1);
}

#[tokio::test]
async fn what_ones_videos_take_is_told() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let path = "/api/v1/users/me/video-quota-used";
    let used: Value = alice.get(path).await.json().await.unwrap();
    assert_eq!(used, json!({"videoQuotaUsed": 0, "videoQuotaUsedDaily": 0}));
    assert_eq!(app.get(path).await.status(), 401);
}

#[tokio::test]
async fn whoever_was_not_asked_has_not_agreed_to_share() {
    use farandole::config::SharingLimit;

    for (limit, unasked) in [(SharingLimit::Ask, false), (SharingLimit::On, true)] {
        let app = TestApp::start_with(|config| config.p2p.policy = limit).await;
        let alice = app.user("alice").await;
        let shown = me(&alice).await;
        assert_eq!((&shown["p2pEnabled"], &shown["p2pChosen"]), (&json!(unasked), &json!(false)));
        for chosen in [true, false] {
            assert_eq!(put(&alice, json!({ "p2pEnabled": chosen })).await, 204);
            let shown = me(&alice).await;
            assert_eq!((&shown["p2pEnabled"], &shown["p2pChosen"]), (&json!(chosen), &json!(true)));
        }
        assert_eq!(put(&alice, json!({ "p2pEnabled": "yes" })).await, 400);
        assert_eq!(put(&alice, json!({ "p2pEnabled": null })).await, 204);
        assert_eq!(me(&alice).await["p2pChosen"], false, "asked again");
    }
}
