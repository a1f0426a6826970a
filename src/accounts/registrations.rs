//! How do strangers become users? By themselves, or after a moderator said yes, as the instance
//! wants it.

use std::net::IpAddr;

use super::create::{self, Titles, check_password};
use super::{AccountsError, Created, NewAccount, judged, texts as fits};
use crate::app::App;
use crate::auth::AuthError;
use crate::auth::password;
use crate::auth::throttle::{self, Lock};
use crate::config::Signup;
use crate::db::moderation::audit::{self, Deed, NewAudit};
use crate::db::moderation::statements::{self, NewStatement};
use crate::db::registrations::{
    self, Decided, NewRegistration, RegistrationOrder, RegistrationRow,
};
use crate::db::revisions::SubjectKind;
use crate::db::{Conn, DbError, Tx, actors, jobs, users};
use crate::domain::moderation::Verdict;
use crate::domain::registration::RegistrationState;
use crate::domain::statement::Act;
use crate::domain::{Job, Millis, NotifyEvent, Order, Principal, Role, Window};
use crate::moderation::texts::{self, Text, Where};
use crate::transact;

/// Characters of a reason or answer (PeerTube's).
const TEXT: std::ops::RangeInclusive<usize> = 2..=3_000;
/// Requests that wait at most; more come when some were decided.
const MOST_WAITING: i64 = 10_000;

/// Somebody who wants to be a user.
#[derive(Debug, Clone)]
pub struct Applicant {
    /// Log-in name.
    pub username: String,
    /// E-mail address.
    pub email: String,
    /// Password.
    pub password: String,
    /// Display name of the account.
    pub display_name: Option<String>,
    /// Name of the first channel.
    pub channel_name: Option<String>,
    /// Display name of the first channel.
    pub channel_display_name: Option<String>,
}

impl Applicant {
    fn account(&self) -> NewAccount {
        NewAccount {
            username: self.username.clone(),
            email: self.email.trim().to_owned(),
            password: self.password.clone(),
            role: Role::User,
            admin_flags: 0,
            channel_name: self.channel_name.clone(),
            video_quota: None,
            video_quota_daily: None,
        }
    }

    fn titles(&self) -> Result<Titles, AccountsError> {
        let checked = |name: &Option<String>| name.as_deref().map(fits::display_name).transpose();
        Ok(Titles {
            account: checked(&self.display_name)?,
            channel: checked(&self.channel_display_name)?,
        })
    }
}

/// Whether there is room for one more user.
///
/// # Errors
/// The database's.
pub async fn room(app: &App) -> Result<bool, DbError> {
    let mut conn = app.db().read().await?;
    has_room(app, &mut conn).await
}

async fn has_room(app: &App, conn: &mut Conn) -> Result<bool, DbError> {
    let limit = app.config().accounts.signup_limit;
    Ok(limit < 0 || registrations::count_users(conn).await? < limit)
}

/// Lets a request through when the instance takes such, and not too many come from one place.
fn let_in(app: &App, wanted: Signup, from: IpAddr) -> Result<(), AccountsError> {
    let signup = app.config().accounts.signup;
    if signup != wanted {
        return Err(AccountsError::Forbidden(match signup {
            Signup::Off => "This site does not take new users.",
            Signup::Approval => "Moderators look at who wants an account first: send a request.",
            Signup::Open => "Anybody may have an account here: no request is needed.",
        }));
    }
    // Never given back: each one counts, whatever becomes of it.
    match throttle::begin(app, Lock::Signup, from, "signup") {
        Ok(_) => Ok(()),
        Err(AuthError::TooManyFailures { retry_after }) => {
            Err(AccountsError::TooManySignups { retry_after })
        }
        Err(error) => Err(error.into()),
    }
}

const FULL: &str = "This site has as many users as it takes.";

/// Makes a user of a stranger at once.
///
/// # Errors
/// [`AccountsError::Forbidden`] when the instance does not take users so, or is full;
/// [`AccountsError::TooManySignups`]; as [`super::create`].
pub async fn register(
    app: &App,
    applicant: &Applicant,
    from: IpAddr,
) -> Result<Created, AccountsError> {
    let_in(app, Signup::Open, from)?;
    let (new, titles) = (applicant.account(), applicant.titles()?);
    check_password("password", &new.password)?;
    let hash = password::hash(app, &new.password).await?;
    let prepared = create::prepare(app, &new, &titles, hash).await?;
    let now = app.now();
    let created = transact!(app.db(), tx => {
        if !has_room(app, tx).await? {
            return Err(AccountsError::Forbidden(FULL));
        }
        if registrations::waiting(tx, &new.username, &new.email).await?.0 {
            return Err(AccountsError::NameTaken);
        }
        let created = create::write(tx, &prepared, now).await?;
        tell(tx, NotifyEvent::UserRegistered { user_id: created.user_id }, now).await?;
        Ok(created)
    })?;
    app.wake_jobs();
    tracing::info!(user.id = created.user_id, "somebody signed up");
    Ok(created)
}

