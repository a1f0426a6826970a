//! What may people change of themselves? Names, words, address, password, preferences.

use std::net::IpAddr;

use serde_json::{Map, Value};

use super::create::check_password;
use super::{AccountsError, judged, texts};
use crate::app::App;
use crate::auth::throttle::Lock;
use crate::auth::{password, principal, throttle};
use crate::db::changes::{self, ChangeKind};
use crate::db::moderation::subjects;
use crate::db::revisions::SubjectKind;
use crate::db::users::{UserRow, UserSettings};
use crate::db::{Tx, accounts, actors, tokens, users};
use crate::domain::names::{fold_email, is_email};
use crate::domain::preferences::Preferences;
use crate::domain::{Millis, Principal};
use crate::moderation::texts::{self as judging, Judged};
use crate::transact;

/// Bits of PeerTube's `NSFWFlag` that exist.
const NSFW_FLAGS: std::ops::RangeInclusive<i64> = 0..=7;
/// Languages one may list, and letters of one.
const MAX_LANGUAGES: usize = 200;
const MAX_LANGUAGE: usize = 20;

/// What somebody changes of themselves; what is not said stays.
#[derive(Debug, Clone, Default)]
pub struct MeChanges {
    /// Display name of the account.
    pub display_name: Option<String>,
    /// What they say about themselves; `Some(None)` takes it away.
    pub description: Option<Option<String>>,
    /// A new e-mail address; needs the current password.
    pub email: Option<String>,
    /// A new password; needs the current one, and ends every other session.
    pub password: Option<String>,
    /// The current password.
    pub current_password: Option<String>,
    /// Preferences by PeerTube's names; names that are none are left aside.
    pub preferences: Map<String, Value>,
}

/// What is written in the end.
struct Checked {
    judged: Vec<Judged>,
    display_name: Option<String>,
    description: Option<Option<String>>,
    email: Option<String>,
    hash: Option<String>,
    preferences: Map<String, Value>,
}

/// Changes what `who` may change of themselves; all of it or nothing.
///
/// # Errors
/// [`AccountsError::Invalid`], [`AccountsError::WrongCurrentPassword`],
/// [`AccountsError::EmailTaken`], and throttling as at log-in.
pub async fn update(
    app: &App,
    who: &Principal,
    address: IpAddr,
    wanted: MeChanges,
) -> Result<(), AccountsError> {
    if let Some(email) = &wanted.email
        && !is_email(email.trim())
    {
        let problem = "Should be an e-mail address.";
        return Err(AccountsError::Invalid { param: "email", problem });
    }
    if let Some(new) = &wanted.password {
        check_password("password", new)?;
    }
    let display_name = wanted.display_name.as_deref().map(texts::display_name).transpose()?;
    let description = wanted
        .description
        .as_ref()
        .map(|text| texts::long("description", text.as_deref()))
        .transpose()?;
    if wanted.email.is_some() || wanted.password.is_some() {
        require_current(app, who, address, wanted.current_password.as_deref()).await?;
    }
    let hash = match &wanted.password {
        Some(new) => Some(password::hash(app, new).await?),
        None => None,
    };
    let said = [
        ("display_name", display_name.clone()),
        ("description", description.clone().map(Option::unwrap_or_default)),
    ];
    let said = said.into_iter().filter_map(|(field, said)| Some((field, said?)));
    let said = said.map(|(field, said)| judged::text(SubjectKind::Account, field, &said));
    let judged = judged::judge(app, who, said.collect()).await?;
    let changes = Checked {
        judged,
        display_name,
        description,
        email: wanted.email.map(|email| email.trim().to_owned()),
        hash,
        preferences: wanted.preferences,
    };
    let now = app.now();
    transact!(app.db(), tx => { write(tx, who, &changes, now).await })?;
    principal::forget(app);
    Ok(())
}

async fn require_current(
    app: &App,
    who: &Principal,
    address: IpAddr,
    current: Option<&str>,
) -> Result<(), AccountsError> {
    let Some(current) = current else {
        let problem = "Give your current password to change address or password.";
        return Err(AccountsError::Invalid { param: "currentPassword", problem });
    };
    let mut conn = app.db().read().await?;
    let user = users::by_id(&mut conn, who.user_id).await?;
    drop(conn);
    let attempt = throttle::begin(app, Lock::Account, address, &format!("user {}", who.user_id))?;
    let kept = user.as_ref().map(|user| user.password_hash.as_str());
    if !password::verify(app, current, kept).await? {
        return Err(AccountsError::WrongCurrentPassword);
    }
    attempt.succeeded(app);
    Ok(())
}

async fn write(
    tx: &mut Tx,
    who: &Principal,
    changes: &Checked,
    now: Millis,
) -> Result<(), AccountsError> {
    let user = users::by_id(tx, who.user_id).await?;
    let user = user.ok_or(AccountsError::NoSuch("User not found"))?;
    if let Some(email) = &changes.email {
        write_email(tx, &user, email, now).await?;
    }
    if let Some(hash) = &changes.hash {
        users::set_password(tx, user.id, hash, now).await?;
        tokens::revoke_all(tx, user.id, Some(who.session_id)).await?;
    }
    if !changes.preferences.is_empty() {
        let preferences = merged(&Preferences::stored(&user.preferences), &changes.preferences)?;
        let json = serde_json::to_string(&preferences).map_err(|_| AccountsError::Invalid {
            param: "preferences",
            problem: "Should be storable.",
        })?;
        users::set_preferences(tx, user.id, &json, now).await?;
    }
    if changes.display_name.is_some() || changes.description.is_some() {
        write_profile(tx, who, changes, now).await?;
    }
    changes::record(tx, ChangeKind::User, user.id, now).await?;
    Ok(())
}

