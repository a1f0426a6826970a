//! Which comments does somebody read under a video? Threads page by page, and one thread as a tree.

use std::collections::{HashMap, HashSet};

use farandole_player::Language;

use super::views::{self, View};
use super::{Rights, SocialError, comment, place};
use crate::app::App;
use crate::db::blocklists::{self, Eyes};
use crate::db::comments::threads::{self, ThreadOrder, Viewer};
use crate::db::comments::{self, CommentRow, VideoPlace};
use crate::db::{Conn, DbError};
use crate::domain::{Order, Principal, Window};

/// Replies of a thread in one answer unless the reader says otherwise, and at most.
pub const MOST_REPLIES: i64 = 500;
/// How deep a tree nests; replies further down stand beside each other there.
const MAX_DEPTH: usize = 24;

/// Threads under a video.
#[derive(Debug)]
pub struct Threads {
    /// All of them.
    pub total: i64,
    /// Comments and replies that everybody sees.
    pub total_comments: i64,
    /// This page.
    pub views: Vec<View>,
}

/// Who reads, and in which language reasons are told.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// Nobody: what everybody sees.
    pub who: Option<&'a Principal>,
    /// Of explanations.
    pub language: Language,
}

impl Rights {
    fn eyes(&self, place: &VideoPlace) -> Eyes {
        Eyes { reader: self.actor_id, owner: place.owner_actor_id }
    }

    fn viewer(&self, place: &VideoPlace) -> Viewer {
        Viewer { eyes: self.eyes(place), manages: self.moderates }
    }
}

/// Which of those who wrote are not seen by who reads.
async fn unseen(conn: &mut Conn, eyes: Eyes, rows: &[CommentRow]) -> Result<HashSet<i64>, DbError> {
    let mut actors: Vec<i64> = rows.iter().map(|row| row.actor_id).collect();
    actors.sort_unstable();
    actors.dedup();
    blocklists::unseen(conn, eyes, &actors).await
}

/// A page of the threads under a video; none where nobody may comment.
///
/// # Errors
/// [`SocialError::NoSuchVideo`].
pub async fn threads(
    app: &App,
    video_id: i64,
    reader: Reader<'_>,
    order: Order<ThreadOrder>,
    window: Window,
) -> Result<Threads, SocialError> {
    let mut conn = app.db().read().await?;
    let place = place(&mut conn, video_id).await?;
    if super::write::open(&place).is_err() {
        return Ok(Threads { total: 0, total_comments: 0, views: Vec::new() });
    }
    let rights = Rights::of(&mut conn, reader.who, &place).await?;
    let (total, rows) =
        threads::threads(&mut conn, video_id, rights.viewer(&place), order, window).await?;
    let unseen = unseen(&mut conn, rights.eyes(&place), &rows).await?;
    let total_comments = comments::place::count(&mut conn, video_id).await?;
    let views = views::of(app, &mut conn, rows, &rights, &unseen, reader.language).await?;
    Ok(Threads { total, total_comments, views })
}

/// A comment with what answers it.
#[derive(Debug)]
pub struct Tree {
    /// The comment.
    pub view: View,
    /// Oldest first.
    pub children: Vec<Tree>,
}

/// A thread, as far as it was asked for.
#[derive(Debug)]
pub struct Thread {
    /// The comment it begins with, and replies of this page.
    pub tree: Tree,
    /// Replies in the whole thread, placeholders included.
    pub total: i64,
}

/// A thread: its first comment and a page of its replies in the order of time. Replies whose
/// parent is on another page stand right under the first comment.
///
/// # Errors
/// [`SocialError::NoSuchComment`], also for the id of a reply and where nobody may comment.
pub async fn thread(
    app: &App,
    video_id: i64,
    thread_id: i64,
    reader: Reader<'_>,
    window: Window,
) -> Result<Thread, SocialError> {
    let mut conn = app.db().read().await?;
    let place = place(&mut conn, video_id).await?;
    super::write::open(&place).map_err(|_| SocialError::NoSuchComment)?;
    let rights = Rights::of(&mut conn, reader.who, &place).await?;
    let root = root(&mut conn, &place, thread_id).await?;
    let viewer = rights.viewer(&place);
    let (total, replies) = threads::replies(&mut conn, thread_id, viewer, window).await?;
    let mut rows = vec![root];
    rows.extend(replies);
    let unseen = unseen(&mut conn, viewer.eyes, &rows).await?;
    // One that is hidden is there as long as it has replies.
    let gone = |row: &CommentRow| views::hidden(row, &rights, &unseen) && row.total_replies == 0;
    if rows.first().is_some_and(gone) {
        return Err(SocialError::NoSuchComment);
    }
    let views = views::of(app, &mut conn, rows, &rights, &unseen, reader.language).await?;
    let tree = planted(views).ok_or(SocialError::NoSuchComment)?;
    Ok(Thread { tree, total })
}

/// The first comment of a thread.
async fn root(conn: &mut Conn, place: &VideoPlace, id: i64) -> Result<CommentRow, SocialError> {
    let row = comments::by_id(conn, id).await?.filter(|row| row.video_id == place.id);
    row.filter(|row| row.thread_id.is_none()).ok_or(SocialError::NoSuchComment)
}

