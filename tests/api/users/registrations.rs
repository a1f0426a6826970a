//! `POST /api/v1/users/register`, `/api/v1/users/registrations`, and signing in before and after.

use std::time::Duration;

use farandole::config::Signup;
use farandole::db::sql;
use farandole::domain::NotifyEvent;
use farandole::notify;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::people::{PASSWORD, Person};

const REQUEST: &str = "/api/v1/users/registrations/request";
const LIST: &str = "/api/v1/users/registrations";
const REGISTER: &str = "/api/v1/users/register";

async fn start(signup: Signup) -> TestApp {
    TestApp::start_with(|config| config.accounts.signup = signup).await
}

fn applicant(name: &str) -> Value {
    json!({ "username": name, "email": format!("{name}@example.org"), "password": PASSWORD,
        "displayName": format!("Miss {name}"), "registrationReason": "I film birds" })
}

async fn send(app: &TestApp, path: &str, body: &Value) -> Response {
    app.client.post(app.url(path)).json(body).send().await.unwrap()
}

async fn asked(app: &TestApp, name: &str) -> StatusCode {
    send(app, REQUEST, &applicant(name)).await.status()
}

async fn listed(by: &Person, query: &str) -> Vec<Value> {
    let answer = by.get(&format!("{LIST}{query}")).await;
    assert_eq!(answer.status(), 200, "{query}");
    answer.json::<Value>().await.unwrap()["data"].as_array().unwrap().clone()
}

async fn sign_in(app: &TestApp, name: &str, password: &str) -> (u16, Value) {
    let client: Value = app.get("/api/v1/oauth-clients/local").await.json().await.unwrap();
    let form = [
        ("client_id", client["client_id"].as_str().unwrap()),
        ("client_secret", client["client_secret"].as_str().unwrap()),
        ("grant_type", "password"),
        ("username", name),
        ("password", password),
    ];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = app.client.post(app.url("/api/v1/users/token")).body(body);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn told(by: &Person) -> Vec<Value> {
    let page: Value = by.get("/api/v1/users/me/notifications").await.json().await.unwrap();
    page["data"].as_array().unwrap().clone()
}

async fn signup_of(app: &TestApp) -> Value {
    let config: Value = app.get("/api/v1/config").await.json().await.unwrap();
    config["signup"].clone()
}

#[tokio::test]
async fn nobody_signs_up_unless_the_instance_wants_it() {
    let app = TestApp::start().await;
    for path in [REQUEST, REGISTER] {
        assert_eq!(send(&app, path, &applicant("ann")).await.status(), 403, "{path}");
    }
    assert_eq!(signup_of(&app).await["allowed"], false);
    let asking = start(Signup::Approval).await;
    assert_eq!(send(&asking, REGISTER, &applicant("ann")).await.status(), 403);
    let signup = signup_of(&asking).await;
    assert_eq!((&signup["allowed"], &signup["requiresApproval"]), (&json!(true), &json!(true)));
    assert_eq!(signup["minimumAge"], 16);
    let open = start(Signup::Open).await;
    assert_eq!(asked(&open, "ann").await, 403);
    assert_eq!(signup_of(&open).await["requiresApproval"], false);
}

#[tokio::test]
async fn a_request_waits_for_a_moderator_and_becomes_a_user() {
    let app = start(Signup::Approval).await;
    let moderator = app.moderator("mod").await;
    let answer = send(&app, REQUEST, &applicant("ann")).await;
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer, json!({ "state": { "id": 1, "label": "Pending" } }), "and nothing else");
    assert_eq!(app.get("/api/v1/accounts/ann").await.status(), 404);
    let (status, refused) = sign_in(&app, "ann", PASSWORD).await;
    assert_eq!((status, &refused["code"]), (400, &json!("account_waiting_for_approval")));
    let (status, refused) = sign_in(&app, "ann", "another password").await;
    assert_eq!((status, &refused["code"]), (400, &json!("invalid_grant")), "told to nobody else");

    let all: Value = moderator.get(LIST).await.json().await.unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "[time]");
    settings.bind(|| insta::assert_json_snapshot!("registrations", all));
    let id = all["data"][0]["id"].as_i64().unwrap();
    let event = NotifyEvent::RegistrationRequested { registration_id: id };
    notify::deliver(&app.app, event).await.unwrap();
    let heard = told(&moderator).await;
    assert_eq!(
        (&heard[0]["type"], &heard[0]["registration"]["username"]),
        (&json!(20), &json!("ann"))
    );

    let body = json!({ "moderationResponse": "Welcome" });
    let path = format!("{LIST}/{id}/accept");
    assert_eq!(moderator.post_json(&path, &body).await.status(), 204);
    assert_eq!(moderator.post_json(&path, &body).await.status(), 409, "once");
    assert_eq!(sign_in(&app, "ann", PASSWORD).await.0, 200);
    let shown: Value = app.get("/api/v1/accounts/ann").await.json().await.unwrap();
    assert_eq!(shown["displayName"], "Miss ann");
    let ann = app.sign_in("ann").await;
    let event = NotifyEvent::RegistrationAccepted { registration_id: id };
    notify::deliver(&app.app, event).await.unwrap();
    let heard = told(&ann).await;
    assert_eq!(
        (&heard[0]["type"], &heard[0]["details"]["response"]),
        (&json!(106), &json!("Welcome"))
    );
    let row = &listed(&moderator, "?stateOneOf=3").await[0];
    assert_eq!((&row["user"]["id"], &row["state"]["id"]), (&json!(ann.user_id), &json!(3)));
    let mut conn = app.app.db().read().await.unwrap();
    let kept = sql("SELECT password_hash FROM registrations").one(&mut conn).await.unwrap();
    assert_eq!(kept.text("password_hash").unwrap(), "", "the password is the user's alone");
    let log: Value = moderator.get("/api/v1/moderation/audit").await.json().await.unwrap();
    assert_eq!(log["data"][0]["decision"], "registration-accepted");
    assert_eq!(
        (&log["data"][0]["actor"], &log["data"][0]["note"]),
        (&json!("mod"), &json!("Welcome"))
    );
}

