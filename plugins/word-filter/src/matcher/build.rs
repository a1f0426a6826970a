//! How do lists become a matcher, and which entries cannot? Every bad entry is named at once.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use aho_corasick::AhoCorasickBuilder;

use super::encode::{Form, encode};
use super::regexes::{Regexes, compile};
use super::{Automaton, Letter, List, Matcher, Pattern, PatternTraits};
use crate::fold::Traits;
use crate::looks;
use crate::reading::{Atom, Reading, Wanted};
use crate::{
    ListSpec, MAX_ENTRIES, MAX_ENTRY_CHARS, MAX_EXCEPTIONS, MAX_REGEX_BYTES, MAX_REGEXES, Mode,
};

/// Why lists could not be built: all that is wrong with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildError {
    /// Each bad entry; never empty.
    pub bad: Vec<BadEntry>,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, bad) in self.bad.iter().take(10).enumerate() {
            let gap = if index == 0 { "" } else { "; " };
            write!(f, "{gap}“{}”: {}", bad.text, bad.problem)?;
        }
        match self.bad.len().saturating_sub(10) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl std::error::Error for BuildError {}

/// An entry, exception or list that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadEntry {
    /// The list it is in.
    pub list_id: u64,
    /// The entry; none for an exception or the list as a whole.
    pub entry_id: Option<u64>,
    /// As written.
    pub text: String,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Nothing is left of it once folded.
    #[error("there is nothing to look for: it has no visible character")]
    Empty,
    /// See [`MAX_ENTRY_CHARS`].
    #[error("it is too long: {MAX_ENTRY_CHARS} characters are the most")]
    TooLong,
    /// See [`MAX_REGEX_BYTES`].
    #[error("the expression is too long: {MAX_REGEX_BYTES} bytes are the most")]
    RegexTooLong,
    /// As the `regex` crate says.
    #[error("the expression cannot be used: {0}")]
    BadRegex(String),
    /// It would be found between any two letters.
    #[error("the expression matches nothing at all, and so would be found everywhere")]
    RegexMatchesEmpty,
    /// See [`MAX_ENTRIES`].
    #[error("the list has too many entries: {MAX_ENTRIES} are the most")]
    TooManyEntries,
    /// See [`MAX_REGEXES`].
    #[error("the list has too many expressions: {MAX_REGEXES} are the most")]
    TooManyRegexes,
    /// See [`MAX_EXCEPTIONS`].
    #[error("the list has too many exceptions: {MAX_EXCEPTIONS} are the most")]
    TooManyExceptions,
}

/// Languages in which a doubled `a`, `i`, `u` and other rare letters is no ordinary spelling.
const FEW_DOUBLES: [&str; 12] =
    ["en", "fr", "es", "it", "pt", "ca", "ro", "pl", "oc", "gl", "cs", "sk"];

/// Encoded patterns by their bytes, each with those it stands for.
type Buckets = BTreeMap<Vec<u8>, Vec<u32>>;

#[derive(Default)]
struct Builder {
    matcher: Matcher,
    plain: Buckets,
    loose: Buckets,
    exceptions: Buckets,
    bad: Vec<BadEntry>,
}

impl Matcher {
    /// Builds lists into one matcher.
    ///
    /// # Errors
    /// Every entry that cannot be used, each with its problem.
    pub fn build(lists: &[ListSpec<'_>]) -> Result<Self, BuildError> {
        let mut builder = Builder::default();
        for list in lists {
            builder.list(list);
        }
        if !builder.bad.is_empty() {
            return Err(BuildError { bad: builder.bad });
        }
        let mut matcher = builder.matcher;
        let made = [&builder.plain, &builder.loose, &builder.exceptions].map(automaton);
        match made {
            [Ok(plain), Ok(loose), Ok(exceptions)] => {
                (matcher.plain, matcher.loose, matcher.exceptions) = (plain, loose, exceptions);
            }
            _ => {
                let list_id = lists.first().map_or(0, |list| list.id);
                let problem = Problem::TooManyEntries;
                let bad = BadEntry { list_id, entry_id: None, text: String::new(), problem };
                return Err(BuildError { bad: vec![bad] });
            }
        }
        matcher.letters.shrink_to_fit();
        matcher.patterns.shrink_to_fit();
        Ok(matcher)
    }
}

impl Builder {
    fn list(&mut self, list: &ListSpec<'_>) {
        let index = u32::try_from(self.matcher.lists.len()).unwrap_or(u32::MAX);
        let excused = !list.exceptions.is_empty();
        self.matcher.lists.push(List { id: list.id, options: list.options, excused });
        self.want(list);
        let mut bad = |text: &str, entry_id, problem| {
            self.bad.push(BadEntry { list_id: list.id, entry_id, text: text.to_owned(), problem });
        };
        if list.entries.len() > MAX_ENTRIES {
            return bad("", None, Problem::TooManyEntries);
        }
        if list.exceptions.len() > MAX_EXCEPTIONS {
            return bad("", None, Problem::TooManyExceptions);
        }
        let regexes = list.entries.iter().filter(|entry| entry.mode == Mode::Regex);
        if regexes.clone().count() > MAX_REGEXES {
            return bad("", None, Problem::TooManyRegexes);
        }
        let mut compiled = Regexes::new(index);
        for entry in regexes {
            match compile(&entry.text) {
                Ok(regex) => compiled.push(entry.id, regex),
                Err(problem) => bad(&entry.text, Some(entry.id), problem),
            }
        }
        match compiled.finish() {
            Ok(Some(compiled)) => self.matcher.regexes.push(compiled),
            Ok(None) => {}
            Err(problem) => bad("", None, problem),
        }
        for entry in list.entries.iter().filter(|entry| entry.mode != Mode::Regex) {
            if let Err(problem) = self.entry(index, list, entry) {
                let (text, entry_id) = (entry.text.clone(), Some(entry.id));
                self.bad.push(BadEntry { list_id: list.id, entry_id, text, problem });
            }
        }
        for exception in list.exceptions {
            if let Err(problem) = self.exception(index, &exception.text) {
                let text = exception.text.clone();
                self.bad.push(BadEntry { list_id: list.id, entry_id: None, text, problem });
            }
        }
    }

