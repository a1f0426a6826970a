//! Every version of a judged text is kept, the newest one in force.

use farandole::db::revisions::{self, SubjectKind};
use farandole::db::{DbError, sql};
use farandole::transact;

use crate::support::TestApp;

#[tokio::test]
async fn a_new_text_supersedes_the_old_and_the_same_text_makes_none() {
    let app = TestApp::start().await;
    let now = app.app.now();
    for text in ["first", "first", "second"] {
        let outcome: Result<(), DbError> = transact!(app.app.db(), tx => {
            revisions::record(tx, SubjectKind::Video, 7, "name", text, None, now).await
        });
        outcome.unwrap();
    }
    let mut conn = app.app.db().read().await.unwrap();
    let rows = sql("SELECT text, state FROM revisions WHERE subject_kind = 'video' ORDER BY id")
        .all(&mut conn)
        .await
        .unwrap();
    let seen: Vec<_> =
        rows.iter().map(|row| (row.text("text").unwrap(), row.text("state").unwrap())).collect();
    assert_eq!(
        seen,
        [("first".into(), "superseded".into()), ("second".to_owned(), "shown".to_owned())]
    );
}
