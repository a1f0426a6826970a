//! Which regular expressions does a text match? They run on the folded text; the `regex` crate
//! takes time linear in the text for each. A set is asked first, so that expressions that do not
//! match cost little.

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use super::Problem;
use crate::fold::fold;
use crate::{MAX_HITS_OF_AN_ENTRY, MAX_REGEX_BYTES};

/// What one compiled expression may take, in bytes.
const ONE_LIMIT: usize = 128 << 10;
/// Expressions in one set.
const SET: usize = 50;

/// The expressions of a list.
#[derive(Debug)]
pub(super) struct Regexes {
    /// Index of the list.
    pub(super) list: u32,
    regexes: Vec<(u64, Compiled)>,
    sets: Vec<RegexSet>,
}

/// An expression.
#[derive(Debug)]
pub(super) struct Compiled {
    regex: Regex,
    /// It speaks of addresses, and is looked for in them.
    address: bool,
}

/// A match of an expression, in bytes of the folded text.
pub(super) struct Match {
    pub(super) entry_id: u64,
    pub(super) address: bool,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Compiles an expression as a moderator wrote it. Letters in it are folded as texts are.
pub(super) fn compile(text: &str) -> Result<Compiled, Problem> {
    if text.len() > MAX_REGEX_BYTES {
        return Err(Problem::RegexTooLong);
    }
    if text.trim().is_empty() {
        return Err(Problem::Empty);
    }
    let folded: String = text.chars().map(fold_one).collect();
    let regex = RegexBuilder::new(&folded)
        .case_insensitive(true)
        .size_limit(ONE_LIMIT)
        .dfa_size_limit(ONE_LIMIT)
        .nest_limit(50)
        .build()
        .map_err(|error| Problem::BadRegex(last_line(&error.to_string())))?;
    if regex.is_match("") {
        return Err(Problem::RegexMatchesEmpty);
    }
    let address = text.contains('/') || text.contains("\\.");
    Ok(Compiled { regex, address })
}

/// A letter as folding leaves it, where that is one letter. ASCII stays: `\W` is not `\w`.
fn fold_one(c: char) -> char {
    match fold(c) {
        [one] if !c.is_ascii() && one.ch.is_alphanumeric() => one.ch,
        _ => c,
    }
}

/// The `regex` crate draws the place of a mistake over several lines; the last one names it.
fn last_line(error: &str) -> String {
    error.lines().last().unwrap_or(error).trim_start_matches("error: ").to_owned()
}

impl Regexes {
    pub(super) fn new(list: u32) -> Self {
        Self { list, regexes: Vec::new(), sets: Vec::new() }
    }

    pub(super) fn push(&mut self, entry_id: u64, regex: Compiled) {
        self.regexes.push((entry_id, regex));
    }

    /// Makes the sets; none when there is no expression.
    pub(super) fn finish(mut self) -> Result<Option<Self>, Problem> {
        for chunk in self.regexes.chunks(SET) {
            let set = RegexSetBuilder::new(chunk.iter().map(|(_, one)| one.regex.as_str()))
                .case_insensitive(true)
                .size_limit(ONE_LIMIT * SET)
                .dfa_size_limit(ONE_LIMIT * SET)
                .build()
                .map_err(|error| Problem::BadRegex(last_line(&error.to_string())))?;
            self.sets.push(set);
        }
        Ok((!self.regexes.is_empty()).then_some(self))
    }

    /// The first matches of each expression. Only so many, because each further one may take as
    /// long as the first.
    pub(super) fn find(&self, text: &str) -> Vec<Match> {
        let mut found = Vec::new();
        for (set, chunk) in self.sets.iter().zip(self.regexes.chunks(SET)) {
            for index in set.matches(text) {
                let Some((entry_id, one)) = chunk.get(index) else { continue };
                let matches = one.regex.find_iter(text).take(MAX_HITS_OF_AN_ENTRY);
                found.extend(matches.filter(|m| !m.is_empty()).map(|m| Match {
                    entry_id: *entry_id,
                    address: one.address,
                    start: m.start(),
                    end: m.end(),
                }));
            }
        }
        found
    }

    /// The crate does not tell; this is the order of what was seen.
    pub(super) fn memory_bytes(&self) -> usize {
        self.regexes.iter().map(|(_, one)| 4_096 + 64 * one.regex.as_str().len()).sum()
    }
}
