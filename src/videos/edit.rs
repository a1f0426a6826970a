//! How does an owner change a video? Everything they said of it, pictures, privacy; and the
//! privacy that was scheduled.

use super::VideosError;
use super::access;
use super::blocks::{Fresh, wait_for_a_look};
use super::cache;
use super::judged;
use super::metadata::{InvalidField, InvalidFields, VideoEdits};
use super::passwords;
use super::picture::Pictures;
use super::upload::{check_channel, pictures};
use crate::app::App;
use crate::db::Tx;
use crate::db::changes::{self, ChangeKind};
use crate::db::revisions::SubjectKind;
use crate::db::videos::{VideoRow, images, passwords as kept, read, update};
use crate::domain::{Millis, Principal, Privacy, VideoRef};
use crate::moderation::texts::{self, Judged};
use crate::transact;

/// Videos whose schedule is carried out in one go; the next minute takes the rest.
const DUE_AT_ONCE: i64 = 200;

/// Changes a video as its owner or a moderator says.
///
/// A new privacy is in force when this returns: whoever may not see the video any more gets
/// nothing of it, at its old addresses too. Its files then move to new ones.
///
/// # Errors
/// [`VideosError::NotFound`], [`VideosError::NotOwner`], [`VideosError::Invalid`], what is wrong
/// with the channel; the store's or the database's. Nothing is changed then.
pub async fn edit(
    app: &App,
    by: &Principal,
    video: VideoRef,
    edits: VideoEdits,
    chosen: Option<Pictures>,
) -> Result<(), VideosError> {
    let guard = access::manage(app, video, by).await?;
    let images = match chosen {
        Some(chosen) => pictures::store(app, guard.uuid, chosen).await?,
        None => Vec::new(),
    };
    let sealed = edits
        .passwords
        .iter()
        .flatten()
        .map(|password| passwords::sealed(app, password))
        .collect::<Result<Vec<_>, _>>()?;
    let judged = judge(app, by, guard.id, &edits).await?;
    let (generation, now) = (app.new_uuid(), app.now());
    transact!(app.db(), tx => {
        let row = read::find(tx, VideoRef::Id(guard.id)).await?.ok_or(VideosError::NotFound)?;
        if let Some(channel) = edits.channel_id.filter(|id| *id != row.channel_id) {
            check_channel(tx, by, channel).await?;
        }
        let mut changed = apply(&row, &edits, now)?;
        let tags_wait = judged::hold_back(&row, &mut changed, &judged);
        write_passwords(tx, &changed, &edits, &sealed, now).await?;
        update::said(tx, &changed, now).await?;
        if let Some(tags) = edits.tags.as_ref().filter(|_| !tags_wait) {
            update::put_tags(tx, row.id, tags).await?;
        }
        texts::keep(tx, (SubjectKind::Video, row.id), &judged, Some(by.actor_id), now).await?;
        if row.held || row.blocked.is_some() {
            judged::hide_or_show(tx, row.id, &judged, now).await?;
        }
        if changed.privacy != row.privacy {
            update::move_files(tx, row.id, generation, now).await?;
        }
        if opens(&row, &changed) {
            wait_for_a_look(app, tx, Some(by), row.id, Fresh::Published, now).await?;
        }
        for image in &images {
            images::put(tx, row.uuid, image, now).await?;
        }
        changes::record(tx, ChangeKind::Video, row.id, now).await?;
        Ok::<(), VideosError>(())
    })?;
    cache::forget(app, guard.id);
    app.wake_jobs();
    tracing::info!(video.id = guard.id, user.id = by.user_id, "a video was changed");
    Ok(())
}

/// Judges what an edit says that is new.
async fn judge(
    app: &App,
    by: &Principal,
    id: i64,
    edits: &VideoEdits,
) -> Result<Vec<Judged>, VideosError> {
    let row = judged::find(app, id).await?;
    let channel_id = edits.channel_id.unwrap_or(row.channel_id);
    let place = judged::place(by, channel_id, row.account_id, row.language.as_deref());
    Ok(texts::judge_all(app, place, judged::said(edits)).await?)
}

