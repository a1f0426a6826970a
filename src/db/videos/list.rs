//! Which videos match? Listings with PeerTube's filters and orders, as pages and as counts.

use super::read::{self, VideoRow};
use crate::db::blocklists::unseen_by;
use crate::db::conn::like;
use crate::db::{Conn, DbError, Engine, Sql, sql};
use crate::domain::{Millis, Order, Privacy, VideoState, Window};

/// What a listing is sorted by, in PeerTube's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum VideoOrder {
    /// `publishedAt`.
    #[default]
    Published,
    /// `originallyPublishedAt`: where it was shown elsewhere before, that date counts.
    OriginallyPublished,
    /// `createdAt`.
    Created,
    /// `updatedAt`.
    Updated,
    /// `name`.
    Name,
    /// `duration`.
    Duration,
    /// `views`.
    Views,
    /// `likes`.
    Likes,
    /// `comments`.
    Comments,
    /// `trending`: views, the younger the video the more they weigh.
    Trending,
    /// `hot`: views, likes and comments, fading faster.
    Hot,
    /// When the person of [`Scope::Watched`] watched it last.
    Watched,
    /// `best`: likes and comments before views, without fading.
    Best,
}

impl VideoOrder {
    /// The expression behind an order. `$now` stands for the moment of the listing, `$who` for the
    /// person whose history it is.
    const fn expression(self) -> &'static str {
        match self {
            Self::Published => "v.published_at",
            Self::OriginallyPublished => "COALESCE(v.originally_published_at, v.published_at)",
            Self::Created => "v.created_at",
            Self::Updated => "v.updated_at",
            Self::Name => "v.name_sort",
            Self::Duration => "v.duration_ms",
            Self::Views => "v.views",
            Self::Likes => "v.likes",
            Self::Comments => "v.comments",
            // Hours since publication, so that a day old video needs twice the views of a new one.
            Self::Trending => "(v.views * 1000000 / (ABS($now - v.published_at) / 3600000 + 24))",
            Self::Hot => {
                "((v.views + v.likes * 10 + v.comments * 5) * 1000000 / \
                 ((ABS($now - v.published_at) / 3600000 + 6) \
                 * (ABS($now - v.published_at) / 3600000 + 6)))"
            }
            Self::Watched => {
                "(SELECT h.updated_at FROM history h WHERE h.video_id = v.id AND h.actor_id = $who)"
            }
            Self::Best => "(v.likes * 20 + v.comments * 5 + v.views - v.dislikes * 20)",
        }
    }
}

/// Whose videos, and which of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// What anybody may find: public and available; for people signed in here, internal too.
    Listed {
        /// The asker is signed in.
        signed_in: bool,
    },
    /// Everything of one account (`users/me/videos`).
    Owned {
        /// `accounts.id`.
        account_id: i64,
    },
    /// What somebody watched and may still find, or open by its address.
    Watched {
        /// `actors.id`.
        actor_id: i64,
    },
    /// A moderator's view.
    Moderated {
        /// Only these, when some are named; otherwise public and internal.
        privacies: Vec<Privacy>,
        /// Also what is not available yet.
        unpublished: bool,
        /// Also what moderation keeps from the public.
        blocked: bool,
    },
}

/// What a listing is narrowed to. Empty lists narrow nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Of this channel (`channels.id`).
    pub channel_id: Option<i64>,
    /// Of this account's channels (`accounts.id`).
    pub account_id: Option<i64>,
    /// Of these channels, by folded name (`users/me/videos?channelNameOneOf`).
    pub channel_names: Vec<String>,
    /// One of these categories.
    pub categories: Vec<i64>,
    /// One of these licences.
    pub licences: Vec<i64>,
    /// One of these language codes.
    pub languages: Vec<String>,
    /// Also those whose language nobody said (PeerTube's `_unknown`).
    pub unknown_language: bool,
    /// Any of these tags, folded.
    pub tags_any: Vec<String>,
    /// All of these tags, folded and different.
    pub tags_all: Vec<String>,
    /// Not, or only, of this server.
    pub local: Option<bool>,
    /// Of this host; empty: of this server.
    pub host: Option<String>,
    /// Not, or only, marked as not for everybody.
    pub nsfw: Option<bool>,
    /// With one of these NSFW flags (bits), it is listed though the others are left out.
    pub nsfw_flags_allowed: i64,
    /// Has one of these NSFW flags (bits).
    pub nsfw_flags_included: i64,
    /// Has none of these NSFW flags (bits).
    pub nsfw_flags_excluded: i64,
    /// Has, or has not, complete HLS files.
    pub hls: Option<bool>,
    /// In one of these states.
    pub states: Vec<VideoState>,
    /// Words of the title, folded; `None` searches nothing.
    pub search: Option<String>,
    /// Not of those whom this actor (`actors.id`; 0: nobody in particular) does not see.
    pub seen_by: Option<i64>,
    /// Nothing matches: a filter asked for what does not exist here (lives, web videos).
    pub nothing: bool,
}

