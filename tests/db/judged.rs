//! Versions of a judged text, the audit log and the items that people work on.

use farandole::app::App;
use farandole::db::moderation::{audit, items};
use farandole::db::revisions::{self, NewRevision, SubjectKind};
use farandole::db::{DbError, sql};
use farandole::domain::moderation::{
    Action, Effect, Format, Judgement, Place, Reason, RevisionState, Scope, Source, Surface,
    Verdict,
};
use farandole::transact;

use crate::support::TestApp;

fn place() -> Place {
    Place {
        surface: Surface::VideoTitle,
        format: Format::Plain,
        channel_id: Some(3),
        owner_account_id: Some(4),
        language: Some("fr".to_owned()),
    }
}

fn judgement(action: Option<Action>) -> Judgement {
    let mut judgement = Judgement::clear(place());
    if let Some(action) = action {
        judgement.add(Reason::plain(Source::WatchedWords, "insults", action).at(
            "a bad word",
            2,
            5,
        ));
    }
    judgement
}

/// Keeps a judged version of the title of video 7, and returns its id and that of its audit row.
async fn put(app: &App, text: &str, judgement: &Judgement, by: i64) -> (i64, Option<i64>) {
    let now = app.now();
    let outcome: Result<(i64, Option<i64>), DbError> = transact!(app.db(), tx => {
        let new = NewRevision {
            subject: (SubjectKind::Video, 7),
            field: "name",
            text,
            actor_id: Some(by),
            verdict: judgement.verdict,
            state: RevisionState::from(judgement.verdict),
            place: &judgement.place,
        };
        let id = revisions::put(tx, &new, now).await?;
        Ok((id, audit::judged(tx, judgement, new.subject, id, now).await?))
    });
    outcome.unwrap()
}

async fn states(app: &App) -> Vec<(String, String)> {
    let mut conn = app.db().read().await.unwrap();
    let rows = sql("SELECT text, state FROM revisions WHERE subject_kind = 'video' ORDER BY id");
    let rows = rows.all(&mut conn).await.unwrap();
    rows.iter().map(|row| (row.text("text").unwrap(), row.text("state").unwrap())).collect()
}

fn pair(text: &str, state: &str) -> (String, String) {
    (text.to_owned(), state.to_owned())
}

async fn actor(app: &TestApp, name: &str) -> i64 {
    let person = app.user(name).await;
    let mut conn = app.app.db().read().await.unwrap();
    let row = sql("SELECT actor_id FROM accounts WHERE id = $1").int(person.account_id);
    row.one(&mut conn).await.unwrap().int("actor_id").unwrap()
}

#[tokio::test]
async fn a_held_version_leaves_the_shown_one_and_a_shown_one_replaces_all() {
    let app = TestApp::start().await;
    let by = actor(&app, "alice").await;
    let hold = judgement(Some(Action::Hold));
    assert_eq!(put(&app.app, "one", &judgement(None), by).await.1, None, "counted, not stored");
    let (held, item) = put(&app.app, "two", &hold, by).await;
    assert_eq!(states(&app.app).await, [pair("one", "shown"), pair("two", "held")]);
    let (again, _) = put(&app.app, "three", &hold, by).await;
    assert_eq!(
        states(&app.app).await,
        [pair("one", "shown"), pair("two", "superseded"), pair("three", "held")]
    );
    let mut conn = app.app.db().read().await.unwrap();
    let gone = items::by_id(&mut conn, item.unwrap()).await.unwrap().unwrap();
    assert!(gone.state == items::ItemState::Gone && !gone.waiting, "it is not asked about twice");
    assert_eq!((gone.revision_id, gone.channel_id), (held, Some(3)));
    assert!(items::of_revision(&mut conn, again).await.unwrap().unwrap().waiting);
    assert!(revisions::any_withheld(&mut conn, (SubjectKind::Video, 7)).await.unwrap());
    drop(conn);
    put(&app.app, "four", &judgement(None), by).await;
    assert_eq!(states(&app.app).await.last(), Some(&pair("four", "shown")));
    let mut conn = app.app.db().read().await.unwrap();
    assert!(!revisions::any_withheld(&mut conn, (SubjectKind::Video, 7)).await.unwrap());
    let shown = revisions::shown(&mut conn, (SubjectKind::Video, 7), "name").await.unwrap();
    let shown = shown.unwrap();
    assert_eq!((shown.text.as_str(), shown.place), ("four", Some(place())));
}

#[tokio::test]
async fn the_log_keeps_every_reason_and_what_follows_for_the_author() {
    let app = TestApp::start().await;
    let by = actor(&app, "alice").await;
    let mut judged = judgement(Some(Action::TimeOut { minutes: 10 }));
    judged.follow(Effect { scope: Scope::Channel(3), minutes: Some(10) });
    let (_, id) = put(&app.app, "a bad word", &judged, by).await;
    let mut conn = app.app.db().read().await.unwrap();
    let row = audit::by_ids(&mut conn, &[id.unwrap()]).await.unwrap().pop().unwrap();
    assert_eq!((row.reasons, row.verdict), (judged.reasons, Some(Verdict::Reject)));
    assert_eq!((row.author_id, row.excerpt.as_str()), (Some(by), "a bad word"));
    let now = app.app.now();
    let blocks = farandole::db::moderation::blocks::in_force(&mut conn, now).await.unwrap();
    assert_eq!(blocks.len(), 1);
    assert_eq!((blocks[0].scope, blocks[0].actor_id), (Scope::Channel(3), by));
    let later = now.plus(std::time::Duration::from_secs(11 * 60));
    let after = farandole::db::moderation::blocks::in_force(&mut conn, later).await.unwrap();
    assert!(after.is_empty(), "a time-out ends");
    let item = items::by_id(&mut conn, id.unwrap()).await.unwrap().unwrap();
    assert!(item.state == items::ItemState::Rejected && !item.waiting);
}

#[tokio::test]
async fn stored_text_is_walked_in_pieces_up_to_a_fixed_end() {
    let app = TestApp::start().await;
    let by = actor(&app, "alice").await;
    for text in ["one", "two", "three"] {
        put(&app.app, text, &judgement(Some(Action::Tag)), by).await;
    }
    put(&app.app, "held", &judgement(Some(Action::Hold)), by).await;
    let mut stored = revisions::Stored {
        since: farandole::domain::Millis(0),
        last_id: i64::MAX,
        channel_id: Some(3),
        owner_account_id: None,
    };
    let mut conn = app.app.db().read().await.unwrap();
    let extent = revisions::measure(&mut conn, &stored).await.unwrap();
    assert_eq!(extent.total, 2, "what was replaced is not looked at again");
    stored.last_id = extent.last_id;
    let first = revisions::judged_since(&mut conn, &stored, 0, 1).await.unwrap();
    assert_eq!((first.len(), first[0].id), (1, extent.first_id));
    let rest = revisions::judged_since(&mut conn, &stored, first[0].id, 10).await.unwrap();
    assert_eq!((rest.len(), rest[0].text.as_str()), (1, "held"));
    stored.channel_id = Some(9);
    assert_eq!(revisions::measure(&mut conn, &stored).await.unwrap().total, 0);
}
