//! Rows of comments: what is counted, what is seen, what stays when something goes.

use farandole::db::blocklists::Eyes;
use farandole::db::comments::threads::{self, ThreadOrder, Viewer};
use farandole::db::comments::write::{NewComment, insert};
use farandole::db::comments::{self, CommentRow, VideoPlace, decided, list, marks, place, remove};
use farandole::db::{DbError, sql};
use farandole::domain::comment::CommentState::{self, Held, Rejected, Shown};
use farandole::domain::{Order, Window};
use farandole::transact;
use uuid::Uuid;

use crate::support::{Person, TestApp};

const ALL: Window = Window { start: 0, count: 100 };

fn eyes(reader: i64) -> Eyes {
    Eyes { reader, ..Eyes::default() }
}

struct Stage {
    app: TestApp,
    owner: Actor,
    guest: Actor,
    place: VideoPlace,
}

#[derive(Clone)]
struct Actor {
    person: Person,
    id: i64,
}

async fn actor(app: &TestApp, name: &str) -> Actor {
    let person = app.user(name).await;
    let mut conn = app.app.db().read().await.unwrap();
    let row = sql("SELECT actor_id FROM accounts WHERE id = $1").int(person.account_id);
    let id = row.one(&mut conn).await.unwrap().int("actor_id").unwrap();
    Actor { person, id }
}

impl Stage {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let (owner, guest) = (actor(&app, "owner").await, actor(&app, "guest").await);
        let video = app.video(&owner.person).publish().await;
        let mut conn = app.app.db().read().await.unwrap();
        let place = place::of_video(&mut conn, video.id).await.unwrap().unwrap();
        drop(conn);
        Self { app, owner, guest, place }
    }

    async fn write(&self, by: &Actor, parent: Option<i64>, state: CommentState) -> i64 {
        let parent = match parent {
            Some(id) => Some(self.row(id).await.unwrap()),
            None => None,
        };
        let now = self.app.app.now();
        transact!(self.app.app.db(), tx => {
            let new = NewComment {
                uuid: Uuid::new_v4(),
                actor_id: by.id,
                parent: parent.as_ref(),
                text: "Héllo",
                state,
            };
            insert(tx, &self.place, &new, now).await
        })
        .unwrap()
    }

    async fn row(&self, id: i64) -> Option<CommentRow> {
        let mut conn = self.app.app.db().read().await.unwrap();
        comments::by_id(&mut conn, id).await.unwrap()
    }

    async fn decide(&self, id: i64, text: &str, state: CommentState) -> bool {
        let now = self.app.app.now();
        transact!(self.app.app.db(), tx => { decided(tx, id, text, state, now).await }).unwrap()
    }

    async fn remove(&self, id: i64) -> bool {
        let now = self.app.app.now();
        transact!(self.app.app.db(), tx => { remove::remove(tx, id, now).await }).unwrap()
    }

    /// Comments counted under the video, and replies (all, the owner's) of a thread.
    async fn counts(&self, thread: i64) -> (i64, i64, i64) {
        let mut conn = self.app.app.db().read().await.unwrap();
        let video = sql("SELECT comments FROM videos WHERE id = $1").int(self.place.id);
        let counted = video.one(&mut conn).await.unwrap().int("comments").unwrap();
        let row = comments::by_id(&mut conn, thread).await.unwrap();
        row.map_or((counted, 0, 0), |row| (counted, row.total_replies, row.owner_replies))
    }

    async fn threads(&self, viewer: Viewer, order: Order<ThreadOrder>) -> Vec<i64> {
        let mut conn = self.app.app.db().read().await.unwrap();
        let (total, rows) =
            threads::threads(&mut conn, self.place.id, viewer, order, ALL).await.unwrap();
        assert_eq!(usize::try_from(total).unwrap(), rows.len());
        rows.iter().map(|row| row.id).collect()
    }

    async fn replies(&self, thread: i64, viewer: Viewer) -> Vec<i64> {
        let mut conn = self.app.app.db().read().await.unwrap();
        let (total, rows) = threads::replies(&mut conn, thread, viewer, ALL).await.unwrap();
        assert_eq!(usize::try_from(total).unwrap(), rows.len());
        rows.iter().map(|row| row.id).collect()
    }
}

