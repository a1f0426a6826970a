//! Who may moderate what? One pure function for every deed, so that a table can test it.

use super::Scope;
use crate::domain::Role;

/// What somebody is, as far as moderation is concerned. The default is nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// `None`: not signed in.
    pub role: Option<Role>,
    /// `accounts.id`; 0 when not signed in.
    pub account_id: i64,
    /// `channels.id` of their own channels.
    pub owns: Vec<i64>,
    /// `channels.id` of the channels they were made moderator of.
    pub moderates: Vec<i64>,
}

/// Something that not everybody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// See held texts, their context, who works on them; take one.
    SeeQueue(Scope),
    /// Release, reject, undo; answer a contest.
    Decide(Scope),
    /// See lists, entries, previews and tests of them.
    SeeLists(Scope),
    /// Change lists, preview, apply, subscribe, publish.
    EditLists(Scope),
    /// See and export the audit log.
    SeeAudit(Scope),
    /// See and set which tags hold a text.
    SetPolicies(Scope),
    /// See whose texts are refused; block, and lift blocks.
    Block(Scope),
    /// See who moderates a channel.
    SeeModerators(i64),
    /// Say who moderates a channel.
    NameModerators(i64),
    /// Ask once for another look at a decision on a text of this account.
    Contest(i64),
}

/// What is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Go on.
    Yes,
    /// Sign in first.
    SignIn,
    /// Not this person.
    No,
}

impl Standing {
    fn staff(&self) -> bool {
        self.role.is_some_and(Role::moderates)
    }

    fn owner_of(&self, channel: i64) -> bool {
        self.role.is_some() && self.owns.contains(&channel)
    }

    /// Owner or moderator of a channel, or staff.
    fn over_channel(&self, channel: i64) -> bool {
        let named = self.role.is_some() && self.moderates.contains(&channel);
        self.staff() || named || self.owner_of(channel)
    }

    fn over(&self, scope: Scope) -> bool {
        match scope {
            Scope::Instance => self.staff(),
            Scope::Channel(id) => self.over_channel(id),
            Scope::Account(id) => self.staff() || (self.role.is_some() && self.account_id == id),
        }
    }

    /// May they?
    #[must_use]
    pub fn may(&self, deed: Deed) -> Answer {
        let yes = match deed {
            Deed::SeeQueue(scope)
            | Deed::Decide(scope)
            | Deed::SeeLists(scope)
            | Deed::EditLists(scope)
            | Deed::SeeAudit(scope)
            | Deed::SetPolicies(scope)
            | Deed::Block(scope) => self.over(scope),
            Deed::SeeModerators(channel) => self.over_channel(channel),
            Deed::NameModerators(channel) => self.staff() || self.owner_of(channel),
            // Nobody contests in another's name, staff neither.
            Deed::Contest(author) => self.role.is_some() && self.account_id == author,
        };
        match (yes, self.role) {
            (true, _) => Answer::Yes,
            (false, None) => Answer::SignIn,
            (false, Some(_)) => Answer::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANNEL: i64 = 7;
    const ACCOUNT: i64 = 70;

    fn person(role: Role, account_id: i64) -> Standing {
        Standing { role: Some(role), account_id, ..Standing::default() }
    }

    /// Nobody, a stranger, the owner, a channel moderator, a moderator, an administrator.
    fn cast() -> [Standing; 6] {
        let owner = Standing { owns: vec![CHANNEL], ..person(Role::User, ACCOUNT) };
        let helper = Standing { moderates: vec![CHANNEL], ..person(Role::User, 71) };
        [
            Standing::default(),
            person(Role::User, 72),
            owner,
            helper,
            person(Role::Moderator, 73),
            person(Role::Administrator, 74),
        ]
    }

    #[test]
    fn who_may_what() {
        use Answer::{No, SignIn, Yes};
        let channel = Scope::Channel(CHANNEL);
        let account = Scope::Account(ACCOUNT);
        let of_channel = [SignIn, No, Yes, Yes, Yes, Yes];
        let of_instance = [SignIn, No, No, No, Yes, Yes];
        let of_account = [SignIn, No, Yes, No, Yes, Yes];
        let table = [
            (Deed::SeeQueue(Scope::Instance), of_instance),
            (Deed::SeeQueue(channel), of_channel),
            (Deed::SeeQueue(account), of_account),
            (Deed::Decide(Scope::Instance), of_instance),
            (Deed::Decide(channel), of_channel),
            (Deed::SeeLists(Scope::Instance), of_instance),
            (Deed::SeeLists(channel), of_channel),
            (Deed::SeeLists(account), of_account),
            (Deed::EditLists(Scope::Instance), of_instance),
            (Deed::EditLists(channel), of_channel),
            (Deed::EditLists(account), of_account),
            (Deed::SeeAudit(Scope::Instance), of_instance),
            (Deed::SeeAudit(channel), of_channel),
            (Deed::SetPolicies(Scope::Instance), of_instance),
            (Deed::SetPolicies(account), of_account),
            (Deed::Block(Scope::Instance), of_instance),
            (Deed::Block(channel), of_channel),
            (Deed::Block(account), of_account),
            (Deed::SeeModerators(CHANNEL), of_channel),
            (Deed::NameModerators(CHANNEL), [SignIn, No, Yes, No, Yes, Yes]),
            (Deed::Contest(ACCOUNT), [SignIn, No, Yes, No, No, No]),
        ];
        for (deed, expected) in table {
            for (standing, answer) in cast().iter().zip(expected) {
                assert_eq!(standing.may(deed), answer, "{deed:?} {standing:?}");
            }
        }
    }

    #[test]
    fn a_channel_moderator_has_one_channel_only() {
        let [_, _, owner, helper, ..] = cast();
        for standing in [owner, helper] {
            for deed in [Deed::SeeQueue(Scope::Channel(8)), Deed::Decide(Scope::Channel(8))] {
                assert_eq!(standing.may(deed), Answer::No);
            }
        }
    }
}
