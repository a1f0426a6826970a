//! Which comments does an owner or a moderator look for? Everything that is not gone, with
//! PeerTube's filters.

use super::{COLUMNS, CommentRow, read};
use crate::db::conn::like;
use crate::db::{Conn, DbError, Sql, sql};
use crate::domain::{Order, Window, sort_key};

/// What a list is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// In the text, the author's name or the video's title.
    pub search: Option<String>,
    /// In the author's name.
    pub search_account: Option<String>,
    /// In the video's title.
    pub search_video: Option<String>,
    /// Written here, or elsewhere.
    pub local: Option<bool>,
    /// Under videos of this server, or of others.
    pub on_local_video: Option<bool>,
    /// Waiting for review, or not.
    pub held: Option<bool>,
    /// Under this video.
    pub video_id: Option<i64>,
    /// Under videos of this channel.
    pub channel_id: Option<i64>,
    /// Under videos of this account.
    pub owner_account_id: Option<i64>,
    /// With one of these automatic tags.
    pub tags: Vec<String>,
}

/// A bound value.
enum Bind {
    Int(i64),
    Text(String),
    Texts(Vec<String>),
}

/// Conditions with their values, in the order of their placeholders.
struct Wanted {
    conditions: Vec<String>,
    binds: Vec<Bind>,
}

impl Wanted {
    /// Adds a condition; `?` in it stands for the value.
    fn also(&mut self, condition: &str, bind: Bind) {
        self.binds.push(bind);
        let place = format!("${}", self.binds.len());
        self.conditions.push(condition.replace('?', &place));
    }

    fn text(&self) -> String {
        self.conditions.join(" AND ")
    }

    fn bind(&self, text: String) -> Sql {
        self.binds.iter().fold(sql(text), |query, bind| match bind {
            Bind::Int(value) => query.int(*value),
            Bind::Text(value) => query.text(value),
            Bind::Texts(values) => query.texts(values),
        })
    }
}

const AUTHOR: &str = "(x.name_folded LIKE ? ESCAPE '!' OR c.actor_id IN \
    (SELECT a.actor_id FROM accounts a WHERE a.display_sort LIKE ? ESCAPE '!'))";
const VIDEO: &str = "v.name_sort LIKE ? ESCAPE '!'";
const TAGGED: &str = "EXISTS (SELECT 1 FROM comment_tags t WHERE t.comment_id = c.id AND t.tag IN ";

fn wanted(conn: &Conn, filter: &Filter) -> Wanted {
    let mut wanted =
        Wanted { conditions: vec!["c.state <> 'deleted'".to_owned()], binds: Vec::new() };
    let found = |text: &str| Bind::Text(like(&sort_key(text)));
    if let Some(text) = &filter.search {
        let anywhere = format!("(c.folded LIKE ? ESCAPE '!' OR {AUTHOR} OR {VIDEO})");
        wanted.also(&anywhere, found(text));
    }
    if let Some(text) = &filter.search_account {
        wanted.also(AUTHOR, found(text));
    }
    if let Some(text) = &filter.search_video {
        wanted.also(VIDEO, found(text));
    }
    if let Some(local) = filter.local {
        wanted.conditions.push(if local { "x.host = ''" } else { "x.host <> ''" }.to_owned());
    }
    if let Some(local) = filter.on_local_video {
        wanted.also("v.remote = ?", Bind::Int(i64::from(!local)));
    }
    if let Some(held) = filter.held {
        let state = if held { "c.state = 'held'" } else { "c.state <> 'held'" };
        wanted.conditions.push(state.to_owned());
    }
    if let Some(id) = filter.video_id {
        wanted.also("c.video_id = ?", Bind::Int(id));
    }
    if let Some(id) = filter.channel_id {
        wanted.also("v.channel_id = ?", Bind::Int(id));
    }
    if let Some(id) = filter.owner_account_id {
        wanted.also("ch.account_id = ?", Bind::Int(id));
    }
    if !filter.tags.is_empty() {
        let within = conn.engine().texts_in("?");
        wanted.also(&format!("{TAGGED}{within})"), Bind::Texts(filter.tags.clone()));
    }
    wanted
}

/// Only the tables that the conditions name, so that a plain count reads an index alone.
fn from(conditions: &str) -> String {
    let mut from = "FROM comments c".to_owned();
    let channel = conditions.contains("ch.");
    if conditions.contains("x.") {
        from.push_str(" JOIN actors x ON x.id = c.actor_id");
    }
    if channel || conditions.contains("v.") {
        from.push_str(" JOIN videos v ON v.id = c.video_id");
    }
    if channel {
        from.push_str(" JOIN channels ch ON ch.id = v.channel_id");
    }
    from
}

/// Comments by the moment they were written, and how many there are.
///
/// # Errors
/// The engine's.
pub async fn list(
    conn: &mut Conn,
    filter: &Filter,
    order: Order<()>,
    window: Window,
) -> Result<(i64, Vec<CommentRow>), DbError> {
    let wanted = wanted(conn, filter);
    let conditions = wanted.text();
    let from = from(&conditions);
    let count = wanted.bind(format!("SELECT COUNT(*) AS n {from} WHERE {conditions}"));
    let total = count.one(conn).await?.int("n")?;
    let (way, n) = (order.way(), wanted.binds.len());
    let text = format!(
        "SELECT {COLUMNS} {from} WHERE {conditions} ORDER BY c.created_at {way}, c.id {way} \
         LIMIT ${} OFFSET ${}",
        n + 1,
        n + 2
    );
    let rows = wanted.bind(text).int(window.count).int(window.start).all(conn).await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}
