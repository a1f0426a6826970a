//! Is this the password? argon2id, off the async threads, a few at a time.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::AuthError;
use crate::app::App;

/// Memory of one hash, KiB; passes; lanes. OWASP's second choice for argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes made at once: each takes 19 MiB and a core, and a flood of log-ins must not take all.
const AT_ONCE: usize = 2;

struct Slots(Semaphore);

impl Default for Slots {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

fn argon2() -> Result<Argon2<'static>, AuthError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn failed(error: impl std::fmt::Display) -> AuthError {
    AuthError::Hash(error.to_string())
}

async fn off_thread<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> Result<T, AuthError> + Send + 'static,
) -> Result<T, AuthError> {
    let slots = app.room::<Slots>();
    let _slot = slots.0.acquire().await.map_err(failed)?;
    tokio::task::spawn_blocking(work).await.map_err(failed)?
}

/// Makes the PHC string that is kept for `password`.
///
/// # Errors
/// [`AuthError::Hash`] when memory runs out.
pub async fn hash(app: &App, password: &str) -> Result<String, AuthError> {
    let password = password.to_owned();
    let salt: [u8; 16] = app.random_bytes();
    off_thread(app, move || {
        let made = argon2()?.hash_password_with_salt(password.as_bytes(), &salt);
        made.map(|hash| hash.to_string()).map_err(failed)
    })
    .await
}

/// Whether `password` is the one behind `kept`. Without a kept hash (nobody has that name) the
/// same work is done and the answer is no, so that the time does not tell who exists.
///
/// # Errors
/// [`AuthError::Hash`] when the kept hash is damaged.
pub async fn verify(app: &App, password: &str, kept: Option<&str>) -> Result<bool, AuthError> {
    let password = password.to_owned();
    let kept = kept.map(str::to_owned);
    off_thread(app, move || {
        let argon2 = argon2()?;
        let Some(kept) = kept else {
            let mut unused = [0; 32];
            argon2
                .hash_password_into(password.as_bytes(), &[0; 16], &mut unused)
                .map_err(failed)?;
            return Ok(false);
        };
        let parsed = PasswordHash::new(&kept).map_err(failed)?;
        Ok(argon2.verify_password(password.as_bytes(), &parsed).is_ok())
    })
    .await
}
