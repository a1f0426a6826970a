//! Who is here, and with what? Users with account, channels and what they take.

use std::collections::HashMap;

use super::AccountsError;
use crate::app::App;
use crate::db::accounts::AccountRow;
use crate::db::channels::ChannelRow;
use crate::db::users::UserRow;
use crate::db::users_list::{self, UserFilter, UserOrder};
use crate::db::{Conn, accounts, channels, comments, notifications, quota, users};
use crate::domain::notification::NotificationSettings;
use crate::domain::quota::Usage;
use crate::domain::{Order, Principal, Window};

/// A user with everything that is shown of them.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The user.
    pub user: UserRow,
    /// Their account.
    pub account: AccountRow,
    /// Their channels, oldest first.
    pub channels: Vec<ChannelRow>,
    /// What their videos take.
    pub usage: Usage,
    /// Which notifications they want.
    pub notifications: NotificationSettings,
    /// How much they published, when asked for.
    pub counts: Option<Counts>,
}

/// How much somebody published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Videos of all their channels.
    pub videos: i64,
    /// Comments that they did not remove.
    pub comments: i64,
}

/// One user.
///
/// # Errors
/// [`AccountsError::NoSuch`].
pub async fn one(app: &App, user_id: i64, with_stats: bool) -> Result<Profile, AccountsError> {
    let mut conn = app.db().read().await?;
    let user = users::by_id(&mut conn, user_id).await?;
    let user = user.ok_or(AccountsError::NoSuch("User not found"))?;
    let mut profile = complete(app, &mut conn, vec![user])
        .await?
        .pop()
        .ok_or(AccountsError::NoSuch("User not found"))?;
    if with_stats {
        profile.counts = Some(Counts {
            videos: users_list::count_videos(&mut conn, user_id).await?,
            comments: comments::count_of_actor(&mut conn, profile.account.actor.id).await?,
        });
    }
    Ok(profile)
}

/// One user, for those who manage them: administrators everybody, moderators plain users and
/// themselves.
///
/// # Errors
/// [`AccountsError::Forbidden`], [`AccountsError::NoSuch`].
pub async fn managed(
    app: &App,
    who: &Principal,
    user_id: i64,
    with_stats: bool,
) -> Result<Profile, AccountsError> {
    require_sees_users(who)?;
    let profile = one(app, user_id, with_stats).await?;
    if who.user_id == user_id || who.role.manages(profile.user.role) {
        return Ok(profile);
    }
    Err(AccountsError::Forbidden("Moderators see plain users only."))
}

/// Some users, and how many there are: for administrators and moderators.
///
/// # Errors
/// [`AccountsError::Forbidden`].
pub async fn list(
    app: &App,
    who: &Principal,
    filter: &UserFilter,
    order: Order<UserOrder>,
    window: Window,
) -> Result<(i64, Vec<Profile>), AccountsError> {
    require_sees_users(who)?;
    let mut conn = app.db().read().await?;
    let (total, rows) = users_list::list(&mut conn, filter, order, window).await?;
    Ok((total, complete(app, &mut conn, rows).await?))
}

/// Lets only administrators and moderators see users.
///
/// # Errors
/// [`AccountsError::Forbidden`].
pub fn require_sees_users(who: &Principal) -> Result<(), AccountsError> {
    if who.role.sees_users() {
        return Ok(());
    }
    Err(AccountsError::Forbidden("Users are managed by administrators and moderators."))
}

async fn complete(
    app: &App,
    conn: &mut Conn,
    rows: Vec<UserRow>,
) -> Result<Vec<Profile>, AccountsError> {
    let ids: Vec<i64> = rows.iter().map(|user| user.account_id).collect();
    let mut found: HashMap<i64, AccountRow> = HashMap::new();
    for account in accounts::by_ids(conn, &ids).await? {
        found.insert(account.id, account);
    }
    let mut owned: HashMap<i64, Vec<ChannelRow>> = HashMap::new();
    for channel in channels::of_accounts(conn, &ids).await? {
        owned.entry(channel.account_id).or_default().push(channel);
    }
    let mut profiles = Vec::with_capacity(rows.len());
    for user in rows {
        // Removed between the two queries: no longer in the list.
        let Some(account) = found.remove(&user.account_id) else { continue };
        let usage = quota::stored(conn, user.id, app.now()).await?;
        let channels = owned.remove(&user.account_id).unwrap_or_default();
        let notifications = notifications::settings(conn, user.id).await?;
        profiles.push(Profile { user, account, channels, usage, notifications, counts: None });
    }
    Ok(profiles)
}