#[tokio::test]
async fn who_was_refused_learns_why_when_they_sign_in_and_may_ask_again() {
    let app = start(Signup::Approval).await;
    let moderator = app.moderator("mod").await;
    assert_eq!(asked(&app, "ann").await, 200);
    let id = listed(&moderator, "").await[0]["id"].as_i64().unwrap();
    let body = json!({ "moderationResponse": "We know no Ann" });
    assert_eq!(moderator.post_json(&format!("{LIST}/{id}/reject"), &body).await.status(), 204);
    assert_eq!(moderator.post(&format!("{LIST}/{id}/accept")).await.status(), 409);
    for login in ["ann", "ann@example.org"] {
        let (status, refused) = sign_in(&app, login, PASSWORD).await;
        assert_eq!((status, &refused["code"]), (400, &json!("account_approval_rejected")));
        assert_eq!(refused["reason"], "We know no Ann");
    }
    assert_eq!(asked(&app, "ann").await, 200, "another time");
    let (_, refused) = sign_in(&app, "ann", PASSWORD).await;
    assert_eq!(refused["code"], "account_waiting_for_approval", "the latest counts");
    assert_eq!(listed(&moderator, "?stateOneOf=1&stateOneOf=2&sort=state").await.len(), 2);
    assert_eq!(listed(&moderator, "?stateOneOf=2").await.len(), 1);
    assert_eq!(moderator.delete(&format!("{LIST}/{id}")).await.status(), 204);
    assert_eq!(moderator.delete(&format!("{LIST}/{id}")).await.status(), 404);
    assert!(listed(&moderator, "?stateOneOf=2").await.is_empty());
}

#[tokio::test]
async fn names_and_addresses_are_taken_once() {
    let app = start(Signup::Approval).await;
    app.user("bob").await;
    assert_eq!(asked(&app, "ann").await, 200);
    assert_eq!(asked(&app, "ann").await, 409, "she waits already");
    assert_eq!(asked(&app, "bob").await, 409);
    assert_eq!(asked(&app, "bob_channel").await, 409, "a channel has that name");
    let mut other = applicant("eve");
    other["email"] = json!("ANN@example.org");
    assert_eq!(send(&app, REQUEST, &other).await.status(), 409, "the same address");
    // Somebody else got the name meanwhile.
    app.user("ann").await;
    let moderator = app.moderator("mod").await;
    let id = listed(&moderator, "").await[0]["id"].as_i64().unwrap();
    assert_eq!(moderator.post(&format!("{LIST}/{id}/accept")).await.status(), 409);
    assert_eq!(listed(&moderator, "?stateOneOf=1").await.len(), 1, "it still waits");
}

