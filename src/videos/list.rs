//! Which videos does a listing give, and to whom? Filters are the asker's; what they may see is
//! decided here.

use super::VideosError;
use super::shown::{self, Shown};
use super::token::Holder;
use crate::app::App;
use crate::config::NsfwDefault;
use crate::db::users;
use crate::db::videos::list::{self, Filter, Scope, VideoOrder};
use crate::domain::preferences::{NsfwPolicy, Preferences};
use crate::domain::{Order, Principal, Privacy, Window};

/// Which listing is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listing {
    /// What anybody may find.
    Listed,
    /// The asker's own (`users/me/videos`).
    Mine,
    /// What the asker watched.
    Watched,
    /// With PeerTube's `include` or `privacyOneOf`, which moderators may use.
    Moderated {
        /// Only these; empty: public and internal.
        privacies: Vec<Privacy>,
        /// Also what is not available yet.
        unpublished: bool,
        /// Also what moderation keeps from the public.
        blocked: bool,
    },
}

/// Which part of a listing is asked for, in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Which videos.
    pub filter: Filter,
    /// Sorted how.
    pub order: Order<VideoOrder>,
    /// Which part.
    pub window: Window,
    /// Also how many there are in all.
    pub with_total: bool,
}

/// Part of a listing.
#[derive(Debug, Clone)]
pub struct Listed {
    /// How many match in all; `None` when it was not asked for.
    pub total: Option<i64>,
    /// The page.
    pub videos: Vec<Shown>,
}

/// What somebody wants to see of videos that are not for everybody's eyes (PeerTube's NSFW policy).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taste {
    /// They are left out.
    pub hides: bool,
    /// But not those with one of these flags (bits).
    pub flags_allowed: i64,
    /// Those with one of these flags (bits) are left out in any case.
    pub flags_hidden: i64,
}

/// What `viewer` chose; what the instance chose for those who are not signed in. Whether pictures
/// are blurred or a warning is shown is for clients to do.
///
/// # Errors
/// The database's.
pub async fn taste(app: &App, viewer: Option<&Principal>) -> Result<Taste, VideosError> {
    let Some(viewer) = viewer else {
        let hides = app.config().instance.default_nsfw_policy == NsfwDefault::DoNotList;
        return Ok(Taste { hides, ..Taste::default() });
    };
    let mut conn = app.db().read().await?;
    let user = users::by_id(&mut conn, viewer.user_id).await?;
    let chosen = Preferences::stored(user.as_ref().map_or("{}", |user| &user.preferences));
    Ok(Taste {
        hides: chosen.nsfw_policy == NsfwPolicy::DoNotList,
        flags_allowed: chosen.nsfw_flags_displayed
            | chosen.nsfw_flags_warned
            | chosen.nsfw_flags_blurred,
        flags_hidden: chosen.nsfw_flags_hidden,
    })
}

/// A page of videos that `viewer` may find.
///
/// # Errors
/// [`VideosError::SignInRequired`] when the listing needs somebody,
/// [`VideosError::ModeratorsOnly`] when it needs a moderator.
pub async fn list(
    app: &App,
    viewer: Option<&Principal>,
    listing: Listing,
    wanted: &Wanted,
) -> Result<Listed, VideosError> {
    // Moderators see everything where they moderate, people what they watched and own.
    let seen_by = (listing == Listing::Listed).then(|| viewer.map_or(0, |viewer| viewer.actor_id));
    let scope = scope(viewer, listing)?;
    let mut conn = app.db().read().await?;
    let Wanted { filter, order, window, with_total } = wanted;
    let filter = &Filter { seen_by, ..filter.clone() };
    let rows = list::page(&mut conn, &scope, filter, *order, *window, app.now()).await?;
    let found = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let total = match with_total {
        // The first page tells the total when it is not full.
        true if window.start == 0 && found < window.count => Some(found),
        true => Some(list::count(&mut conn, &scope, filter).await?),
        false => None,
    };
    let mut videos = shown::gather(&mut conn, rows, |row| {
        let Some(viewer) = viewer else { return (None, false) };
        let token = shown::picture_token(app, row, Holder::Session(viewer.session_id));
        (token, viewer.owns_or_moderates(row.account_id))
    })
    .await?;
    shown::add_watching(app, &mut conn, viewer, &mut videos).await?;
    Ok(Listed { total, videos })
}

fn scope(viewer: Option<&Principal>, listing: Listing) -> Result<Scope, VideosError> {
    match (listing, viewer) {
        (Listing::Listed, viewer) => Ok(Scope::Listed { signed_in: viewer.is_some() }),
        (Listing::Mine, Some(viewer)) => Ok(Scope::Owned { account_id: viewer.account_id }),
        (Listing::Watched, Some(viewer)) => Ok(Scope::Watched { actor_id: viewer.actor_id }),
        (Listing::Moderated { privacies, unpublished, blocked }, Some(viewer))
            if viewer.role.moderates() =>
        {
            Ok(Scope::Moderated { privacies, unpublished, blocked })
        }
        (Listing::Mine | Listing::Watched, None) => Err(VideosError::SignInRequired),
        (Listing::Moderated { .. }, _) => Err(VideosError::ModeratorsOnly),
    }
}
