//! Is a candidate a match? Compares the text with the entry letter by letter, as the options of
//! the entry's list allow, and looks at what stands around.

use super::find::Walk;
use super::{Letter, Matcher, Pattern};
use crate::fold::Traits;
use crate::looks::{self, look};
use crate::reading::{Atom, Reading, words};
use crate::{Mode, Options};

/// How a character of the text stands for a letter of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Same,
    Looks,
    Leet,
}

/// What is noticed while comparing.
#[derive(Debug, Default)]
struct Noticed {
    /// How many characters were looked at.
    walked: usize,
    looks: bool,
    leet: bool,
    /// `rn` for `m`, or the other way round.
    several: bool,
    stretch: Stretch,
}

/// Letters that the text has more often than the entry.
#[derive(Debug, Default)]
struct Stretch {
    /// Of the letter being compared: how often the entry has it, how often more the text.
    wanted: usize,
    extra: usize,
    /// Letters three times or more; doubled letters; whether one of those is often doubled.
    long: bool,
    doubled: usize,
    ordinary: bool,
}

impl Stretch {
    fn next(&mut self, letter: char) {
        if self.extra > 0 {
            if self.extra + self.wanted >= 3 {
                self.long = true;
            } else {
                self.doubled += 1;
                self.ordinary |= !"aiuhjkqvwxy".contains(letter);
            }
        }
        (self.wanted, self.extra) = (0, 0);
    }

    /// Whether nobody spells so: "spaaam", "ssppam", "spaam" where `a` is not doubled; but `god`
    /// is not `good`.
    fn is_no_spelling(&self, doubles_known: bool) -> bool {
        let rare = doubles_known && !self.ordinary;
        self.long || self.doubled != 1 || rare
    }
}

impl Matcher {
    /// Compares an entry with the text from the atom `start` on; where the match ends, if it is
    /// one.
    pub(super) fn verify(
        &self,
        pattern: &Pattern,
        walk: &mut Walk<'_>,
        start: usize,
    ) -> Option<usize> {
        let reading = walk.reading;
        let options = self.options(pattern);
        let atoms = &reading.atoms;
        if !allowed(atoms.get(start)?, options) {
            return None;
        }
        let letters = self.letters(pattern);
        let mut noticed = Noticed::default();
        // Where the word may go on, letters that follow are not the entry's, doubled or not.
        let closed = matches!(pattern.mode, Mode::WholeWord | Mode::Phrase);
        let end = compare(letters, atoms, start, options, closed, &mut noticed);
        walk.budget.take(noticed.walked);
        let end = end?;
        let inside = atoms.get(start..end)?;
        let turkish = !pattern.traits.turkish || same_dots(letters, inside);
        (turkish
            && noticed.stretch.is_no_spelling(pattern.traits.doubles_known)
            && (!noticed.leet || is_leet(letters, inside))
            && (!noticed.looks || is_disguise(letters, inside, reading))
            && (!noticed.several || !is_ordinary(atoms, start, end))
            && self.fits(pattern, reading, start, end))
        .then_some(end)
    }

    fn options(&self, pattern: &Pattern) -> Options {
        let list = usize::try_from(pattern.list).ok().and_then(|list| self.lists.get(list));
        list.map(|list| list.options).unwrap_or_default()
    }

    /// Whether the boundaries that the mode wants are there, and addresses are left alone.
    pub(super) fn fits(
        &self,
        pattern: &Pattern,
        reading: &Reading,
        start: usize,
        end: usize,
    ) -> bool {
        let atoms = &reading.atoms;
        if !words::is_whole(atoms, start) || !words::is_whole(atoms, end) {
            return false;
        }
        let (begin, last) = (
            pattern.mode != Mode::Substring,
            matches!(pattern.mode, Mode::WholeWord | Mode::Phrase),
        );
        if begin && pattern.traits.begins_with_letter && !words::begins(atoms, start) {
            let article = pattern.length >= 3 && follows_article(atoms, start);
            if !article {
                return false;
            }
        }
        if last && pattern.traits.ends_with_letter && !words::ends(atoms, end) {
            return false;
        }
        let inside = atoms.get(start..end).unwrap_or_default();
        pattern.traits.address || !inside.iter().any(|atom| atom.has(Traits::ADDRESS))
    }

