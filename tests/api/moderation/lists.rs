//! `/api/v1/moderation/lists…`: lists, entries, exceptions, files, trials on a text.

use serde_json::{Value, json};

use crate::support::TestApp;

const LISTS: &str = "/api/v1/moderation/lists";

#[tokio::test]
async fn a_list_is_made_changed_and_removed() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let body = json!({"name": " Insults ", "language": "fr", "options": ["leet", "repeats"],
        "action": "time-out", "timeOutMinutes": 5, "surfaces": ["comment"]});
    let made: Value = root.post_json(LISTS, &body).await.json().await.unwrap();
    let shown = json!({"name": "Insults", "scope": "instance", "scopeId": 0, "language": "fr",
        "options": ["leet", "repeats"], "action": "time-out", "timeOutMinutes": 5,
        "surfaces": ["comment"], "expiresAt": null, "enabled": true, "published": false,
        "version": 1, "entryCount": 0, "subscriptionUrl": null});
    for (key, value) in shown.as_object().unwrap() {
        assert_eq!(&made[key], value, "{key}");
    }
    let again = root.post_json(LISTS, &json!({"name": "insults"})).await;
    assert_eq!(again.status(), 409, "names differ by more than case");
    let path = format!("{LISTS}/{}", made["id"]);
    let change = json!({"action": "hold", "options": {"leet": false, "bidi": true}});
    let changed: Value = root.put_json(&path, &change).await.json().await.unwrap();
    assert_eq!((&changed["action"], &changed["version"]), (&json!("hold"), &json!(2)));
    assert_eq!((&changed["options"], &changed["language"]), (&json!(["bidi"]), &json!("fr")));
    let same: Value = root.put_json(&path, &json!({"action": "hold"})).await.json().await.unwrap();
    assert_eq!(same["version"], 2, "nothing changed");
    let page: Value = root.get(&format!("{LISTS}?search=INS")).await.json().await.unwrap();
    assert_eq!((&page["total"], &page["data"][0]["id"]), (&json!(1), &made["id"]));
    let none: Value = root.get(&format!("{LISTS}?scope=account")).await.json().await.unwrap();
    assert_eq!(none["total"], 0);
    assert_eq!(root.delete(&path).await.status(), 204);
    assert_eq!(root.delete(&path).await.status(), 404);
    assert_eq!(root.get(&path).await.status(), 404);
}

#[tokio::test]
async fn odd_lists_and_entries_are_refused() {
    let app = TestApp::start().await;
    let root = app.root().await;
    for bad in [
        json!({}),
        json!({"name": ""}),
        json!({"name": "a", "action": "explode"}),
        json!({"name": "a", "action": "time-out"}),
        json!({"name": "a", "options": ["magic"]}),
        json!({"name": "a", "surfaces": ["moon"]}),
        json!({"name": "a", "expiresAt": "soon"}),
        json!({"name": "a", "scope": "galaxy"}),
        json!({"name": 7}),
    ] {
        assert_eq!(root.post_json(LISTS, &bad).await.status(), 400, "{bad}");
    }
    let id = root.word_list("", "hold", &[]).await;
    let entries = format!("{LISTS}/{id}/entries");
    for bad in [
        json!({"text": ""}),
        json!({"text": "\u{200b}"}),
        json!({"text": "a", "mode": "psychic"}),
        json!({"text": "(", "mode": "regex"}),
        json!({"text": "x".repeat(300)}),
        json!({"text": "a", "note": "x".repeat(501)}),
        json!({"text": "a", "expiresAt": "x"}),
        json!({"mode": "regex"}),
    ] {
        assert_eq!(root.post_json(&entries, &bad).await.status(), 400, "{bad}");
    }
    for bad in [json!({}), json!({"text": ""}), json!({"texts": []})] {
        let path = format!("{LISTS}/{id}/exceptions");
        assert_eq!(root.post_json(&path, &bad).await.status(), 400, "{bad}");
    }
    assert_eq!(root.get(&format!("{LISTS}/x")).await.status(), 400);
    let missing = root.post_json(&format!("{LISTS}/99999/entries"), &json!({"text": "a"})).await;
    assert_eq!(missing.status(), 404);
}

#[tokio::test]
async fn entries_and_exceptions_come_and_go() {
    let app = TestApp::start().await;
    let (alice, root) = (app.user("alice").await, app.root().await);
    let video = app.video(&alice).publish().await;
    let id = root.word_list("", "hold", &[]).await;
    let entries = format!("{LISTS}/{id}/entries");
    let body = json!({"text": "Éclair", "mode": "substring", "note": "why"});
    let entry: Value = root.post_json(&entries, &body).await.json().await.unwrap();
    assert_eq!(root.post_json(&entries, &body).await.status(), 409, "twice");
    assert!(!app.comment(&alice, &video, "des eclairs").await.shown);
    let page: Value = root.get(&format!("{entries}?search=ECLA")).await.json().await.unwrap();
    assert_eq!((&page["total"], &page["data"][0]["note"]), (&json!(1), &json!("why")));
    let exceptions = format!("{LISTS}/{id}/exceptions");
    let all: Value =
        root.post_json(&exceptions, &json!({"texts": ["éclairs"]})).await.json().await.unwrap();
    assert_eq!(all["total"], 1);
    assert!(app.comment(&alice, &video, "des eclairs").await.shown);
    assert!(!app.comment(&alice, &video, "un eclair").await.shown);
    let gone = format!("{exceptions}/{}", all["data"][0]["id"]);
    assert_eq!(root.delete(&gone).await.status(), 204);
    assert_eq!(root.delete(&gone).await.status(), 404);
    assert!(!app.comment(&alice, &video, "des eclairs").await.shown);
    let one = format!("{entries}/{}", entry["id"]);
    let changed = root.put_json(&one, &json!({"text": "tarte", "mode": "prefix"})).await;
    assert_eq!(changed.status(), 200);
    assert!(!app.comment(&alice, &video, "tartelette").await.shown);
    assert_eq!(root.delete(&one).await.status(), 204);
    assert_eq!(root.delete(&one).await.status(), 404);
    assert!(app.comment(&alice, &video, "tartelette").await.shown);
    let list: Value = root.get(&format!("{LISTS}/{id}")).await.json().await.unwrap();
    assert_eq!((&list["version"], &list["entryCount"]), (&json!(6), &json!(0)));
}

