//! Who may watch what? The one gate for every path that shows or serves something of a video:
//! pages, the API, playlists, segments, pictures, captions, downloads, feeds.
//!
//! Rules and refusals are PeerTube's; on top, what is not available yet exists for its owner and
//! for moderators only, and so does what waits for a moderator.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use uuid::Uuid;

use super::VideosError;
use super::cache::{self, Beat, Marks};
use super::passwords::{self, Digest};
use super::swarms;
use super::token::{self, Claims, Holder};
use crate::app::App;
use crate::auth::throttle::{self, Lock};
use crate::db;
use crate::domain::{BlockKind, P2pPolicy, Principal, Privacy, VideoRef};

/// Entries live this long even when nothing changes.
const REMEMBERED: Duration = Duration::from_secs(60);
/// What a session or password may do is asked again after this long at the latest, also when its
/// end was not in the change feed.
const HOLDER_REMEMBERED: Duration = Duration::from_secs(8);

/// What decides about access to one video.
#[derive(Clone)]
pub struct Guard {
    /// `videos.id`.
    pub id: i64,
    /// `videos.uuid`.
    pub uuid: Uuid,
    /// Who may see it.
    pub privacy: Privacy,
    /// It can be listed and played.
    pub available: bool,
    /// A moderator keeps it from the public.
    pub blocked: bool,
    /// `accounts.id` of its owner.
    pub account_id: i64,
    /// Length, milliseconds.
    pub duration_ms: i64,
    /// Viewers may download files.
    pub download_enabled: bool,
    /// Whether viewers share its segments.
    pub p2p: P2pPolicy,
    /// `actors.id` of its channel, whose key signs its manifests.
    pub channel_actor_id: i64,
    passwords: Vec<(i64, Digest)>,
    beat: Beat,
}

impl Guard {
    /// Its files may be fetched by anybody who has their address, and kept in shared caches.
    #[must_use]
    pub fn open(&self) -> bool {
        self.available && self.privacy.open_files()
    }

    /// The passwords that open it: `video_passwords.id`, the oldest first.
    pub(super) fn password_ids(&self) -> impl Iterator<Item = i64> {
        self.passwords.iter().map(|(id, _)| *id)
    }

    fn password_id(&self, given: Digest) -> Option<i64> {
        // Every one is compared, so that the time tells nothing.
        self.passwords
            .iter()
            .fold(None, |found, (id, known)| if *known == given { Some(*id) } else { found })
    }
}

/// What a request brings to be let in with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Presented<'a> {
    /// The signed-in person.
    pub viewer: Option<&'a Principal>,
    /// `x-peertube-video-password`.
    pub password: Option<&'a str>,
    /// `videoFileToken`.
    pub token: Option<&'a str>,
    /// Where the request came from: guesses at passwords are counted by it.
    pub from: Option<IpAddr>,
}

impl<'a> Presented<'a> {
    /// A signed-in person, or nobody.
    #[must_use]
    pub const fn viewer(viewer: Option<&'a Principal>) -> Self {
        Self { viewer, password: None, token: None, from: None }
    }
}

/// How somebody was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// To whom a file token could be given; `None` for an anonymous viewer of an open video.
    pub holder: Option<Holder>,
    /// The owner or a moderator.
    pub manages: bool,
}

struct Known {
    guards: Cache<VideoRef, Arc<Guard>>,
    holders: Cache<i64, (Beat, Option<Principal>)>,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            guards: Cache::builder().max_capacity(20_000).time_to_live(REMEMBERED).build(),
            holders: Cache::builder().max_capacity(10_000).time_to_live(HOLDER_REMEMBERED).build(),
        }
    }
}

