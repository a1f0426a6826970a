//! Which listed words does a reader see in a text, however they are disguised? Lists are built
//! into a [`Matcher`]; a text is taken as a reader sees it ([`Visible`]); [`Matcher::scan`] tells
//! what was found and where in the original it stands. What follows from that (hold, reject,
//! tag), and where lists are kept, is for others to decide.
//!
//! No input or output, no clock, no threads: it compiles to WebAssembly as it is.

pub mod cases;
mod fold;
pub mod lists;
mod looks;
mod matcher;
mod pages;
mod reading;
mod visible;

use serde::{Deserialize, Serialize};

pub use fold::folded;
pub use matcher::{BadEntry, BuildError, Matcher, Problem, Scan, check};
pub use visible::Visible;

/// Entries that one list may have.
pub const MAX_ENTRIES: usize = 100_000;
/// Entries of a list that may be regular expressions.
pub const MAX_REGEXES: usize = 500;
/// Exceptions that one list may have.
pub const MAX_EXCEPTIONS: usize = 10_000;
/// Length of an entry or exception, in characters once folded.
pub const MAX_ENTRY_CHARS: usize = 200;
/// Length of a regular expression as written, in bytes.
pub const MAX_REGEX_BYTES: usize = 1_000;
/// Places that are told of one entry in one text; the first ones.
pub const MAX_HITS_OF_AN_ENTRY: usize = 16;

/// How an entry is looked for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Between word boundaries (UAX #29, adapted); anywhere in scripts without spaces.
    #[default]
    WholeWord,
    /// At the beginning of a word.
    Prefix,
    /// Anywhere, inside words too.
    Substring,
    /// Several words in a row with any white space or hyphen between them, between boundaries.
    Phrase,
    /// A regular expression (syntax of the `regex` crate) on the folded text; options of the
    /// list do not apply.
    Regex,
}

impl Mode {
    /// All modes.
    pub const ALL: [Self; 5] =
        [Self::WholeWord, Self::Prefix, Self::Substring, Self::Phrase, Self::Regex];

    /// The name in files and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WholeWord => "whole_word",
            Self::Prefix => "prefix",
            Self::Substring => "substring",
            Self::Phrase => "phrase",
            Self::Regex => "regex",
        }
    }

    /// The mode of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// Disguises that a list sees through. What is always folded (NFKC, case, diacritics, strokes,
/// invisible characters) is no option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Letters of one script that look like those of another (UTS #39), boxed letters, `rn` for
    /// `m`, capital I for l.
    pub confusables: bool,
    /// Digits and symbols for letters: `$p4m`.
    pub leet: bool,
    /// Single letters with something between them: `s.p.a.m`, `s p a m`.
    pub separators: bool,
    /// Stretched letters: `spaaam`.
    pub repeats: bool,
    /// Words written backwards behind a direction override.
    pub bidi: bool,
}

impl Options {
    /// Every option on.
    pub const ALL: Self =
        Self { confusables: true, leet: true, separators: true, repeats: true, bidi: true };
    /// The names of the options.
    pub const NAMES: [&'static str; 5] = ["confusables", "leet", "separators", "repeats", "bidi"];

    /// Whether any is on.
    #[must_use]
    pub fn any(self) -> bool {
        self != Self::default()
    }

    /// Switches the option of that name on; whether there is one.
    pub fn switch_on(&mut self, name: &str) -> bool {
        let option = match name {
            "confusables" => &mut self.confusables,
            "leet" => &mut self.leet,
            "separators" => &mut self.separators,
            "repeats" => &mut self.repeats,
            "bidi" => &mut self.bidi,
            _ => return false,
        };
        *option = true;
        true
    }

    /// The names of those that are on.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        let on = [self.confusables, self.leet, self.separators, self.repeats, self.bidi];
        Self::NAMES.into_iter().zip(on).filter(|(_, on)| *on).map(|(name, _)| name).collect()
    }
}

/// An entry of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// What [`Hit::entry_id`] tells.
    pub id: u64,
    /// As written by the moderator; folded like the texts it is looked for in.
    pub text: String,
    /// How it is looked for.
    pub mode: Mode,
    /// BCP 47. `tr` and `az` keep dotted and dotless i apart; it also says which doubled letters
    /// are ordinary spelling.
    pub language: Option<String>,
}

/// What is no hit: a hit wholly inside an occurrence of this text. Looked for anywhere, folded,
/// never loosely: the exception `burn` does not excuse `bum`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exception {
    /// As written.
    pub text: String,
}

/// A list, borrowed for building.
#[derive(Debug, Clone, Copy)]
pub struct ListSpec<'a> {
    /// What [`Hit::list_id`] tells.
    pub id: u64,
    /// Disguises that it sees through.
    pub options: Options,
    /// What is looked for.
    pub entries: &'a [Entry],
    /// What excuses a hit of this list; hits of other lists it leaves alone.
    pub exceptions: &'a [Exception],
}

/// An entry found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hit {
    /// First byte in the original text.
    pub start: usize,
    /// Byte behind the last.
    pub end: usize,
    /// The list.
    pub list_id: u64,
    /// The entry.
    pub entry_id: u64,
}
