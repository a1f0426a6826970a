//! Every endpoint of moderation against every role. What a role may do answers anything but 401
//! and 403; bodies are chosen so that a permitted call changes nothing that later ones need.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::people::Person;

/// Nobody, a user, the author of the text, the channel's owner, its moderator, a moderator of the
/// instance, an administrator.
const ROLES: [&str; 7] =
    ["anonymous", "user", "author", "owner", "helper", "moderator", "administrator"];

/// Who may, in the order of [`ROLES`].
type Who = [bool; 7];
const STAFF: Who = [false, false, false, false, false, true, true];
const ADMINISTRATORS: Who = [false, false, false, false, false, false, true];
const CHANNEL: Who = [false, false, false, true, true, true, true];
const OWNER: Who = [false, false, false, true, false, true, true];
const AUTHOR: Who = [false, false, true, false, false, false, false];
/// Who reported, and who decides.
const REPORTER: Who = [false, false, true, false, false, true, true];
const EVERYBODY: Who = [true; 7];
const SIGNED_IN: Who = [false, true, true, true, true, true, true];
/// Decides item by item: whoever moderates something may ask.
const ANYWHERE: Who = SIGNED_IN;

struct Stage {
    app: TestApp,
    people: Vec<Option<Person>>,
    /// Lists of the instance, the channel, and the owner's account.
    lists: [i64; 3],
    /// A held comment in the channel.
    item: i64,
    /// A preview and a batch of the instance.
    preview: i64,
    batch: i64,
    /// A subscription of the instance.
    followed: i64,
    /// Answers kept by the instance and the channel.
    answers: (i64, i64),
    /// What the author of the text reported.
    report: i64,
}

impl Stage {
    async fn new() -> Self {
        let app = TestApp::start_with(|config| config.limits.api_requests = 100_000).await;
        let mut people = vec![None];
        for name in ["user", "author", "owner", "helper"] {
            people.push(Some(app.user(name).await));
        }
        people.push(Some(app.moderator("moderator").await));
        people.push(Some(app.administrator("administrator").await));
        let [_, _, Some(author), Some(owner), _, _, Some(admin)] = &people[..] else {
            panic!("seven roles")
        };
        let named = "/api/v1/moderation/channels/owner_channel/moderators/helper";
        assert_eq!(owner.put_json(named, &json!({})).await.status(), 204);
        let video = app.video(owner).publish().await;
        let lists = [
            admin.word_list("", "hold", &["cabbage"]).await,
            owner.word_list("?channel=owner_channel", "hold", &["carrot"]).await,
            owner.word_list("?scope=account", "hold", &["turnip"]).await,
        ];
        let item = app.comment(author, &video, "carrot").await.item.unwrap();
        let preview = json!({"listId": lists[0], "days": 1});
        let answer = admin.post_json("/api/v1/moderation/previews", &preview).await;
        let preview: Value = answer.json().await.unwrap();
        let apply = format!("/api/v1/moderation/lists/{}/apply", lists[0]);
        let batch: Value = admin.post_json(&apply, &json!({"days": 1})).await.json().await.unwrap();
        let (preview, batch) = (preview["id"].as_i64().unwrap(), batch["id"].as_i64().unwrap());
        let follow = json!({"url": "https://lists.example/insults.json"});
        let answer = admin.post_json("/api/v1/moderation/subscriptions", &follow).await;
        let followed: Value = answer.json().await.unwrap();
        let followed = followed["id"].as_i64().unwrap();
        let answers = (kept(admin, "").await, kept(owner, "?channel=owner_channel").await);
        let report = json!({"reason": "rude", "account": {"id": owner.account_id}});
        let answer = author.post_json("/api/v1/abuses", &report).await;
        let report: Value = answer.json().await.unwrap();
        let report = report["abuse"]["id"].as_i64().unwrap();
        Self { app, people, lists, item, preview, batch, followed, answers, report }
    }

