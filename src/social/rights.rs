//! What may somebody do with comments under a video? Authors with their own, the video's owner and
//! those who moderate the channel with all.

use crate::db::comments::{CommentRow, VideoPlace};
use crate::db::moderation::people;
use crate::db::{Conn, DbError};
use crate::domain::Principal;
use crate::domain::comment::CommentState;

/// Somebody, as far as comments under one video are concerned. The default is nobody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rights {
    /// `actors.id`; 0: not signed in.
    pub actor_id: i64,
    /// The video is theirs.
    pub owner: bool,
    /// Moderates the channel or the instance.
    pub moderates: bool,
}

impl Rights {
    /// Those of `who` under a video.
    ///
    /// # Errors
    /// The database's.
    pub async fn of(
        conn: &mut Conn,
        who: Option<&Principal>,
        place: &VideoPlace,
    ) -> Result<Self, DbError> {
        let Some(who) = who else { return Ok(Self::default()) };
        let owner = who.account_id == place.account_id;
        let moderates = owner || who.role.moderates() || {
            let (_, helps) = people::channels_of(conn, who.account_id, who.actor_id).await?;
            helps.contains(&place.channel_id)
        };
        Ok(Self { actor_id: who.actor_id, owner, moderates })
    }

    /// Wrote it.
    #[must_use]
    pub const fn wrote(&self, row: &CommentRow) -> bool {
        self.actor_id != 0 && row.actor_id == self.actor_id
    }

    /// May read of it what the public does not.
    #[must_use]
    pub const fn sees_kept_back(&self, row: &CommentRow) -> bool {
        self.moderates || self.wrote(row)
    }

    /// What they may do with one comment.
    #[must_use]
    pub const fn may(&self, row: &CommentRow) -> May {
        let there = !matches!(row.state, CommentState::Deleted);
        let shown = matches!(row.state, CommentState::Shown);
        May {
            edit: there && self.wrote(row),
            delete: there && (self.moderates || self.wrote(row)),
            pin: shown && self.moderates && row.thread_id.is_none(),
            heart: shown && self.owner,
            moderate: there && self.moderates,
        }
    }
}

/// What somebody may do with a comment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct May {
    /// Change its text.
    pub edit: bool,
    /// Remove it.
    pub delete: bool,
    /// Put it first.
    pub pin: bool,
    /// Give it the owner's heart.
    pub heart: bool,
    /// Approve it, see its history.
    pub moderate: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Millis;

    fn row(state: CommentState) -> CommentRow {
        CommentRow {
            id: 1,
            ap_url: String::new(),
            video_id: 1,
            actor_id: 5,
            thread_id: None,
            parent_id: None,
            text: String::new(),
            state,
            pinned_at: None,
            hearted_at: None,
            edited_at: None,
            deleted_at: None,
            total_replies: 0,
            owner_replies: 0,
            created_at: Millis(0),
            updated_at: Millis(0),
        }
    }

    #[test]
    fn everybody_has_their_part() {
        let nobody = Rights::default();
        let stranger = Rights { actor_id: 9, ..Rights::default() };
        let author = Rights { actor_id: 5, ..Rights::default() };
        let moderator = Rights { actor_id: 9, moderates: true, owner: false };
        let owner = Rights { actor_id: 8, owner: true, moderates: true };
        let all = |edit, delete, pin, heart, moderate| May { edit, delete, pin, heart, moderate };
        for (who, shown, held) in [
            (nobody, May::default(), May::default()),
            (stranger, May::default(), May::default()),
            (author, all(true, true, false, false, false), all(true, true, false, false, false)),
            (moderator, all(false, true, true, false, true), all(false, true, false, false, true)),
            (owner, all(false, true, true, true, true), all(false, true, false, false, true)),
        ] {
            assert_eq!(who.may(&row(CommentState::Shown)), shown, "{who:?}");
            assert_eq!(who.may(&row(CommentState::Held)), held, "{who:?}");
            assert_eq!(who.may(&row(CommentState::Deleted)), May::default(), "{who:?}");
        }
        assert!(!nobody.sees_kept_back(&CommentRow { actor_id: 0, ..row(CommentState::Held) }));
    }
}
