//! Who is there at the very first start? The instance's own actor and `root`.

use super::{AccountsError, NewAccount, create};
use crate::app::App;
use crate::db::actors::{self, ActorKind};
use crate::db::users;
use crate::domain::Role;
use crate::domain::names::INSTANCE_NAME;
use crate::transact;

/// The first administrator, who cannot be removed.
pub const ROOT: &str = "root";

/// The log-in made at the very first start, to be printed once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstStart {
    /// Always [`ROOT`].
    pub username: String,
    /// The password; `None` when the operator chose it and so knows it.
    pub password: Option<String>,
}

/// Makes the instance's actor and `root` with its account and channel `root_channel`, when nobody
/// is there yet. Gives the new log-in, or `None` when there were users already.
///
/// # Errors
/// The configured password is too short, or the database failed.
pub async fn ensure_root(app: &App) -> Result<Option<FirstStart>, AccountsError> {
    let base_url = app.config().public_url();
    let now = app.now();
    let settled = transact!(app.db(), tx => {
        if !actors::name_taken(tx, INSTANCE_NAME).await? {
            actors::insert(tx, ActorKind::Instance, INSTANCE_NAME, &base_url, now).await?;
        }
        users::any(tx).await.map_err(AccountsError::from)
    })?;
    if settled {
        return Ok(None);
    }
    let settings = &app.config().accounts;
    let chosen = !settings.root_password.is_empty();
    let password = if chosen { settings.root_password.clone() } else { random_password(app) };
    let made = create(
        app,
        NewAccount {
            username: ROOT.to_owned(),
            email: settings.root_email.clone(),
            password: password.clone(),
            role: Role::Administrator,
            admin_flags: 0,
            channel_name: None,
            video_quota: Some(-1),
            video_quota_daily: Some(-1),
        },
    )
    .await;
    match made {
        Ok(_) => Ok(Some(FirstStart {
            username: ROOT.to_owned(),
            password: (!chosen).then_some(password),
        })),
        // Another node was first.
        Err(AccountsError::NameTaken) => Ok(None),
        Err(other) => Err(other),
    }
}

/// 20 letters and digits without look-alikes: about 115 bits.
fn random_password(app: &App) -> String {
    const LETTERS: &[u8] = b"23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";
    let mut password = String::with_capacity(20);
    while password.len() < 20 {
        for byte in app.random_bytes::<32>() {
            // Bytes beyond the alphabet are skipped: a remainder would favour the first letters.
            if let Some(letter) = LETTERS.get(usize::from(byte & 63))
                && password.len() < 20
            {
                password.push(char::from(*letter));
            }
        }
    }
    password
}
