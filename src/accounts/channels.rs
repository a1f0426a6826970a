//! What can be done with channels? Find, list, make, change, remove.

use std::collections::HashMap;

use super::remove::bury_channel;
use super::{AccountsError, judged, texts as rules};
use crate::app::App;
use crate::db::accounts::AccountRow;
use crate::db::actors::{self, ActorKind};
use crate::db::changes::{self, ChangeKind};
use crate::db::channels::{self, ChannelOrder, ChannelRow, ChannelTexts};
use crate::db::comments::place::{ChannelDefaults, set_channel_defaults};
use crate::db::moderation::subjects;
use crate::db::revisions::{self, SubjectKind};
use crate::db::{Conn, Tx, accounts, videos};
use crate::domain::comment::MAX_PAUSE_S;
use crate::domain::names::{is_channel_name, is_email};
use crate::domain::{Millis, Order, P2pPolicy, Principal, Window};
use crate::moderation::texts::{self, Judged, Text};
use crate::transact;

const NOT_FOUND: AccountsError = AccountsError::NoSuch("Video channel not found");

/// A channel with its owner.
#[derive(Debug, Clone)]
pub struct Owned {
    /// The channel.
    pub channel: ChannelRow,
    /// Whose it is.
    pub owner: AccountRow,
}

/// A channel to be made.
#[derive(Debug, Clone, Default)]
pub struct NewChannel {
    /// Name.
    pub name: String,
    /// Display name.
    pub display_name: String,
    /// What it is about.
    pub description: Option<String>,
    /// How to support it.
    pub support: Option<String>,
    /// An address it shows to everybody.
    pub public_email: Option<String>,
    /// Sharing between viewers of its videos, at most: a [`P2pPolicy`] by name.
    pub p2p: Option<String>,
    /// How its videos take comments.
    pub comments: CommentsChanges,
}

/// What is to be changed of how the videos of a channel take comments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CommentsChanges {
    /// PeerTube's comments policy of new videos.
    pub policy: Option<i64>,
    /// Seconds between two comments of one person; 0: none.
    pub pause_s: Option<i64>,
}

impl CommentsChanges {
    fn applied(self, kept: ChannelDefaults) -> Result<ChannelDefaults, AccountsError> {
        let (policy, pause_s) =
            (self.policy.unwrap_or(kept.policy), self.pause_s.unwrap_or(kept.pause_s));
        if !(1..=3).contains(&policy) {
            let problem = "Should be 1 (enabled), 2 (disabled) or 3 (requires approval).";
            return Err(AccountsError::Invalid { param: "commentsPolicy", problem });
        }
        if !(0..=MAX_PAUSE_S).contains(&pause_s) {
            let problem = "Should be 0 to 86,400 seconds.";
            return Err(AccountsError::Invalid { param: "commentsSlowModeSeconds", problem });
        }
        Ok(ChannelDefaults { policy, pause_s })
    }
}

/// What is to be changed of a channel; what is not said stays, `Some(None)` takes away.
#[derive(Debug, Clone, Default)]
pub struct ChannelChanges {
    /// Display name.
    pub display_name: Option<String>,
    /// What it is about.
    pub description: Option<Option<String>>,
    /// How to support it.
    pub support: Option<Option<String>>,
    /// An address it shows to everybody.
    pub public_email: Option<Option<String>>,
    /// Sharing between viewers of its videos, at most: a [`P2pPolicy`] by name.
    pub p2p: Option<Option<String>>,
    /// How its videos take comments.
    pub comments: CommentsChanges,
    /// Give the new support text to every video of the channel.
    pub support_for_videos: bool,
}

/// Name and host of `name` or `name@host`; the host is empty for this instance.
pub(super) fn split<'h>(app: &App, handle: &'h str) -> (&'h str, &'h str) {
    match handle.split_once('@') {
        Some((name, host)) if host.eq_ignore_ascii_case(&app.config().public_host()) => (name, ""),
        Some(parts) => parts,
        None => (handle, ""),
    }
}

/// A channel by `name` or `name@host`.
///
/// # Errors
/// [`AccountsError::NoSuch`].
pub async fn find(app: &App, handle: &str) -> Result<Owned, AccountsError> {
    let (name, host) = split(app, handle);
    let mut conn = app.db().read().await?;
    let channel = channels::by_handle(&mut conn, name, host).await?.ok_or(NOT_FOUND)?;
    let owner = accounts::by_id(&mut conn, channel.account_id).await?.ok_or(NOT_FOUND)?;
    Ok(Owned { channel, owner })
}