    async fn status(&self, role: usize, method: &Method, path: &str, body: &Value) -> u16 {
        let request = match &self.people[role] {
            Some(person) => person.request(method.clone(), path),
            None => self.app.client.request(method.clone(), self.app.url(path)),
        };
        let request = if body.is_null() { request } else { request.json(body) };
        request.send().await.unwrap().status().as_u16()
    }
}

async fn kept(by: &Person, query: &str) -> i64 {
    let path = format!("/api/v1/moderation/answers{query}");
    let body = json!({"title": "Title", "text": "Text"});
    let made: Value = by.post_json(&path, &body).await.json().await.unwrap();
    made["id"].as_i64().unwrap()
}

/// Every call, and who may make it.
#[expect(clippy::too_many_lines, reason = "a table, to be read as one")]
fn calls(stage: &Stage) -> Vec<(Method, String, Value, Who)> {
    let [instance, channel, account] = stage.lists;
    let (item, preview, batch) = (stage.item, stage.preview, stage.batch);
    let followed = stage.followed;
    let none = Value::Null;
    let m = "/api/v1/moderation";
    let of_channel = "channel=owner_channel";
    let mut calls = vec![
        (Method::GET, format!("{m}/scopes"), none.clone(), SIGNED_IN),
        (Method::GET, format!("{m}/queue"), none.clone(), STAFF),
        (Method::GET, format!("{m}/queue?{of_channel}"), none.clone(), CHANNEL),
        (Method::GET, format!("{m}/queue/{item}/context"), none.clone(), CHANNEL),
        (Method::PUT, format!("{m}/queue/{item}/assignment"), none.clone(), CHANNEL),
        (Method::DELETE, format!("{m}/queue/{item}/assignment"), none.clone(), CHANNEL),
        (
            Method::POST,
            format!("{m}/decisions"),
            json!({"ids": [0], "decision": "reject"}),
            ANYWHERE,
        ),
        (Method::POST, format!("{m}/decisions/{item}/contest"), json!({"text": "x"}), AUTHOR),
        (Method::GET, format!("{m}/batches"), none.clone(), STAFF),
        (Method::GET, format!("{m}/batches?{of_channel}"), none.clone(), CHANNEL),
        (Method::GET, format!("{m}/batches/{batch}"), none.clone(), STAFF),
        (Method::GET, format!("{m}/audit"), none.clone(), STAFF),
        (Method::GET, format!("{m}/audit?{of_channel}"), none.clone(), CHANNEL),
        (Method::GET, format!("{m}/audit/export"), none.clone(), STAFF),
        (Method::GET, format!("{m}/audit/export?{of_channel}"), none.clone(), CHANNEL),
        (Method::GET, format!("{m}/lists"), none.clone(), STAFF),
        (Method::GET, format!("{m}/lists?{of_channel}"), none.clone(), CHANNEL),
        (Method::GET, format!("{m}/lists?scope=account"), none.clone(), SIGNED_IN),
        (Method::GET, format!("{m}/lists?scope=account&account=owner"), none.clone(), OWNER),
        (Method::POST, format!("{m}/lists"), json!({"name": ""}), STAFF),
        (Method::POST, format!("{m}/lists?{of_channel}"), json!({"name": ""}), CHANNEL),
        (
            Method::POST,
            format!("{m}/lists?scope=account&account=owner"),
            json!({"name": ""}),
            OWNER,
        ),
        (Method::POST, format!("{m}/previews"), json!({"days": 1, "draft": {}}), STAFF),
        (Method::GET, format!("{m}/previews/{preview}"), none.clone(), STAFF),
        (Method::POST, format!("{m}/previews/{preview}/fine"), json!({"revisionId": 0}), STAFF),
        (Method::GET, format!("{m}/channels/owner_channel/moderators"), none.clone(), CHANNEL),
        (Method::PUT, format!("{m}/channels/owner_channel/moderators/helper"), none.clone(), OWNER),
        (
            Method::DELETE,
            format!("{m}/channels/owner_channel/moderators/author"),
            none.clone(),
            // One may always step down from what one is not.
            [false, false, true, true, false, true, true],
        ),
    ];
    let odd = json!({"kind": "video", "id": 0, "reason": "x"});
    calls.extend([
        (Method::GET, "/api/v1/users/me/statements".to_owned(), none.clone(), SIGNED_IN),
        (Method::GET, format!("{m}/takedowns"), none.clone(), STAFF),
        (Method::POST, format!("{m}/takedowns"), odd, STAFF),
        (Method::POST, format!("{m}/takedowns/0/restore"), none.clone(), STAFF),
        (Method::GET, "/api/v1/server/transparency".to_owned(), none.clone(), EVERYBODY),
    ]);
    let address = json!({"url": "ftp://x"});
    calls.extend([
        (Method::GET, format!("{m}/subscriptions"), none.clone(), STAFF),
        (Method::GET, format!("{m}/subscriptions?{of_channel}"), none.clone(), CHANNEL),
        (Method::POST, format!("{m}/subscriptions"), address.clone(), STAFF),
        (Method::POST, format!("{m}/subscriptions?{of_channel}"), address, CHANNEL),
        (Method::GET, format!("{m}/subscriptions/{followed}/difference"), none.clone(), STAFF),
        (Method::POST, format!("{m}/subscriptions/{followed}/approve"), none.clone(), STAFF),
        (Method::POST, format!("{m}/subscriptions/{followed}/dismiss"), none.clone(), STAFF),
    ]);
    for (id, who) in [(instance, STAFF), (channel, CHANNEL), (account, OWNER)] {
        let list = format!("{m}/lists/{id}");
        let draft = json!({"text": "a", "listId": id});
        calls.extend([
            (Method::GET, list.clone(), none.clone(), who),
            (Method::PUT, list.clone(), json!({}), who),
            (Method::GET, format!("{list}/entries"), none.clone(), who),
            (Method::POST, format!("{list}/entries"), json!({"text": ""}), who),
            (Method::PUT, format!("{list}/entries/0"), json!({"text": "a"}), who),
            (Method::DELETE, format!("{list}/entries/0"), none.clone(), who),
            (Method::GET, format!("{list}/exceptions"), none.clone(), who),
            (Method::POST, format!("{list}/exceptions"), json!({"text": "a"}), who),
            (Method::DELETE, format!("{list}/exceptions/0"), none.clone(), who),
            (Method::POST, format!("{list}/import"), json!({"format": "text", "data": "a"}), who),
            (Method::GET, format!("{list}/export"), none.clone(), who),
            (Method::GET, format!("{list}/published"), none.clone(), EVERYBODY),
            (Method::POST, format!("{m}/lists/test"), draft, who),
            (Method::POST, format!("{list}/apply"), json!({"days": 0}), who),
        ]);
    }
    calls.extend(blocklists());
    calls.extend(peertubes(stage));
    calls.extend(video_blocks());
    calls.extend(registrations());
    calls.extend(users(stage));
    calls.extend(peoples(stage));
    calls.extend(reports(stage));
    calls.extend(comments());
    let plugins = crate::api::plugins::roles::calls().into_iter();
    calls.extend(plugins.map(|(method, path, body)| (method, path, body, ADMINISTRATORS)));
    // Those that remove come last.
    calls.push((Method::DELETE, format!("{m}/subscriptions/{followed}"), none.clone(), STAFF));
    calls.push((Method::DELETE, format!("{m}/previews/{preview}"), none.clone(), STAFF));
    calls.push((Method::POST, format!("{m}/batches/{batch}/undo"), none.clone(), STAFF));
    calls.push((Method::DELETE, format!("{m}/lists/{instance}"), none.clone(), STAFF));
    calls.push((Method::DELETE, format!("{m}/lists/{channel}"), none.clone(), CHANNEL));
    calls.push((Method::DELETE, format!("/api/v1/abuses/{}", stage.report), none, STAFF));
    calls
}