enum Bound {
    Int(i64),
    Text(String),
    Ints(Vec<i64>),
    Texts(Vec<String>),
}

/// A condition under construction: its text holds only what is written in this file.
struct Condition {
    engine: Engine,
    text: String,
    bound: Vec<Bound>,
}

impl Condition {
    fn next(&mut self, bound: Bound) -> String {
        self.bound.push(bound);
        format!("${}", self.bound.len())
    }

    fn and(&mut self, condition: &str) {
        self.text.push_str(if self.text.is_empty() { " WHERE " } else { " AND " });
        self.text.push_str(condition);
    }

    fn and_equal(&mut self, column: &str, value: i64) {
        let at = self.next(Bound::Int(value));
        self.and(&format!("{column} = {at}"));
    }

    fn ints(&mut self, values: Vec<i64>) -> String {
        let at = self.next(Bound::Ints(values));
        self.engine.ints_in(&at)
    }

    fn texts(&mut self, values: Vec<String>) -> String {
        let at = self.next(Bound::Texts(values));
        self.engine.texts_in(&at)
    }

    fn bind(self, mut statement: Sql) -> Sql {
        for bound in self.bound {
            statement = match bound {
                Bound::Int(value) => statement.int(value),
                Bound::Text(value) => statement.text(value),
                Bound::Ints(values) => statement.ints(&values),
                Bound::Texts(values) => statement.texts(&values),
            };
        }
        statement
    }
}

/// How many videos match.
///
/// # Errors
/// The engine's.
pub async fn count(conn: &mut Conn, scope: &Scope, filter: &Filter) -> Result<i64, DbError> {
    let condition = condition(conn.engine(), scope, filter);
    let text = format!("SELECT COUNT(*) AS n {}{}", read::FROM, condition.text);
    condition.bind(sql(text)).one(conn).await?.int("n")
}

/// One page of the videos that match.
///
/// # Errors
/// The engine's.
pub async fn page(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    order: Order<VideoOrder>,
    window: Window,
    now: Millis,
) -> Result<Vec<VideoRow>, DbError> {
    let mut condition = condition(conn.engine(), scope, filter);
    let mut by = order.by.expression().to_owned();
    if by.contains("$now") {
        let at = condition.next(Bound::Int(now.0));
        by = by.replace("$now", &at);
    }
    if let Scope::Watched { actor_id } = scope {
        let at = condition.next(Bound::Int(*actor_id));
        by = by.replace("$who", &at);
    }
    let way = order.way();
    let limit = condition.next(Bound::Int(window.count));
    let offset = condition.next(Bound::Int(window.start));
    let text = format!(
        "SELECT {} {}{} ORDER BY {by} {way}, v.id {way} \
         LIMIT {limit} OFFSET {offset}",
        read::COLUMNS,
        read::FROM,
        condition.text
    );
    condition.bind(sql(text)).all(conn).await?.iter().map(read::read).collect()
}

fn condition(engine: Engine, scope: &Scope, filter: &Filter) -> Condition {
    let mut condition = Condition { engine, text: String::new(), bound: Vec::new() };
    within_scope(&mut condition, scope);
    said_about(&mut condition, filter);
    made_by(&mut condition, filter);
    if filter.nothing {
        condition.and("1 = 0");
    }
    condition
}

fn within_scope(condition: &mut Condition, scope: &Scope) {
    match scope {
        // Literals, so that the planner sees which part of the index is meant.
        Scope::Listed { signed_in: false } => {
            condition.and("v.privacy = 1 AND v.available = 1 AND v.held = 0")
        }
        Scope::Listed { signed_in: true } => {
            condition.and("v.privacy IN (1, 4) AND v.available = 1 AND v.held = 0");
        }
        Scope::Watched { actor_id } => {
            let at = condition.next(Bound::Int(*actor_id));
            condition.and(&format!(
                "v.privacy IN (1, 2, 4) AND v.available = 1 AND v.held = 0 \
                 AND v.id IN (SELECT h.video_id FROM history h WHERE h.actor_id = {at})"
            ));
        }
        Scope::Owned { account_id } => condition.and_equal("c.account_id", *account_id),
        Scope::Moderated { privacies, unpublished, blocked } => {
            let wanted = if privacies.is_empty() {
                vec![Privacy::Public.id(), Privacy::Internal.id()]
            } else {
                privacies.iter().map(|privacy| privacy.id()).collect()
            };
            let within = condition.ints(wanted);
            condition.and(&format!("v.privacy IN {within}"));
            if !unpublished {
                condition.and("v.available = 1");
            }
            if !unpublished && !blocked {
                condition.and("v.held = 0");
            }
        }
    }
}

