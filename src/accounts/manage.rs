//! What may administrators and moderators do to users? Change, block, let in again.

use super::create::{check_password, check_quota};
use super::{AccountsError, NewAccount, ROOT, create};
use crate::app::App;
use crate::auth::{password, principal};
use crate::db::changes::{self, ChangeKind};
use crate::db::moderation::audit::{self, Deed, NewAudit};
use crate::db::moderation::statements::{self, NewStatement};
use crate::db::revisions::SubjectKind;
use crate::db::users::{UserRow, UserSettings};
use crate::db::{Conn, DbError, Tx, tokens, users};
use crate::domain::names::{fold_email, is_email};
use crate::domain::statement::Act;
use crate::domain::{Millis, Principal, Role};
use crate::transact;

/// Characters of a block's reason at most (PeerTube).
const MAX_REASON: usize = 500;

/// What is to be changed of a user; what is not said stays.
#[derive(Debug, Clone, Default)]
pub struct UserChanges {
    /// E-mail address.
    pub email: Option<String>,
    /// The address was proven to be theirs.
    pub email_verified: Option<bool>,
    /// Bytes in all; -1: no limit.
    pub video_quota: Option<i64>,
    /// Bytes in 24 hours; -1: no limit.
    pub video_quota_daily: Option<i64>,
    /// Role.
    pub role: Option<Role>,
    /// PeerTube's `adminFlags`.
    pub admin_flags: Option<i64>,
    /// A new password; ends every session of the user.
    pub password: Option<String>,
}

/// Makes a user in the name of `who`.
///
/// # Errors
/// [`AccountsError::Forbidden`] for a role that `who` may not give; as [`create`].
pub async fn add(
    app: &App,
    who: &Principal,
    new: NewAccount,
) -> Result<super::Created, AccountsError> {
    super::directory::require_sees_users(who)?;
    require_may_give(who, new.role)?;
    check_flags(Some(new.admin_flags))?;
    create(app, new).await
}

fn require_may_give(who: &Principal, role: Role) -> Result<(), AccountsError> {
    if who.role.manages(role) {
        return Ok(());
    }
    Err(AccountsError::Forbidden("Moderators manage plain users only."))
}

/// Lets administrators alone do what cannot be taken back, or gives somebody else's account away.
pub(super) fn require_administers(who: &Principal) -> Result<(), AccountsError> {
    if who.role.administers() {
        return Ok(());
    }
    let why = "Only administrators remove users and change their passwords and addresses.";
    Err(AccountsError::Forbidden(why))
}

fn check_flags(flags: Option<i64>) -> Result<(), AccountsError> {
    if flags.is_none_or(|flags| matches!(flags, 0 | 1)) {
        return Ok(());
    }
    Err(AccountsError::Invalid { param: "adminFlags", problem: "Should be 0 or 1." })
}

/// The user `id`, when `who` may manage them.
pub(super) async fn managed(
    conn: &mut Conn,
    who: &Principal,
    id: i64,
) -> Result<UserRow, AccountsError> {
    super::directory::require_sees_users(who)?;
    let user = users::by_id(conn, id).await?.ok_or(AccountsError::NoSuch("User not found"))?;
    require_may_give(who, user.role)?;
    Ok(user)
}

/// Somebody else must still be able to administer when this one cannot any more.
pub(super) async fn require_not_last(conn: &mut Conn, user: &UserRow) -> Result<(), AccountsError> {
    if user.role == Role::Administrator && users::other_administrators(conn, user.id).await? == 0 {
        return Err(AccountsError::Impossible(
            "This is the last administrator. Make another one first.",
        ));
    }
    Ok(())
}

/// Changes a user. What somebody signs in with, password and address, administrators change alone.
///
/// # Errors
/// [`AccountsError::Forbidden`], [`AccountsError::NoSuch`], [`AccountsError::Invalid`],
/// [`AccountsError::EmailTaken`], [`AccountsError::Impossible`] for the role of root or of the
/// last administrator.
pub async fn update(
    app: &App,
    who: &Principal,
    id: i64,
    changes: UserChanges,
) -> Result<(), AccountsError> {
    check(&changes)?;
    super::directory::require_sees_users(who)?;
    if changes.password.is_some() {
        require_administers(who)?;
    }
    let mut conn = app.db().read().await?;
    managed(&mut conn, who, id).await?;
    drop(conn);
    let hash = match &changes.password {
        Some(new) => Some(password::hash(app, new).await?),
        None => None,
    };
    let now = app.now();
    transact!(app.db(), tx => {
        let user = managed(tx, who, id).await?;
        let settings = merged(tx, who, &user, &changes).await?;
        users::update(tx, id, &settings, now).await?;
        if let Some(hash) = &hash {
            users::set_password(tx, id, hash, now).await?;
        }
        if hash.is_some() || settings.role != user.role {
            let except = (who.user_id == id).then_some(who.session_id);
            tokens::revoke_all(tx, id, except).await?;
        }
        changes::record(tx, ChangeKind::User, id, now).await.map_err(AccountsError::from)
    })?;
    principal::forget(app);
    Ok(())
}