/// Channels of one account (by `name` or `name@host`), or of everybody; and how many there are.
///
/// # Errors
/// [`AccountsError::NoSuch`] for an account that does not exist.
pub async fn list(
    app: &App,
    of: Option<&str>,
    search: Option<&str>,
    order: Order<ChannelOrder>,
    window: Window,
) -> Result<(i64, Vec<Owned>), AccountsError> {
    let mut conn = app.db().read().await?;
    let account_id = match of {
        None => None,
        Some(handle) => {
            let (name, host) = split(app, handle);
            let account = accounts::by_handle(&mut conn, name, host).await?;
            Some(account.ok_or(AccountsError::NoSuch("Account not found"))?.id)
        }
    };
    let (total, rows) = channels::list(&mut conn, account_id, search, order, window).await?;
    let mut ids: Vec<i64> = rows.iter().map(|channel| channel.account_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let owners = accounts::by_ids(&mut conn, &ids).await?;
    let owners: HashMap<i64, AccountRow> = owners.into_iter().map(|o| (o.id, o)).collect();
    let owned = rows.into_iter().filter_map(|channel| {
        let owner = owners.get(&channel.account_id)?.clone();
        Some(Owned { channel, owner })
    });
    Ok((total, owned.collect()))
}

/// Makes a channel of `who` and returns its id.
///
/// # Errors
/// [`AccountsError::Invalid`], [`AccountsError::NameTaken`], [`AccountsError::Impossible`] when
/// they have as many as they may.
pub async fn add(app: &App, who: &Principal, new: NewChannel) -> Result<i64, AccountsError> {
    if !is_channel_name(&new.name) {
        let problem = "Should be 1 to 50 letters, digits, or any of -_.:";
        return Err(AccountsError::Invalid { param: "name", problem });
    }
    let written = ChannelTexts {
        display_name: rules::display_name(&new.display_name)?,
        description: rules::long("description", new.description.as_deref())?,
        support: rules::long("support", new.support.as_deref())?,
        public_email: public_email(new.public_email.as_deref())?,
    };
    let policy = new.p2p.as_deref().map(policy).transpose()?;
    let comments = new.comments.applied(ChannelDefaults { policy: 1, pause_s: 0 })?;
    let mut said = vec![judged::text(SubjectKind::Channel, "name", &new.name)];
    said.extend(texts_of(&written));
    let judged = judged::judge(app, who, said).await?;
    let plain = ChannelTexts { display_name: new.name.clone(), ..ChannelTexts::default() };
    let written = public(&plain, written, &judged);
    let most = i64::from(app.config().accounts.max_channels);
    let base_url = app.config().public_url();
    let now = app.now();
    transact!(app.db(), tx => {
        if channels::count_of(tx, who.account_id).await? >= most {
            return Err(AccountsError::Impossible("You have as many channels as you may have."));
        }
        if actors::name_taken(tx, &new.name).await? {
            return Err(AccountsError::NameTaken);
        }
        let actor_id =
            actors::insert(tx, ActorKind::Channel, &new.name, &base_url, now).await?;
        let id = channels::insert(tx, actor_id, who.account_id, &written, now).await?;
        channels::set_p2p(tx, id, policy).await?;
        set_channel_defaults(tx, id, comments).await?;
        texts::keep(tx, (SubjectKind::Channel, id), &judged, Some(who.actor_id), now).await?;
        if texts::any_withheld(&judged) {
            subjects::hide(tx, SubjectKind::Channel, id, now).await?;
        }
        changes::record(tx, ChangeKind::Actor, actor_id, now).await?;
        Ok(id)
    })
}

fn public_email(text: Option<&str>) -> Result<Option<String>, AccountsError> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) if !is_email(text) => {
            let problem = "Should be an e-mail address.";
            Err(AccountsError::Invalid { param: "publicEmail", problem })
        }
        other => Ok(other.map(str::to_owned)),
    }
}

fn policy(name: &str) -> Result<P2pPolicy, AccountsError> {
    let problem = "Should be off, ask, on or null.";
    P2pPolicy::parse(name).ok_or(AccountsError::Invalid { param: "p2pPolicy", problem })
}

/// Every text of a channel, to be judged.
fn texts_of(written: &ChannelTexts) -> Vec<Text> {
    let fields = [
        ("display_name", Some(&written.display_name)),
        ("description", written.description.as_ref()),
        ("support", written.support.as_ref()),
    ];
    let text = |text: Option<&String>| text.map_or("", String::as_str).to_owned();
    let all = fields.into_iter().map(|(field, said)| (field, text(said)));
    all.map(|(field, said)| judged::text(SubjectKind::Channel, field, &said)).collect()
}

/// What everybody may see of `new`: where a text is withheld, what was there before.
fn public(kept: &ChannelTexts, mut new: ChannelTexts, judged: &[Judged]) -> ChannelTexts {
    if texts::withheld(judged, "display_name") {
        new.display_name.clone_from(&kept.display_name);
    }
    if texts::withheld(judged, "description") {
        new.description.clone_from(&kept.description);
    }
    if texts::withheld(judged, "support") {
        new.support.clone_from(&kept.support);
    }
    new
}

/// A local channel that `who` may change.
pub(super) async fn editable(
    app: &App,
    conn: &mut Conn,
    who: &Principal,
    handle: &str,
) -> Result<ChannelRow, AccountsError> {
    let (name, host) = split(app, handle);
    let channel = channels::by_handle(conn, name, host).await?.ok_or(NOT_FOUND)?;
    if !channel.actor.host.is_empty() {
        return Err(AccountsError::Forbidden("This channel lives on another instance."));
    }
    if !who.owns_or_moderates(channel.account_id) {
        return Err(AccountsError::Forbidden("This is the channel of somebody else."));
    }
    Ok(channel)
}

