//! Lists that follow an address, and lists that others follow. What comes from elsewhere takes
//! effect when a human has seen what would change, or when it is signed with the key that was
//! named and the human said that this is enough. Entries of one's own, exceptions of one's own,
//! and what was switched off here, stay.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use farandole_word_filter::lists::{Format, WordList};
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;
use std::time::Duration;
use url::Url;

use super::lists::{self as verbs, ListChanges, exchange};
use super::{ModerationError, require};
use crate::app::App;
use crate::auth::outbound::{self, Answer, Outbound};
use crate::db::moderation::entries::{self, NewEntry};
use crate::db::moderation::lists;
use crate::db::moderation::subscriptions::{self, SubscriptionRow, SyncState, Synced};
use crate::db::{Conn, DbError, Tx, jobs};
use crate::domain::moderation::{Deed, Scope};
use crate::domain::{Job, Millis, Principal, Window};
use crate::transact;

/// In all, for one list.
const PATIENCE: Duration = Duration::from_secs(60);
/// Words shown of a difference.
const SHOWN: usize = 500;

const NOT_FOUND: ModerationError = ModerationError::NoSuch("There is no such subscription.");

/// What somebody wants to follow.
#[derive(Debug, Clone, Default)]
pub struct NewSubscription {
    /// `http` or `https`.
    pub url: String,
    /// Name of the list; the host when not said.
    pub name: Option<String>,
    /// What the list does, by name; hold when not said.
    pub action: Option<String>,
    /// Base64 of the Ed25519 key that signs it.
    pub public_key: Option<String>,
    /// Signed changes take effect without approval.
    pub automatic: bool,
}

fn address(text: &str) -> Result<Url, ModerationError> {
    let problem = "Should be an http or https address.";
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = url.filter(|url| url.as_str().len() <= 2_000 && url.username().is_empty());
    url.ok_or_else(|| ModerationError::invalid("url", problem))
}

/// Makes a list that follows an address; its words wait for approval.
///
/// # Errors
/// [`ModerationError::Invalid`], [`ModerationError::Conflict`] when the scope follows it already,
/// [`ModerationError::Forbidden`].
pub async fn add(
    app: &App,
    who: &Principal,
    scope: Scope,
    new: &NewSubscription,
) -> Result<SubscriptionRow, ModerationError> {
    require(app, who, Deed::EditLists(scope)).await?;
    let url = address(&new.url)?;
    let key = new.public_key.as_deref().map(|key| {
        let bytes = BASE64.decode(key).ok().filter(|bytes| bytes.len() == 32);
        let problem = "Should be 32 bytes in Base64.";
        bytes.map(|_| key.to_owned()).ok_or_else(|| ModerationError::invalid("publicKey", problem))
    });
    let key = key.transpose()?;
    if new.automatic && key.is_none() {
        let problem = "Only what is signed can take effect without approval.";
        return Err(ModerationError::invalid("automatic", problem));
    }
    let mut conn = app.db().read().await?;
    if subscriptions::follows(&mut conn, scope, url.as_str()).await? {
        return Err(ModerationError::Conflict("This address is followed already.".to_owned()));
    }
    drop(conn);
    let host = url.host_str().unwrap_or("list").to_owned();
    let said = ListChanges {
        name: Some(new.name.clone().unwrap_or(host)),
        action: new.action.clone(),
        ..ListChanges::default()
    };
    let list_id = verbs::add(app, who, scope, &said).await?;
    let now = app.now();
    let id = transact!(app.db(), tx => {
        let key = key.as_deref();
        let id =
            subscriptions::insert(tx, list_id, url.as_str(), key, new.automatic, now).await?;
        jobs::enqueue(tx, &Job::SyncList { subscription_id: id }, now, None, now).await?;
        Ok::<_, DbError>(id)
    })?;
    app.wake_jobs();
    let mut conn = app.db().read().await?;
    subscriptions::by_id(&mut conn, id).await?.ok_or(NOT_FOUND)
}