fn check(changes: &UserChanges) -> Result<(), AccountsError> {
    if let Some(email) = &changes.email
        && !is_email(email.trim())
    {
        let problem = "Should be an e-mail address.";
        return Err(AccountsError::Invalid { param: "email", problem });
    }
    if let Some(password) = &changes.password {
        check_password("password", password)?;
    }
    check_flags(changes.admin_flags)?;
    check_quota("videoQuota", changes.video_quota)?;
    check_quota("videoQuotaDaily", changes.video_quota_daily)
}

async fn merged(
    tx: &mut Tx,
    who: &Principal,
    user: &UserRow,
    changes: &UserChanges,
) -> Result<UserSettings, AccountsError> {
    let role = changes.role.unwrap_or(user.role);
    if role != user.role {
        if user.username == ROOT {
            return Err(AccountsError::Impossible("The role of root cannot be changed."));
        }
        require_may_give(who, role)?;
        require_not_last(tx, user).await?;
    }
    let email = changes.email.as_deref().unwrap_or(&user.email).trim().to_owned();
    if email != user.email {
        require_administers(who)?;
    }
    let moved = fold_email(&email) != fold_email(&user.email);
    if moved && users::email_taken(tx, &email).await? {
        return Err(AccountsError::EmailTaken);
    }
    Ok(UserSettings {
        email,
        email_verified: changes.email_verified.unwrap_or(user.email_verified && !moved),
        role,
        admin_flags: changes.admin_flags.unwrap_or(user.admin_flags),
        video_quota: changes.video_quota.unwrap_or(user.video_quota),
        video_quota_daily: changes.video_quota_daily.unwrap_or(user.video_quota_daily),
    })
}

/// Keeps a user from signing in, and ends their sessions.
///
/// # Errors
/// [`AccountsError::Forbidden`], [`AccountsError::NoSuch`], [`AccountsError::Impossible`] for
/// root, oneself and the last administrator.
pub async fn block(
    app: &App,
    who: &Principal,
    id: i64,
    reason: Option<&str>,
) -> Result<(), AccountsError> {
    if reason.is_some_and(|reason| reason.chars().count() > MAX_REASON) {
        let problem = "Should have at most 500 characters.";
        return Err(AccountsError::Invalid { param: "reason", problem });
    }
    set_blocked(app, who, id, true, reason).await
}

/// Lets a blocked user sign in again.
///
/// # Errors
/// [`AccountsError::Forbidden`], [`AccountsError::NoSuch`].
pub async fn unblock(app: &App, who: &Principal, id: i64) -> Result<(), AccountsError> {
    set_blocked(app, who, id, false, None).await
}

async fn set_blocked(
    app: &App,
    who: &Principal,
    id: i64,
    blocked: bool,
    reason: Option<&str>,
) -> Result<(), AccountsError> {
    let now = app.now();
    transact!(app.db(), tx => {
        let user = managed(tx, who, id).await?;
        if user.username == ROOT {
            return Err(AccountsError::Impossible("root cannot be blocked."));
        }
        if blocked && who.user_id == id {
            return Err(AccountsError::Impossible("You cannot block yourself."));
        }
        if blocked {
            require_not_last(tx, &user).await?;
            tokens::revoke_all(tx, id, None).await?;
        }
        users::set_blocked(tx, id, blocked, reason, now).await?;
        let audit_id = if blocked || user.blocked {
            let deed = if blocked { Deed::UserBlocked } else { Deed::UserUnblocked };
            Some(log(tx, deed, who, &user, reason, now).await?)
        } else {
            None
        };
        state_reasons(tx, who, &user, blocked.then_some((reason, audit_id)), now).await?;
        changes::record(tx, ChangeKind::User, id, now).await.map_err(AccountsError::from)
    })?;
    principal::forget(app);
    Ok(())
}

/// Keeps the statement of a suspension, or ends it.
async fn state_reasons(
    tx: &mut Tx,
    who: &Principal,
    user: &UserRow,
    blocked: Option<(Option<&str>, Option<i64>)>,
    now: Millis,
) -> Result<(), DbError> {
    let to = statements::To::Actor(user.actor_id);
    statements::lift(tx, Act::AccountSuspended, to, now).await?;
    let Some((reason, audit_id)) = blocked else { return Ok(()) };
    let new = NewStatement {
        act: Act::AccountSuspended,
        subject: Some((SubjectKind::Account, user.account_id)),
        label: &user.username,
        to_actor_id: Some(user.actor_id),
        by_actor_id: Some(who.actor_id),
        reason: reason.unwrap_or_default(),
        audit_id,
        ..NewStatement::default()
    };
    statements::record(tx, &new, now).await?;
    Ok(())
}

async fn log(
    tx: &mut Tx,
    deed: Deed,
    who: &Principal,
    user: &UserRow,
    reason: Option<&str>,
    now: Millis,
) -> Result<i64, DbError> {
    let new = NewAudit {
        subject: Some((SubjectKind::Account, user.account_id)),
        author_id: Some(user.actor_id),
        by: Some(who.actor_id),
        note: reason,
        text: &user.username,
        ..NewAudit::default()
    };
    audit::insert(tx, deed, &new, now).await
}