/// Changes a channel.
///
/// # Errors
/// [`AccountsError::Invalid`], [`AccountsError::NoSuch`], [`AccountsError::Forbidden`].
pub async fn update(
    app: &App,
    who: &Principal,
    handle: &str,
    wanted: &ChannelChanges,
) -> Result<(), AccountsError> {
    let display_name = wanted.display_name.as_deref().map(rules::display_name).transpose()?;
    let long = |param, text: &Option<Option<String>>| {
        text.as_ref().map(|text| rules::long(param, text.as_deref())).transpose()
    };
    let description = long("description", &wanted.description)?;
    let support = long("support", &wanted.support)?;
    let email = wanted.public_email.as_ref().map(|text| public_email(text.as_deref()));
    let email = email.transpose()?;
    let sharing = wanted.p2p.as_ref().map(|name| name.as_deref().map(policy).transpose());
    let sharing = sharing.transpose()?;
    let said = [
        ("display_name", display_name.clone()),
        ("description", description.clone().map(Option::unwrap_or_default)),
        ("support", support.clone().map(Option::unwrap_or_default)),
    ];
    let said = said.into_iter().filter_map(|(field, said)| Some((field, said?)));
    let said = said.map(|(field, said)| judged::text(SubjectKind::Channel, field, &said));
    let judged = judged::judge(app, who, said.collect()).await?;
    let now = app.now();
    transact!(app.db(), tx => {
        let kept = editable(app, tx, who, handle).await?;
        let before = ChannelTexts {
            display_name: kept.display_name,
            description: kept.description,
            support: kept.support,
            public_email: kept.public_email,
        };
        let wished = ChannelTexts {
            display_name: display_name.clone().unwrap_or(before.display_name.clone()),
            description: description.clone().unwrap_or(before.description.clone()),
            support: support.clone().unwrap_or(before.support.clone()),
            public_email: email.clone().unwrap_or(before.public_email.clone()),
        };
        let written = public(&before, wished, &judged);
        channels::update(tx, kept.id, &written, now).await?;
        actors::touch(tx, kept.actor.id, now).await?;
        let subject = (SubjectKind::Channel, kept.id);
        texts::keep(tx, subject, &judged, Some(who.actor_id), now).await?;
        subjects::settle(tx, subject, now).await?;
        if wanted.support_for_videos {
            support_for_videos(tx, who, kept.id, written.support.as_deref(), now).await?;
        }
        if let Some(policy) = sharing.filter(|policy| *policy != kept.p2p) {
            // Whether each of its videos is shared may have changed.
            for id in channels::set_p2p(tx, kept.id, policy).await? {
                changes::record(tx, ChangeKind::Video, id, now).await?;
            }
        }
        comments_of_videos(tx, kept.id, kept.comments, wanted.comments, now).await?;
        changes::record(tx, ChangeKind::Actor, kept.actor.id, now).await?;
        Ok(())
    })
}

/// Sets how videos of a channel take comments.
async fn comments_of_videos(
    tx: &mut Tx,
    id: i64,
    kept: ChannelDefaults,
    wanted: CommentsChanges,
    now: Millis,
) -> Result<(), AccountsError> {
    let new = wanted.applied(kept)?;
    if new == kept {
        return Ok(());
    }
    set_channel_defaults(tx, id, new).await?;
    if new.pause_s != kept.pause_s {
        // Pages of its videos say so.
        for video in videos::remove::of_channel(tx, id).await? {
            changes::record(tx, ChangeKind::Video, video, now).await?;
        }
    }
    Ok(())
}

async fn support_for_videos(
    tx: &mut Tx,
    who: &Principal,
    channel_id: i64,
    support: Option<&str>,
    now: Millis,
) -> Result<(), AccountsError> {
    let (by, text) = (Some(who.actor_id), support.unwrap_or_default());
    for id in channels::set_support_of_videos(tx, channel_id, support, now).await? {
        revisions::record(tx, SubjectKind::Video, id, "support", text, by, now).await?;
        changes::record(tx, ChangeKind::Video, id, now).await?;
    }
    Ok(())
}

/// Removes a channel with its videos. Its name stays taken.
///
/// # Errors
/// [`AccountsError::NoSuch`], [`AccountsError::Forbidden`], [`AccountsError::LastChannel`].
pub async fn remove(app: &App, who: &Principal, handle: &str) -> Result<(), AccountsError> {
    let now = app.now();
    transact!(app.db(), tx => {
        let channel = editable(app, tx, who, handle).await?;
        if channels::count_of(tx, channel.account_id).await? <= 1 {
            return Err(AccountsError::LastChannel);
        }
        bury_channel(tx, channel.id, channel.actor.id, now).await
    })?;
    app.wake_jobs();
    Ok(())
}