/// Subscriptions of a scope, and how many there are.
///
/// # Errors
/// [`ModerationError::Forbidden`].
pub async fn page(
    app: &App,
    who: &Principal,
    scope: Scope,
    window: Window,
) -> Result<(i64, Vec<SubscriptionRow>), ModerationError> {
    require(app, who, Deed::SeeLists(scope)).await?;
    let mut conn = app.db().read().await?;
    Ok(subscriptions::page(&mut conn, scope, window).await?)
}

/// A subscription that `who` may change.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Forbidden`].
pub async fn find(app: &App, who: &Principal, id: i64) -> Result<SubscriptionRow, ModerationError> {
    let mut conn = app.db().read().await?;
    let row = subscriptions::by_id(&mut conn, id).await?.ok_or(NOT_FOUND)?;
    drop(conn);
    require(app, who, Deed::EditLists(row.scope)).await?;
    Ok(row)
}

/// Ends a subscription. The list stays, with what it has.
///
/// # Errors
/// [`ModerationError::NoSuch`], [`ModerationError::Forbidden`].
pub async fn remove(app: &App, who: &Principal, id: i64) -> Result<(), ModerationError> {
    find(app, who, id).await?;
    transact!(app.db(), tx => { subscriptions::delete(tx, id).await })?;
    Ok(())
}

/// What would change if what waits were approved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Entries that would come, the first five hundred.
    pub added: Vec<String>,
    /// Entries that would go, the first five hundred.
    pub removed: Vec<String>,
    /// How many would come and go.
    pub counts: (usize, usize),
}

/// Compares what waits with what came before.
///
/// # Errors
/// [`ModerationError::Conflict`] when nothing waits; [`ModerationError::NoSuch`],
/// [`ModerationError::Forbidden`].
pub async fn difference(
    app: &App,
    who: &Principal,
    id: i64,
) -> Result<Difference, ModerationError> {
    let row = find(app, who, id).await?;
    let new = pending(&row)?;
    let mut conn = app.db().read().await?;
    let old = subscribed(&mut conn, row.list_id).await?;
    let coming: HashSet<(String, String)> =
        new.entries.iter().map(|e| (e.mode.name().to_owned(), e.text.clone())).collect();
    let added: Vec<String> = new
        .entries
        .iter()
        .filter(|e| !old.contains(&(e.mode.name().to_owned(), e.text.clone())))
        .map(|e| e.text.clone())
        .collect();
    let mut removed: Vec<String> =
        old.iter().filter(|key| !coming.contains(*key)).map(|(_, text)| text.clone()).collect();
    removed.sort();
    let counts = (added.len(), removed.len());
    let some = |words: Vec<String>| words.into_iter().take(SHOWN).collect();
    Ok(Difference { added: some(added), removed: some(removed), counts })
}

async fn subscribed(
    conn: &mut Conn,
    list_id: i64,
) -> Result<HashSet<(String, String)>, ModerationError> {
    let rows = entries::all(conn, list_id).await?;
    let of_subscription = rows.into_iter().filter(|row| row.subscribed);
    Ok(of_subscription.map(|row| (row.entry.mode, row.entry.text)).collect())
}

fn pending(row: &SubscriptionRow) -> Result<WordList, ModerationError> {
    let nothing = || ModerationError::Conflict("Nothing waits for approval.".to_owned());
    let json = row.pending.as_deref().ok_or_else(nothing)?;
    WordList::read(Format::Json, json)
        .map_err(|error| ModerationError::invalid("pending", error.to_string()))
}

/// Lets what waits take effect, or drops it.
///
/// # Errors
/// [`ModerationError::Conflict`] when nothing waits, or the list would be too long;
/// [`ModerationError::NoSuch`], [`ModerationError::Forbidden`].
pub async fn answer(
    app: &App,
    who: &Principal,
    id: i64,
    approved: bool,
) -> Result<(), ModerationError> {
    let row = find(app, who, id).await?;
    let new = pending(&row)?;
    let hash = hex::encode(Sha256::digest(row.pending.as_deref().unwrap_or_default()));
    let now = app.now();
    transact!(app.db(), tx => {
        if approved {
            put(tx, Some(who), &row, &new, now).await?;
        }
        let synced = Synced { current_sha256: Some(&hash), ..Synced::default() };
        subscriptions::synced(tx, id, &synced, now).await?;
        Ok::<_, ModerationError>(())
    })
}

