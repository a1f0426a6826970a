//! How does a user come to be? With an account of the same name and a first channel.

use super::{AccountsError, judged};
use crate::app::App;
use crate::auth::password;
use crate::config::NsfwDefault;
use crate::db::actors::{self, ActorKind};
use crate::db::channels::{self, ChannelTexts};
use crate::db::moderation::subjects;
use crate::db::revisions::{self, SubjectKind};
use crate::db::users::NewUser;
use crate::db::{Tx, accounts, plugins, users};
use crate::domain::names::{MAX_NAME, is_channel_name, is_email, is_username};
use crate::domain::preferences::{NsfwPolicy, Preferences};
use crate::domain::{Millis, PluginEvent, PluginEventKind, Role};
use crate::moderation::texts::{self, Judged, Where};
use crate::transact;

/// A user to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Log-in name, and name of the account.
    pub username: String,
    /// E-mail address.
    pub email: String,
    /// Password, 6 to 255 characters.
    pub password: String,
    /// Role.
    pub role: Role,
    /// PeerTube's `adminFlags`.
    pub admin_flags: i64,
    /// Name of the first channel; `NAME_channel` when it is not given.
    pub channel_name: Option<String>,
    /// Bytes in all; the configured ones when not given.
    pub video_quota: Option<i64>,
    /// Bytes in 24 hours; the configured ones when not given.
    pub video_quota_daily: Option<i64>,
}

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Created {
    /// `users.id`.
    pub user_id: i64,
    /// `accounts.id`.
    pub account_id: i64,
    /// `channels.id` of the first channel.
    pub channel_id: i64,
}

/// Makes a user with account and first channel.
///
/// # Errors
/// [`AccountsError::Invalid`], [`AccountsError::NameTaken`], [`AccountsError::EmailTaken`].
pub async fn create(app: &App, new: NewAccount) -> Result<Created, AccountsError> {
    check(&new)?;
    check_password("password", &new.password)?;
    let hash = password::hash(app, &new.password).await?;
    let prepared = prepare(app, &new, &Titles::default(), hash).await?;
    let now = app.now();
    transact!(app.db(), tx => { write(tx, &prepared, now).await })
}

/// Display names of somebody new, where they chose them.
#[derive(Debug, Clone, Default)]
pub(super) struct Titles {
    /// Of the account; else its name.
    pub account: Option<String>,
    /// Of the first channel.
    pub channel: Option<String>,
}

/// A user who can be written.
pub(super) struct Prepared {
    user: NewUser,
    names: Names,
    titles: Titles,
    channel_name: Option<String>,
    spare_channel_name: String,
    preferences: String,
    base_url: String,
}

/// Checks and judges what a user brings, before the transaction that makes them.
///
/// # Errors
/// [`AccountsError::Invalid`]; the database's.
pub(super) async fn prepare(
    app: &App,
    new: &NewAccount,
    titles: &Titles,
    password_hash: String,
) -> Result<Prepared, AccountsError> {
    check(new)?;
    let settings = &app.config().accounts;
    Ok(Prepared {
        user: NewUser {
            username: new.username.clone(),
            email: new.email.trim().to_owned(),
            password_hash,
            role: new.role,
            admin_flags: new.admin_flags,
            video_quota: new.video_quota.unwrap_or(settings.video_quota_bytes),
            video_quota_daily: new.video_quota_daily.unwrap_or(settings.video_quota_daily_bytes),
        },
        names: judge(app, new, titles).await?,
        titles: titles.clone(),
        channel_name: new.channel_name.clone(),
        spare_channel_name: format!("channel_{}", hex::encode(app.random_bytes::<4>())),
        preferences: first_preferences(app)?,
        base_url: app.config().public_url(),
    })
}

/// Writes a user with account and first channel, and tells plugins.
///
/// # Errors
/// [`AccountsError::NameTaken`], [`AccountsError::EmailTaken`]; the database's.
pub(super) async fn write(
    tx: &mut Tx,
    new: &Prepared,
    now: Millis,
) -> Result<Created, AccountsError> {
    let user = &new.user;
    if actors::name_taken(tx, &user.username).await? {
        return Err(AccountsError::NameTaken);
    }
    if users::email_taken(tx, &user.email).await? {
        return Err(AccountsError::EmailTaken);
    }
    let channel = match &new.channel_name {
        Some(name) if actors::name_taken(tx, name).await? => {
            return Err(AccountsError::NameTaken);
        }
        Some(name) => name.clone(),
        None => free_channel_name(tx, &user.username, &new.spare_channel_name).await?,
    };
    let created = rows(tx, new, &channel, now).await?;
    users::set_preferences(tx, created.user_id, &new.preferences, now).await?;
    let event = PluginEvent { what: PluginEventKind::UserRegistered, id: created.user_id };
    plugins::events::tell(tx, event, now).await?;
    Ok(created)
}

