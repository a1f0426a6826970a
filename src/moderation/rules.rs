//! Which rules are in force just now? Heads of lists, blocks and policies of every scope, held in
//! memory and read anew when the change feed names one: what this node commits is in force at
//! once, what others commit within a second. The words themselves are [`super::matchers`]'.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::app::App;
use crate::db::blocklists::servers;
use crate::db::changes::{self, ChangeKind};
use crate::db::moderation::blocks::{self, BlockRow};
use crate::db::moderation::lists::{self, ListRow};
use crate::db::moderation::policies::{self, Target};
use crate::db::{Db, DbError};
use crate::domain::Millis;
use crate::domain::moderation::Scope;

/// How often the change feed is read.
const BEAT: Duration = Duration::from_millis(500);
/// How far back each reading goes: sequence order is not commit order.
const OVERLAP: Duration = Duration::from_secs(60);
/// Lists with more entries have an automaton of their own, so that a change of a small one is
/// ready at once.
const LARGE: i64 = 5_000;

/// Lists that are looked for in one pass: id and version of each.
pub(super) type GroupKey = Arc<[(i64, i64)]>;

/// Lists of one scope that share an automaton.
pub(super) struct Group {
    /// Which lists in which version.
    pub key: GroupKey,
    /// Their heads, in the order of the key.
    pub lists: Vec<Arc<ListRow>>,
}

/// Everything that is in force.
#[derive(Default)]
pub(super) struct Rules {
    groups: HashMap<Scope, Vec<Group>>,
    blocks: HashMap<i64, Vec<BlockRow>>,
    /// Actors on servers that the instance blocks.
    strangers: HashSet<i64>,
    policies: HashMap<(Scope, Target), Vec<String>>,
}

impl Rules {
    /// Lists of a scope that are switched on; whether one has expired is for the caller to see.
    pub fn groups(&self, scope: Scope) -> &[Group] {
        self.groups.get(&scope).map_or(&[], Vec::as_slice)
    }

    /// The block of an author in one of `scopes`, if there is one.
    pub fn block(&self, author: i64, scopes: &[Scope], now: Millis) -> Option<&BlockRow> {
        self.blocks.get(&author)?.iter().find(|block| {
            scopes.contains(&block.scope) && block.until.is_none_or(|until| until > now)
        })
    }

    /// An author is on a server that the instance blocks.
    pub fn on_blocked_server(&self, author: i64) -> bool {
        self.strangers.contains(&author)
    }

    /// Tags that hold a text.
    pub fn holding(&self, scope: Scope, target: Target) -> &[String] {
        self.policies.get(&(scope, target)).map_or(&[], Vec::as_slice)
    }

    async fn read(db: &Db, now: Millis) -> Result<Self, DbError> {
        let mut conn = db.read().await?;
        let mut rules = Self::default();
        let mut small: HashMap<Scope, Vec<Arc<ListRow>>> = HashMap::new();
        for list in lists::enabled(&mut conn).await? {
            let list = Arc::new(list);
            if list.entry_count > LARGE {
                let groups = rules.groups.entry(list.scope).or_default();
                groups.push(group(vec![list]));
            } else {
                small.entry(list.scope).or_default().push(list);
            }
        }
        for (scope, lists) in small {
            rules.groups.entry(scope).or_default().push(group(lists));
        }
        for block in blocks::in_force(&mut conn, now).await? {
            rules.blocks.entry(block.actor_id).or_default().push(block);
        }
        rules.strangers.extend(servers::actors(&mut conn).await?);
        for policy in policies::all(&mut conn).await? {
            let held = rules.policies.entry((policy.scope, policy.target)).or_default();
            held.push(policy.tag);
        }
        Ok(rules)
    }
}

fn group(lists: Vec<Arc<ListRow>>) -> Group {
    Group { key: lists.iter().map(|list| (list.id, list.version)).collect(), lists }
}

/// What this node knows.
#[derive(Default)]
struct Known {
    /// The rules, and the mark that was set when their reading began.
    rules: RwLock<Option<(u64, Arc<Rules>)>>,
    /// Goes up with every change.
    mark: AtomicU64,
    /// The last reading of the change feed succeeded.
    sighted: AtomicBool,
    followed: AtomicBool,
    reading: tokio::sync::Mutex<()>,
}

impl Known {
    fn get(&self) -> Option<Arc<Rules>> {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        let (mark, rules) = rules.as_ref()?;
        let holds = *mark == self.mark.load(Ordering::SeqCst);
        (holds && self.sighted.load(Ordering::SeqCst)).then(|| Arc::clone(rules))
    }
}

/// The rules in force.
///
/// # Errors
/// The database's: then nothing is judged, and nothing that should be comes through.
pub(super) async fn current(app: &App) -> Result<Arc<Rules>, DbError> {
    let known = app.room::<Known>();
    if let Some(rules) = known.get() {
        return Ok(rules);
    }
    follow(app, &known);
    let _one_reads = known.reading.lock().await;
    if let Some(rules) = known.get() {
        return Ok(rules);
    }
    let mark = known.mark.load(Ordering::SeqCst);
    let rules = Arc::new(Rules::read(app.db(), app.now()).await?);
    *known.rules.write().unwrap_or_else(PoisonError::into_inner) = Some((mark, Arc::clone(&rules)));
    Ok(rules)
}

/// Follows the change feed from the first call on, until the server stops.
fn follow(app: &App, known: &Arc<Known>) {
    if known.followed.swap(true, Ordering::SeqCst) {
        return;
    }
    let announced = Arc::clone(known);
    app.db().on_change(move |change| {
        if change.kind == ChangeKind::WatchedWords {
            announced.mark.fetch_add(1, Ordering::SeqCst);
        }
    });
    let (follower, known) = (app.clone(), Arc::clone(known));
    app.spawn(async move {
        let stopping = follower.stopping();
        let mut ticks = tokio::time::interval(BEAT);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut last = follower.now();
        let mut seen = HashSet::new();
        loop {
            tokio::select! {
                () = stopping.cancelled() => return,
                _ = ticks.tick() => {}
            }
            let now = follower.now();
            match read_feed(follower.db(), last.min(now).minus(OVERLAP)).await {
                Ok(feed) => {
                    if feed.iter().any(|seq| !seen.contains(seq)) {
                        known.mark.fetch_add(1, Ordering::SeqCst);
                    }
                    seen = feed;
                    last = now;
                    known.sighted.store(true, Ordering::SeqCst);
                }
                Err(error) => {
                    known.sighted.store(false, Ordering::SeqCst);
                    tracing::warn!(error = %error, "changes of watched words cannot be read");
                }
            }
        }
    });
}

async fn read_feed(db: &Db, at: Millis) -> Result<HashSet<i64>, DbError> {
    let mut conn = db.read().await?;
    changes::of_kind_since(&mut conn, ChangeKind::WatchedWords, at).await
}
