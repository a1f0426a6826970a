//! What work can wait in the queue? One variant a kind; payloads carry ids only.

use serde::{Deserialize, Serialize};

use super::{NotifyEvent, PluginEvent};

/// A piece of work for `jobs::Runner`. Every handler is idempotent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Job {
    /// Make the renditions of a media set.
    Transcode {
        /// `media_sets.id`.
        media_set_id: i64,
    },
    /// Put the uploaded file into storage, or drop it when the operator keeps none.
    StoreOriginal {
        /// `originals.id`.
        original_id: i64,
    },
    /// Copy a complete media set to a new generation (privacy changed), then retire the old one.
    Regenerate {
        /// `media_sets.id` of the new, waiting set.
        media_set_id: i64,
    },
    /// Delete every stored object below a key prefix that no row names any more.
    DeleteObjects {
        /// Storage key prefix.
        prefix: String,
    },
    /// Make due scheduled updates (privacy at a date).
    PublishScheduled,
    /// Delete old stored objects that no row names: leftovers of servers that were killed.
    SweepObjects,
    /// Remove expired sessions, old change rows and finished jobs.
    Sweep,
    /// Finish or remove what is left over in one node's scratch.
    SweepScratch {
        /// Whose.
        node: String,
    },
    /// Tell a plugin what happened.
    PluginEvent {
        /// `plugins.id`.
        plugin_id: i64,
        /// What.
        event: PluginEvent,
    },
    /// Tell people what happened.
    Notify {
        /// What.
        event: NotifyEvent,
    },
    /// Try a list of watched words on stored text.
    PreviewList {
        /// `list_previews.id`.
        preview_id: i64,
    },
    /// Apply a list of watched words to stored text.
    ApplyList {
        /// `moderation_batches.id`.
        batch_id: i64,
    },
    /// Decide on everything that somebody commented.
    DecideAuthor {
        /// `moderation_batches.id`.
        batch_id: i64,
    },
    /// Fetch what a list of watched words follows.
    SyncList {
        /// `list_subscriptions.id`.
        subscription_id: i64,
    },
    /// Queue every list of watched words that is due to be fetched.
    SyncLists,
    /// Put everything back to how it was before a batch of decisions.
    UndoBatch {
        /// `moderation_batches.id`.
        batch_id: i64,
    },
    /// Remove what somebody commented.
    RemoveComments {
        /// `actors.id` of its author.
        actor_id: i64,
        /// `accounts.id` whose videos are meant; `None`: everybody's.
        owner_account_id: Option<i64>,
        /// `comments.id` of the latest that is meant.
        up_to: i64,
        /// `moderation_audit.id` of the row that says who removes them; `None`: their author.
        #[serde(default)]
        audit_id: Option<i64>,
    },
}

impl Job {
    /// The `jobs.kind` column: the serde tag.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Transcode { .. } => "transcode",
            Self::StoreOriginal { .. } => "store-original",
            Self::Regenerate { .. } => "regenerate",
            Self::DeleteObjects { .. } => "delete-objects",
            Self::PublishScheduled => "publish-scheduled",
            Self::SweepObjects => "sweep-objects",
            Self::Sweep => "sweep",
            Self::SweepScratch { .. } => "sweep-scratch",
            Self::PluginEvent { .. } => "plugin-event",
            Self::Notify { .. } => "notify",
            Self::PreviewList { .. } => "preview-list",
            Self::ApplyList { .. } => "apply-list",
            Self::DecideAuthor { .. } => "decide-author",
            Self::UndoBatch { .. } => "undo-batch",
            Self::SyncList { .. } => "sync-list",
            Self::SyncLists => "sync-lists",
            Self::RemoveComments { .. } => "remove-comments",
        }
    }

    /// At most one unfinished job has this key.
    #[must_use]
    pub fn dedupe(&self) -> String {
        match self {
            Self::Transcode { media_set_id } => format!("transcode:{media_set_id}"),
            Self::StoreOriginal { original_id } => format!("store-original:{original_id}"),
            Self::Regenerate { media_set_id } => format!("regenerate:{media_set_id}"),
            Self::DeleteObjects { prefix } => format!("delete-objects:{prefix}"),
            Self::PublishScheduled => "publish-scheduled".to_owned(),
            Self::SweepObjects => "sweep-objects".to_owned(),
            Self::Sweep => "sweep".to_owned(),
            Self::SweepScratch { node } => format!("sweep-scratch:{node}"),
            Self::PluginEvent { plugin_id, event } => {
                format!("plugin-event:{plugin_id}:{}:{}", event.what.name(), event.id)
            }
            Self::Notify { event } => format!("notify:{}", event.key()),
            Self::PreviewList { preview_id } => format!("preview-list:{preview_id}"),
            Self::ApplyList { batch_id } => format!("apply-list:{batch_id}"),
            Self::DecideAuthor { batch_id } => format!("decide-author:{batch_id}"),
            Self::UndoBatch { batch_id } => format!("undo-batch:{batch_id}"),
            Self::SyncList { subscription_id } => format!("sync-list:{subscription_id}"),
            Self::SyncLists => "sync-lists".to_owned(),
            Self::RemoveComments { actor_id, owner_account_id, up_to, .. } => {
                format!("remove-comments:{actor_id}:{}:{up_to}", owner_account_id.unwrap_or(0))
            }
        }
    }

    /// Tries before it counts as failed. Transcoding retries a crashed worker itself, inside one
    /// try, and refuses bad media at the first.
    #[must_use]
    pub const fn max_attempts(&self) -> i64 {
        match self {
            // Every kill of the server counts as a try, and is no fault of the media.
            Self::Transcode { .. } => 30,
            _ => 10,
        }
    }

    /// Uses a transcoding slot rather than a light one.
    #[must_use]
    pub const fn heavy(&self) -> bool {
        matches!(self, Self::Transcode { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_column_is_the_serde_tag() {
        for job in [
            Job::Transcode { media_set_id: 1 },
            Job::StoreOriginal { original_id: 1 },
            Job::Regenerate { media_set_id: 1 },
            Job::DeleteObjects { prefix: "hls/x".to_owned() },
            Job::PublishScheduled,
            Job::SweepObjects,
            Job::Sweep,
            Job::SweepScratch { node: "a".to_owned() },
            Job::PluginEvent {
                plugin_id: 1,
                event: PluginEvent { what: super::super::PluginEventKind::CommentCreated, id: 1 },
            },
            Job::Notify { event: NotifyEvent::CommentShown { comment_id: 1 } },
            Job::PreviewList { preview_id: 1 },
            Job::ApplyList { batch_id: 1 },
            Job::DecideAuthor { batch_id: 1 },
            Job::UndoBatch { batch_id: 1 },
            Job::SyncList { subscription_id: 1 },
            Job::SyncLists,
            Job::RemoveComments { actor_id: 1, owner_account_id: None, up_to: 1, audit_id: None },
        ] {
            let json = serde_json::to_value(&job).unwrap();
            assert_eq!(json.get("kind").and_then(|k| k.as_str()), Some(job.kind()));
        }
    }
}
