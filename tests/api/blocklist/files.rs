//! `…/blocklist/import` and `…/blocklist/export`.

use serde_json::{Value, json};

use super::{MINE, SERVER, names, stranger};
use crate::support::{Person, TestApp};

async fn import(by: &Person, base: &str, body: &Value) -> Value {
    let answer = by.post_json(&format!("{base}/import"), body).await;
    assert_eq!(answer.status(), 200, "{body}");
    answer.json().await.unwrap()
}

async fn export(by: &Person, base: &str, format: &str) -> String {
    let answer = by.get(&format!("{base}/export?format={format}")).await;
    assert_eq!(answer.status(), 200, "{format}");
    assert!(answer.headers()["content-disposition"].to_str().unwrap().contains("blocklist."));
    answer.text().await.unwrap()
}

#[tokio::test]
async fn mastodons_servers_come_in_and_go_out() {
    let app = TestApp::start().await;
    let moderator = app.moderator("mod").await;
    let file = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n\
        bad.example,suspend,TRUE,TRUE,\"Spam, much of it\",FALSE\n\
        loud.example,silence,FALSE,FALSE,,FALSE\n\
        worse.example,suspend,TRUE,TRUE,,FALSE\n";
    let done = import(&moderator, SERVER, &json!({ "data": file })).await;
    insta::assert_json_snapshot!("imported", done);
    assert_eq!(names(&moderator, &format!("{SERVER}/servers")).await.len(), 2);
    let again = import(&moderator, SERVER, &json!({ "data": file })).await;
    assert_eq!((&again["servers"], &again["known"]), (&json!(0), &json!(2)));
    let out = export(&moderator, SERVER, "mastodon-servers").await;
    assert!(out.contains("bad.example,suspend,TRUE,TRUE,\"Spam, much of it\",FALSE\n"), "{out}");
    assert_eq!(out.lines().count(), 3);
    let log: Value =
        moderator.get("/api/v1/moderation/audit?decision=blocked").await.json().await.unwrap();
    assert_eq!(log["total"], 1, "one row for a file, and none for nothing new");
    assert_eq!(log["data"][0]["note"], "from a file: 0 accounts, 2 servers");
}

#[tokio::test]
async fn what_one_instance_writes_another_reads() {
    let (here, there) = (TestApp::start().await, TestApp::start().await);
    let own = here.app.config().public_host();
    let mut people = Vec::new();
    for app in [&here, &there] {
        app.user("bob").await;
        stranger(app, "carol", "far.example").await;
        people.push((app.user("alice").await, app.moderator("mod").await));
    }
    let lines = "bob\ncarol@far.example\nbad.example\n".replace("bob", &format!("@bob@{own}"));
    for (index, base) in [MINE, SERVER].into_iter().enumerate() {
        let who = |at: usize| if index == 0 { &people[at].0 } else { &people[at].1 };
        let done = import(who(0), base, &json!({ "data": lines })).await;
        assert_eq!((&done["accounts"], &done["servers"]), (&json!(2), &json!(1)), "{done}");
        for format in ["json", "csv"] {
            let file = export(who(0), base, format).await;
            let body = json!({ "data": file, "format": format });
            let done = import(who(1), base, &body).await;
            // The other instance does not know this one's bob.
            assert_eq!(done["skipped"][0]["text"], format!("bob@{own}"), "{done}");
            assert_eq!(done["skippedCount"], 1);
            assert_eq!(names(who(1), &format!("{base}/accounts")).await, ["carol"]);
            assert_eq!(names(who(1), &format!("{base}/servers")).await, ["bad.example"]);
        }
        let accounts = export(who(0), base, "mastodon-accounts").await;
        assert_eq!(accounts, format!("Account address\nbob@{own}\ncarol@far.example\n"));
    }
}

#[tokio::test]
async fn staff_oneself_and_what_is_no_list_stay_out() {
    let app = TestApp::start().await;
    let (alice, moderator) = (app.user("alice").await, app.moderator("mod").await);
    let lines =
        json!({ "data": "@root@\nx y@z\nunknown.example\n@mod", "format": "mastodon-accounts" });
    let done = import(&moderator, SERVER, &lines).await;
    assert_eq!((&done["accounts"], &done["skippedCount"]), (&json!(0), &json!(4)), "{done}");
    let own = app.app.config().public_host();
    let done = import(&alice, MINE, &json!({ "data": format!("@alice@{own}\n{own}") })).await;
    assert_eq!((&done["accounts"], &done["servers"]), (&json!(0), &json!(0)), "{done}");
    for (body, status) in [
        (json!({ "data": "{\"accounts\": 1}" }), 400),
        (json!({ "data": "a.example", "format": "yaml" }), 400),
        (json!({ "format": "json" }), 400),
        (json!({ "data": "x".repeat(2 * 1024 * 1024 + 1) }), 400),
    ] {
        let answer = alice.post_json(&format!("{MINE}/import"), &body).await;
        assert_eq!(answer.status(), status);
    }
    assert_eq!(alice.get(&format!("{MINE}/export?format=xml")).await.status(), 400);
    for path in ["accounts", "servers", "export"] {
        assert_eq!(alice.get(&format!("{SERVER}/{path}")).await.status(), 403, "{path}");
    }
}