fn newest() -> Order<ThreadOrder> {
    Order::descending(ThreadOrder::CreatedAt)
}

#[tokio::test]
async fn counts_follow_every_decision() {
    let stage = Stage::new().await;
    let thread = stage.write(&stage.guest, None, Shown).await;
    assert_eq!(stage.counts(thread).await, (1, 0, 0));
    let held = stage.write(&stage.guest, Some(thread), Held).await;
    let reply = stage.write(&stage.owner, Some(thread), Shown).await;
    let deep = stage.write(&stage.guest, Some(reply), Shown).await;
    assert_eq!(stage.counts(thread).await, (3, 2, 1));
    assert_eq!(stage.row(deep).await.unwrap().thread_id, Some(thread));
    assert_eq!(stage.row(held).await.unwrap().text, "");
    assert!(stage.decide(held, "Héllo", Shown).await);
    assert_eq!(stage.counts(thread).await, (4, 3, 1));
    assert_eq!(stage.row(held).await.unwrap().text, "Héllo");
    assert!(stage.decide(held, "Héllo", Shown).await, "the same again changes nothing");
    assert_eq!(stage.counts(thread).await, (4, 3, 1));
    assert!(stage.decide(reply, "Héllo", Rejected).await);
    assert_eq!(stage.counts(thread).await, (3, 2, 0));
    assert!(stage.decide(reply, "Héllo", Shown).await, "undone");
    assert_eq!(stage.counts(thread).await, (4, 3, 1));
    assert!(!stage.decide(4242, "x", Shown).await);
}

#[tokio::test]
async fn a_crowd_under_one_video_loses_nothing() {
    let stage = Stage::new().await;
    let one = async |who: &Actor| {
        for _ in 0..20 {
            stage.write(who, None, Shown).await;
        }
    };
    let crowd = (0..24).map(|n| one(if n % 2 == 0 { &stage.owner } else { &stage.guest }));
    futures::future::join_all(crowd).await;
    assert_eq!(stage.counts(0).await.0, 24 * 20);
}

#[tokio::test]
async fn a_refused_edit_leaves_what_the_public_reads() {
    let stage = Stage::new().await;
    let id = stage.write(&stage.guest, None, Shown).await;
    assert!(stage.decide(id, "a worse text", Rejected).await);
    let row = stage.row(id).await.unwrap();
    assert_eq!((row.state, row.text.as_str(), row.edited_at), (Shown, "Héllo", None));
    assert!(stage.decide(id, "a better text", Shown).await);
    let row = stage.row(id).await.unwrap();
    assert_eq!((row.state, row.text.as_str()), (Shown, "a better text"));
    assert!(row.edited_at.is_some());
}

#[tokio::test]
async fn a_mark_stays_while_there_are_replies() {
    let stage = Stage::new().await;
    let thread = stage.write(&stage.guest, None, Shown).await;
    let reply = stage.write(&stage.guest, Some(thread), Shown).await;
    let deep = stage.write(&stage.owner, Some(reply), Shown).await;
    assert!(stage.remove(thread).await && stage.remove(reply).await);
    assert!(!stage.remove(reply).await, "it is gone already");
    assert_eq!(stage.counts(thread).await, (1, 1, 1));
    let row = stage.row(thread).await.unwrap();
    assert_eq!((row.state, row.text.as_str()), (CommentState::Deleted, ""));
    assert_eq!(stage.threads(Viewer::default(), newest()).await, [thread]);
    assert_eq!(stage.replies(thread, Viewer::default()).await, [reply, deep]);
    assert!(!stage.decide(reply, "back", Shown).await, "what is gone does not come back");
    assert!(stage.remove(deep).await);
    for id in [thread, reply, deep] {
        assert!(stage.row(id).await.is_none(), "nothing hangs on {id} any more");
    }
    let mut conn = stage.app.app.db().read().await.unwrap();
    let left = sql("SELECT COUNT(*) AS n FROM tombstones WHERE kind = 'comment'");
    assert_eq!(left.one(&mut conn).await.unwrap().int("n").unwrap(), 3);
}