/// Gives videos the privacy that was scheduled for them and is due.
///
/// # Errors
/// The database's.
pub async fn publish_scheduled(app: &App) -> Result<(), VideosError> {
    let mut conn = app.db().read().await?;
    let due = update::due(&mut conn, app.now(), DUE_AT_ONCE).await?;
    drop(conn);
    for id in due {
        let (generation, now) = (app.new_uuid(), app.now());
        transact!(app.db(), tx => {
            let Some(row) = read::find(tx, VideoRef::Id(id)).await? else { return Ok(()) };
            let Some((_, privacy)) = row.schedule.filter(|(at, _)| *at <= now) else {
                return Ok(());
            };
            let mut changed = VideoRow { schedule: None, ..row.clone() };
            change_privacy(&mut changed, privacy, now);
            if changed.privacy != Privacy::PasswordProtected {
                kept::clear(tx, id).await?;
            }
            update::said(tx, &changed, now).await?;
            if changed.privacy != row.privacy {
                update::move_files(tx, id, generation, now).await?;
            }
            if opens(&row, &changed) {
                wait_for_a_look(app, tx, None, id, Fresh::Published, now).await?;
            }
            changes::record(tx, ChangeKind::Video, id, now).await?;
            Ok::<(), VideosError>(())
        })?;
        cache::forget(app, id);
        tracing::info!(video.id = id, "a scheduled privacy came into force");
    }
    app.wake_jobs();
    Ok(())
}

/// The row as it will be.
fn apply(row: &VideoRow, edits: &VideoEdits, now: Millis) -> Result<VideoRow, VideosError> {
    let mut new = row.clone();
    let edits = edits.clone();
    set(&mut new.name, edits.name);
    set(&mut new.channel_id, edits.channel_id);
    set(&mut new.category, edits.category);
    set(&mut new.licence, edits.licence);
    set(&mut new.language, edits.language);
    set(&mut new.description, edits.description);
    set(&mut new.support, edits.support);
    set(&mut new.wait_transcoding, edits.wait_transcoding);
    set(&mut new.download_enabled, edits.download_enabled);
    set(&mut new.comments_policy, edits.comments_policy.map(super::metadata::CommentsPolicy::id));
    set(&mut new.comments_pause_s, edits.comments_pause_s);
    set(&mut new.originally_published_at, edits.originally_published_at);
    set(&mut new.schedule, edits.schedule.map(|s| s.map(|s| (s.at, s.privacy))));
    set(&mut new.p2p, edits.p2p);
    set(&mut new.nsfw, edits.nsfw);
    if new.nsfw {
        set(&mut new.nsfw_flags, edits.nsfw_flags);
        set(&mut new.nsfw_summary, edits.nsfw_summary);
    } else {
        if edits.nsfw_flags.unwrap_or(0) != 0 {
            return Err(invalid("nsfwFlags", "Cannot set nsfwFlags if the video is not NSFW"));
        }
        if edits.nsfw_summary.flatten().is_some() {
            return Err(invalid("nsfwSummary", "Cannot set nsfwSummary if the video is not NSFW"));
        }
        (new.nsfw_flags, new.nsfw_summary) = (0, None);
    }
    if let Some(privacy) = edits.privacy {
        change_privacy(&mut new, privacy, now);
    }
    Ok(new)
}

fn set<T>(field: &mut T, said: Option<T>) {
    if let Some(value) = said {
        *field = value;
    }
}

fn invalid(path: &'static str, message: &str) -> VideosError {
    InvalidFields(vec![InvalidField { path, message: message.to_owned() }]).into()
}

/// A video that the world sees for the first time was published now (PeerTube's rule).
fn change_privacy(row: &mut VideoRow, privacy: Privacy, now: Millis) {
    if privacy.open_files() && !row.privacy.open_files() {
        row.published_at = now;
    }
    row.privacy = privacy;
}

/// Strangers may come to see it, who could not before.
const fn opens(before: &VideoRow, after: &VideoRow) -> bool {
    after.privacy.meets_strangers() && !before.privacy.meets_strangers()
}

/// Passwords belong to password-protected videos only, which have at least one.
async fn write_passwords(
    tx: &mut Tx,
    row: &VideoRow,
    edits: &VideoEdits,
    sealed: &[Vec<u8>],
    now: Millis,
) -> Result<(), VideosError> {
    if row.privacy != Privacy::PasswordProtected {
        return Ok(kept::clear(tx, row.id).await?);
    }
    if edits.passwords.is_none() {
        let there = !kept::of_video(tx, row.id).await?.is_empty();
        return if there { Ok(()) } else { Err(no_password()) };
    }
    if sealed.is_empty() {
        return Err(no_password());
    }
    kept::clear(tx, row.id).await?;
    for sealed in sealed {
        kept::insert(tx, row.id, sealed, now).await?;
    }
    Ok(())
}

fn no_password() -> VideosError {
    invalid("videoPasswords", "At least one video password is required.")
}
