//! `AccountBlock`, `ServerBlock`, `BlockStatus`: whom people and the instance do not want to see.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::Site;
use super::account::Account;
use crate::db::accounts::AccountRow;
use crate::db::blocklists::mutes::ServerMute;
use crate::domain::Millis;
use crate::moderation::blocklists::instance::{Blocked, BlockedServer};
use crate::moderation::blocklists::mutes::Muted;
use crate::moderation::blocklists::{Status, transfer};

/// What the instance's blocks have beside PeerTube's.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InstanceBlock {
    /// For `DELETE moderation/blocks/{id}`.
    id: i64,
    /// RFC 3339; null: for good.
    until: Option<String>,
    /// What they have published is shown to nobody either; else only new texts are refused.
    hides: bool,
    /// Why, as the account was told.
    reason: Option<String>,
}

/// PeerTube's `AccountBlock`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountBlock {
    /// Whose list it is on; of the instance's: who put them there, null for the server by its rules.
    by_account: Option<Account>,
    blocked_account: Account,
    /// Always null: lists are not subscribed to.
    #[schema(value_type = Option<Object>)]
    blocklist_subscription: Option<()>,
    /// RFC 3339.
    created_at: String,
    #[serde(flatten)]
    instance: Option<InstanceBlock>,
}

impl AccountBlock {
    /// Shows somebody whom `owner` muted.
    #[must_use]
    pub fn muted(site: &Site, owner: &AccountRow, muted: &Muted) -> Self {
        Self {
            by_account: Some(Account::new(site, owner)),
            blocked_account: Account::new(site, &muted.account),
            blocklist_subscription: None,
            created_at: muted.since.rfc3339(),
            instance: None,
        }
    }

    /// Shows somebody whom the instance blocks.
    #[must_use]
    pub fn blocked(site: &Site, blocked: &Blocked) -> Self {
        let block = &blocked.block;
        Self {
            by_account: blocked.by.as_ref().map(|by| Account::new(site, by)),
            blocked_account: Account::new(site, &blocked.account),
            blocklist_subscription: None,
            created_at: block.created_at.rfc3339(),
            instance: Some(InstanceBlock {
                id: block.id,
                until: block.until.map(Millis::rfc3339),
                hides: block.hides,
                reason: block.reason.clone(),
            }),
        }
    }
}

/// A server.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct BlockedHost {
    host: String,
}

/// PeerTube's `ServerBlock`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerBlock {
    /// Whose list it is on; of the instance's: who put it there, null when they are gone.
    by_account: Option<Account>,
    blocked_server: BlockedHost,
    /// Always null: lists are not subscribed to.
    #[schema(value_type = Option<Object>)]
    blocklist_subscription: Option<()>,
    /// RFC 3339.
    created_at: String,
    /// For moderators; null on one's own list.
    reason: Option<String>,
}

impl ServerBlock {
    /// Shows a server that `owner` muted.
    #[must_use]
    pub fn muted(site: &Site, owner: &AccountRow, muted: &ServerMute) -> Self {
        Self {
            by_account: Some(Account::new(site, owner)),
            blocked_server: BlockedHost { host: muted.host.clone() },
            blocklist_subscription: None,
            created_at: muted.created_at.rfc3339(),
            reason: None,
        }
    }

    /// Shows a server that the instance blocks.
    #[must_use]
    pub fn blocked(site: &Site, blocked: &BlockedServer) -> Self {
        Self {
            by_account: blocked.by.as_ref().map(|by| Account::new(site, by)),
            blocked_server: BlockedHost { host: blocked.block.host.clone() },
            blocklist_subscription: None,
            created_at: blocked.block.created_at.rfc3339(),
            reason: blocked.block.reason.clone(),
        }
    }
}

/// How one account or server stands.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct StatusOf {
    blocked_by_server: bool,
    /// Always null: lists are not subscribed to.
    #[schema(value_type = Option<String>)]
    blocked_by_server_subscription: Option<()>,
    /// By the one who asks; false when nobody is signed in.
    blocked_by_user: bool,
}

impl From<&Status> for StatusOf {
    fn from(status: &Status) -> Self {
        Self {
            blocked_by_server: status.by_server,
            blocked_by_server_subscription: None,
            blocked_by_user: status.by_user,
        }
    }
}

/// PeerTube's `BlockStatus`: by the names that were asked for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BlockStatus {
    accounts: BTreeMap<String, StatusOf>,
    hosts: BTreeMap<String, StatusOf>,
}

impl BlockStatus {
    /// Shows how `names` and `hosts` stand, in their order.
    #[must_use]
    pub fn new(
        names: Vec<String>,
        hosts: Vec<String>,
        (of_names, of_hosts): &(Vec<Status>, Vec<Status>),
    ) -> Self {
        Self {
            accounts: names.into_iter().zip(of_names.iter().map(Into::into)).collect(),
            hosts: hosts.into_iter().zip(of_hosts.iter().map(Into::into)).collect(),
        }
    }
}

/// Something that was not taken from a file.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct SkippedEntry {
    /// Line of the file; in JSON, place in its array. From 1.
    line: usize,
    /// What is written there, in short.
    text: String,
    /// Why not, in plain words.
    why: String,
}

/// What came of reading a file into a blocklist.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BlocklistImported {
    /// Accounts that the list had not.
    accounts: usize,
    /// Servers that the list had not.
    servers: usize,
    /// Entries that it had.
    known: usize,
    /// What was not taken: the first hundred.
    skipped: Vec<SkippedEntry>,
    /// How many were not taken.
    #[serde(rename = "skippedCount")]
    skipped_count: usize,
}

/// Entries that are told one by one.
const MOST_SKIPPED: usize = 100;

impl From<transfer::Imported> for BlocklistImported {
    fn from(done: transfer::Imported) -> Self {
        let skipped = done.skipped.iter().take(MOST_SKIPPED).map(|one| SkippedEntry {
            line: one.line,
            text: one.text.clone(),
            why: one.why.to_owned(),
        });
        Self {
            accounts: done.accounts,
            servers: done.servers,
            known: done.known,
            skipped: skipped.collect(),
            skipped_count: done.skipped.len(),
        }
    }
}
