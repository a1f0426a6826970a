//! Comments and lists in one call, for tests of moderation.

use farandole::db::DbError;
use farandole::db::comments::place;
use farandole::db::comments::write::{NewComment, insert};
use farandole::db::moderation::audit;
use farandole::db::revisions::{self, NewRevision, SubjectKind};
use farandole::domain::comment::CommentState;
use farandole::domain::moderation::{Format, RevisionState, Surface};
use farandole::moderation::{self, Item};
use farandole::transact;
use serde_json::{Value, json};

use super::videos::TestVideo;
use super::{Person, TestApp};

/// What came of a comment.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    /// `comments.id`.
    pub id: i64,
    /// `review_items.id`, when it was withheld; the audit row, when it was tagged.
    pub item: Option<i64>,
    /// Whether everybody sees it.
    pub shown: bool,
}

impl TestApp {
    /// Somebody's `actors.id`.
    pub async fn actor_of(&self, person: &Person) -> i64 {
        let mut conn = self.app.db().read().await.unwrap();
        let row = farandole::db::sql("SELECT actor_id FROM accounts WHERE id = $1");
        row.int(person.account_id).one(&mut conn).await.unwrap().int("actor_id").unwrap()
    }

    /// Writes a comment below a video, judged as comments are.
    pub async fn comment(&self, by: &Person, video: &TestVideo, text: &str) -> Written {
        let mut conn = self.app.db().read().await.unwrap();
        let place = place::of_video(&mut conn, video.id).await.unwrap().unwrap();
        let row = farandole::db::sql(
            "SELECT c.id, c.account_id FROM channels c JOIN videos v ON v.channel_id = c.id \
             WHERE v.id = $1",
        );
        let channel = row.int(video.id).one(&mut conn).await.unwrap();
        drop(conn);
        let actor = self.actor_of(by).await;
        let item = Item {
            surface: Surface::Comment,
            text,
            format: Format::Markdown,
            author_actor_id: Some(actor),
            author_role: Some(farandole::domain::Role::User),
            channel_id: Some(channel.int("id").unwrap()),
            owner_account_id: Some(channel.int("account_id").unwrap()),
            language: None,
        };
        let judgement = moderation::judge(&self.app, &item).await.unwrap();
        let state = RevisionState::from(judgement.verdict);
        let kept = match state {
            RevisionState::Held => CommentState::Held,
            RevisionState::Rejected => CommentState::Rejected,
            _ => CommentState::Shown,
        };
        let (now, uuid) = (self.app.now(), self.app.new_uuid());
        let outcome: Result<Written, DbError> = transact!(self.app.db(), tx => {
            let new = NewComment { uuid, actor_id: actor, parent: None, text, state: kept };
            let id = insert(tx, &place, &new, now).await?;
            let subject = (SubjectKind::Comment, id);
            let new = NewRevision {
                subject,
                field: "text",
                text,
                actor_id: Some(actor),
                verdict: judgement.verdict,
                state,
                place: &judgement.place,
            };
            let revision = revisions::put(tx, &new, now).await?;
            let item = audit::judged(tx, &judgement, subject, revision, now).await?;
            Ok(Written { id, item, shown: kept == CommentState::Shown })
        });
        outcome.unwrap()
    }

    /// What everybody reads of a comment: `None` while nobody may.
    pub async fn public_comment(&self, id: i64) -> Option<String> {
        let mut conn = self.app.db().read().await.unwrap();
        let row = farandole::db::comments::by_id(&mut conn, id).await.unwrap().unwrap();
        (row.state == CommentState::Shown).then_some(row.text)
    }
}

impl Person {
    /// Makes a list with words, in the scope that `query` names, and returns its id.
    pub async fn word_list(&self, query: &str, action: &str, words: &[&str]) -> i64 {
        let name = format!("{action} {}", words.first().unwrap_or(&"nothing"));
        let body = json!({ "name": name, "action": action, "timeOutMinutes": 10 });
        let path = format!("/api/v1/moderation/lists{query}");
        let answer = self.post_json(&path, &body).await;
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        let list: Value = answer.json().await.unwrap();
        let id = list["id"].as_i64().unwrap();
        if !words.is_empty() {
            let body = json!({ "format": "text", "data": words.join("\n") });
            let path = format!("/api/v1/moderation/lists/{id}/import");
            let answer = self.post_json(&path, &body).await;
            assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        }
        id
    }
}