fn reports(stage: &Stage) -> Vec<(Method, String, Value, Who)> {
    let none = Value::Null;
    let list = "/api/v1/abuses";
    let one = format!("{list}/{}", stage.report);
    vec![
        (Method::GET, list.to_owned(), none.clone(), STAFF),
        (Method::POST, list.to_owned(), json!({"reason": ""}), SIGNED_IN),
        (Method::GET, "/api/v1/users/me/abuses".to_owned(), none.clone(), SIGNED_IN),
        (Method::PUT, one.clone(), json!({"state": 2}), STAFF),
        (Method::GET, format!("{one}/messages"), none.clone(), REPORTER),
        (Method::POST, format!("{one}/messages"), json!({"message": ""}), REPORTER),
        (Method::DELETE, format!("{one}/messages/0"), none, REPORTER),
    ]
}

/// Comments of many videos; those of one are in `comments::permissions`.
fn comments() -> Vec<(Method, String, Value, Who)> {
    let none = Value::Null;
    let all = json!({"accountName": "owner", "scope": "instance"});
    vec![
        (Method::GET, "/api/v1/videos/comments".to_owned(), none.clone(), STAFF),
        (Method::GET, "/api/v1/users/me/videos/comments".to_owned(), none, SIGNED_IN),
        (Method::POST, "/api/v1/bulk/remove-comments-of".to_owned(), all, STAFF),
    ]
}

