//! Which verb does which job call?

use tokio_util::sync::CancellationToken;

use super::JobError;
use crate::app::App;
use crate::db::jobs::Claimed;
use crate::domain::Job;
use crate::moderation::plugins::{self, PluginError};
use crate::moderation::{
    ModerationError, apply, bulk as authors, previews, subscriptions, takedowns, undo,
};
use crate::notify;
use crate::social::{SocialError, bulk};
use crate::transact;
use crate::videos::publish::{self, PublishError};
use crate::videos::{VideosError, edit, resumable, traffic};

/// Runs one claimed job to its end. `interrupted` fires when the server stops or the claim is
/// lost: the work then ends soon with [`JobError::Interrupted`].
pub(super) async fn run(
    app: &App,
    claimed: &Claimed,
    interrupted: &CancellationToken,
) -> Result<(), JobError> {
    match &claimed.job {
        Job::Transcode { media_set_id } => {
            Ok(publish::transcode(app, *media_set_id, interrupted).await?)
        }
        Job::StoreOriginal { original_id } => Ok(publish::store_original(app, *original_id).await?),
        Job::Regenerate { media_set_id } => {
            Ok(publish::copy(app, *media_set_id, interrupted).await?)
        }
        Job::DeleteObjects { prefix } => Ok(publish::delete_objects(app, prefix).await?),
        Job::SweepObjects => {
            publish::sweep_objects(app).await?;
            Ok(())
        }
        Job::Sweep => sweep(app).await,
        Job::SweepScratch { node } => sweep_scratch(app, node).await,
        Job::PreviewList { preview_id } => Ok(previews::run(app, *preview_id, interrupted).await?),
        Job::ApplyList { batch_id } => Ok(apply::run(app, *batch_id, interrupted).await?),
        Job::DecideAuthor { batch_id } => Ok(authors::run(app, *batch_id, interrupted).await?),
        Job::SyncList { subscription_id } => Ok(subscriptions::sync(app, *subscription_id).await?),
        Job::SyncLists => Ok(subscriptions::queue_due(app).await?),
        Job::UndoBatch { batch_id } => Ok(undo::finish(app, *batch_id, interrupted).await?),
        Job::PublishScheduled => Ok(edit::publish_scheduled(app).await?),
        Job::PluginEvent { plugin_id, event } => {
            Ok(plugins::handle_event(app, *plugin_id, *event).await?)
        }
        Job::Notify { event } => {
            let told = notify::deliver(app, *event).await;
            told.map_err(|error| JobError::Retry(error.to_string()))
        }
        Job::RemoveComments { actor_id, owner_account_id, up_to, audit_id } => {
            Ok(bulk::carry_out(app, *actor_id, *owner_account_id, *up_to, *audit_id).await?)
        }
    }
}

/// A job failed for good: tells the room whose thing it was about.
pub(super) async fn abandoned(app: &App, job: &Job, error: &str) {
    let told = match job {
        Job::PreviewList { preview_id } => previews::fail(app, *preview_id, error).await,
        Job::ApplyList { batch_id } | Job::DecideAuthor { batch_id } => {
            apply::fail(app, *batch_id, error, app.now()).await
        }
        _ => Ok(()),
    };
    if let Err(cause) = told {
        tracing::error!(error = %cause, "a failed work on lists does not show it yet");
    }
    let Job::Transcode { media_set_id } = job else { return };
    if let Err(cause) = publish::abandon(app, *media_set_id, error).await {
        tracing::error!(
            media_set.id = media_set_id,
            error = %cause,
            "a video does not show yet that its processing failed; the next sweep writes it"
        );
    }
}

impl From<PluginError> for JobError {
    fn from(error: PluginError) -> Self {
        Self::Retry(error.to_string())
    }
}

impl From<PublishError> for JobError {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Interrupted => Self::Interrupted,
            PublishError::Refused(reason) => Self::Fail(reason),
            other => Self::Retry(other.to_string()),
        }
    }
}

impl From<VideosError> for JobError {
    fn from(error: VideosError) -> Self {
        Self::Retry(error.to_string())
    }
}

impl From<SocialError> for JobError {
    fn from(error: SocialError) -> Self {
        Self::Retry(error.to_string())
    }
}

impl From<ModerationError> for JobError {
    fn from(error: ModerationError) -> Self {
        match error {
            ModerationError::Interrupted => Self::Interrupted,
            ModerationError::Db(error) => Self::Retry(error.to_string()),
            other => Self::Fail(other.to_string()),
        }
    }
}

/// Forgets what nobody reads any more.
async fn sweep(app: &App) -> Result<(), JobError> {
    let now = app.now();
    let week = std::time::Duration::from_secs(7 * 24 * 3600);
    let quarter = std::time::Duration::from_secs(90 * 24 * 3600);
    let days = u64::from(app.config().moderation.audit_days);
    let kept = std::time::Duration::from_secs(days * 24 * 3600);
    transact!(app.db(), tx => {
        crate::db::changes::forget(tx, now.minus(week)).await?;
        crate::db::tokens::forget_expired(tx, now).await?;
        crate::db::moderation::previews::forget(tx, now.minus(week)).await?;
        crate::db::moderation::blocks::forget(tx, now.minus(week)).await?;
        crate::db::moderation::audit::forget(tx, now.minus(kept)).await?;
        crate::db::videos::captions::forget(tx, now).await?;
        crate::db::moderation::statements::forget(tx, now.minus(kept)).await?;
        crate::db::registrations::forget(tx, now.minus(quarter)).await?;
        crate::db::comments::remove::sweep(tx, now).await?;
        crate::db::jobs::forget_finished(tx, now.minus(week)).await
    })?;
    takedowns::sweep(app).await.map_err(|error| JobError::Retry(error.to_string()))?;
    traffic::fold(app).await?;
    notify::sweep(app).await.map_err(|error| JobError::Retry(error.to_string()))?;
    Ok(())
}

/// What is left over in this node's scratch. Queued for this node alone, so `node` is another one
/// only when the node was renamed meanwhile.
async fn sweep_scratch(app: &App, node: &str) -> Result<(), JobError> {
    if node != app.claimant().node {
        return Ok(());
    }
    if let Err(error) = resumable::sweep(app).await {
        return Err(JobError::Retry(error.to_string()));
    }
    Ok(publish::sweep(app).await?)
}
