//! Who may do what? Roles and the principal behind a request, as pure functions.

use serde::{Deserialize, Serialize};

use super::video::UnknownNumber;

/// PeerTube's `UserRole`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "i64", try_from = "i64")]
pub enum Role {
    /// Everything.
    Administrator,
    /// Everybody's content, nobody's settings.
    Moderator,
    /// Their own content.
    User,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Administrator, Self::Moderator, Self::User];

    /// PeerTube's number.
    #[must_use]
    pub const fn id(self) -> i64 {
        match self {
            Self::Administrator => 0,
            Self::Moderator => 1,
            Self::User => 2,
        }
    }

    /// PeerTube's English label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Administrator => "Administrator",
            Self::Moderator => "Moderator",
            Self::User => "User",
        }
    }

    /// May see and change what belongs to others (PeerTube's moderators' rights over videos).
    #[must_use]
    pub const fn moderates(self) -> bool {
        matches!(self, Self::Administrator | Self::Moderator)
    }

    /// May manage everybody and the server.
    #[must_use]
    pub const fn administers(self) -> bool {
        matches!(self, Self::Administrator)
    }

    /// May see the list of users (PeerTube's `MANAGE_USERS`).
    #[must_use]
    pub const fn sees_users(self) -> bool {
        self.moderates()
    }

    /// May see, make, change and block users of the role `other`: administrators everybody,
    /// moderators plain users only. Removing them, and what they sign in with, is for those who
    /// [`administer`](Self::administers).
    #[must_use]
    pub const fn manages(self, other: Self) -> bool {
        match self {
            Self::Administrator => true,
            Self::Moderator => matches!(other, Self::User),
            Self::User => false,
        }
    }
}

impl From<Role> for i64 {
    fn from(role: Role) -> Self {
        role.id()
    }
}

impl TryFrom<i64> for Role {
    type Error = UnknownNumber;

    fn try_from(id: i64) -> Result<Self, UnknownNumber> {
        Self::ALL.into_iter().find(|r| r.id() == id).ok_or(UnknownNumber(id))
    }
}

/// The signed-in person behind a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// `users.id`.
    pub user_id: i64,
    /// `accounts.id`.
    pub account_id: i64,
    /// `actors.id` of the account: what content refers to.
    pub actor_id: i64,
    /// `oauth_tokens.id` of the session in use.
    pub session_id: i64,
    /// Log-in name.
    pub username: String,
    /// Role.
    pub role: Role,
}

impl Principal {
    /// May edit, delete and see everything of content owned by `account_id`.
    #[must_use]
    pub fn owns_or_moderates(&self, account_id: i64) -> bool {
        self.account_id == account_id || self.role.moderates()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moderators_manage_plain_users_only() {
        for role in Role::ALL {
            assert!(Role::Administrator.manages(role));
            assert_eq!(Role::Moderator.manages(role), role == Role::User);
            assert!(!Role::User.manages(role));
        }
        assert!(!Role::User.sees_users());
    }

    #[test]
    fn content_belongs_to_its_owner_and_to_moderators() {
        let somebody = |account_id, role| Principal {
            user_id: 1,
            account_id,
            actor_id: 1,
            session_id: 1,
            username: "a".to_owned(),
            role,
        };
        assert!(somebody(7, Role::User).owns_or_moderates(7));
        assert!(!somebody(8, Role::User).owns_or_moderates(7));
        assert!(somebody(8, Role::Moderator).owns_or_moderates(7));
    }
}