fn video_blocks() -> Vec<(Method, String, Value, Who)> {
    let (list, nowhere) = ("/api/v1/videos/blacklist", "/api/v1/videos/999999/blacklist");
    let none = Value::Null;
    vec![
        (Method::GET, list.to_owned(), none.clone(), STAFF),
        (Method::POST, nowhere.to_owned(), json!({}), STAFF),
        (Method::PUT, nowhere.to_owned(), json!({}), STAFF),
        (Method::DELETE, nowhere.to_owned(), none, STAFF),
    ]
}

fn blocklists() -> Vec<(Method, String, Value, Who)> {
    let none = Value::Null;
    let (m, bad) = ("/api/v1/moderation", json!({"accountName": "", "host": "", "format": "x"}));
    let mut calls = vec![
        (Method::GET, format!("{m}/blocks"), none.clone(), STAFF),
        (Method::GET, format!("{m}/blocks?all=true"), none.clone(), STAFF),
        (Method::GET, format!("{m}/blocks?channel=owner_channel"), none.clone(), CHANNEL),
        (Method::GET, format!("{m}/blocks?scope=account&account=owner"), none.clone(), OWNER),
        (Method::DELETE, format!("{m}/blocks/0"), none.clone(), STAFF),
        (Method::GET, "/api/v1/blocklist/status".to_owned(), none.clone(), [true; 7]),
    ];
    for (base, who) in [("users/me/blocklist", SIGNED_IN), ("server/blocklist", STAFF)] {
        for list in ["accounts", "servers"] {
            let path = format!("/api/v1/{base}/{list}");
            calls.extend([
                (Method::GET, path.clone(), none.clone(), who),
                (Method::POST, path.clone(), bad.clone(), who),
                (Method::DELETE, format!("{path}/nobody.example"), none.clone(), who),
            ]);
        }
        let file = json!({"data": ""});
        calls.push((Method::POST, format!("/api/v1/{base}/import"), file, who));
        calls.push((Method::GET, format!("/api/v1/{base}/export"), none.clone(), who));
    }
    calls
}

fn registrations() -> Vec<(Method, String, Value, Who)> {
    let list = "/api/v1/users/registrations";
    let none = Value::Null;
    vec![
        (Method::GET, list.to_owned(), none.clone(), STAFF),
        (Method::POST, format!("{list}/999999/accept"), json!({}), STAFF),
        (Method::POST, format!("{list}/999999/reject"), json!({}), STAFF),
        (Method::DELETE, format!("{list}/999999"), none, STAFF),
    ]
}