async fn write_email(
    tx: &mut Tx,
    user: &UserRow,
    email: &str,
    now: Millis,
) -> Result<(), AccountsError> {
    let moved = fold_email(email) != fold_email(&user.email);
    if moved && users::email_taken(tx, email).await? {
        return Err(AccountsError::EmailTaken);
    }
    let settings = UserSettings {
        email: email.to_owned(),
        email_verified: user.email_verified && !moved,
        role: user.role,
        admin_flags: user.admin_flags,
        video_quota: user.video_quota,
        video_quota_daily: user.video_quota_daily,
    };
    Ok(users::update(tx, user.id, &settings, now).await?)
}

async fn write_profile(
    tx: &mut Tx,
    who: &Principal,
    changes: &Checked,
    now: Millis,
) -> Result<(), AccountsError> {
    let account = accounts::by_id(tx, who.account_id).await?;
    let account = account.ok_or(AccountsError::NoSuch("Account not found"))?;
    // What is withheld stays as it was for everybody.
    let name = changes.display_name.as_ref();
    let name = name.filter(|_| !judging::withheld(&changes.judged, "display_name"));
    let about = changes.description.as_ref();
    let about = about.filter(|_| !judging::withheld(&changes.judged, "description"));
    let name = name.unwrap_or(&account.display_name);
    let description = about.unwrap_or(&account.description).as_deref();
    accounts::update(tx, account.id, name, description, now).await?;
    actors::touch(tx, who.actor_id, now).await?;
    let (subject, by) = ((SubjectKind::Account, account.id), Some(who.actor_id));
    judging::keep(tx, subject, &changes.judged, by, now).await?;
    subjects::settle(tx, subject, now).await?;
    changes::record(tx, ChangeKind::Actor, who.actor_id, now).await?;
    Ok(())
}

/// Lays what was sent over what was kept, and checks the whole.
fn merged(kept: &Preferences, sent: &Map<String, Value>) -> Result<Preferences, AccountsError> {
    let invalid = |param, problem| AccountsError::Invalid { param, problem };
    let Ok(Value::Object(mut all)) = serde_json::to_value(kept) else {
        return Err(invalid("preferences", "Should be readable."));
    };
    for (name, value) in &mut all {
        if let Some(new) = sent.get(name) {
            *value = new.clone();
        }
    }
    let new: Preferences = serde_json::from_value(Value::Object(all))
        .map_err(|_| invalid("preferences", "One of them has a value it cannot have."))?;
    let flags = [
        new.nsfw_flags_displayed,
        new.nsfw_flags_hidden,
        new.nsfw_flags_warned,
        new.nsfw_flags_blurred,
    ];
    if flags.iter().any(|flags| !NSFW_FLAGS.contains(flags)) || !new.flags_are_distinct() {
        return Err(invalid("nsfwFlags", "Should be bits of 7, each in one of the four only."));
    }
    let language = |text: &String| (1..=MAX_LANGUAGE).contains(&text.len());
    let listed = new.video_languages.as_ref();
    let fits = listed.is_none_or(|all| all.len() <= MAX_LANGUAGES && all.iter().all(language));
    if !fits || !new.language.as_ref().is_none_or(language) || new.theme.len() > 50 {
        return Err(invalid("preferences", "A language or the theme has an odd length."));
    }
    Ok(new)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merge(sent: Value) -> Result<Preferences, AccountsError> {
        merged(&Preferences::default(), sent.as_object().unwrap())
    }

    #[test]
    fn what_is_not_sent_stays() {
        let new = merge(json!({"p2pEnabled": false, "videoLanguages": ["fr"]})).unwrap();
        assert!(new.p2p_enabled == Some(false) && new.auto_play_video);
        assert_eq!(new.video_languages, Some(vec!["fr".to_owned()]));
        let emptied = merged(&new, json!({"videoLanguages": null}).as_object().unwrap()).unwrap();
        assert_eq!(emptied.video_languages, None);
        assert_eq!(merge(json!({"role": 0, "unknown": {}})).unwrap(), Preferences::default());
    }

    #[test]
    fn values_out_of_range_are_refused() {
        for bad in [
            json!({"p2pEnabled": "yes"}),
            json!({"nsfwPolicy": "nothing"}),
            json!({"nsfwFlagsHidden": 8}),
            json!({"nsfwFlagsHidden": 1, "nsfwFlagsWarned": 1}),
            json!({"videoLanguages": [""]}),
            json!({"videoLanguages": vec!["fr"; 201]}),
            json!({"theme": "x".repeat(51)}),
            json!({"language": "x".repeat(21)}),
        ] {
            assert!(merge(bad.clone()).is_err(), "{bad}");
        }
    }
}
