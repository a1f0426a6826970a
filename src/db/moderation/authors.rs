//! What did somebody write here, and what became of it? Every version of their texts, their videos,
//! and counts.

use super::read_scope;
use crate::db::revisions::{self, RevisionRow, SubjectKind};
use crate::db::{Conn, DbError, sql};
use crate::domain::moderation::{RevisionState, Scope};
use crate::domain::{Millis, Window, sort_key};

/// Texts that one search reads at most, newest first.
pub const SEARCHED: usize = 20_000;
/// Texts read at once in a search.
const PIECE: i64 = 1_000;

/// Which texts of somebody are listed; empty fields narrow nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextFilter {
    /// Only versions that stand so.
    pub state: Option<RevisionState>,
    /// Only of this kind.
    pub kind: Option<SubjectKind>,
    /// Words of the text; only the newest [`SEARCHED`] texts are looked through.
    pub search: Option<String>,
}

const WITHIN: &str = "actor_id = $1 AND surface IS NOT NULL AND ($2 = '' OR state = $2) \
    AND ($3 = '' OR subject_kind = $3)";

/// Versions of texts by an actor, newest first; and how many there are.
///
/// # Errors
/// The engine's.
pub async fn texts(
    conn: &mut Conn,
    actor_id: i64,
    filter: &TextFilter,
    window: Window,
) -> Result<(i64, Vec<RevisionRow>), DbError> {
    let state = filter.state.map_or("", RevisionState::name);
    let kind = filter.kind.map_or("", SubjectKind::name);
    let (total, ids) = match &filter.search {
        Some(words) => {
            let found = search(conn, actor_id, (state, kind), words).await?;
            let total = i64::try_from(found.len()).unwrap_or(i64::MAX);
            let start = usize::try_from(window.start).unwrap_or(usize::MAX);
            let count = usize::try_from(window.count).unwrap_or(usize::MAX);
            (total, found.into_iter().skip(start).take(count).collect())
        }
        None => {
            let total = sql(format!("SELECT COUNT(*) AS n FROM revisions WHERE {WITHIN}"))
                .int(actor_id)
                .text(state)
                .text(kind)
                .one(conn)
                .await?
                .int("n")?;
            let text = format!(
                "SELECT id FROM revisions WHERE {WITHIN} ORDER BY id DESC LIMIT $4 OFFSET $5"
            );
            let rows = sql(text)
                .int(actor_id)
                .text(state)
                .text(kind)
                .int(window.count)
                .int(window.start)
                .all(conn)
                .await?;
            (total, rows.iter().map(|row| row.int("id")).collect::<Result<Vec<_>, _>>()?)
        }
    };
    let mut rows = revisions::by_ids(conn, &ids).await?;
    rows.reverse();
    Ok((total, rows))
}

/// Ids of versions with some words, newest first. Letters are compared as people read them, which
/// the engines do not do alike; one author's texts are few enough to be read.
async fn search(
    conn: &mut Conn,
    actor_id: i64,
    (state, kind): (&str, &str),
    words: &str,
) -> Result<Vec<i64>, DbError> {
    let words = sort_key(words);
    let text = format!(
        "SELECT id, text FROM revisions WHERE {WITHIN} AND id < $4 ORDER BY id DESC LIMIT $5"
    );
    let (mut found, mut before, mut read) = (Vec::new(), i64::MAX, 0);
    while read < SEARCHED {
        let rows = sql(text.clone())
            .int(actor_id)
            .text(state)
            .text(kind)
            .int(before)
            .int(PIECE)
            .all(conn)
            .await?;
        for row in &rows {
            before = row.int("id")?;
            if sort_key(&row.text("text")?).contains(&words) {
                found.push(before);
            }
        }
        read += rows.len();
        if i64::try_from(rows.len()).unwrap_or(PIECE) < PIECE {
            break;
        }
    }
    Ok(found)
}

/// Which comments of somebody a decision reaches.
#[derive(Debug, Clone, Copy)]
pub struct Comments<'a> {
    /// `actors.id` of their author.
    pub actor_id: i64,
    /// Versions that stand so.
    pub states: &'a [RevisionState],
    /// Written then or later.
    pub since: Millis,
}

const COMMENTS: &str = "actor_id = $1 AND subject_kind = 'comment' AND surface IS NOT NULL \
    AND created_at >= $2";

fn names(states: &[RevisionState]) -> Vec<String> {
    states.iter().map(|state| state.name().to_owned()).collect()
}

/// How many there are, and the last (`revisions.id`; 0 when there is none).
///
/// # Errors
/// The engine's.
pub async fn measure(conn: &mut Conn, which: Comments<'_>) -> Result<(i64, i64), DbError> {
    let within = conn.engine().texts_in("$3");
    let row = sql(format!(
        "SELECT COUNT(*) AS n, CAST(COALESCE(MAX(id), 0) AS BIGINT) AS last FROM revisions \
         WHERE {COMMENTS} AND state IN {within}"
    ))
    .int(which.actor_id)
    .int(which.since.0)
    .texts(&names(which.states))
    .one(conn)
    .await?;
    Ok((row.int("n")?, row.int("last")?))
}

/// The next `limit` of them after version `after` up to `last`, oldest first.
///
/// # Errors
/// The engine's.
pub async fn next(
    conn: &mut Conn,
    which: Comments<'_>,
    (after, last): (i64, i64),
    limit: i64,
) -> Result<Vec<RevisionRow>, DbError> {
    let within = conn.engine().texts_in("$3");
    let rows = sql(format!(
        "SELECT id FROM revisions WHERE {COMMENTS} AND state IN {within} AND id > $4 AND id <= $5 \
         ORDER BY id LIMIT $6"
    ))
    .int(which.actor_id)
    .int(which.since.0)
    .texts(&names(which.states))
    .int(after)
    .int(last)
    .int(limit)
    .all(conn)
    .await?;
    let ids = rows.iter().map(|row| row.int("id")).collect::<Result<Vec<_>, _>>()?;
    revisions::by_ids(conn, &ids).await
}