/// Moderators see and block plain users; everything else about users is for administrators.
fn users(stage: &Stage) -> Vec<(Method, String, Value, Who)> {
    let none = Value::Null;
    let of =
        |role: usize| format!("/api/v1/users/{}", stage.people[role].as_ref().unwrap().user_id);
    let (user, moderator, administrator) = (of(1), of(5), of(6));
    let nobody = "/api/v1/users/999999";
    let odd = json!({"username": "", "password": "", "email": "", "role": 2});
    let mut calls = vec![
        (Method::GET, "/api/v1/users".to_owned(), none.clone(), STAFF),
        (Method::GET, user.clone(), none.clone(), STAFF),
        (Method::GET, moderator.clone(), none.clone(), STAFF),
        (Method::GET, administrator.clone(), none.clone(), ADMINISTRATORS),
        (Method::POST, "/api/v1/users".to_owned(), odd, STAFF),
        (Method::PUT, user, json!({}), STAFF),
        (Method::PUT, moderator, json!({}), ADMINISTRATORS),
        (Method::PUT, nobody.to_owned(), json!({"password": "another one"}), ADMINISTRATORS),
        (Method::DELETE, nobody.to_owned(), none.clone(), ADMINISTRATORS),
    ];
    for verb in ["block", "unblock"] {
        calls.extend([
            (Method::POST, format!("{nobody}/{verb}"), none.clone(), STAFF),
            (Method::POST, format!("{administrator}/{verb}"), none.clone(), ADMINISTRATORS),
        ]);
    }
    calls
}

/// What the people who moderate use: accounts under review, notes, answers, the overview, reports.
fn peoples(stage: &Stage) -> Vec<(Method, String, Value, Who)> {
    let none = Value::Null;
    let m = "/api/v1/moderation";
    let of_channel = "channel=owner_channel";
    let account = format!("{m}/accounts/author");
    let text = json!({"text": ""});
    let answer = json!({"title": "", "text": ""});
    let (here, there) = stage.answers;
    vec![
        (Method::GET, format!("{m}/overview"), none.clone(), STAFF),
        (Method::GET, format!("{m}/overview?{of_channel}"), none.clone(), CHANNEL),
        (Method::GET, account.clone(), none.clone(), STAFF),
        (Method::GET, format!("{account}/texts"), none.clone(), STAFF),
        (Method::GET, format!("{account}/videos"), none.clone(), STAFF),
        (Method::POST, format!("{account}/comments"), json!({"decision": "moon"}), STAFF),
        (Method::GET, format!("{account}/notes"), none.clone(), STAFF),
        (Method::POST, format!("{account}/notes"), text.clone(), STAFF),
        (Method::PUT, format!("{account}/notes/0"), text, STAFF),
        (Method::DELETE, format!("{account}/notes/0"), none.clone(), STAFF),
        (Method::GET, format!("{m}/answers"), none.clone(), STAFF),
        (Method::GET, format!("{m}/answers?{of_channel}"), none.clone(), CHANNEL),
        (Method::POST, format!("{m}/answers"), answer.clone(), STAFF),
        (Method::POST, format!("{m}/answers?{of_channel}"), answer.clone(), CHANNEL),
        (Method::PUT, format!("{m}/answers/{here}"), json!({}), STAFF),
        (Method::PUT, format!("{m}/answers/{there}"), json!({}), CHANNEL),
        (Method::DELETE, format!("{m}/answers/{here}"), none.clone(), STAFF),
        (Method::DELETE, format!("{m}/answers/{there}"), none.clone(), CHANNEL),
        (Method::PUT, "/api/v1/abuses/0/assignment".to_owned(), none.clone(), STAFF),
        (Method::DELETE, "/api/v1/abuses/0/assignment".to_owned(), none, STAFF),
    ]
}

