//! How does a client get tokens? OAuth2 password and refresh grants, as PeerTube's clients send
//! them.

use std::net::IpAddr;

use subtle::ConstantTimeEq as _;

use super::AccountsError;
use crate::app::App;
use crate::auth::throttle::Lock;
use crate::auth::tokens::{self, Issued};
use crate::auth::{AuthError, password, principal, throttle};
use crate::db::tokens::Caller;
use crate::db::{instance, registrations, tokens as kept, users};
use crate::domain::registration::RegistrationState;
use crate::transact;

const CLIENT_ID: &str = "oauth-client-id";
const CLIENT_SECRET: &str = "oauth-client-secret";
/// Characters of a password that are looked at; longer ones are not hashed at all.
const MAX_PASSWORD: usize = 1024;

/// What every client of this instance names itself with. It is public: PeerTube's web client
/// asks for it before it logs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthClient {
    /// 32 characters.
    pub id: String,
    /// 32 characters.
    pub secret: String,
}

/// A password grant.
pub struct PasswordGrant<'a> {
    /// Log-in name or e-mail address.
    pub login: &'a str,
    /// The password.
    pub password: &'a str,
    /// Where it comes from.
    pub address: IpAddr,
    /// What the owner will see of it in the list of sessions.
    pub caller: &'a Caller,
}

/// The instance's client; made when it is first asked for.
///
/// # Errors
/// The database's.
pub async fn client(app: &App) -> Result<OAuthClient, AccountsError> {
    let mut conn = app.db().read().await?;
    let id = instance::value(&mut conn, CLIENT_ID).await?;
    let secret = instance::value(&mut conn, CLIENT_SECRET).await?;
    drop(conn);
    if let (Some(id), Some(secret)) = (id, secret) {
        return Ok(OAuthClient { id, secret });
    }
    let id = hex::encode(app.random_bytes::<16>());
    let secret = hex::encode(app.random_bytes::<16>());
    transact!(app.db(), tx => {
        Ok(OAuthClient {
            id: instance::value_or_insert(tx, CLIENT_ID, &id).await?,
            secret: instance::value_or_insert(tx, CLIENT_SECRET, &secret).await?,
        })
    })
}

/// Lets only the instance's own client go on.
///
/// # Errors
/// [`AccountsError::InvalidClient`].
pub async fn require_client(app: &App, id: &str, secret: &str) -> Result<(), AccountsError> {
    let known = client(app).await?;
    let same =
        known.id.as_bytes().ct_eq(id.as_bytes()) & known.secret.as_bytes().ct_eq(secret.as_bytes());
    if same.into() { Ok(()) } else { Err(AccountsError::InvalidClient) }
}

/// Opens a session for who knows the password.
///
/// # Errors
/// [`AccountsError::InvalidGrant`] for a wrong name or password; when the password is right but
/// they may not sign in: [`AccountsError::Blocked`], and [`AccountsError::Waiting`] or
/// [`AccountsError::Refused`] for who asked for an account; [`AuthError::TooManyFailures`].
pub async fn password(app: &App, grant: &PasswordGrant<'_>) -> Result<Issued, AccountsError> {
    let mut conn = app.db().read().await?;
    let user = users::by_login(&mut conn, grant.login).await?;
    let asked = match &user {
        Some(_) => None,
        None => registrations::by_login(&mut conn, grant.login).await?,
    };
    drop(conn);
    let account = user.as_ref().map_or_else(
        || format!("name {}", grant.login.to_lowercase()),
        |user| format!("user {}", user.id),
    );
    let attempt = throttle::begin(app, Lock::Account, grant.address, &account)?;
    if grant.password.len() > MAX_PASSWORD {
        return Err(AccountsError::InvalidGrant);
    }
    let kept = user.as_ref().map(|user| user.password_hash.as_str());
    let kept = kept.or(asked.as_ref().map(|asked| asked.password_hash.as_str()));
    if !password::verify(app, grant.password, kept).await? {
        return Err(AccountsError::InvalidGrant);
    }
    let Some(user) = user else {
        return Err(match asked {
            Some(asked) if asked.state == RegistrationState::Pending => AccountsError::Waiting,
            Some(asked) => AccountsError::Refused { response: asked.response },
            None => AccountsError::InvalidGrant,
        });
    };
    attempt.succeeded(app);
    if user.blocked {
        return Err(AccountsError::Blocked { reason: user.blocked_reason });
    }
    Ok(tokens::open_session(app, user.id, grant.caller).await?)
}

/// Exchanges a refresh token for a new pair; the old pair ends.
///
/// # Errors
/// [`AccountsError::InvalidRefreshToken`] when it is unknown, used before, or expired;
/// [`AccountsError::Blocked`].
pub async fn refresh(app: &App, token: &str, caller: &Caller) -> Result<Issued, AccountsError> {
    let hash = tokens::digest(token);
    let (issued, session) = tokens::make(app);
    let now = app.now();
    transact!(app.db(), tx => {
        let found = kept::by_refresh(tx, &hash).await?.filter(|s| s.refresh_expires_at > now);
        let found = found.ok_or(AccountsError::InvalidRefreshToken)?;
        if found.blocked {
            return Err(AccountsError::Blocked { reason: None });
        }
        if !kept::rotate(tx, found.id, &session, caller, now).await? {
            return Err(AccountsError::InvalidRefreshToken);
        }
        Ok(())
    })?;
    principal::forget(app);
    Ok(issued)
}

/// Ends one session of a user.
///
/// # Errors
/// [`AccountsError::NoSuch`] when they have no such session.
pub async fn revoke(app: &App, user_id: i64, session_id: i64) -> Result<(), AccountsError> {
    let now = app.now();
    let ended = transact!(app.db(), tx => {
        crate::db::changes::record(tx, crate::db::changes::ChangeKind::User, user_id, now).await?;
        kept::revoke(tx, user_id, session_id).await.map_err(AuthError::from)
    })?;
    principal::forget(app);
    if ended { Ok(()) } else { Err(AccountsError::NoSuch("This session does not exist.")) }
}