/// Things by the name of their state, and how many of each.
pub type Counts = Vec<(String, i64)>;

async fn counted(conn: &mut Conn, text: &'static str, id: i64) -> Result<Counts, DbError> {
    let rows = sql(text).int(id).all(conn).await?;
    rows.iter().map(|row| Ok((row.text("state")?, row.int("n")?))).collect()
}

/// Comments of an actor: `shown`, `held`, `rejected`, `deleted`.
///
/// # Errors
/// The engine's.
pub async fn comments(conn: &mut Conn, actor_id: i64) -> Result<Counts, DbError> {
    let text = "SELECT state, COUNT(*) AS n FROM comments WHERE actor_id = $1 \
                GROUP BY state ORDER BY state";
    counted(conn, text, actor_id).await
}

/// Reports that an actor filed: `pending`, `rejected`, `accepted`.
///
/// # Errors
/// The engine's.
pub async fn reports_by(conn: &mut Conn, actor_id: i64) -> Result<Counts, DbError> {
    let text = "SELECT CASE state WHEN 1 THEN 'pending' WHEN 2 THEN 'rejected' \
                ELSE 'accepted' END AS state, COUNT(*) AS n FROM abuses \
                WHERE reporter_actor_id = $1 GROUP BY abuses.state ORDER BY abuses.state";
    counted(conn, text, actor_id).await
}

/// Reports of what an actor is behind: `pending`, `rejected`, `accepted`.
///
/// # Errors
/// The engine's.
pub async fn reports_against(conn: &mut Conn, actor_id: i64) -> Result<Counts, DbError> {
    let text = "SELECT CASE state WHEN 1 THEN 'pending' WHEN 2 THEN 'rejected' \
                ELSE 'accepted' END AS state, COUNT(*) AS n FROM abuses \
                WHERE flagged_actor_id = $1 GROUP BY abuses.state ORDER BY abuses.state";
    counted(conn, text, actor_id).await
}

/// A block of an author, with what one wants to know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// `author_blocks.id`.
    pub id: i64,
    /// Where their texts are refused.
    pub scope: Scope,
    /// `None`: for good.
    pub until: Option<Millis>,
    /// `actors.id` of who did it; `None`: the server by its rules.
    pub by: Option<i64>,
    /// Since when.
    pub created_at: Millis,
}

/// Blocks of an actor that are in force, newest first.
///
/// # Errors
/// The engine's.
pub async fn blocks(conn: &mut Conn, actor_id: i64, now: Millis) -> Result<Vec<Blocked>, DbError> {
    sql("SELECT id, scope, scope_id, until, by_actor_id, created_at FROM author_blocks \
         WHERE actor_id = $1 AND (until IS NULL OR until > $2) ORDER BY id DESC LIMIT 100")
    .int(actor_id)
    .int(now.0)
    .all(conn)
    .await?
    .iter()
    .map(|row| {
        Ok(Blocked {
            id: row.int("id")?,
            scope: read_scope(row)?,
            until: row.int_opt("until")?.map(Millis),
            by: row.int_opt("by_actor_id")?,
            created_at: row.millis("created_at")?,
        })
    })
    .collect()
}

/// A video, as moderators see it in the list of its owner's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnVideo {
    /// `videos.id`.
    pub id: i64,
    /// `videos.uuid`.
    pub uuid: uuid::Uuid,
    /// Title.
    pub name: String,
    /// PeerTube's number of its privacy.
    pub privacy: i64,
    /// PeerTube's number of its state.
    pub state: i64,
    /// A text of it waits for a human, or was refused.
    pub held: bool,
    /// It is in the blocklist, or waits there for a first look.
    pub blocked: bool,
    /// Views.
    pub views: i64,
    /// Comments that are public.
    pub comments: i64,
    /// When it was made.
    pub created_at: Millis,
}

/// All videos of an account, also those that nobody else sees, newest first; and how many.
///
/// # Errors
/// The engine's.
pub async fn videos(
    conn: &mut Conn,
    account_id: i64,
    window: Window,
) -> Result<(i64, Vec<OwnVideo>), DbError> {
    let from = "FROM videos v JOIN channels c ON c.id = v.channel_id WHERE c.account_id = $1";
    let total = sql(format!("SELECT COUNT(*) AS n {from}")).int(account_id).one(conn).await?;
    let text = format!(
        "SELECT v.id, v.uuid, v.name, v.privacy, v.state, v.held, v.views, v.comments, \
         v.created_at {from} ORDER BY v.created_at DESC, v.id DESC LIMIT $2 OFFSET $3"
    );
    let rows = sql(text).int(account_id).int(window.count).int(window.start).all(conn).await?;
    let read = |row: &crate::db::Row| {
        Ok(OwnVideo {
            id: row.int("id")?,
            uuid: row.uuid("uuid")?,
            name: row.text("name")?,
            privacy: row.int("privacy")?,
            state: row.int("state")?,
            held: row.int("held")? & 1 == 1,
            blocked: row.int("held")? & 2 == 2,
            views: row.int("views")?,
            comments: row.int("comments")?,
            created_at: row.millis("created_at")?,
        })
    };
    Ok((total.int("n")?, rows.iter().map(read).collect::<Result<_, DbError>>()?))
}
