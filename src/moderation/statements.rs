//! What restricts me, since when, and why? Statements of reasons, for whom they concern.

use std::collections::HashMap;

use super::ModerationError;
use crate::app::App;
use crate::db::moderation::around::{self, VideoBrief};
use crate::db::moderation::audit;
use crate::db::moderation::items::{self, ItemRow, ItemState};
use crate::db::moderation::statements::{self, StatementRow};
use crate::domain::moderation::Reason;
use crate::domain::statement::Act;
use crate::domain::{Millis, Principal, Window};

/// A statement with what says how things stand.
#[derive(Debug, Clone)]
pub struct Told {
    /// The statement.
    pub row: StatementRow,
    /// Of a text: its item of the queue, while it is remembered.
    pub item: Option<ItemRow>,
    /// Why rules withheld the text.
    pub reasons: Vec<Reason>,
    /// The video it is about or below, while there is one.
    pub video: Option<VideoBrief>,
}

impl Told {
    /// It restricts something now.
    #[must_use]
    pub fn in_force(&self, now: Millis) -> bool {
        if self.row.ended_at.is_some() || self.row.until.is_some_and(|until| until <= now) {
            return false;
        }
        if self.row.item_id.is_none() {
            return true;
        }
        let held = self.row.act == Act::TextHeld.name();
        let withheld = if held { ItemState::Open } else { ItemState::Rejected };
        self.item.as_ref().is_some_and(|item| item.state == withheld)
    }

    /// The one it concerns may ask for another look.
    #[must_use]
    pub fn contestable(&self, now: Millis) -> bool {
        self.in_force(now) && self.item.as_ref().is_some_and(|item| item.contest.is_none())
    }
}

/// Statements to `who`, newest first; and how many there are.
///
/// # Errors
/// The database's.
pub async fn mine(
    app: &App,
    who: &Principal,
    window: Window,
) -> Result<(i64, Vec<Told>), ModerationError> {
    let mut conn = app.db().read().await?;
    let (total, rows) = statements::of_actor(&mut conn, who.actor_id, window).await?;
    let ids: Vec<i64> = rows.iter().filter_map(|row| row.item_id).collect();
    let found = items::by_ids(&mut conn, &ids).await?;
    let subjects: Vec<_> = found.iter().map(|item| item.subject).collect();
    let videos = around::videos(&mut conn, &subjects).await?;
    let found: HashMap<i64, ItemRow> = found.into_iter().map(|item| (item.id, item)).collect();
    let reasons = audit::by_ids(&mut conn, &ids).await?;
    let reasons: HashMap<i64, Vec<Reason>> =
        reasons.into_iter().map(|row| (row.id, row.reasons)).collect();
    let told = rows.into_iter().map(|row| {
        let item = row.item_id.and_then(|id| found.get(&id)).cloned();
        Told {
            reasons: row.item_id.and_then(|id| reasons.get(&id)).cloned().unwrap_or_default(),
            video: item.as_ref().and_then(|item| videos.get(&item.subject)).cloned(),
            item,
            row,
        }
    });
    Ok((total, told.collect()))
}