#[tokio::test]
async fn a_list_goes_out_and_comes_in_again_in_every_format() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let first = root.word_list("", "hold", &["cabbage", "savoy cabbage", "carrot"]).await;
    for format in ["text", "csv", "json"] {
        let file = root.get(&format!("{LISTS}/{first}/export?format={format}")).await;
        assert_eq!(file.status(), 200);
        let data = file.text().await.unwrap();
        let other = json!({"name": format!("from {format}")});
        let other: Value = root.post_json(LISTS, &other).await.json().await.unwrap();
        let import = format!("{LISTS}/{}/import", other["id"]);
        let body = json!({"format": format, "data": data});
        let done: Value = root.post_json(&import, &body).await.json().await.unwrap();
        assert_eq!(done, json!({"added": 3, "entries": 3, "exceptions": 0}), "{format}");
        let again: Value = root.post_json(&import, &body).await.json().await.unwrap();
        assert_eq!(again["added"], 0, "{format}");
        let body = json!({"format": "text", "data": "leek", "replace": true});
        root.post_json(&import, &body).await;
        let list: Value = root.get(&format!("{LISTS}/{}", other["id"])).await.json().await.unwrap();
        assert_eq!(list["entryCount"], 1, "{format}");
    }
    let import = format!("{LISTS}/{first}/import");
    let bad = json!({"format": "csv", "data": "text,mode\na,psychic\nb,whole_word\n"});
    let refused = root.post_json(&import, &bad).await;
    assert_eq!(refused.status(), 400);
    assert!(refused.text().await.unwrap().contains("line 2"), "the line is named");
    let list: Value = root.get(&format!("{LISTS}/{first}")).await.json().await.unwrap();
    assert_eq!(list["entryCount"], 3, "nothing was changed");
    let odd = root.post_json(&import, &json!({"format": "pdf", "data": ""})).await;
    assert_eq!(odd.status(), 400);
    assert_eq!(root.get(&format!("{LISTS}/{first}/export?format=pdf")).await.status(), 400);
}

#[tokio::test]
async fn a_text_is_tried_on_a_list_and_on_a_draft() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let id = root.word_list("", "reject", &["cabbage"]).await;
    let test = format!("{LISTS}/test");
    let body = json!({"text": "😀 **cab**bage", "listId": id});
    let found: Value = root.post_json(&test, &body).await.json().await.unwrap();
    assert_eq!(found["verdict"], "reject");
    assert_eq!(found["hits"][0]["entry"], "cabbage");
    assert_eq!((&found["hits"][0]["start"], &found["hits"][0]["listId"]), (&json!(5), &json!(id)));
    let draft = json!({"options": ["leet"], "entries": [{"text": "spam"}], "exceptions": []});
    let body = json!({"text": "sp4m", "draft": draft});
    let found: Value = root.post_json(&test, &body).await.json().await.unwrap();
    assert_eq!((&found["verdict"], &found["hits"][0]["matched"]), (&json!("hold"), &json!("sp4m")));
    let clean = json!({"text": "ham", "draft": {"entries": [{"text": "spam"}]}});
    let found: Value = root.post_json(&test, &clean).await.json().await.unwrap();
    assert_eq!(found, json!({"verdict": "show", "hits": []}));
    for bad in [
        json!({"text": "a"}),
        json!({"text": "a", "format": "odt", "listId": id}),
        json!({"text": "a", "draft": {"entries": [{"text": "(", "mode": "regex"}]}}),
        json!({"text": "a", "draft": {"entries": [{"text": "a", "mode": "psychic"}]}}),
        json!({"text": "a".repeat(100_001), "listId": id}),
    ] {
        assert_eq!(root.post_json(&test, &bad).await.status(), 400);
    }
    let missing = root.post_json(&test, &json!({"text": "a", "listId": 99999})).await;
    assert_eq!(missing.status(), 404);
}

#[tokio::test]
async fn a_list_of_a_hundred_thousand_comes_in_at_once_and_no_more_fit() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let id = root.word_list("", "hold", &[]).await;
    let mut data = String::new();
    for n in 0..100_000 {
        data.push_str(&format!("qword{n}\n"));
    }
    let import = format!("{LISTS}/{id}/import");
    let body = json!({"format": "text", "data": data});
    let done: Value = root.post_json(&import, &body).await.json().await.unwrap();
    assert_eq!(done["added"], 100_000);
    let more = json!({"format": "text", "data": "one more"});
    assert_eq!(root.post_json(&import, &more).await.status(), 409);
    let entry = root.post_json(&format!("{LISTS}/{id}/entries"), &json!({"text": "more"})).await;
    assert_eq!(entry.status(), 409);
    let list: Value = root.get(&format!("{LISTS}/{id}")).await.json().await.unwrap();
    assert_eq!((&list["entryCount"], &list["version"]), (&json!(100_000), &json!(2)));
}