    fn want(&mut self, list: &ListSpec<'_>) {
        let wanted = &mut self.matcher.wanted;
        *wanted = Wanted {
            gathered: wanted.gathered || list.options.separators,
            repeats: wanted.repeats || (list.options.separators && list.options.repeats),
            leet: wanted.leet || (list.options.separators && list.options.leet),
            reordered: wanted.reordered || list.options.bidi,
            targets: wanted.targets,
        };
    }

    fn entry(
        &mut self,
        index: u32,
        list: &ListSpec<'_>,
        entry: &crate::Entry,
    ) -> Result<(), Problem> {
        let atoms = usable(&entry.text)?;
        let language = entry.language.as_deref().unwrap_or_default().to_ascii_lowercase();
        let language = language.split(['-', '_']).next().unwrap_or_default();
        let turkish = matches!(language, "tr" | "az");
        let is_letter = |atom: Option<&Atom>| atom.is_some_and(|atom| atom.has(Traits::WORD));
        let traits = PatternTraits {
            turkish,
            address: is_address(&atoms),
            doubles_known: FEW_DOUBLES.contains(&language),
            begins_with_letter: is_letter(atoms.first()),
            ends_with_letter: is_letter(atoms.last()),
        };
        let matcher = &mut self.matcher;
        matcher.wanted.targets |= traits.address;
        let first = atoms.first().map(|atom| looks::loose(atom.ch));
        let first_run =
            atoms.iter().take_while(|atom| Some(looks::loose(atom.ch)) == first).count();
        let number = |count: usize| u32::try_from(count).map_err(|_| Problem::TooManyEntries);
        let short = |count: usize| u16::try_from(count).map_err(|_| Problem::TooLong);
        let pattern = Pattern {
            list: index,
            id: entry.id,
            start: number(matcher.letters.len())?,
            length: short(atoms.len())?,
            first_run: short(first_run)?,
            mode: entry.mode,
            traits,
        };
        let dotted = |atom: &Atom| atom.ch == 'i' && !matches!(atom.raw, 'I' | 'ı');
        let letters = atoms.iter().map(|atom| Letter { ch: atom.ch, dotted: dotted(atom) });
        matcher.letters.extend(letters);
        let place = number(matcher.patterns.len())?;
        matcher.patterns.push(pattern);
        let (form, buckets) = if list.options.any() {
            (Form::Loose, &mut self.loose)
        } else {
            (Form::Plain, &mut self.plain)
        };
        buckets.entry(encode(&atoms, form).bytes).or_default().push(place);
        Ok(())
    }

    fn exception(&mut self, index: u32, text: &str) -> Result<(), Problem> {
        let atoms = usable(text)?;
        self.exceptions.entry(encode(&atoms, Form::Plain).bytes).or_default().push(index);
        Ok(())
    }
}

/// Whether a text can be an entry of that mode.
///
/// # Errors
/// What is wrong with it.
pub fn check(text: &str, mode: Mode) -> Result<(), Problem> {
    if mode == Mode::Regex { compile(text).map(|_| ()) } else { usable(text).map(|_| ()) }
}

/// The folded entry, if there is something to look for.
fn usable(text: &str) -> Result<Vec<Atom>, Problem> {
    // Folding makes at most 18 characters of one; what is far too long is not folded at all.
    if text.len() > MAX_ENTRY_CHARS * 16 {
        return Err(Problem::TooLong);
    }
    let atoms = Reading::of_entry(text);
    if atoms.iter().all(|atom| atom.has(Traits::SPACE.with(Traits::MARK))) {
        return Err(Problem::Empty);
    }
    if atoms.len() > MAX_ENTRY_CHARS {
        return Err(Problem::TooLong);
    }
    Ok(atoms)
}

/// Whether an entry looks like (part of) an address: `bit.ly`, `example.org/path`, `t.me/`.
fn is_address(atoms: &[Atom]) -> bool {
    if atoms.iter().any(|atom| atom.has(Traits::SPACE)) {
        return false;
    }
    atoms.windows(3).any(|three| {
        matches!(three, [before, mark, after] if matches!(mark.ch, '.' | '/' | ':')
            && before.has(Traits::WORD)
            && (after.has(Traits::WORD) || after.ch == '/'))
    })
}

fn automaton(buckets: &Buckets) -> Result<Option<Automaton>, aho_corasick::BuildError> {
    if buckets.is_empty() {
        return Ok(None);
    }
    let finds = AhoCorasickBuilder::new().prefilter(false).build(buckets.keys())?;
    let mut ranges = Vec::with_capacity(buckets.len());
    let mut members: Vec<u32> = Vec::new();
    for bucket in buckets.values() {
        let mut known = HashSet::new();
        let start = u32::try_from(members.len()).unwrap_or(u32::MAX);
        members.extend(bucket.iter().filter(|member| known.insert(**member)));
        ranges.push(start..u32::try_from(members.len()).unwrap_or(u32::MAX));
    }
    Ok(Some(Automaton { finds, buckets: ranges, members }))
}