#[tokio::test]
async fn what_cannot_be_used_is_refused() {
    let app = start(Signup::Approval).await;
    for (field, bad) in [
        ("username", json!("A b")),
        ("email", json!("nobody")),
        ("password", json!("short")),
        ("displayName", json!("x".repeat(121))),
        ("registrationReason", json!("x")),
        ("registrationReason", json!("x".repeat(3_001))),
        ("channel", json!({ "name": "a b" })),
        ("channel", json!({ "name": "ann" })),
        ("username", json!(7)),
    ] {
        let mut body = applicant("ann");
        body[field] = bad;
        let status = send(&app, REQUEST, &body).await.status().as_u16();
        assert!(matches!(status, 400 | 422), "{field}: {status}");
    }
    let moderator = app.moderator("mod").await;
    assert!(listed(&moderator, "").await.is_empty());
    assert_eq!(moderator.get(&format!("{LIST}?stateOneOf=4")).await.status(), 400);
    assert_eq!(moderator.get(&format!("{LIST}?sort=username")).await.status(), 400);
}

#[tokio::test]
async fn the_rules_of_the_instance_hold_for_who_asks() {
    let app = start(Signup::Approval).await;
    let root = app.root().await;
    root.word_list("", "hold", &["cabbage"]).await;
    root.word_list("", "reject", &["turnip"]).await;
    let mut body = applicant("ann");
    body["registrationReason"] = json!("I sell cabbage");
    assert_eq!(send(&app, REQUEST, &body).await.status(), 200);
    assert_eq!(listed(&root, "").await[0]["remarks"], json!(["hold cabbage"]));
    let mut body = applicant("eve");
    body["displayName"] = json!("Turnip");
    assert_eq!(send(&app, REQUEST, &body).await.status(), 400);
    assert_eq!(listed(&root, "").await.len(), 1);
}

#[tokio::test]
async fn many_requests_from_one_place_have_to_wait() {
    let app = start(Signup::Approval).await;
    let mut refused = None;
    for n in 0..30 {
        let answer = send(&app, REQUEST, &applicant(&format!("ann{n}"))).await;
        if answer.status() != 200 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("not without end");
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    let refused: Value = refused.json().await.unwrap();
    assert_eq!(refused["code"], "too_many_signups");
    app.clock.advance(Duration::from_secs(301));
    assert_eq!(asked(&app, "later").await, 200);
}

#[tokio::test]
async fn anybody_signs_up_where_the_door_is_open_until_the_house_is_full() {
    let app = TestApp::start_with(|config| {
        config.accounts.signup = Signup::Open;
        config.accounts.signup_limit = 3;
    })
    .await;
    let moderator = app.moderator("mod").await;
    let mut body = applicant("ann");
    body["channel"] = json!({ "name": "birds", "displayName": "Birds" });
    let answer = send(&app, REGISTER, &body).await;
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["state"]["id"], 3);
    assert_eq!(sign_in(&app, "ann", PASSWORD).await.0, 200);
    let channel: Value = app.get("/api/v1/video-channels/birds").await.json().await.unwrap();
    assert_eq!(channel["displayName"], "Birds");
    let ann = app.sign_in("ann").await;
    let event = NotifyEvent::UserRegistered { user_id: ann.user_id };
    notify::deliver(&app.app, event).await.unwrap();
    let heard = told(&moderator).await;
    assert_eq!((&heard[0]["type"], &heard[0]["account"]["name"]), (&json!(8), &json!("ann")));
    // root, mod, ann.
    assert_eq!(send(&app, REGISTER, &applicant("eve")).await.status(), 403);
    assert_eq!(signup_of(&app).await["allowed"], false);
    assert_eq!(send(&app, REGISTER, &applicant("ann")).await.status(), 403);
}

#[tokio::test]
async fn only_moderators_decide_requests() {
    let app = start(Signup::Approval).await;
    let (bob, moderator) = (app.user("bob").await, app.moderator("mod").await);
    assert_eq!(asked(&app, "ann").await, 200);
    let id = listed(&moderator, "").await[0]["id"].as_i64().unwrap();
    let one = format!("{LIST}/{id}");
    assert_eq!(bob.get(LIST).await.status(), 403);
    assert_eq!(bob.post(&format!("{one}/accept")).await.status(), 403);
    assert_eq!(bob.post(&format!("{one}/reject")).await.status(), 403);
    assert_eq!(bob.delete(&one).await.status(), 403);
    assert_eq!(app.get(LIST).await.status(), 401);
    assert_eq!(moderator.post(&format!("{LIST}/999999/accept")).await.status(), 404);
    assert_eq!(moderator.post(&format!("{LIST}/999999/reject")).await.status(), 404);
    let short = json!({ "moderationResponse": "x" });
    assert_eq!(moderator.post_json(&format!("{one}/reject"), &short).await.status(), 400);
    assert_eq!(listed(&moderator, "?search=BIRDS").await.len(), 1);
    assert!(listed(&moderator, "?search=fish").await.is_empty());
}
