//! `VideoComment`, `VideoCommentThreadTree`, `CommentThreadResponse`,
//! `VideoCommentForOwnerOrAdmin`: what people write under videos.

use serde::Serialize;
use utoipa::ToSchema;

use super::Site;
use super::account::Account;
use super::notification::VideoInfo;
use crate::db::moderation::items::ItemState;
use crate::domain::Millis;
use crate::domain::comment::CommentState;
use crate::domain::moderation::Source;
use crate::social::explain::Told;
use crate::social::history;
use crate::social::list::Listed;
use crate::social::read::{Thread, Threads, Tree};
use crate::social::views::{Edit, View};

/// A reason for what became of a text.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct ReasonInfo {
    /// `block`, `watched-words`, `plugin`, `policy` or `tag`.
    #[schema(value_type = String)]
    source: Source,
    /// In a few words; authors are not told names of lists.
    label: String,
    /// The words of the text that it points at.
    matched: Option<String>,
}

/// What an author says against a decision.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ContestInfo {
    text: String,
    /// RFC 3339.
    at: String,
    /// RFC 3339.
    answered_at: Option<String>,
}

/// What moderation said of a comment: for its author and moderators.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ModerationInfo {
    /// The decision, for `moderation/decisions/{id}/contest`.
    decision_id: i64,
    /// `held`, `released` or `rejected`.
    verdict: &'static str,
    reasons: Vec<ReasonInfo>,
    /// Why, in plain words and the language of the request (English or French).
    explanation: String,
    /// What a moderator wrote to the author.
    answer: Option<String>,
    contest: Option<ContestInfo>,
    /// Its author may ask for another look.
    contestable: bool,
}

impl From<&Told> for ModerationInfo {
    fn from(told: &Told) -> Self {
        let reasons = told.reasons.iter().map(|why| ReasonInfo {
            source: why.source,
            label: why.label.clone(),
            matched: why.matched.clone(),
        });
        Self {
            decision_id: told.decision_id,
            verdict: match told.state {
                ItemState::Open => "held",
                ItemState::Rejected => "rejected",
                ItemState::Released | ItemState::Gone => "released",
            },
            reasons: reasons.collect(),
            explanation: told.explanation.clone(),
            answer: told.answer.clone(),
            contest: told.contest.as_ref().map(|contest| ContestInfo {
                text: contest.text.clone(),
                at: contest.at.rfc3339(),
                answered_at: contest.answered_at.map(Millis::rfc3339),
            }),
            contestable: told.contestable,
        }
    }
}

/// A change of a comment that the public does not read.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct PendingEdit {
    /// Markdown.
    text: String,
    /// The same, safe to show.
    html: String,
    /// `held` or `rejected`.
    state: &'static str,
}

impl From<&Edit> for PendingEdit {
    fn from(edit: &Edit) -> Self {
        Self {
            text: edit.written.text.clone(),
            html: edit.written.html.clone(),
            state: edit.state.name(),
        }
    }
}

/// What the one who asks may do with a comment.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
struct Capabilities {
    edit: bool,
    delete: bool,
    pin: bool,
    heart: bool,
    /// Approve it, see its history.
    moderate: bool,
}

/// PeerTube's `VideoComment`, and what Farandole adds.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VideoComment {
    /// `comments.id`.
    id: i64,
    /// ActivityPub id.
    url: String,
    /// Markdown; empty for what is gone or hidden.
    text: String,
    /// The comment its thread begins with; its own id when it begins one.
    thread_id: i64,
    /// What it answers.
    in_reply_to_comment_id: Option<i64>,
    /// `videos.id`.
    video_id: i64,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    updated_at: String,
    /// RFC 3339; null while it is there.
    deleted_at: Option<String>,
    /// Only that there was something is shown, because there are replies.
    is_deleted: bool,
    /// Waits for review.
    held_for_review: bool,
    /// Of a thread's first comment: shown replies by the video's owner.
    total_replies_from_video_author: i64,
    /// Of a thread's first comment: shown replies.
    total_replies: i64,
    /// Who wrote it; null for what is gone.
    account: Option<Account>,
    /// The text as HTML that is safe to show.
    html: String,
    /// `shown`, `held`, `rejected` or `deleted`.
    state: &'static str,
    /// Stands first.
    pinned: bool,
    /// The video's owner likes it.
    hearted: bool,
    /// RFC 3339; null: never changed.
    edited_at: Option<String>,
    /// For its author and moderators: a change that was kept back.
    pending_edit: Option<PendingEdit>,
    /// For its author and moderators: what moderation said.
    moderation: Option<ModerationInfo>,
    capabilities: Capabilities,
}

