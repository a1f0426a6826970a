//! What waits for moderators, of every kind? How much, since when, and what has waited longest: one
//! queue for all.

use super::reports::{self, Report};
use super::{ModerationError, queue, require};
use crate::app::App;
use crate::db::abuses::{self, AbuseFilter, AbuseOrder};
use crate::db::accounts::AccountRow;
use crate::db::moderation::around::{self, WaitingVideo};
use crate::db::moderation::items::{self, ItemFilter};
use crate::db::registrations::{self, RegistrationOrder, RegistrationRow};
use crate::domain::abuse::AbuseState;
use crate::domain::moderation::{Deed, Scope};
use crate::domain::registration::RegistrationState;
use crate::domain::{Millis, Order, Principal, Window};

/// How much of one kind waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heap {
    /// `text`, `report`, `video` or `registration`.
    pub kind: &'static str,
    /// Things that wait.
    pub waiting: i64,
    /// Those the one who asks works on.
    pub mine: i64,
    /// Those that their authors contest.
    pub contested: i64,
    /// Since when the oldest waits.
    pub oldest: Option<Millis>,
}

/// Something that waits.
#[derive(Debug, Clone)]
pub enum Waiting {
    /// A text that was held, or is contested.
    Text(Box<queue::Shown>),
    /// A report.
    Report(Box<Report>),
    /// A video that nobody sees before a moderator looked at it, with its owner.
    Video(WaitingVideo, Option<Box<AccountRow>>),
    /// Somebody who asks for an account.
    Registration(Box<RegistrationRow>),
}

impl Waiting {
    /// Since when it waits.
    #[must_use]
    pub fn since(&self) -> Millis {
        match self {
            Self::Text(shown) => shown.item.held_at,
            Self::Report(report) => report.abuse.created_at,
            Self::Video(video, _) => video.since,
            Self::Registration(row) => row.created_at,
        }
    }
}

/// How much of each kind waits in a scope, and the `count` things that have waited longest.
///
/// # Errors
/// [`ModerationError::Forbidden`]; the database's.
pub async fn overview(
    app: &App,
    who: &Principal,
    scope: Scope,
    count: i64,
) -> Result<(Vec<Heap>, Vec<Waiting>), ModerationError> {
    require(app, who, Deed::SeeQueue(scope)).await?;
    let channel = match scope {
        Scope::Instance => None,
        Scope::Channel(id) => Some(id),
        Scope::Account(_) => {
            return Err(ModerationError::invalid("scope", "Should be instance or channel."));
        }
    };
    let window = Window { start: 0, count };
    let mut conn = app.db().read().await?;
    let mut others = Vec::new();
    let (waiting, mine, contested, oldest) =
        items::waiting(&mut conn, channel, who.actor_id).await?;
    let mut heaps = vec![Heap { kind: "text", waiting, mine, contested, oldest }];
    if scope == Scope::Instance {
        let (waiting, mine, oldest) = abuses::waiting(&mut conn, who.actor_id).await?;
        heaps.push(Heap { kind: "report", waiting, mine, contested: 0, oldest });
        let (waiting, oldest, some) = around::waiting_videos(&mut conn, count).await?;
        heaps.push(Heap { kind: "video", waiting, mine: 0, contested: 0, oldest });
        let owners: Vec<i64> = some.iter().map(|video| video.owner_id).collect();
        let owners = queue::people(&mut conn, &owners).await?;
        others.extend(some.into_iter().map(|video| {
            let owner = owners.get(&video.owner_id).cloned().map(Box::new);
            Waiting::Video(video, owner)
        }));
        let pending = [RegistrationState::Pending];
        let order = Order::ascending(RegistrationOrder::Created);
        let (waiting, some) = registrations::page(&mut conn, &pending, None, order, window).await?;
        let oldest = some.first().map(|row| row.created_at);
        let kind = "registration";
        heaps.push(Heap { kind, waiting, mine: 0, contested: 0, oldest });
        others.extend(some.into_iter().map(Box::new).map(Waiting::Registration));
    }
    drop(conn);
    let (_, texts) = queue::page(app, who, scope, ItemFilter::default(), window).await?;
    let mut next: Vec<Waiting> = texts.into_iter().map(Box::new).map(Waiting::Text).collect();
    next.extend(others);
    if scope == Scope::Instance {
        let filter = AbuseFilter { state: Some(AbuseState::Pending), ..AbuseFilter::default() };
        let order = Order::ascending(AbuseOrder::CreatedAt);
        let (_, filed) = reports::list(app, who, &filter, order, window).await?;
        next.extend(filed.into_iter().map(Box::new).map(Waiting::Report));
    }
    next.sort_by_key(Waiting::since);
    next.truncate(usize::try_from(count).unwrap_or(usize::MAX));
    Ok((heaps, next))
}
