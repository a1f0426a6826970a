//! What does matching walk over? The folded characters of a text (atoms), each with its place in
//! the original, followed by other ways in which the same text can be read: letters gathered
//! from `s.p.a.m`, the order that direction overrides show, addresses behind links.

mod gather;
mod reorder;
pub(crate) mod words;

use crate::fold::{Folded, Traits, fold, is_mark};
use crate::visible::{Seen, Visible};

/// One folded character of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Atom {
    pub(crate) ch: char,
    /// The compatible character it was, with its case and strokes.
    pub(crate) raw: char,
    pub(crate) traits: Traits,
    /// Bytes of the original.
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Atom {
    pub(crate) const fn has(&self, traits: Traits) -> bool {
        self.traits.has(traits)
    }

    /// Between two ways of reading: nothing matches over it.
    fn wall() -> Self {
        Self { ch: WALL, raw: WALL, traits: Traits::default(), start: 0, end: 0 }
    }
}

/// Stands between two ways of reading the same text. No visible text has it: it is a control
/// character, which folding takes away.
pub(crate) const WALL: char = '\u{1}';

/// Which other ways of reading some list wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Letters with separators between them.
    pub(crate) gathered: bool,
    /// Tokens of one letter several times count as one letter when gathering.
    pub(crate) repeats: bool,
    /// Symbols stand for letters when gathering.
    pub(crate) leet: bool,
    /// Direction overrides.
    pub(crate) reordered: bool,
    /// Addresses behind links.
    pub(crate) targets: bool,
}

/// A text ready for matching.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) atoms: Vec<Atom>,
    /// How many of them are the text itself; the rest are other ways of reading it.
    pub(crate) own: usize,
    /// How many of them lists without options look at.
    pub(crate) plain: usize,
    /// Letters by script in the text itself: Latin, Cyrillic, any other.
    pub(crate) scripts: [usize; 3],
}

impl Reading {
    pub(crate) fn of(visible: &Visible, wanted: Wanted) -> Self {
        let mut reading =
            Self { atoms: Vec::with_capacity(visible.text().len()), ..Self::default() };
        for seen in visible.seen() {
            reading.push(seen, Traits::default());
        }
        reading.own = reading.atoms.len();
        for atom in &reading.atoms {
            let scripts = [Traits::LATIN, Traits::CYRILLIC, Traits::ELSE];
            for (count, script) in reading.scripts.iter_mut().zip(scripts) {
                *count += usize::from(atom.has(script));
            }
        }
        gather::join_inclusive(&mut reading);
        if wanted.targets {
            reading.targets(visible);
        }
        reading.plain = reading.atoms.len();
        if wanted.reordered {
            reorder::add(visible, &mut reading);
        }
        let reordered = reading.plain..reading.atoms.len();
        if wanted.gathered {
            let own = 0..reading.own;
            gather::gather(&mut reading, own, wanted);
            gather::gather(&mut reading, reordered, wanted);
        }
        reading
    }

    /// An entry or exception, without white space around it.
    pub(crate) fn of_entry(text: &str) -> Vec<Atom> {
        let mut reading = Self::default();
        for (at, ch) in text.trim().char_indices() {
            let end = at + ch.len_utf8();
            reading.push(Seen { ch, start: at, end, address: false }, Traits::default());
        }
        reading.atoms
    }

    fn push(&mut self, seen: Seen, extra: Traits) {
        let extra = if seen.address { extra.with(Traits::ADDRESS) } else { extra };
        let place = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        let (start, end) = (place(seen.start), place(seen.end));
        let folded = fold(seen.ch);
        if let Some(last) = self.atoms.last_mut()
            && folded.is_empty()
            && last.end == start
            && is_mark(seen.ch)
        {
            last.end = end;
        }
        for Folded { ch, raw, traits } in folded.iter().copied() {
            if traits.has(Traits::SPACE)
                && let Some(last) = self.atoms.last_mut()
                && last.has(Traits::SPACE)
            {
                last.end = last.end.max(end);
                continue;
            }
            if traits.has(Traits::WORD) {
                self.loosen_hyphen();
            }
            self.atoms.push(Atom { ch, raw, traits: traits.with(extra), start, end });
        }
    }

    /// Before a letter: a hyphen between two words reads as the space that others write there.
    fn loosen_hyphen(&mut self) {
        if let [.., before, hyphen] = self.atoms.as_mut_slice()
            && hyphen.has(Traits::HYPHEN)
            && before.has(Traits::WORD)
        {
            hyphen.ch = ' ';
        }
    }

    fn wall(&mut self) {
        self.atoms.push(Atom::wall());
    }

    /// Addresses that links lead to without showing them, each with the place of its link.
    fn targets(&mut self, visible: &Visible) {
        for target in visible.targets() {
            self.wall();
            for ch in target.address.chars() {
                let (start, end) = (target.source.start, target.source.end);
                self.push(Seen { ch, start, end, address: true }, Traits::default());
            }
        }
    }
}