/// What its owner says about a video.
fn said_about(condition: &mut Condition, filter: &Filter) {
    for (column, wanted) in [("v.category", &filter.categories), ("v.licence", &filter.licences)] {
        if !wanted.is_empty() {
            let within = condition.ints(wanted.clone());
            condition.and(&format!("{column} IN {within}"));
        }
    }
    if !filter.languages.is_empty() || filter.unknown_language {
        let within = condition.texts(filter.languages.clone());
        let or = if filter.unknown_language { " OR v.language IS NULL" } else { "" };
        condition.and(&format!("(v.language IN {within}{or})"));
    }
    if !filter.tags_any.is_empty() {
        let within = condition.texts(filter.tags_any.clone());
        condition.and(&format!(
            "EXISTS (SELECT 1 FROM video_tags t WHERE t.video_id = v.id AND t.tag_folded IN {within})"
        ));
    }
    if !filter.tags_all.is_empty() {
        let wanted = i64::try_from(filter.tags_all.len()).unwrap_or(i64::MAX);
        let within = condition.texts(filter.tags_all.clone());
        let wanted = condition.next(Bound::Int(wanted));
        condition.and(&format!(
            "(SELECT COUNT(DISTINCT t.tag_folded) FROM video_tags t WHERE t.video_id = v.id \
             AND t.tag_folded IN {within}) = {wanted}"
        ));
    }
    match filter.nsfw {
        Some(false) if filter.nsfw_flags_allowed != 0 => {
            let at = condition.next(Bound::Int(filter.nsfw_flags_allowed));
            condition.and(&format!("(v.nsfw = 0 OR (v.nsfw_flags & {at}) <> 0)"));
        }
        Some(nsfw) => condition.and_equal("v.nsfw", i64::from(nsfw)),
        None => {}
    }
    if filter.nsfw_flags_included != 0 {
        let at = condition.next(Bound::Int(filter.nsfw_flags_included));
        condition.and(&format!("(v.nsfw_flags & {at}) <> 0"));
    }
    if filter.nsfw_flags_excluded != 0 {
        let at = condition.next(Bound::Int(filter.nsfw_flags_excluded));
        condition.and(&format!("(v.nsfw_flags & {at}) = 0"));
    }
    if let Some(search) = &filter.search {
        let at = condition.next(Bound::Text(like(search)));
        condition.and(&format!("v.name_sort LIKE {at} ESCAPE '!'"));
    }
}

/// Whose it is, where it is from, and how far it is made.
fn made_by(condition: &mut Condition, filter: &Filter) {
    if let Some(id) = filter.channel_id {
        condition.and_equal("v.channel_id", id);
    }
    if let Some(id) = filter.account_id {
        condition.and_equal("c.account_id", id);
    }
    if !filter.channel_names.is_empty() {
        let within = condition.texts(filter.channel_names.clone());
        condition.and(&format!(
            "c.actor_id IN (SELECT x.id FROM actors x WHERE x.host = '' AND x.name_folded IN {within})"
        ));
    }
    if let Some(local) = filter.local {
        condition.and_equal("v.remote", i64::from(!local));
    }
    if let Some(host) = &filter.host {
        let at = condition.next(Bound::Text(host.clone()));
        condition.and(&format!(
            "EXISTS (SELECT 1 FROM actors x WHERE x.id = c.actor_id AND x.host = {at})"
        ));
    }
    if let Some(hls) = filter.hls {
        let not = if hls { "" } else { "NOT " };
        condition.and(&format!(
            "{not}EXISTS (SELECT 1 FROM media_sets s WHERE s.video_id = v.id \
             AND s.state = 'complete')"
        ));
    }
    if let Some(reader) = filter.seen_by {
        let at = condition.next(Bound::Int(reader));
        condition.and(&format!(
            "c.account_id NOT IN (SELECT u.id FROM accounts u WHERE u.actor_id <> {at} \
             AND u.actor_id IN {})",
            unseen_by(&at)
        ));
    }
    if !filter.states.is_empty() {
        let within = condition.ints(filter.states.iter().map(|state| state.id()).collect());
        condition.and(&format!("v.state IN {within}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_placeholder_has_its_value() {
        let filter = Filter {
            channel_id: Some(1),
            categories: vec![1],
            languages: vec!["fr".to_owned()],
            tags_all: vec!["a".to_owned()],
            search: Some("b".to_owned()),
            nsfw: Some(false),
            seen_by: Some(0),
            ..Filter::default()
        };
        let scope = Scope::Moderated { privacies: vec![], unpublished: false, blocked: false };
        let condition = condition(Engine::Sqlite, &scope, &filter);
        for number in 1..=condition.bound.len() {
            assert!(condition.text.contains(&format!("${number}")), "{}", condition.text);
        }
        assert!(!condition.text.contains(&format!("${}", condition.bound.len() + 1)));
    }
}