/// The guard of the video a path names.
///
/// # Errors
/// [`VideosError::NotFound`].
pub async fn guard(app: &App, video: VideoRef) -> Result<Arc<Guard>, VideosError> {
    cache::follow(app);
    let (known, marks) = (app.room::<Known>(), app.room::<Marks>());
    if let Some(hit) = known.guards.get(&video)
        && marks.video_holds(hit.id, hit.beat)
    {
        return Ok(hit);
    }
    let beat = marks.begin();
    let mut conn = app.db().read().await?;
    let row = db::videos::read::find(&mut conn, video).await?.ok_or(VideosError::NotFound)?;
    let kept = match row.privacy {
        Privacy::PasswordProtected => db::videos::passwords::of_video(&mut conn, row.id).await?,
        _ => Vec::new(),
    };
    drop(conn);
    let passwords = kept
        .iter()
        .map(|kept| {
            let plain = passwords::opened(app, &kept.sealed)?;
            Ok((kept.id, passwords::digest(app, row.id, &plain)))
        })
        .collect::<Result<_, VideosError>>()?;
    let guard = Arc::new(Guard {
        id: row.id,
        uuid: row.uuid,
        privacy: row.privacy,
        available: row.available,
        blocked: row.blocked.as_ref().is_some_and(|block| block.kind == BlockKind::Manual),
        account_id: row.account_id,
        duration_ms: row.duration_ms,
        download_enabled: row.download_enabled,
        p2p: swarms::policy_of(app, &row),
        channel_actor_id: row.channel_actor_id,
        passwords,
        beat,
    });
    known.guards.insert(video, Arc::clone(&guard));
    Ok(guard)
}

/// Lets somebody watch, or says why not. Without a look into the database unless a file token's
/// session has not been seen for some seconds.
///
/// `generation` is that of the renditions that are asked for, when some are: a token is good for
/// one generation.
///
/// # Errors
/// The refusals of [`VideosError`], PeerTube's.
pub async fn may_watch(
    app: &App,
    guard: &Guard,
    by: &Presented<'_>,
    generation: Option<Uuid>,
) -> Result<Grant, VideosError> {
    let refused = match decide(guard, by.viewer) {
        Ok(grant) => return Ok(grant),
        Err(refused) => refused,
    };
    let password = by.password.filter(|_| matches!(refused, VideosError::PasswordRequired));
    // A good token costs no guess, whatever password comes with it.
    match (by.token, password) {
        (Some(token), None) => admit_token(app, guard, token, generation).await,
        (Some(token), Some(password)) => match admit_token(app, guard, token, generation).await {
            Ok(grant) => Ok(grant),
            Err(_) => guess(app, guard, by.from, password),
        },
        (None, Some(password)) => guess(app, guard, by.from, password),
        (None, None) => Err(refused),
    }
}

/// Tries a password, unless too many wrong ones came from there.
fn guess(
    app: &App,
    guard: &Guard,
    from: Option<IpAddr>,
    password: &str,
) -> Result<Grant, VideosError> {
    let name = format!("video {}", guard.id);
    let attempt = from.map(|from| throttle::begin(app, Lock::Video, from, &name)).transpose()?;
    let id = guard.password_id(passwords::digest(app, guard.id, password));
    let id = id.ok_or(VideosError::IncorrectPassword)?;
    if let Some(attempt) = attempt {
        attempt.succeeded(app);
    }
    Ok(Grant { holder: Some(Holder::Password(id)), manages: false })
}

async fn admit_token(
    app: &App,
    guard: &Guard,
    text: &str,
    generation: Option<Uuid>,
) -> Result<Grant, VideosError> {
    let claims = token::read(app, text, app.now()).ok_or(VideosError::InvalidToken)?;
    let fits = claims.video_id == guard.id && generation.is_none_or(|g| g == claims.generation);
    if !fits {
        return Err(VideosError::InvalidToken);
    }
    admit_holder(app, guard, &claims).await
}

async fn admit_holder(app: &App, guard: &Guard, claims: &Claims) -> Result<Grant, VideosError> {
    match claims.holder {
        Holder::Password(id) => {
            let known = guard.passwords.iter().any(|(known, _)| *known == id);
            if known && guard.available && guard.privacy == Privacy::PasswordProtected {
                return Ok(Grant { holder: Some(claims.holder), manages: false });
            }
            Err(VideosError::InvalidToken)
        }
        Holder::Session(id) => {
            let person = holder(app, id).await?.ok_or(VideosError::InvalidToken)?;
            decide(guard, Some(&person)).map_err(|_| VideosError::InvalidToken)
        }
    }
}

/// The person of a session, `None` when it has ended.
async fn holder(app: &App, session_id: i64) -> Result<Option<Principal>, VideosError> {
    cache::follow(app);
    let (known, marks) = (app.room::<Known>(), app.room::<Marks>());
    if let Some((beat, person)) = known.holders.get(&session_id)
        && marks.people_hold(beat)
    {
        return Ok(person);
    }
    let beat = marks.begin();
    let mut conn = app.db().read().await?;
    let person = db::videos::holders::of_session(&mut conn, session_id, app.now()).await?;
    known.holders.insert(session_id, (beat, person.clone()));
    Ok(person)
}

