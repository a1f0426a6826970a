//! How is a text walked? Once per form that some list needs, with a budget of steps that grows
//! with the text: no list and no text makes a scan take longer than that.

use std::collections::HashMap;
use std::ops::Range;

use super::encode::{Encoded, Form, encode};
use super::exceptions::Excused;
use super::{Matcher, Pattern, Scan, verify};
use crate::fold::Traits;
use crate::reading::{Atom, Reading, words};
use crate::{Hit, MAX_HITS_OF_AN_ENTRY, Mode, Visible};

/// Steps for each character of a text. A comment against 100,000 entries takes about ten.
const STEPS_PER_CHARACTER: u64 = 256;
/// Steps that a text may take however short it is.
const FIRST_STEPS: u64 = 20_000;

/// What may be spent on a text, and what has been.
#[derive(Debug)]
pub(super) struct Budget {
    limit: u64,
    spent: u64,
    exhausted: bool,
}

impl Budget {
    fn of(atoms: usize) -> Self {
        let atoms = u64::try_from(atoms).unwrap_or(u64::MAX);
        let limit = FIRST_STEPS.saturating_add(atoms.saturating_mul(STEPS_PER_CHARACTER));
        Self { limit, spent: 0, exhausted: false }
    }

    /// Spends `steps`; false when there are no more.
    pub(super) fn take(&mut self, steps: usize) -> bool {
        let spent = self.spent.saturating_add(u64::try_from(steps).unwrap_or(u64::MAX));
        self.exhausted |= spent > self.limit;
        self.spent = spent.min(self.limit);
        !self.exhausted
    }
}

/// Whether a word may begin and end where a candidate does.
struct Edges {
    begins: bool,
    ends: bool,
}

impl Edges {
    /// Whether an entry may stand there.
    fn suit(&self, pattern: &Pattern) -> bool {
        let whole = matches!(pattern.mode, Mode::WholeWord | Mode::Phrase);
        (self.begins || pattern.mode == Mode::Substring || !pattern.traits.begins_with_letter)
            && (self.ends || !whole || !pattern.traits.ends_with_letter)
    }
}

/// A text being walked.
pub(super) struct Walk<'a> {
    pub(super) reading: &'a Reading,
    plain: &'a Encoded,
    excused: Option<Excused>,
    /// Hits by entry, so far.
    counts: HashMap<(u32, u64), usize>,
    hits: Vec<Hit>,
    pub(super) budget: Budget,
}

impl Matcher {
    /// Looks for all entries in `text`. The work is linear in the text, whatever the lists and
    /// however many hits there are; [`Scan::complete`] tells when that took its toll.
    #[must_use]
    pub fn scan(&self, text: &Visible) -> Scan {
        if self.patterns.is_empty() && self.regexes.is_empty() {
            return Scan { complete: true, ..Scan::default() };
        }
        let reading = Reading::of(text, self.wanted);
        let part = reading.atoms.get(..reading.plain).unwrap_or_default();
        let needs_plain = self.plain.is_some() || self.exceptions.is_some();
        let plain = if needs_plain { encode(part, Form::Plain) } else { Encoded::default() };
        let mut walk = Walk {
            plain: &plain,
            excused: None,
            counts: HashMap::new(),
            hits: Vec::new(),
            budget: Budget::of(reading.atoms.len()),
            reading: &reading,
        };
        self.walk_plain(&mut walk);
        self.walk_loose(&mut walk);
        self.walk_regexes(&mut walk);
        walk.hits.sort_unstable();
        walk.hits.dedup();
        Scan { hits: walk.hits, steps: walk.budget.spent, complete: !walk.budget.exhausted }
    }

    fn walk_plain(&self, walk: &mut Walk<'_>) {
        let Some(automaton) = &self.plain else { return };
        let plain = walk.plain;
        if !walk.budget.take(plain.bytes.len()) {
            return;
        }
        for found in automaton.finds.find_overlapping_iter(&plain.bytes) {
            let (start, end) = (plain.atom(found.start()), plain.atom(found.end()));
            let members = automaton.members(found.pattern().as_usize());
            if !self.plain_candidates(walk, members, start, end) {
                return;
            }
        }
    }

    fn plain_candidates(
        &self,
        walk: &mut Walk<'_>,
        members: &[u32],
        start: usize,
        end: usize,
    ) -> bool {
        for pattern in self.patterns_of(members) {
            if !walk.budget.take(2) {
                return false;
            }
            if pattern.traits.turkish && !self.is_turkish(pattern, walk.reading, start) {
                continue;
            }
            if self.fits(pattern, walk.reading, start, end) {
                self.keep(walk, pattern.list, pattern.id, start, end);
            }
        }
        true
    }