/// One comment, as its author gets it back.
///
/// # Errors
/// [`SocialError::NoSuchComment`].
pub async fn one(
    app: &App,
    video_id: i64,
    id: i64,
    reader: Reader<'_>,
) -> Result<View, SocialError> {
    let mut conn = app.db().read().await?;
    let place = place(&mut conn, video_id).await?;
    let rights = Rights::of(&mut conn, reader.who, &place).await?;
    let row = comment(&mut conn, &place, id, &rights).await?;
    let seen = HashSet::new();
    let mut views = views::of(app, &mut conn, vec![row], &rights, &seen, reader.language).await?;
    views.pop().ok_or(SocialError::NoSuchComment)
}

/// The tree of a thread whose first comment comes first, and parents before their replies. Hidden
/// comments without replies that can be seen are left out.
fn planted(views: Vec<View>) -> Option<Tree> {
    let mut views = views.into_iter();
    let root = views.next()?;
    let root_id = root.row.id;
    // Where each comment hangs, and how deep.
    let mut places: HashMap<i64, (i64, usize)> = HashMap::from([(root_id, (0, 0))]);
    let mut children: HashMap<i64, Vec<View>> = HashMap::new();
    let mut order = Vec::new();
    for view in views {
        let asked = view.row.parent_id.unwrap_or(root_id);
        let parent = match places.get(&asked) {
            Some((_, depth)) if *depth < MAX_DEPTH => asked,
            // Deep ones stand beside what they answer.
            Some((above, _)) => *above,
            None => root_id,
        };
        let depth = places.get(&parent).map_or(1, |(_, depth)| depth + 1);
        places.insert(view.row.id, (parent, depth));
        order.push(view.row.id);
        children.entry(parent).or_default().push(view);
    }
    // From the last to the first: what hangs on a comment is complete before it is.
    let mut grown: HashMap<i64, Vec<Tree>> = HashMap::new();
    for id in order.into_iter().rev().chain([root_id]) {
        let grown_here = children.remove(&id).unwrap_or_default().into_iter().filter_map(|view| {
            let below = grown.remove(&view.row.id).unwrap_or_default();
            let empty = view.hidden && below.is_empty();
            (!empty).then_some(Tree { view, children: below })
        });
        let grown_here: Vec<Tree> = grown_here.collect();
        grown.insert(id, grown_here);
    }
    Some(Tree { view: root, children: grown.remove(&root_id).unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Millis;
    use crate::domain::comment::CommentState;
    use crate::social::views::Written;

    fn view(id: i64, parent: Option<i64>, hidden: bool) -> View {
        View {
            row: CommentRow {
                id,
                ap_url: String::new(),
                video_id: 1,
                actor_id: 1,
                thread_id: parent.map(|_| 1),
                parent_id: parent,
                text: String::new(),
                state: CommentState::Shown,
                pinned_at: None,
                hearted_at: None,
                edited_at: None,
                deleted_at: None,
                total_replies: 0,
                owner_replies: 0,
                created_at: Millis(id),
                updated_at: Millis(id),
            },
            hidden,
            written: Written { text: String::new(), html: String::new() },
            author: None,
            edit: None,
            told: None,
            may: crate::social::May::default(),
        }
    }

    fn shape(tree: &Tree) -> String {
        let below: Vec<String> = tree.children.iter().map(shape).collect();
        let id = tree.view.row.id;
        if below.is_empty() { id.to_string() } else { format!("{id}({})", below.join(" ")) }
    }

    #[test]
    fn replies_hang_where_they_belong() {
        let all = [(1, None), (2, Some(1)), (3, Some(2)), (4, Some(1)), (5, Some(2))];
        let views = all.map(|(id, parent)| view(id, parent, false));
        assert_eq!(shape(&planted(views.into()).unwrap()), "1(2(3 5) 4)");
        assert!(planted(Vec::new()).is_none());
    }

    #[test]
    fn hidden_ones_stay_only_above_others() {
        let all = [(1, None, true), (2, Some(1), true), (3, Some(2), false), (4, Some(3), true)];
        let views = all.map(|(id, parent, hidden)| view(id, parent, hidden));
        assert_eq!(shape(&planted(views.into()).unwrap()), "1(2(3))");
    }

    #[test]
    fn what_answers_another_page_stands_under_the_first_comment() {
        let views = vec![view(1, None, false), view(9, Some(5), false), view(10, Some(9), false)];
        assert_eq!(shape(&planted(views).unwrap()), "1(9(10))");
    }

    #[test]
    fn a_long_chain_becomes_flat() {
        let chain = (1..=500).map(|id| view(id, (id > 1).then_some(id - 1), false)).collect();
        let tree = planted(chain).unwrap();
        let (mut depth, mut count, mut here) = (0, 1, &tree);
        while let Some(first) = here.children.first() {
            count += here.children.len();
            depth += 1;
            here = first;
        }
        assert_eq!((depth, count), (MAX_DEPTH, 500));
    }
}