fn peertubes(stage: &Stage) -> Vec<(Method, String, Value, Who)> {
    let [instance, _, account] = stage.lists;
    let none = Value::Null;
    let (w, t) = ("/api/v1/watched-words", "/api/v1/automatic-tags");
    let bad = json!({"listName": "", "words": []});
    vec![
        (Method::GET, format!("{w}/server/lists"), none.clone(), STAFF),
        (Method::POST, format!("{w}/server/lists"), bad.clone(), STAFF),
        (Method::PUT, format!("{w}/server/lists/{instance}"), json!({}), STAFF),
        (Method::DELETE, format!("{w}/server/lists/0"), none.clone(), STAFF),
        (Method::GET, format!("{w}/accounts/owner/lists"), none.clone(), OWNER),
        (Method::POST, format!("{w}/accounts/owner/lists"), bad, OWNER),
        (Method::PUT, format!("{w}/accounts/owner/lists/{account}"), json!({}), OWNER),
        (Method::DELETE, format!("{w}/accounts/owner/lists/0"), none.clone(), OWNER),
        (Method::GET, format!("{w}/server/subscriptions"), none.clone(), STAFF),
        (Method::POST, format!("{w}/server/subscriptions"), json!({"url": "ftp://x"}), STAFF),
        (
            Method::DELETE,
            format!("{w}/server/subscriptions/{}", stage.followed + 1),
            none.clone(),
            [false, true, true, true, true, true, true],
        ),
        (Method::GET, format!("{w}/accounts/owner/subscriptions"), none.clone(), OWNER),
        (Method::POST, format!("{w}/accounts/owner/subscriptions"), json!({"url": "x"}), OWNER),
        (
            Method::DELETE,
            format!("{w}/accounts/owner/subscriptions/{}", stage.followed + 1),
            none.clone(),
            [false, true, true, true, true, true, true],
        ),
        (Method::GET, format!("{t}/server/available"), none.clone(), STAFF),
        (Method::GET, format!("{t}/accounts/owner/available"), none.clone(), OWNER),
        (Method::GET, format!("{t}/policies/accounts/owner/comments"), none.clone(), OWNER),
        (
            Method::PUT,
            format!("{t}/policies/accounts/owner/comments"),
            json!({"review": []}),
            OWNER,
        ),
        (Method::GET, format!("{t}/policies/server/videos"), none, STAFF),
        (Method::PUT, format!("{t}/policies/server/videos"), json!({"autoBlock": []}), STAFF),
    ]
}

#[tokio::test]
async fn every_endpoint_asks_who_one_is() {
    let stage = Stage::new().await;
    let mut wrong = Vec::new();
    for (method, path, body, who) in calls(&stage) {
        for (role, may) in who.into_iter().enumerate() {
            let status = stage.status(role, &method, &path, &body).await;
            let right = match (may, role) {
                (true, _) => !matches!(status, 401 | 403 | 405 | 500),
                (false, 0) => status == 401,
                (false, _) => status == 403,
            };
            if !right {
                wrong.push(format!("{method} {path} as {}: {status}", ROLES[role]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A path of the description, with `{names}`, is the one of a call.
fn is(template: &str, call: &str) -> bool {
    let call = call.split('?').next().unwrap();
    let (wanted, had) = (template.split('/'), call.split('/'));
    wanted.clone().count() == had.clone().count()
        && wanted.zip(had).all(|(wanted, had)| wanted.starts_with('{') || wanted == had)
}

#[tokio::test]
async fn every_endpoint_is_in_the_table() {
    let stage = Stage::new().await;
    let calls = calls(&stage);
    let doc: Value = stage.app.get("/api/v1/openapi.json").await.json().await.unwrap();
    let about = [
        "/moderation/",
        "/abuses",
        "/blocklist/",
        "/blacklist",
        "/watched-words/",
        "/automatic-tags/",
        "/plugins",
        "/registrations",
        "/bulk/",
        "/statements",
        "/transparency",
    ];
    // For everybody, with tests of their own.
    let public = ["/public-settings", "/registrations/request"];
    let mut missing = Vec::new();
    let mut seen = 0;
    for (path, verbs) in doc["paths"].as_object().unwrap() {
        let asked = about.iter().any(|part| path.contains(part));
        if !asked || public.iter().any(|end| path.ends_with(end)) {
            continue;
        }
        for verb in ["get", "post", "put", "delete"] {
            if verbs.get(verb).is_none() {
                continue;
            }
            seen += 1;
            let has = |(method, call, ..): &(Method, String, Value, Who)| {
                method.as_str().eq_ignore_ascii_case(verb) && is(path, call)
            };
            if !calls.iter().any(has) {
                missing.push(format!("{verb} {path}"));
            }
        }
    }
    assert!(seen > 100, "{seen}");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
