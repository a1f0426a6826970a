//! What did judging a text give? The verdict, every reason for it, the tags, and what follows for
//! its author.

use serde::{Deserialize, Serialize};

use super::{Action, Format, Scope, Surface, Verdict};

/// Reasons kept of one text at most; a text that finds more is held all the same.
const MOST_REASONS: usize = 100;
/// Characters of the found words that are kept.
const MOST_MATCHED: usize = 200;

/// Who or what gave a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The author is blocked or timed out.
    Block,
    /// A list of watched words.
    WatchedWords,
    /// A plugin.
    Plugin,
    /// A rule of the place, such as approval of every comment.
    Policy,
    /// A rule that holds texts with a tag.
    Tag,
}

impl Source {
    /// Its name in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::WatchedWords => "watched-words",
            Self::Plugin => "plugin",
            Self::Policy => "policy",
            Self::Tag => "tag",
        }
    }
}

/// The list that a reason comes from, as it was then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReasonList {
    /// `word_lists.id`.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: i64,
}

/// Why a text got its verdict, or a tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// Who says so.
    pub source: Source,
    /// In a few words: the list's or plugin's name, the rule.
    pub label: String,
    /// For watched words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<ReasonList>,
    /// `word_entries.id`, for watched words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry_id: Option<i64>,
    /// Its name, for plugins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
    /// Where in the text, bytes of the original.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<(usize, usize)>,
    /// The words there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<String>,
    /// A rule of the whole instance: only its moderators may go against it.
    #[serde(default)]
    pub instance: bool,
    /// What it asks for.
    #[serde(flatten)]
    pub action: Action,
}

impl Reason {
    /// A reason that points at no words.
    #[must_use]
    pub fn plain(source: Source, label: impl Into<String>, action: Action) -> Self {
        Self {
            source,
            label: label.into(),
            list: None,
            entry_id: None,
            plugin: None,
            span: None,
            matched: None,
            instance: false,
            action,
        }
    }

    /// A rule of the place asks a human to look first.
    #[must_use]
    pub fn policy(label: impl Into<String>) -> Self {
        Self::plain(Source::Policy, label, Action::Hold)
    }

    /// As a rule of the whole instance, or of a part of it.
    #[must_use]
    pub const fn of_instance(mut self, instance: bool) -> Self {
        self.instance = instance;
        self
    }

    /// Only moderators of the instance may release what was withheld for it.
    #[must_use]
    pub const fn binds_channels(&self) -> bool {
        let plugin = matches!(self.source, Source::Plugin);
        (self.instance || plugin) && !matches!(self.action, Action::Tag)
    }

    /// Points at the words of `text` from `start` to `end`, bytes.
    #[must_use]
    pub fn at(mut self, text: &str, start: usize, end: usize) -> Self {
        self.span = Some((start, end));
        self.matched = text.get(start..end).map(|words| words.chars().take(MOST_MATCHED).collect());
        self
    }
}

/// Where a text stands: what its versions keep, so that they can be judged again later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Surface.
    pub surface: Surface,
    /// How it is written.
    pub format: Format,
    /// `channels.id`: the channel itself, or that of the video it is about.
    pub channel_id: Option<i64>,
    /// `accounts.id` of who owns that channel.
    pub owner_account_id: Option<i64>,
    /// Language code, when it is known.
    pub language: Option<String>,
}

/// What follows for the author beside the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effect {
    /// How far it reaches.
    pub scope: Scope,
    /// `None`: for good.
    pub minutes: Option<u32>,
}

/// What judging gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The strictest of all reasons.
    pub verdict: Verdict,
    /// Every reason, at most a hundred.
    pub reasons: Vec<Reason>,
    /// PeerTube's automatic tags: `external-link`, names of lists.
    pub tags: Vec<String>,
    /// What follows for the author.
    pub effects: Vec<Effect>,
    /// Where the text stands.
    pub place: Place,
}

impl Judgement {
    /// Nothing speaks against it.
    #[must_use]
    pub const fn clear(place: Place) -> Self {
        Self {
            verdict: Verdict::Show,
            reasons: Vec::new(),
            tags: Vec::new(),
            effects: Vec::new(),
            place,
        }
    }

    /// Adds a reason; the verdict gets as strict as it asks.
    pub fn add(&mut self, reason: Reason) {
        self.verdict = self.verdict.max(reason.action.verdict());
        if self.reasons.len() < MOST_REASONS {
            self.reasons.push(reason);
        }
    }

    /// Adds a tag once.
    pub fn tag(&mut self, tag: &str) {
        if !self.tags.iter().any(|known| known == tag) {
            self.tags.push(tag.to_owned());
        }
    }

    /// Adds what follows for the author, once a scope; the longest counts.
    pub fn follow(&mut self, effect: Effect) {
        let known = self.effects.iter_mut().find(|known| known.scope == effect.scope);
        match known {
            Some(known) => {
                known.minutes = known.minutes.zip(effect.minutes).map(|(a, b)| a.max(b));
            }
            None => self.effects.push(effect),
        }
    }

    /// Worth a row of the audit log: everything but a text that nothing was found in.
    #[must_use]
    pub const fn remarkable(&self) -> bool {
        !matches!(self.verdict, Verdict::Show) || !self.reasons.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place {
            surface: Surface::Comment,
            format: Format::Markdown,
            channel_id: Some(1),
            owner_account_id: Some(2),
            language: None,
        }
    }

    #[test]
    fn the_strictest_reason_decides_and_all_are_kept() {
        let mut judgement = Judgement::clear(place());
        assert!(!judgement.remarkable());
        judgement.add(Reason::plain(Source::WatchedWords, "a", Action::Tag));
        assert!(judgement.remarkable() && judgement.verdict == Verdict::Show);
        judgement.add(Reason::plain(Source::WatchedWords, "b", Action::Reject));
        judgement.add(Reason::policy("approval"));
        assert_eq!(judgement.verdict, Verdict::Reject);
        assert_eq!(judgement.reasons.len(), 3);
    }

    #[test]
    fn a_flood_of_reasons_is_cut_but_still_counts() {
        let mut judgement = Judgement::clear(place());
        for _ in 0..MOST_REASONS {
            judgement.add(Reason::plain(Source::WatchedWords, "a", Action::Tag));
        }
        judgement.add(Reason::policy("approval"));
        assert_eq!((judgement.reasons.len(), judgement.verdict), (MOST_REASONS, Verdict::Hold));
    }

    #[test]
    fn the_longest_effect_of_a_scope_counts() {
        let mut judgement = Judgement::clear(place());
        for minutes in [Some(5), Some(60), Some(10)] {
            judgement.follow(Effect { scope: Scope::Instance, minutes });
        }
        assert_eq!(judgement.effects, [Effect { scope: Scope::Instance, minutes: Some(60) }]);
        judgement.follow(Effect { scope: Scope::Instance, minutes: None });
        judgement.follow(Effect { scope: Scope::Instance, minutes: Some(7) });
        assert_eq!(judgement.effects, [Effect { scope: Scope::Instance, minutes: None }]);
    }

    #[test]
    fn a_reason_names_the_words_it_points_at() {
        let reason = Reason::policy("x").at("héllo", 0, 3);
        assert_eq!(reason.matched.as_deref(), Some("hé"));
        let json = serde_json::to_value(&reason).unwrap();
        assert_eq!(json["action"], "hold");
        assert_eq!(serde_json::from_value::<Reason>(json).unwrap(), reason);
        assert_eq!(Reason::policy("x").at("héllo", 0, 2).matched, None, "inside a letter");
    }
}
