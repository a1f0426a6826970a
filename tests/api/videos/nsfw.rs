//! Videos that are not for everybody's eyes, in lists: the instance's policy, and the user's own.

use farandole::config::NsfwDefault;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::people::Person;

async fn choose(person: &Person, settings: Value) {
    let response = person.put_json("/api/v1/users/me", &settings).await;
    assert_eq!(response.status(), 204, "{settings}");
}

async fn total(person: &Person, query: &str) -> Value {
    let response = person.get(&format!("/api/v1/videos?{query}")).await;
    response.json::<Value>().await.unwrap()["total"].clone()
}

#[tokio::test]
async fn a_list_follows_the_policy_of_whoever_asks() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    app.video(&alice).name("plain").publish().await;
    let sensitive = app.video(&alice).name("sensitive").nsfw().publish().await;
    // New users begin with the instance's policy.
    assert_eq!(total(&bob, "").await, 1);
    for (policy, all) in [("warn", 2), ("blur", 2), ("display", 2), ("do_not_list", 1)] {
        choose(&bob, json!({ "nsfwPolicy": policy })).await;
        assert_eq!(total(&bob, "").await, all, "{policy}");
        // What the query says counts more.
        assert_eq!(total(&bob, "nsfw=false").await, 1, "{policy}");
        assert_eq!(total(&bob, "nsfw=true").await, 1, "{policy}");
        assert_eq!(total(&bob, "nsfw=both").await, 2, "{policy}");
    }
    // One kind of them may be shown, or left out, whatever the policy.
    let flags = json!({ "nsfw": true, "nsfwFlags": 2 });
    assert_eq!(alice.put_json(&sensitive.path(""), &flags).await.status(), 204);
    choose(&bob, json!({ "nsfwFlagsBlurred": 2 })).await;
    assert_eq!(total(&bob, "").await, 2);
    choose(&bob, json!({ "nsfwFlagsBlurred": 0, "nsfwFlagsHidden": 2 })).await;
    choose(&bob, json!({ "nsfwPolicy": "display" })).await;
    assert_eq!(total(&bob, "").await, 1);
    assert_eq!(total(&bob, "nsfw=both").await, 2);
}

#[tokio::test]
async fn the_instance_decides_for_visitors() {
    for (policy, all, name) in
        [(NsfwDefault::DoNotList, 1, "do_not_list"), (NsfwDefault::Blur, 2, "blur")]
    {
        let app = TestApp::start_with(|config| config.instance.default_nsfw_policy = policy).await;
        let alice = app.user("alice").await;
        app.video(&alice).publish().await;
        app.video(&alice).nsfw().publish().await;
        let list: Value = app.get("/api/v1/videos").await.json().await.unwrap();
        assert_eq!(list["total"], all, "{name}");
        let config: Value = app.get("/api/v1/config").await.json().await.unwrap();
        assert_eq!(config["instance"]["defaultNSFWPolicy"], name);
        let me: Value = alice.get("/api/v1/users/me").await.json().await.unwrap();
        assert_eq!(me["nsfwPolicy"], name);
    }
}