    /// For Turkish entries in the plain form: whether each i has its dot or lacks it.
    pub(super) fn is_turkish(&self, pattern: &Pattern, reading: &Reading, start: usize) -> bool {
        let letters = self.letters(pattern);
        let inside = reading.atoms.get(start..start + letters.len()).unwrap_or_default();
        same_dots(letters, inside)
    }
}

/// Whether the list reads the text in this way at all.
fn allowed(atom: &Atom, options: Options) -> bool {
    (options.separators || !atom.has(Traits::GATHERED))
        && (options.bidi || !atom.has(Traits::REORDERED))
}

/// Compares as long as letters agree. Takes the first way that fits: letters that could be read
/// in two ways (`1` as i or l) are rare, and no two of them stand together in a word.
fn compare(
    letters: &[Letter],
    atoms: &[Atom],
    start: usize,
    options: Options,
    closed: bool,
    noticed: &mut Noticed,
) -> Option<usize> {
    let (mut index, mut at) = (0, start);
    let mut before: Option<char> = None;
    while let Some(letter) = letters.get(index) {
        noticed.walked += 1;
        if let Some(how) = stands_for(atoms, at, letter.ch, options) {
            if before.is_some_and(|before| before != letter.ch) {
                noticed.stretch.next(before.unwrap_or_default());
            }
            noticed.looks |= how == How::Looks;
            noticed.leet |= how == How::Leet;
            noticed.stretch.wanted += 1;
            (index, at) = (index + 1, at + 1);
            before = Some(letter.ch);
        } else if let Some((more, further)) = several(letters, index, atoms, at, options) {
            noticed.stretch.next(before.unwrap_or_default());
            noticed.several = true;
            noticed.looks = true;
            (index, at) = (index + more, at + further);
            before = letters.get(index - 1).map(|letter| letter.ch);
        } else if repeats(atoms, at, before, options) {
            noticed.stretch.extra += 1;
            at += 1;
        } else {
            return None;
        }
    }
    while closed && repeats(atoms, at, before, options) {
        noticed.walked += 1;
        noticed.stretch.extra += 1;
        at += 1;
    }
    noticed.stretch.next(before.unwrap_or_default());
    Some(at)
}

/// Whether the atom is the letter before it once more, and the list does not mind.
fn repeats(atoms: &[Atom], at: usize, before: Option<char>, options: Options) -> bool {
    options.repeats
        && before.is_some_and(|before| {
            before.is_alphanumeric() && stands_for(atoms, at, before, options).is_some()
        })
}

fn stands_for(atoms: &[Atom], at: usize, letter: char, options: Options) -> Option<How> {
    let atom = atoms.get(at)?;
    if atom.ch == letter {
        Some(How::Same)
    } else if options.leet && looks::leet(atom.ch).contains(letter) {
        Some(How::Leet)
    } else if options.confusables && looks_like(atoms, at, atom, letter) {
        Some(How::Looks)
    } else {
        None
    }
}

/// Whether the atom looks like the letter in either case.
fn looks_like(atoms: &[Atom], at: usize, atom: &Atom, letter: char) -> bool {
    let (small, large) = (look(letter), look(looks::capital(letter)));
    let is = |seen: &[char]| !seen.is_empty() && (seen == small || seen == large);
    // Small Cyrillic letters have the shape of their capitals.
    let alike =
        is(look(atom.raw)) || (atom.has(Traits::CYRILLIC) && is(look(looks::capital(atom.raw))));
    if !alike || !atom.raw.is_ascii_alphabetic() || !letter.is_ascii() {
        return alike;
    }
    // Only l and capital I are left: where a reader would take one for the other.
    let before = at.checked_sub(1).and_then(|before| atoms.get(before));
    let before = before.filter(|before| before.has(Traits::WORD));
    match atom.raw {
        'I' => before.is_none_or(|before| !before.has(Traits::UPPER)),
        _ => before.is_none_or(|before| before.has(Traits::UPPER)),
    }
}