/// Puts what came in the place of what came before.
async fn put(
    tx: &mut Tx,
    who: Option<&Principal>,
    row: &SubscriptionRow,
    new: &WordList,
    now: Millis,
) -> Result<(), ModerationError> {
    let coming: Vec<NewEntry> = new.entries.iter().map(exchange::kept).collect();
    let keys: HashSet<(&str, &str)> =
        coming.iter().map(|entry| (entry.mode.as_str(), entry.text.as_str())).collect();
    for old in entries::all(tx, row.list_id).await? {
        let stays = keys.contains(&(old.entry.mode.as_str(), old.entry.text.as_str()));
        if old.subscribed && !stays {
            entries::delete(tx, row.list_id, old.id).await?;
        }
    }
    entries::insert_all(tx, row.list_id, &coming, true, now).await?;
    entries::clear_subscribed_exceptions(tx, row.list_id).await?;
    for one in &new.exceptions {
        entries::except(tx, row.list_id, &one.text, one.note.as_deref(), true, now).await?;
    }
    lists::touch(tx, row.list_id, now).await?;
    exchange::fits(tx, row.list_id).await?;
    if let Some(who) = who {
        let what = format!("approved {} entries of {}", coming.len(), row.url);
        verbs::log(tx, who, row.scope, row.list_id, &row.name, &what, now).await?;
    }
    Ok(())
}

/// Queues every subscription that is due.
///
/// # Errors
/// The database's.
pub async fn queue_due(app: &App) -> Result<(), ModerationError> {
    let hours = u64::from(app.config().moderation.subscription_hours);
    let now = app.now();
    let mut conn = app.db().read().await?;
    let due = subscriptions::due(&mut conn, now.minus(Duration::from_secs(hours * 3600))).await?;
    drop(conn);
    for id in due {
        let job = Job::SyncList { subscription_id: id };
        transact!(app.db(), tx => { jobs::enqueue(tx, &job, now, None, now).await })?;
    }
    app.wake_jobs();
    Ok(())
}

/// Fetches what a list follows. A failure is kept with the subscription, and tried again at the
/// next time.
///
/// # Errors
/// The database's.
pub async fn sync(app: &App, id: i64) -> Result<(), ModerationError> {
    let mut conn = app.db().read().await?;
    let Some(row) = subscriptions::by_id(&mut conn, id).await? else { return Ok(()) };
    drop(conn);
    let now = app.now();
    let fetched = fetch(app, &row).await;
    let (list, answer) = match fetched {
        Ok(Some(fetched)) => fetched,
        Ok(None) => return quiet(app, &row, now).await,
        Err(problem) => {
            tracing::info!(subscription.id = id, problem, "a followed list could not be fetched");
            let pending = row.pending.as_deref();
            let state = Some(SyncState::Failed);
            let synced = Synced { state, error: Some(&problem), pending, ..Synced::default() };
            transact!(app.db(), tx => { subscriptions::synced(tx, id, &synced, now).await })?;
            return Ok(());
        }
    };
    let json = list.write(Format::Json);
    let hash = hex::encode(Sha256::digest(&json));
    if row.current_sha256.as_deref() == Some(hash.as_str()) {
        return quiet(app, &row, now).await;
    }
    let at_once = row.automatic && row.public_key.is_some();
    transact!(app.db(), tx => {
        if at_once {
            put(tx, None, &row, &list, now).await?;
        }
        let synced = Synced {
            state: Some(if at_once { SyncState::Fetched } else { SyncState::Pending }),
            error: None,
            etag: answer.etag.as_deref(),
            pending: (!at_once).then_some(json.as_str()),
            current_sha256: at_once.then_some(hash.as_str()),
        };
        subscriptions::synced(tx, id, &synced, now).await?;
        Ok::<_, ModerationError>(())
    })
}