async fn tell(tx: &mut Tx, event: NotifyEvent, now: Millis) -> Result<(), DbError> {
    jobs::enqueue(tx, &Job::Notify { event }, now, None, now).await?;
    Ok(())
}

/// Keeps a stranger's request for an account, for moderators to look at.
///
/// # Errors
/// [`AccountsError::Forbidden`] when the instance takes no requests, or is full;
/// [`AccountsError::TooManySignups`]; [`AccountsError::Invalid`] also for what the rules of the
/// instance refuse; [`AccountsError::NameTaken`], [`AccountsError::EmailTaken`].
pub async fn request(
    app: &App,
    applicant: &Applicant,
    reason: &str,
    from: IpAddr,
) -> Result<RegistrationRow, AccountsError> {
    let_in(app, Signup::Approval, from)?;
    let (account, titles, reason) = (applicant.account(), applicant.titles()?, reason.trim());
    check_text("registrationReason", reason)?;
    create::check(&account)?;
    check_password("password", &account.password)?;
    let remarks = remarks(app, applicant, &titles, reason).await?;
    let new = NewRegistration {
        reason: reason.to_owned(),
        username: account.username,
        email: account.email,
        password_hash: password::hash(app, &account.password).await?,
        display_name: titles.account,
        channel_name: account.channel_name,
        channel_display_name: titles.channel,
        remarks,
    };
    let now = app.now();
    let row = transact!(app.db(), tx => {
        require_free(app, tx, &new).await?;
        let id = registrations::insert(tx, &new, now).await?;
        tell(tx, NotifyEvent::RegistrationRequested { registration_id: id }, now).await?;
        registrations::by_id(tx, id).await?.ok_or(AccountsError::NoSuch("Registration not found"))
    })?;
    app.wake_jobs();
    tracing::info!(registration.id = row.id, "somebody asked for an account");
    Ok(row)
}

async fn require_free(app: &App, tx: &mut Tx, new: &NewRegistration) -> Result<(), AccountsError> {
    if !has_room(app, tx).await? {
        return Err(AccountsError::Forbidden(FULL));
    }
    if registrations::count_waiting(tx).await? >= MOST_WAITING {
        return Err(AccountsError::Forbidden(
            "Many requests wait for the moderators of this site. Try again in some days.",
        ));
    }
    let (name, email) = registrations::waiting(tx, &new.username, &new.email).await?;
    let channel_taken = match &new.channel_name {
        Some(channel) => actors::name_taken(tx, channel).await?,
        None => false,
    };
    if name || channel_taken || actors::name_taken(tx, &new.username).await? {
        return Err(AccountsError::NameTaken);
    }
    if email || users::email_taken(tx, &new.email).await? {
        return Err(AccountsError::EmailTaken);
    }
    Ok(())
}

fn check_text(param: &'static str, text: &str) -> Result<(), AccountsError> {
    if TEXT.contains(&text.chars().count()) {
        return Ok(());
    }
    Err(AccountsError::Invalid { param, problem: "Should have 2 to 3000 characters." })
}