#[tokio::test]
async fn everybody_sees_their_part() {
    let stage = Stage::new().await;
    let shown = stage.write(&stage.guest, None, Shown).await;
    let held = stage.write(&stage.guest, None, Held).await;
    let refused = stage.write(&stage.guest, None, Rejected).await;
    let stranger = Viewer::default();
    let author = Viewer { eyes: eyes(stage.guest.id), manages: false };
    let manager = Viewer { eyes: eyes(stage.owner.id), manages: true };
    assert_eq!(stage.threads(stranger, newest()).await, [shown]);
    assert_eq!(stage.threads(author, newest()).await, [refused, held, shown]);
    assert_eq!(stage.threads(manager, newest()).await, [held, shown]);
    let reply = stage.write(&stage.owner, Some(shown), Shown).await;
    let waiting = stage.write(&stage.guest, Some(shown), Held).await;
    assert_eq!(stage.replies(shown, stranger).await, [reply]);
    assert_eq!(stage.replies(shown, author).await, [reply, waiting]);
    stage.decide(shown, "Héllo", Held).await;
    assert_eq!(stage.threads(stranger, newest()).await, [shown], "its reply is still there");
    stage.remove(reply).await;
    assert_eq!(stage.threads(stranger, newest()).await, Vec::<i64>::new());
}

#[tokio::test]
async fn threads_are_sorted_and_ties_have_an_order() {
    let stage = Stage::new().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(stage.write(&stage.guest, None, Shown).await);
    }
    transact!(stage.app.app.db(), tx => {
        sql("UPDATE comments SET created_at = 7").run(tx).await
    })
    .unwrap();
    let viewer = Viewer::default();
    let mut reversed = ids.clone();
    reversed.reverse();
    assert_eq!(stage.threads(viewer, newest()).await, reversed);
    let oldest = Order::ascending(ThreadOrder::CreatedAt);
    assert_eq!(stage.threads(viewer, oldest).await, ids);
    stage.write(&stage.guest, Some(ids[1]), Shown).await;
    stage.write(&stage.guest, Some(ids[3]), Shown).await;
    stage.write(&stage.guest, Some(ids[3]), Shown).await;
    let answered = Order::descending(ThreadOrder::Replies);
    assert_eq!(stage.threads(viewer, answered).await, [ids[3], ids[1], ids[4], ids[2], ids[0]]);
    let now = stage.app.app.now();
    for pinned in [ids[0], ids[2]] {
        transact!(stage.app.app.db(), tx => {
            marks::pin(tx, stage.place.id, Some(pinned), now).await
        })
        .unwrap();
    }
    let expected = [ids[2], ids[3], ids[1], ids[4], ids[0]];
    assert_eq!(stage.threads(viewer, answered).await, expected, "one is pinned, the last one");
    let mut conn = stage.app.app.db().read().await.unwrap();
    let mut paged = Vec::new();
    for start in 0..5 {
        let window = Window { start, count: 1 };
        let page = threads::threads(&mut conn, stage.place.id, viewer, answered, window).await;
        paged.extend(page.unwrap().1.iter().map(|row| row.id));
    }
    assert_eq!(paged, expected, "page by page nothing is missed or seen twice");
}