/// The rules themselves, for somebody without password.
fn decide(guard: &Guard, viewer: Option<&Principal>) -> Result<Grant, VideosError> {
    let session = viewer.map(|viewer| Holder::Session(viewer.session_id));
    if viewer.is_some_and(|viewer| viewer.owns_or_moderates(guard.account_id)) {
        return Ok(Grant { holder: session, manages: true });
    }
    if guard.blocked {
        return Err(VideosError::Blocked);
    }
    if !guard.available {
        return Err(VideosError::NotFound);
    }
    let watches = Grant { holder: session, manages: false };
    match guard.privacy {
        Privacy::Public | Privacy::Unlisted => Ok(watches),
        Privacy::Internal if viewer.is_some() => Ok(watches),
        Privacy::Internal | Privacy::Private if viewer.is_none() => {
            Err(VideosError::SignInRequired)
        }
        Privacy::Internal | Privacy::Private => Err(VideosError::Denied),
        Privacy::PasswordProtected => Err(VideosError::PasswordRequired),
    }
}

/// The guard of the video a path names, for somebody who may watch it.
///
/// An unlisted video cannot be found by counting: asked for by number it is as good as private
/// (PeerTube's rule).
///
/// # Errors
/// [`VideosError::NotFound`] and the refusals.
pub async fn watch(
    app: &App,
    video: VideoRef,
    by: &Presented<'_>,
) -> Result<(Arc<Guard>, Grant), VideosError> {
    watch_generation(app, video, by, None).await
}

/// As [`watch`], for one generation of its renditions: a file token is good for one.
///
/// # Errors
/// Those of [`watch`].
pub async fn watch_generation(
    app: &App,
    video: VideoRef,
    by: &Presented<'_>,
    generation: Option<Uuid>,
) -> Result<(Arc<Guard>, Grant), VideosError> {
    let guard = guard(app, video).await?;
    let grant = may_watch(app, &guard, by, generation).await?;
    let guessed = matches!(video, VideoRef::Id(_)) && guard.privacy == Privacy::Unlisted;
    if guessed && !grant.manages {
        return Err(match by.viewer {
            Some(_) => VideosError::Denied,
            None => VideosError::SignInRequired,
        });
    }
    Ok((guard, grant))
}

/// The guard of the video a path names, for somebody who may change it.
///
/// # Errors
/// [`VideosError::NotFound`]; [`VideosError::NotOwner`] for those who may only watch it, and the
/// refusals of watching for those who may not even do that.
pub async fn manage(
    app: &App,
    video: VideoRef,
    viewer: &Principal,
) -> Result<Arc<Guard>, VideosError> {
    let guard = guard(app, video).await?;
    match decide(&guard, Some(viewer)) {
        Ok(grant) if grant.manages => Ok(guard),
        Err(VideosError::NotFound) => Err(VideosError::NotFound),
        Ok(_) | Err(_) => Err(VideosError::NotOwner),
    }
}

/// A file token for somebody who was let in, for one generation (nil: pictures and captions
/// only). `None` for those who need none because they are anonymous.
#[must_use]
pub fn file_token(
    app: &App,
    guard: &Guard,
    grant: Grant,
    generation: Uuid,
) -> Option<(String, Claims)> {
    let holder = grant.holder?;
    let expires_at = token::end(app.now(), guard.duration_ms);
    let claims = Claims { video_id: guard.id, generation, holder, expires_at };
    Some((token::sign(app, &claims), claims))
}

/// A file token on request, for the renditions that are played now.
///
/// # Errors
/// [`VideosError::SignInRequired`] when nobody is there to give it to, [`VideosError::NotFound`]
/// and the refusals.
pub async fn request_token(
    app: &App,
    video: VideoRef,
    by: &Presented<'_>,
) -> Result<(String, Claims), VideosError> {
    let (guard, grant) = watch(app, video, by).await?;
    let mut conn = app.db().read().await?;
    let set = db::videos::shown::playable_set(&mut conn, guard.id).await?;
    let generation = set.map_or(Uuid::nil(), |set| set.generation);
    file_token(app, &guard, grant, generation).ok_or(VideosError::SignInRequired)
}