/// Nothing new came; what waited goes on waiting.
async fn quiet(app: &App, row: &SubscriptionRow, now: Millis) -> Result<(), ModerationError> {
    let state = row.pending.as_ref().map(|_| SyncState::Pending);
    let synced = Synced { state, pending: row.pending.as_deref(), ..Synced::default() };
    transact!(app.db(), tx => { subscriptions::synced(tx, row.id, &synced, now).await })?;
    Ok(())
}

/// The list that is there now; `None` when it is the one that was there before.
async fn fetch(app: &App, row: &SubscriptionRow) -> Result<Option<(WordList, Answer)>, String> {
    let url = Url::parse(&row.url).map_err(|_| "the address cannot be read".to_owned())?;
    let settings = &app.config().moderation;
    let outbound = Outbound {
        url: &url,
        body: None,
        etag: row.etag.as_deref(),
        networks: &settings.subscription_networks,
        most_bytes: settings.subscription_bytes,
        patience: PATIENCE,
    };
    let answer = outbound::fetch(&outbound).await.map_err(|error| error.to_string())?;
    if answer.status == 304 {
        return Ok(None);
    }
    if answer.status != 200 {
        return Err(format!("the other side answered {}", answer.status));
    }
    if let Some(key) = &row.public_key {
        check_signature(key, &answer)?;
    }
    let text = String::from_utf8(answer.body.clone()).map_err(|_| "it is no text".to_owned())?;
    let kind = answer.kind.as_deref().unwrap_or_default();
    let format = match (kind.contains("json"), kind.contains("csv")) {
        (true, _) => Format::Json,
        (_, true) => Format::Csv,
        _ => Format::of_file(url.path()),
    };
    let read = tokio::task::spawn_blocking(move || WordList::read(format, &text)).await;
    let list = read.map_err(|_| "the server stops".to_owned())?;
    Ok(Some((list.map_err(|error| error.to_string())?, answer)))
}

fn check_signature(key: &str, answer: &Answer) -> Result<(), String> {
    let wrong = || "it is not signed with the key that was named: nothing was taken".to_owned();
    let key = BASE64.decode(key).map_err(|_| wrong())?;
    let signature = answer.signature.as_deref().and_then(|text| BASE64.decode(text).ok());
    let key = UnparsedPublicKey::new(&ED25519, key);
    key.verify(&answer.body, &signature.ok_or_else(wrong)?).map_err(|_| wrong())
}

/// A published list as others fetch it.
#[derive(Debug, Clone)]
pub struct Published {
    /// JSON of the list.
    pub body: String,
    /// Base64 of the Ed25519 signature over the bytes of the body.
    pub signature: String,
    /// Base64 of the key.
    pub public_key: String,
    /// Changes with the list.
    pub etag: String,
}

/// A list that was published, signed by this instance.
///
/// # Errors
/// [`ModerationError::NoSuch`], also for a list that is not published.
pub async fn published(app: &App, list_id: i64) -> Result<Published, ModerationError> {
    let mut conn = app.db().read().await?;
    let list = lists::by_id(&mut conn, list_id).await?;
    let list = list.filter(|list| list.texts.published).ok_or(verbs::NOT_FOUND)?;
    let mut whole = exchange::whole(&mut conn, &list).await?;
    // Notes are for one's own moderators.
    whole.entries.iter_mut().for_each(|entry| entry.note = None);
    whole.exceptions.iter_mut().for_each(|one| one.note = None);
    let body = whole.write(Format::Json);
    let mut seed = Sha256::new();
    seed.update(b"farandole published word lists");
    seed.update(app.secret());
    let key = crate::auth::actor_keys::ActorKey::of_seed(&seed.finalize());
    let key = key.ok_or(ModerationError::Interrupted)?;
    let signature = BASE64.encode(key.pair().sign(body.as_bytes()));
    Ok(Published {
        etag: format!("\"{}\"", hex::encode(Sha256::digest(&body))),
        public_key: BASE64.encode(key.public()),
        body,
        signature,
    })
}
