//! Which hits are excused? Those wholly inside an occurrence of an exception of their list.

use std::collections::HashMap;

use super::encode::Encoded;
use super::find::Budget;
use super::{Automaton, Matcher};
use crate::reading::{Atom, words};

/// Where exceptions stand, by list: sorted by their start, each with the furthest end of those
/// up to it. A hit then asks one question.
#[derive(Debug, Default)]
pub(super) struct Excused {
    by_list: HashMap<u32, Vec<(u32, u32)>>,
}

impl Excused {
    /// Whether a hit of that place is inside an exception.
    pub(super) fn covers(&self, list: u32, start: u32, end: u32) -> bool {
        let Some(places) = self.by_list.get(&list) else { return false };
        let before = places.partition_point(|(from, _)| *from <= start);
        let last = before.checked_sub(1).and_then(|last| places.get(last));
        last.is_some_and(|(_, furthest)| *furthest >= end)
    }
}

impl Matcher {
    /// Finds the exceptions of all lists in one pass over the plain form.
    pub(super) fn excused(&self, plain: &Encoded, atoms: &[Atom], budget: &mut Budget) -> Excused {
        let mut excused = Excused::default();
        let Some(automaton) = &self.exceptions else { return excused };
        if !budget.take(plain.bytes.len()) {
            return excused;
        }
        for found in automaton.finds.find_overlapping_iter(&plain.bytes) {
            let members = Automaton::members(automaton, found.pattern().as_usize());
            if !budget.take(1 + members.len()) {
                break;
            }
            let (start, end) = (plain.atom(found.start()), plain.atom(found.end()));
            if !words::is_whole(atoms, start) || !words::is_whole(atoms, end) {
                continue;
            }
            let last = end.checked_sub(1).and_then(|last| atoms.get(last));
            if let (Some(first), Some(last)) = (atoms.get(start), last) {
                for list in members {
                    excused.by_list.entry(*list).or_default().push((first.start, last.end));
                }
            }
        }
        for places in excused.by_list.values_mut() {
            places.sort_unstable();
            let mut furthest = 0;
            for (_, end) in places {
                furthest = furthest.max(*end);
                *end = furthest;
            }
        }
        excused
    }
}
