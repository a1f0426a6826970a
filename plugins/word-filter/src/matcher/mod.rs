//! Which entries of which lists does a text contain? Lists are built once into automata
//! ([`build`]); a text is walked once per form that some list needs ([`find`]): the plain form
//! for lists without options, the loose form for lists with any, whose candidates are then
//! looked at closely ([`verify`]).

mod build;
mod encode;
mod exceptions;
mod find;
mod regexes;
mod verify;

use std::ops::Range;

use aho_corasick::AhoCorasick;

use crate::reading::Wanted;
use crate::{Hit, Mode, Options};
pub use build::{BadEntry, BuildError, Problem, check};
use regexes::Regexes;

/// Lists, ready to be looked for in any number of texts.
#[derive(Debug, Default)]
pub struct Matcher {
    lists: Vec<List>,
    patterns: Vec<Pattern>,
    /// The folded entries, one behind the other.
    letters: Vec<Letter>,
    plain: Option<Automaton>,
    loose: Option<Automaton>,
    exceptions: Option<Automaton>,
    regexes: Vec<Regexes>,
    wanted: Wanted,
}

/// What was found in a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scan {
    /// In order of place; of each entry at most [`crate::MAX_HITS_OF_AN_ENTRY`].
    pub hits: Vec<Hit>,
    /// What it took: characters walked, candidates and letters compared. Never more than a fixed
    /// number for each character of the text.
    pub steps: u64,
    /// False when the text was so tangled that looking on would have taken longer than that:
    /// there may be more. Who judges should hold such a text for a human.
    pub complete: bool,
}

#[derive(Debug)]
struct List {
    id: u64,
    options: Options,
    excused: bool,
}

/// An entry that is not a regular expression.
#[derive(Debug)]
struct Pattern {
    /// Index in `lists`; for an exception as well.
    list: u32,
    id: u64,
    /// Into `letters`.
    start: u32,
    length: u16,
    /// How many letters at the beginning are one in the loose form.
    first_run: u16,
    mode: Mode,
    traits: PatternTraits,
}

#[derive(Debug, Clone, Copy, Default)]
struct PatternTraits {
    /// Dotted and dotless i are different letters.
    turkish: bool,
    /// It looks like an address, and is looked for in addresses.
    address: bool,
    /// Its language doubles few letters: which ones, `verify` knows.
    doubles_known: bool,
    /// Its first and last characters are letters, which need boundaries.
    begins_with_letter: bool,
    ends_with_letter: bool,
}

/// A letter of an entry.
#[derive(Debug, Clone, Copy)]
struct Letter {
    ch: char,
    /// For Turkish: an i that has its dot.
    dotted: bool,
}

/// Distinct encoded patterns, and which patterns each of them stands for.
#[derive(Debug)]
struct Automaton {
    finds: AhoCorasick,
    /// By index of the automaton's pattern: a range of `members`.
    buckets: Vec<Range<u32>>,
    /// Indices into `patterns`, or of lists for exceptions.
    members: Vec<u32>,
}

impl Automaton {
    fn members(&self, bucket: usize) -> &[u32] {
        let range = self.buckets.get(bucket).cloned().unwrap_or(0..0);
        let place = |index: u32| usize::try_from(index).unwrap_or(usize::MAX);
        self.members.get(place(range.start)..place(range.end)).unwrap_or_default()
    }

    fn memory_bytes(&self) -> usize {
        self.finds.memory_usage() + size_of_val(&*self.buckets) + size_of_val(&*self.members)
    }
}

impl Matcher {
    /// The entries found in `text`. [`Matcher::scan`] also says whether that is all.
    #[must_use]
    pub fn find(&self, text: &crate::Visible) -> Vec<Hit> {
        self.scan(text).hits
    }

    /// The memory that the matcher keeps, in bytes; regular expressions are estimated.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let automata = [&self.plain, &self.loose, &self.exceptions];
        automata.into_iter().flatten().map(Automaton::memory_bytes).sum::<usize>()
            + size_of_val(&*self.patterns)
            + size_of_val(&*self.letters)
            + size_of_val(&*self.lists)
            + self.regexes.iter().map(Regexes::memory_bytes).sum::<usize>()
            + size_of::<Self>()
    }

    fn letters(&self, pattern: &Pattern) -> &[Letter] {
        let start = usize::try_from(pattern.start).unwrap_or(usize::MAX);
        let end = start.saturating_add(usize::from(pattern.length));
        self.letters.get(start..end).unwrap_or_default()
    }
}
