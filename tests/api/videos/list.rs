//! `GET /api/v1/videos` and its relatives.

use farandole::domain::Privacy;
use serde_json::Value;

use super::read::settings;
use crate::support::TestApp;
use crate::support::people::Person;

fn names(json: &Value) -> Vec<&str> {
    json["data"].as_array().unwrap().iter().map(|video| video["name"].as_str().unwrap()).collect()
}

async fn list(app: &TestApp, path: &str) -> Value {
    let response = app.get(path).await;
    assert_eq!(response.status(), 200, "{path}");
    response.json().await.unwrap()
}

async fn list_as(person: &Person, path: &str) -> Value {
    let response = person.get(path).await;
    assert_eq!(response.status(), 200, "{path}");
    response.json().await.unwrap()
}

#[tokio::test]
async fn a_listed_video_has_every_field_of_the_schema() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    app.video(&alice).publish().await;
    let json = list(&app, "/api/v1/videos").await;
    settings().bind(|| insta::assert_json_snapshot!(json));
}

#[tokio::test]
async fn only_what_anybody_may_find_is_listed() {
    let app = TestApp::start().await;
    let (alice, bob, root) = (app.user("alice").await, app.user("bob").await, app.root().await);
    for (name, privacy) in [
        ("public", Privacy::Public),
        ("unlisted", Privacy::Unlisted),
        ("private", Privacy::Private),
        ("internal", Privacy::Internal),
    ] {
        app.video(&alice).name(name).privacy(privacy).publish().await;
    }
    app.video(&alice).name("locked").passwords(&["sesame"]).publish().await;
    app.video(&alice).name("unmade").unavailable().publish().await;
    let channel = format!("/api/v1/video-channels/{}/videos", alice.channel_name);
    for path in ["/api/v1/videos", "/api/v1/accounts/alice/videos", &channel] {
        let everybody = list(&app, path).await;
        assert_eq!((names(&everybody), &everybody["total"]), (vec!["public"], &1.into()), "{path}");
        let sorted = format!("{path}?sort=name");
        let signed_in = list_as(&bob, &sorted).await;
        assert_eq!(names(&signed_in), ["internal", "public"], "{path}");
        let moderators = format!("{sorted}&include=1&privacyOneOf=1&privacyOneOf=3&privacyOneOf=5");
        let all = list_as(&root, &moderators).await;
        assert_eq!(names(&all), ["locked", "private", "public", "unmade"], "{path}");
        for denied in [app.get(&moderators).await, bob.get(&moderators).await] {
            assert_eq!(denied.status(), 401, "{path}");
        }
    }
    let own = list_as(&alice, "/api/v1/users/me/videos?sort=name").await;
    assert_eq!(names(&own), ["internal", "locked", "private", "public", "unlisted", "unmade"]);
    assert_eq!(list_as(&bob, "/api/v1/users/me/videos").await["total"], 0);
    assert_eq!(app.get("/api/v1/users/me/videos").await.status(), 401);
}

#[tokio::test]
async fn pages_fit_together() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    for number in 0..7 {
        let name = format!("film {number}");
        app.video(&alice).name(&name).minutes_old(number).publish().await;
    }
    let mut seen = Vec::new();
    for start in [0, 3, 6] {
        let json = list(&app, &format!("/api/v1/videos?start={start}&count=3")).await;
        assert_eq!(json["total"], 7);
        seen.extend(names(&json).iter().map(|&name| name.to_owned()));
    }
    let newest_first: Vec<String> = (0..7).map(|number| format!("film {number}")).collect();
    assert_eq!(seen, newest_first);
    let json = list(&app, "/api/v1/videos?count=2&skipCount=true").await;
    assert_eq!((names(&json).len(), json.get("total")), (2, None));
    for bad in ["count=101", "count=-1", "start=-1", "start=x", "sort=password", "isLocal=perhaps"]
    {
        assert_eq!(app.get(&format!("/api/v1/videos?{bad}")).await.status(), 400, "{bad}");
    }
}

#[tokio::test]
async fn filters_narrow() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = || app.video(&alice);
    video().name("one").category(15).language("fr").tags(&["Rust", "sea"]).publish().await;
    video().name("two").category(2).language("en").tags(&["rust"]).publish().await;
    video().name("three 100%").publish().await;
    video().name("four").nsfw().publish().await;
    for (query, found) in [
        ("categoryOneOf=15", vec!["one"]),
        ("categoryOneOf=15&categoryOneOf=2", vec!["one", "two"]),
        ("categoryOneOf[]=15&categoryOneOf[]=2", vec!["one", "two"]),
        ("languageOneOf=fr", vec!["one"]),
        ("languageOneOf=_unknown", vec!["three 100%"]),
        ("languageOneOf=fr&languageOneOf=_unknown", vec!["one", "three 100%"]),
        ("licenceOneOf=1", vec![]),
        ("tagsOneOf=RUST", vec!["one", "two"]),
        ("tagsAllOf=rust&tagsAllOf=Sea", vec!["one"]),
        ("nsfw=true", vec!["four"]),
        ("nsfw=both", vec!["four", "one", "three 100%", "two"]),
        ("isLocal=false", vec![]),
        ("isLocal=true", vec!["one", "three 100%", "two"]),
        ("isLive=true", vec![]),
        ("hasHLSFiles=true", vec!["one", "three 100%", "two"]),
        ("hasHLSFiles=false", vec![]),
        ("hasWebVideoFiles=true", vec![]),
        ("host=elsewhere.example", vec![]),
        ("search=TH", vec!["three 100%"]),
        ("search=100%25", vec!["three 100%"]),
        ("search=%25", vec!["three 100%"]),
        ("search=_", vec![]),
    ] {
        let json = list(&app, &format!("/api/v1/videos?sort=name&{query}")).await;
        assert_eq!(names(&json), found, "{query}");
        assert_eq!(json["total"], found.len(), "{query}");
    }
    assert_eq!(app.get("/api/v1/videos?categoryOneOf=x").await.status(), 400);
}

#[tokio::test]
async fn every_order_sorts() {
    let app = TestApp::start().await;
    let alice = app.user("alice").await;
    let video = |name| app.video(&alice).name(name);
    video("Éclair").views(5).duration_ms(3000).minutes_old(60 * 24 * 30).publish().await;
    video("dune").views(50).duration_ms(1000).minutes_old(60 * 24 * 300).publish().await;
    video("fjord").views(1).duration_ms(2000).publish().await;
    for (sort, order) in [
        ("name", ["dune", "Éclair", "fjord"]),
        ("-name", ["fjord", "Éclair", "dune"]),
        ("publishedAt", ["dune", "Éclair", "fjord"]),
        ("-createdAt", ["fjord", "Éclair", "dune"]),
        ("originallyPublishedAt", ["dune", "Éclair", "fjord"]),
        ("duration", ["dune", "fjord", "Éclair"]),
        ("-views", ["dune", "Éclair", "fjord"]),
        ("-best", ["dune", "Éclair", "fjord"]),
        ("-trending", ["fjord", "dune", "Éclair"]),
        ("-hot", ["fjord", "Éclair", "dune"]),
    ] {
        let json = list(&app, &format!("/api/v1/videos?sort={sort}")).await;
        assert_eq!(names(&json), order, "{sort}");
    }
}

#[tokio::test]
async fn a_channel_or_account_that_is_not_there_is_not_found() {
    let app = TestApp::start().await;
    for path in ["/api/v1/video-channels/nobody/videos", "/api/v1/accounts/nobody/videos"] {
        assert_eq!(app.get(path).await.status(), 404, "{path}");
    }
}