    fn walk_loose(&self, walk: &mut Walk<'_>) {
        let Some(automaton) = &self.loose else { return };
        let loose = encode(&walk.reading.atoms, Form::Loose);
        if !walk.budget.take(loose.bytes.len()) {
            return;
        }
        for found in automaton.finds.find_overlapping_iter(&loose.bytes) {
            let (run, after) = (loose.atom(found.start()), loose.after(found.start()));
            let edges = Self::edges(&walk.reading.atoms, &loose, &(run..after), found.end());
            for pattern in self.patterns_of(automaton.members(found.pattern().as_usize())) {
                if !walk.budget.take(1) {
                    return;
                }
                if !edges.suit(pattern) {
                    continue;
                }
                // The letters that count are the last of a run that is longer than the entry's.
                let close = after.saturating_sub(usize::from(pattern.first_run)).max(run);
                let ends = self.verify(pattern, walk, run).map(|end| (run, end));
                let ends = ends.or_else(|| {
                    let end = (close != run).then(|| self.verify(pattern, walk, close)).flatten();
                    end.map(|end| (close, end))
                });
                if let Some((start, end)) = ends {
                    self.keep(walk, pattern.list, pattern.id, start, end);
                }
            }
        }
    }

    /// Looks at the edges of a candidate before its letters: most are inside words.
    fn edges(atoms: &[Atom], loose: &Encoded, first: &Range<usize>, end: usize) -> Edges {
        let last = end.checked_sub(1).map_or(0, |byte| loose.atom(byte));
        let behind = loose.atom(end);
        // Runs of several may be cut, and what one character became has no edge inside.
        let sure = |length: usize| length == 1;
        Edges {
            begins: !sure(first.len())
                || words::begins(atoms, first.start)
                || verify::follows_article(atoms, first.start),
            ends: !sure(behind.saturating_sub(last)) || words::ends(atoms, behind),
        }
    }

    fn walk_regexes(&self, walk: &mut Walk<'_>) {
        if self.regexes.is_empty() {
            return;
        }
        let mut text = String::with_capacity(walk.reading.own);
        let mut places: Vec<u32> = Vec::with_capacity(walk.reading.own);
        for (index, atom) in (0_u32..).zip(walk.reading.atoms.iter().take(walk.reading.own)) {
            text.push(if atom.has(Traits::HYPHEN) { '-' } else { atom.ch });
            places.resize(text.len(), index);
        }
        let atom = |at: usize| {
            places.get(at).and_then(|atom| usize::try_from(*atom).ok()).unwrap_or(walk.reading.own)
        };
        for regexes in &self.regexes {
            for found in regexes.find(&text) {
                let (start, end) = (atom(found.start), atom(found.end));
                let inside = walk.reading.atoms.get(start..end).unwrap_or_default();
                if found.address || !inside.iter().all(|atom| atom.has(Traits::ADDRESS)) {
                    self.keep(walk, regexes.list, found.entry_id, start, end);
                }
            }
        }
    }

    fn patterns_of(&self, members: &[u32]) -> impl Iterator<Item = &Pattern> {
        let place = |member: &u32| usize::try_from(*member).unwrap_or(usize::MAX);
        members.iter().filter_map(move |member| self.patterns.get(place(member)))
    }

    /// Whether an exception of the list covers that place; exceptions are looked for when the
    /// first hit asks.
    fn excuses(&self, walk: &mut Walk<'_>, list: u32, from: u32, to: u32) -> bool {
        let (plain, atoms, budget) = (walk.plain, &walk.reading.atoms, &mut walk.budget);
        let excused = walk.excused.get_or_insert_with(|| self.excused(plain, atoms, budget));
        excused.covers(list, from, to)
    }

    /// Keeps a match of the atoms from `start` to `end`, unless it is excused.
    fn keep(&self, walk: &mut Walk<'_>, list: u32, entry_id: u64, start: usize, end: usize) {
        let Some(inside) = walk.reading.atoms.get(start..end).filter(|atoms| !atoms.is_empty())
        else {
            return;
        };
        let from = inside.iter().map(|atom| atom.start).min().unwrap_or(0);
        let to = inside.iter().map(|atom| atom.end).max().unwrap_or(0);
        if from >= to {
            // A break that reading adds, where a paragraph ends: nothing of the text.
            return;
        }
        let Some(of) = usize::try_from(list).ok().and_then(|list| self.lists.get(list)) else {
            return;
        };
        if of.excused && self.excuses(walk, list, from, to) {
            return;
        }
        let count = walk.counts.entry((list, entry_id)).or_default();
        if *count < MAX_HITS_OF_AN_ENTRY {
            *count += 1;
            let place = |offset: u32| usize::try_from(offset).unwrap_or(usize::MAX);
            walk.hits.push(Hit { list_id: of.id, entry_id, start: place(from), end: place(to) });
        }
    }
}