impl VideoComment {
    /// Shows a comment.
    #[must_use]
    pub fn new(site: &Site, view: &View) -> Self {
        let row = &view.row;
        let gone = row.deleted_at.or_else(|| view.hidden.then_some(row.updated_at));
        Self {
            id: row.id,
            url: row.ap_url.clone(),
            text: view.written.text.clone(),
            thread_id: row.thread_id.unwrap_or(row.id),
            in_reply_to_comment_id: row.parent_id,
            video_id: row.video_id,
            created_at: row.created_at.rfc3339(),
            updated_at: row.updated_at.rfc3339(),
            deleted_at: gone.filter(|_| view.hidden).map(Millis::rfc3339),
            is_deleted: view.hidden,
            held_for_review: !view.hidden && row.state == CommentState::Held,
            total_replies_from_video_author: row.owner_replies,
            total_replies: row.total_replies,
            account: view.author.as_ref().map(|account| Account::new(site, account)),
            html: view.written.html.clone(),
            state: if view.hidden { CommentState::Deleted.name() } else { row.state.name() },
            pinned: row.pinned_at.is_some(),
            hearted: !view.hidden && row.hearted_at.is_some(),
            edited_at: row.edited_at.filter(|_| !view.hidden).map(Millis::rfc3339),
            pending_edit: view.edit.as_ref().map(Into::into),
            moderation: view.told.as_ref().map(Into::into),
            capabilities: Capabilities {
                edit: view.may.edit,
                delete: view.may.delete,
                pin: view.may.pin,
                heart: view.may.heart,
                moderate: view.may.moderate,
            },
        }
    }
}

/// PeerTube's `CommentThreadPostResponse`.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentThreadPostResponse {
    /// As its author sees it.
    pub comment: VideoComment,
}

/// PeerTube's `CommentThreadResponse`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommentThreadResponse {
    /// Threads.
    total: i64,
    /// Comments and replies that everybody sees.
    total_not_deleted_comments: i64,
    /// This page; a pinned one comes first.
    data: Vec<VideoComment>,
}

impl CommentThreadResponse {
    /// Shows a page of threads.
    #[must_use]
    pub fn new(site: &Site, threads: &Threads) -> Self {
        Self {
            total: threads.total,
            total_not_deleted_comments: threads.total_comments,
            data: threads.views.iter().map(|view| VideoComment::new(site, view)).collect(),
        }
    }
}

/// A comment with what answers it, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentTree {
    comment: VideoComment,
    #[schema(no_recursion)]
    children: Vec<CommentTree>,
}

impl CommentTree {
    fn new(site: &Site, tree: &Tree) -> Self {
        Self {
            comment: VideoComment::new(site, &tree.view),
            children: tree.children.iter().map(|child| Self::new(site, child)).collect(),
        }
    }
}

/// PeerTube's `VideoCommentThreadTree`, of a page of the thread.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VideoCommentThreadTree {
    #[serde(flatten)]
    tree: CommentTree,
    /// Replies in the whole thread; those of this page are in the tree.
    total_children: i64,
}

impl VideoCommentThreadTree {
    /// Shows a thread.
    #[must_use]
    pub fn new(site: &Site, thread: &Thread) -> Self {
        Self { tree: CommentTree::new(site, &thread.tree), total_children: thread.total }
    }
}

/// PeerTube's `VideoCommentForOwnerOrAdmin`: the comment, its video and its tags.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VideoCommentForOwnerOrAdmin {
    #[serde(flatten)]
    comment: VideoComment,
    /// What it is under.
    video: VideoInfo,
    /// What judging it found.
    automatic_tags: Vec<String>,
}

impl VideoCommentForOwnerOrAdmin {
    /// Shows a comment of a list.
    #[must_use]
    pub fn new(site: &Site, listed: &Listed) -> Self {
        Self {
            comment: VideoComment::new(site, &listed.view),
            video: (&listed.place).into(),
            automatic_tags: listed.tags.clone(),
        }
    }
}

/// A version of a comment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommentVersion {
    /// `revisions.id`.
    id: i64,
    /// Markdown.
    text: String,
    /// `shown`, `held`, `rejected` or `superseded`.
    state: String,
    /// What judging it gave: `show`, `hold` or `reject`.
    verdict: String,
    /// Who wrote it.
    account: Option<Account>,
    /// RFC 3339.
    created_at: String,
}

impl CommentVersion {
    /// Shows a version.
    #[must_use]
    pub fn new(site: &Site, written: &history::Written) -> Self {
        let version = &written.version;
        Self {
            id: version.revision_id,
            text: version.text.clone(),
            state: version.state.clone(),
            verdict: version.verdict.clone(),
            account: written.author.as_ref().map(|account| Account::new(site, account)),
            created_at: version.created_at.rfc3339(),
        }
    }
}
