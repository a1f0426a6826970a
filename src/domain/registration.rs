//! Who becomes a user, and how? PeerTube's states of a request for an account.

use super::video::UnknownNumber;

/// PeerTube's `UserRegistrationState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegistrationState {
    /// It waits for a moderator.
    Pending,
    /// It was refused.
    Rejected,
    /// There is a user now.
    Accepted,
}

impl RegistrationState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Rejected, Self::Accepted];

    /// PeerTube's number.
    #[must_use]
    pub const fn id(self) -> i64 {
        match self {
            Self::Pending => 1,
            Self::Rejected => 2,
            Self::Accepted => 3,
        }
    }

    /// PeerTube's English label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Rejected => "Rejected",
            Self::Accepted => "Accepted",
        }
    }
}

impl TryFrom<i64> for RegistrationState {
    type Error = UnknownNumber;

    fn try_from(id: i64) -> Result<Self, UnknownNumber> {
        Self::ALL.into_iter().find(|state| state.id() == id).ok_or(UnknownNumber(id))
    }
}