/// What the rules of the instance say of an applicant's words: what they would hold is told to
/// moderators, who look anyway; what they refuse is refused.
async fn remarks(
    app: &App,
    applicant: &Applicant,
    titles: &Titles,
    reason: &str,
) -> Result<Vec<String>, AccountsError> {
    let mut said: Vec<(&'static str, Text)> = vec![
        ("username", judged::text(SubjectKind::Account, "name", &applicant.username)),
        ("registrationReason", judged::text(SubjectKind::Account, "description", reason)),
    ];
    let names = [
        ("displayName", SubjectKind::Account, "display_name", &titles.account),
        ("channelName", SubjectKind::Channel, "name", &applicant.channel_name),
        ("channelName", SubjectKind::Channel, "display_name", &titles.channel),
    ];
    for (param, kind, field, name) in names {
        said.extend(name.as_ref().map(|name| (param, judged::text(kind, field, name))));
    }
    let place = Where { author_role: Some(Role::User), ..Where::default() };
    let mut found: Vec<String> = Vec::new();
    for (param, text) in said {
        for one in texts::judge_all(app, place, vec![text]).await? {
            if one.verdict() == Verdict::Reject {
                let problem = "Has words that are not taken on this site.";
                return Err(AccountsError::Invalid { param, problem });
            }
            found.extend(one.labels().map(str::to_owned));
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Requests for accounts, and how many there are: for moderators.
///
/// # Errors
/// [`AccountsError::Forbidden`]; the database's.
pub async fn list(
    app: &App,
    who: &Principal,
    states: &[RegistrationState],
    search: Option<&str>,
    order: Order<RegistrationOrder>,
    window: Window,
) -> Result<(i64, Vec<RegistrationRow>), AccountsError> {
    super::directory::require_sees_users(who)?;
    let mut conn = app.db().read().await?;
    Ok(registrations::page(&mut conn, states, search, order, window).await?)
}

/// The request `id`, while nobody decided it.
async fn open(conn: &mut Conn, id: i64) -> Result<RegistrationRow, AccountsError> {
    let row = registrations::by_id(conn, id).await?;
    let row = row.ok_or(AccountsError::NoSuch("Registration not found"))?;
    if row.state == RegistrationState::Pending {
        return Ok(row);
    }
    Err(AccountsError::AlreadyDecided)
}

/// Makes a user of who asked, with the password they chose. `response` is told to them.
///
/// # Errors
/// [`AccountsError::Forbidden`], [`AccountsError::NoSuch`], [`AccountsError::AlreadyDecided`],
/// [`AccountsError::Invalid`]; [`AccountsError::NameTaken`] or [`AccountsError::EmailTaken`] when
/// somebody else has the name or address by now.
pub async fn accept(
    app: &App,
    who: &Principal,
    id: i64,
    response: Option<&str>,
) -> Result<(), AccountsError> {
    super::directory::require_sees_users(who)?;
    check_response(response)?;
    let mut conn = app.db().read().await?;
    let row = open(&mut conn, id).await?;
    drop(conn);
    let new = NewAccount {
        username: row.username.clone(),
        email: row.email.clone(),
        password: String::new(),
        role: Role::User,
        admin_flags: 0,
        channel_name: row.channel_name.clone(),
        video_quota: None,
        video_quota_daily: None,
    };
    let titles =
        Titles { account: row.display_name.clone(), channel: row.channel_display_name.clone() };
    let prepared = create::prepare(app, &new, &titles, row.password_hash.clone()).await?;
    let now = app.now();
    transact!(app.db(), tx => {
        open(tx, id).await?;
        let created = create::write(tx, &prepared, now).await?;
        let decided = Decided {
            state: RegistrationState::Accepted,
            response,
            by: who.actor_id,
            user_id: Some(created.user_id),
        };
        registrations::decide(tx, id, &decided, now).await?;
        log(tx, Deed::RegistrationAccepted, who, &row, response, now).await?;
        tell(tx, NotifyEvent::RegistrationAccepted { registration_id: id }, now).await?;
        Ok::<(), AccountsError>(())
    })?;
    app.wake_jobs();
    Ok(())
}

/// Refuses a request. Who asked is told `response` when they try to sign in.
///
/// # Errors
/// [`AccountsError::Forbidden`], [`AccountsError::NoSuch`], [`AccountsError::AlreadyDecided`],
/// [`AccountsError::Invalid`].
pub async fn reject(
    app: &App,
    who: &Principal,
    id: i64,
    response: Option<&str>,
) -> Result<(), AccountsError> {
    super::directory::require_sees_users(who)?;
    check_response(response)?;
    let now = app.now();
    transact!(app.db(), tx => {
        let row = open(tx, id).await?;
        let decided = Decided {
            state: RegistrationState::Rejected,
            response,
            by: who.actor_id,
            user_id: None,
        };
        registrations::decide(tx, id, &decided, now).await?;
        let audit_id =
            log(tx, Deed::RegistrationRejected, who, &row, response, now).await?;
        // To nobody who is here: it is counted in public, and told at the door.
        let statement = NewStatement {
            act: Act::RegistrationRefused,
            by_actor_id: Some(who.actor_id),
            reason: response.unwrap_or_default(),
            audit_id: Some(audit_id),
            ..NewStatement::default()
        };
        statements::record(tx, &statement, now).await?;
        Ok::<(), AccountsError>(())
    })
}

fn check_response(response: Option<&str>) -> Result<(), AccountsError> {
    response.map_or(Ok(()), |text| check_text("moderationResponse", text))
}

async fn log(
    tx: &mut Tx,
    deed: Deed,
    who: &Principal,
    row: &RegistrationRow,
    response: Option<&str>,
    now: Millis,
) -> Result<i64, DbError> {
    let text = format!("{}: {}", row.username, row.reason);
    let new =
        NewAudit { by: Some(who.actor_id), note: response, text: &text, ..NewAudit::default() };
    audit::insert(tx, deed, &new, now).await
}

/// Removes a request; a user that came of it stays.
///
/// # Errors
/// [`AccountsError::Forbidden`], [`AccountsError::NoSuch`].
pub async fn remove(app: &App, who: &Principal, id: i64) -> Result<(), AccountsError> {
    super::directory::require_sees_users(who)?;
    transact!(app.db(), tx => {
        if registrations::delete(tx, id).await? {
            return Ok(());
        }
        Err(AccountsError::NoSuch("Registration not found"))
    })
}