/// Whether one letter looks like the next several characters of the text, or one character like
/// the next several letters: how many letters and characters that takes.
fn several(
    letters: &[Letter],
    index: usize,
    atoms: &[Atom],
    at: usize,
    options: Options,
) -> Option<(usize, usize)> {
    if !options.confusables {
        return None;
    }
    let (letter, atom) = (letters.get(index)?, atoms.get(at)?);
    let parts = look(letter.ch);
    let text = || (at..).map_while(|at| atoms.get(at)).map(|atom| atom.ch);
    if parts.len() > 1 && text().take(parts.len()).eq(parts.iter().copied()) {
        return Some((1, parts.len()));
    }
    let parts = look(atom.raw);
    let entry = letters.iter().skip(index).map(|letter| letter.ch);
    (parts.len() > 1 && entry.take(parts.len()).eq(parts.iter().copied()))
        .then_some((parts.len(), 1))
}

/// Whether each i of the entry has its dot where the text has it. A match may be longer than
/// the entry; Turkish does not stretch what differs by a dot.
fn same_dots(letters: &[Letter], inside: &[Atom]) -> bool {
    letters.iter().zip(inside).all(|(letter, atom)| {
        letter.ch != 'i' || atom.ch != 'i' || letter.dotted != matches!(atom.raw, 'I' | 'ı')
    })
}

/// Whether symbols and digits are meant as letters: a number is not, and a mark behind a word
/// ends the sentence.
fn is_leet(letters: &[Letter], inside: &[Atom]) -> bool {
    let number = inside.iter().all(|atom| atom.has(Traits::DIGIT));
    let word = letters.iter().any(|letter| letter.ch.is_alphabetic());
    let mark = inside.last().is_some_and(|atom| matches!(atom.ch, '!' | '|'));
    (!number || !word) && !mark
}

/// Whether look-alikes hide the entry. A word all in another script than the entry's may simply
/// be a word of its language, as when that script is the one of most of the text.
fn is_disguise(letters: &[Letter], inside: &[Atom], reading: &Reading) -> bool {
    let scripts = [Traits::LATIN, Traits::CYRILLIC, Traits::ELSE];
    let own = scripts.map(|script| inside.iter().filter(|atom| atom.has(script)).count());
    if own.iter().filter(|count| **count > 0).count() != 1 {
        return own.iter().any(|count| *count > 0) || !is_number(inside);
    }
    let entry = letters.iter().find(|letter| letter.ch.is_alphabetic());
    let entry = entry.and_then(|letter| crate::fold::fold(letter.ch).first());
    let Some(entry) = entry.map(|folded| folded.traits.only(Traits::SCRIPTS)) else { return true };
    let outside = |index: usize| {
        let all = reading.scripts.get(index).copied().unwrap_or(0);
        all.saturating_sub(own.get(index).copied().unwrap_or(0))
    };
    let (mut same, mut other) = (0, 0);
    for (index, script) in scripts.into_iter().enumerate() {
        if entry.has(script) {
            if own.get(index).is_some_and(|count| *count > 0) {
                return true;
            }
            same = outside(index);
        } else if own.get(index).is_some_and(|count| *count > 0) {
            other = outside(index);
        }
    }
    other <= same
}

fn is_number(inside: &[Atom]) -> bool {
    inside.iter().all(|atom| atom.has(Traits::DIGIT))
}

/// Whether the word around a match is an ordinary one with `rn`.
fn is_ordinary(atoms: &[Atom], start: usize, end: usize) -> bool {
    let letter = |atom: &&Atom| atom.has(Traits::WORD);
    let before = atoms.get(..start).unwrap_or_default().iter().rev().take_while(letter).take(12);
    let mut word: Vec<char> = before.map(|atom| atom.ch).collect();
    word.reverse();
    let rest = atoms.get(start..).unwrap_or_default().iter().take_while(letter);
    word.extend(rest.take(end.saturating_sub(start) + 12).map(|atom| atom.ch));
    looks::is_ordinary(&word.into_iter().collect::<String>())
}

/// Whether the Arabic article stands before `start`, alone or after a particle, where a word
/// begins: the article is written as part of the word.
pub(super) fn follows_article(atoms: &[Atom], start: usize) -> bool {
    let ch = |back: usize| start.checked_sub(back).and_then(|at| atoms.get(at)).map(|atom| atom.ch);
    let begins = |back: usize| start.checked_sub(back).is_some_and(|at| words::begins(atoms, at));
    match (ch(2), ch(1)) {
        (Some('ا'), Some('ل')) => {
            begins(2) || (matches!(ch(3), Some('و' | 'ف' | 'ب' | 'ك')) && begins(3))
        }
        (Some('ل'), Some('ل')) => begins(2),
        _ => false,
    }
}