/// What the instance chose, until they choose themselves.
fn first_preferences(app: &App) -> Result<String, AccountsError> {
    let nsfw_policy = match app.config().instance.default_nsfw_policy {
        NsfwDefault::DoNotList => NsfwPolicy::DoNotList,
        NsfwDefault::Warn => NsfwPolicy::Warn,
        NsfwDefault::Blur => NsfwPolicy::Blur,
        NsfwDefault::Display => NsfwPolicy::Display,
    };
    let preferences = Preferences { nsfw_policy, ..Preferences::default() };
    serde_json::to_string(&preferences).map_err(|_| AccountsError::Invalid {
        param: "preferences",
        problem: "Should be storable.",
    })
}

pub(super) fn check(new: &NewAccount) -> Result<(), AccountsError> {
    let invalid = |param, problem| Err(AccountsError::Invalid { param, problem });
    if !is_username(&new.username) {
        return invalid("username", "Should be 1 to 50 of a-z, 0-9, dot and underscore.");
    }
    if !is_email(&new.email) {
        return invalid("email", "Should be an e-mail address.");
    }
    if let Some(name) = &new.channel_name {
        if !is_channel_name(name) {
            return invalid("channelName", "Should be 1 to 50 letters, digits, or any of -_.:");
        }
        if name.eq_ignore_ascii_case(&new.username) {
            return invalid("channelName", "Should not be the same as the username.");
        }
    }
    check_quota("videoQuota", new.video_quota)?;
    check_quota("videoQuotaDaily", new.video_quota_daily)
}

/// Passwords have 6 to 255 characters, as PeerTube's.
pub(super) fn check_password(param: &'static str, password: &str) -> Result<(), AccountsError> {
    if (6..=255).contains(&password.chars().count()) {
        return Ok(());
    }
    Err(AccountsError::Invalid { param, problem: "Should have 6 to 255 characters." })
}

/// -1 stands for no limit.
pub(super) fn check_quota(param: &'static str, bytes: Option<i64>) -> Result<(), AccountsError> {
    if bytes.is_none_or(|bytes| bytes >= -1) {
        return Ok(());
    }
    Err(AccountsError::Invalid { param, problem: "Should be a number of bytes, or -1." })
}

async fn free_channel_name(
    tx: &mut Tx,
    username: &str,
    spare: &str,
) -> Result<String, AccountsError> {
    let wanted = format!("{username}_channel");
    if wanted.len() <= MAX_NAME && !actors::name_taken(tx, &wanted).await? {
        return Ok(wanted);
    }
    Ok(spare.to_owned())
}

/// What a first channel is called.
fn main_channel(username: &str) -> String {
    format!("Main {username} channel")
}

/// Judged names of somebody new.
struct Names {
    account: Vec<Judged>,
    channel: Vec<Judged>,
}

async fn judge(app: &App, new: &NewAccount, titles: &Titles) -> Result<Names, AccountsError> {
    let place = Where { author_role: Some(new.role), ..Where::default() };
    let mut of_account = vec![judged::text(SubjectKind::Account, "name", &new.username)];
    if let Some(title) = &titles.account {
        of_account.push(judged::text(SubjectKind::Account, "display_name", title));
    }
    let title = channel_title(new.username.as_str(), titles);
    let mut of_channel = vec![judged::text(SubjectKind::Channel, "display_name", &title)];
    if let Some(name) = &new.channel_name {
        of_channel.push(judged::text(SubjectKind::Channel, "name", name));
    }
    Ok(Names {
        account: texts::judge_all(app, place, of_account).await?,
        channel: texts::judge_all(app, place, of_channel).await?,
    })
}

fn channel_title(username: &str, titles: &Titles) -> String {
    titles.channel.clone().unwrap_or_else(|| main_channel(username))
}

async fn rows(
    tx: &mut Tx,
    new: &Prepared,
    channel: &str,
    now: Millis,
) -> Result<Created, AccountsError> {
    let (user, names, base_url) = (&new.user, &new.names, &new.base_url);
    let name = &user.username;
    // A title that is withheld waits as a version; meanwhile the account goes by its name.
    let title = new.titles.account.as_ref();
    let title = title.filter(|_| !texts::withheld(&names.account, "display_name")).unwrap_or(name);
    let user_id = users::insert(tx, user, now).await?;
    let actor_id = actors::insert(tx, ActorKind::Account, name, base_url, now).await?;
    let account_id = accounts::insert(tx, actor_id, Some(user_id), title, now).await?;
    let display_name = channel_title(name, &new.titles);
    let written = ChannelTexts { display_name, ..ChannelTexts::default() };
    let channel_actor = actors::insert(tx, ActorKind::Channel, channel, base_url, now).await?;
    let channel_id = channels::insert(tx, channel_actor, account_id, &written, now).await?;
    let by = Some(actor_id);
    let account = (SubjectKind::Account, account_id);
    texts::keep(tx, account, &names.account, by, now).await?;
    if new.titles.account.is_none() {
        // Its first display name is the name that was judged.
        revisions::record(tx, account.0, account_id, "display_name", name, by, now).await?;
    }
    if texts::any_withheld(&names.account) {
        subjects::hide(tx, SubjectKind::Account, account_id, now).await?;
    }
    let first = (SubjectKind::Channel, channel_id);
    texts::keep(tx, first, &names.channel, by, now).await?;
    if texts::any_withheld(&names.channel) {
        subjects::hide(tx, SubjectKind::Channel, channel_id, now).await?;
    }
    Ok(Created { user_id, account_id, channel_id })
}