#[tokio::test]
async fn an_account_that_ends_leaves_marks_until_they_are_swept() {
    let stage = Stage::new().await;
    let thread = stage.write(&stage.guest, None, Shown).await;
    let reply = stage.write(&stage.owner, Some(thread), Shown).await;
    stage.write(&stage.guest, Some(reply), Shown).await;
    let alone = stage.write(&stage.guest, None, Shown).await;
    let now = stage.app.app.now();
    transact!(stage.app.app.db(), tx => { remove::of_actor(tx, stage.guest.id, now).await })
        .unwrap();
    assert_eq!(stage.counts(thread).await, (1, 1, 1));
    assert_eq!(stage.threads(Viewer::default(), newest()).await, [thread]);
    assert_eq!(stage.replies(thread, Viewer::default()).await, [reply]);
    transact!(stage.app.app.db(), tx => { remove::sweep(tx, now).await }).unwrap();
    assert!(stage.row(alone).await.is_none());
    assert!(stage.row(thread).await.is_some());
    stage.remove(reply).await;
    assert!(stage.row(thread).await.is_none(), "the last reply took the mark along");
}

#[tokio::test]
async fn owners_and_moderators_find_comments() {
    let stage = Stage::new().await;
    let shown = stage.write(&stage.guest, None, Shown).await;
    let held = stage.write(&stage.owner, None, Held).await;
    let gone = stage.write(&stage.guest, None, Shown).await;
    stage.remove(gone).await;
    let mut conn = stage.app.app.db().read().await.unwrap();
    let filter = list::Filter::default;
    let text = |text: &str| Some(text.to_owned());
    for (filter, expected) in [
        (filter(), vec![held, shown]),
        (list::Filter { search: text("hELLO"), ..filter() }, vec![held, shown]),
        (list::Filter { search: text("guest"), ..filter() }, vec![shown]),
        (list::Filter { search: text("WALK in"), ..filter() }, vec![held, shown]),
        (list::Filter { search: text("100%"), ..filter() }, vec![]),
        (list::Filter { search_account: text("own"), ..filter() }, vec![held]),
        (list::Filter { search_video: text("nothing"), ..filter() }, vec![]),
        (list::Filter { held: Some(true), ..filter() }, vec![held]),
        (list::Filter { held: Some(false), ..filter() }, vec![shown]),
        (list::Filter { local: Some(true), ..filter() }, vec![held, shown]),
        (list::Filter { local: Some(false), ..filter() }, vec![]),
        (list::Filter { on_local_video: Some(false), ..filter() }, vec![]),
        (list::Filter { on_local_video: Some(true), ..filter() }, vec![held, shown]),
        (list::Filter { video_id: Some(stage.place.id), ..filter() }, vec![held, shown]),
        (list::Filter { video_id: Some(4242), ..filter() }, vec![]),
        (list::Filter { channel_id: Some(stage.place.channel_id), ..filter() }, vec![held, shown]),
        (
            list::Filter { owner_account_id: Some(stage.place.account_id), ..filter() },
            vec![held, shown],
        ),
        (list::Filter { owner_account_id: Some(4242), ..filter() }, vec![]),
        (list::Filter { tags: vec!["external-link".to_owned()], ..filter() }, vec![]),
    ] {
        let found = list::list(&mut conn, &filter, Order::descending(()), ALL).await;
        let (total, rows) = found.unwrap();
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        assert_eq!(ids, expected, "{filter:?}");
        assert_eq!(usize::try_from(total).unwrap(), expected.len(), "{filter:?}");
    }
}

#[tokio::test]
async fn comments_go_with_their_video() {
    let stage = Stage::new().await;
    let thread = stage.write(&stage.guest, None, Shown).await;
    let reply = stage.write(&stage.guest, Some(thread), Shown).await;
    let now = stage.app.app.now();
    transact!(stage.app.app.db(), tx => {
        farandole::db::revisions::record(
            tx, farandole::db::revisions::SubjectKind::Comment, reply, "text", "x", None, now,
        )
        .await?;
        farandole::db::videos::remove::remove(tx, stage.place.id, now).await?;
        Ok::<(), DbError>(())
    })
    .unwrap();
    assert!(stage.row(thread).await.is_none() && stage.row(reply).await.is_none());
    let mut conn = stage.app.app.db().read().await.unwrap();
    let left = sql("SELECT COUNT(*) AS n FROM revisions WHERE subject_kind = 'comment'");
    assert_eq!(left.one(&mut conn).await.unwrap().int("n").unwrap(), 0);
}
