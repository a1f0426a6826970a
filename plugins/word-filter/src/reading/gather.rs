//! Which letters are written apart (`s.p.a.m`, `s p a m`), and which words are cut by the dots
//! of inclusive writing (`con·ne`)? Both are read a second time as the words they make.

use super::{Atom, Reading, WALL, Wanted};
use crate::fold::Traits;
use crate::looks;

/// More than this between two letters is no separator.
const WIDEST_GAP: usize = 4;

/// Words of one letter: `a s p a m` is a word `a` before the letters of another.
const ONE_LETTER_WORDS: &str = "aioeuyвикоусяазбж";

/// Adds words that dots of inclusive writing cut, without the dots: `con·ne` is read as `con`,
/// `ne` and `conne`. Never over dots with spaces, nor in scripts that use them otherwise.
pub(super) fn join_inclusive(reading: &mut Reading) {
    let mut at = 0;
    while at < reading.own {
        let letter = |index: usize| {
            let atom = reading.atoms.get(index).filter(|_| index < reading.own);
            atom.is_some_and(|atom| atom.has(Traits::WORD) && !atom.has(Traits::UNSPACED))
        };
        let start = at;
        let mut dots = 0_usize;
        while letter(at) || (at > start && is_dot(&reading.atoms, at) && letter(at + 1)) {
            dots += usize::from(!letter(at));
            at += 1;
        }
        if dots > 0 {
            reading.wall();
            for index in start..at {
                if letter_at(&reading.atoms, index) {
                    copy(reading, index, Traits::default());
                }
            }
        }
        at += usize::from(at == start);
    }
}

fn is_dot(atoms: &[Atom], at: usize) -> bool {
    atoms.get(at).is_some_and(|atom| atom.has(Traits::DOT))
}

fn letter_at(atoms: &[Atom], at: usize) -> bool {
    atoms.get(at).is_some_and(|atom| atom.has(Traits::WORD))
}

fn copy(reading: &mut Reading, index: usize, extra: Traits) {
    if let Some(atom) = reading.atoms.get(index).copied() {
        reading.atoms.push(Atom { traits: atom.traits.with(extra), ..atom });
    }
}

/// A single letter of a run, and what stands between it and the next one.
struct Single {
    atoms: std::ops::Range<usize>,
    /// Only white space follows it.
    spaced: bool,
    /// Only an apostrophe follows it.
    elided: bool,
}

/// Adds the words that single letters in `part`, with separators between them, make.
pub(super) fn gather(reading: &mut Reading, part: std::ops::Range<usize>, wanted: Wanted) {
    let end = part.end;
    let mut run: Vec<Single> = Vec::new();
    let mut at = part.start;
    while at < end {
        let token = token(&reading.atoms, at, end, wanted);
        if token.is_empty() {
            at += 1;
            continue;
        }
        if !is_single(&reading.atoms, &token, wanted) {
            finish(reading, &mut run);
            at = token.end;
            continue;
        }
        if run.last().is_some_and(|last| !close(reading, last, token.start)) {
            finish(reading, &mut run);
        }
        at = token.end;
        let only = |traits| {
            reading.atoms.get(at).is_some_and(|atom| atom.has(traits))
                && letter_at(&reading.atoms, at + 1)
        };
        let (spaced, elided) = (only(Traits::SPACE), only(Traits::APOSTROPHE));
        run.push(Single { atoms: token, spaced, elided });
    }
    finish(reading, &mut run);
}

/// The letters and digits from `at` on; or a symbol alone that stands for a letter.
fn token(atoms: &[Atom], at: usize, end: usize, wanted: Wanted) -> std::ops::Range<usize> {
    let inside = atoms.get(at..end).unwrap_or_default();
    let word = inside.iter().take_while(|atom| atom.has(Traits::WORD)).count();
    if word == 0 && wanted.leet {
        let free = |index: Option<usize>| {
            let atom = index.and_then(|index| atoms.get(index));
            atom.is_none_or(|atom| !atom.has(Traits::WORD) && looks::leet(atom.ch).is_empty())
        };
        let symbol = inside.first().is_some_and(|atom| !looks::leet(atom.ch).is_empty());
        if symbol && free(at.checked_sub(1)) && free(Some(at + 1)) {
            return at..at + 1;
        }
    }
    at..at + word
}

/// Whether a token is one letter with what belongs to it, or that letter several times.
fn is_single(atoms: &[Atom], token: &std::ops::Range<usize>, wanted: Wanted) -> bool {
    let token = atoms.get(token.clone()).unwrap_or_default();
    let own = |atom: &&Atom| !atom.has(Traits::INNER.with(Traits::MARK));
    let mut letters = token.iter().filter(own);
    let Some(first) = letters.next() else { return false };
    letters.all(|letter| wanted.repeats && letter.ch == first.ch)
}

/// Whether the gap between a single letter and the next token is a separator.
fn close(reading: &Reading, last: &Single, next: usize) -> bool {
    let gap = reading.atoms.get(last.atoms.end..next).unwrap_or_default();
    (1..=WIDEST_GAP).contains(&gap.len()) && gap.iter().all(|atom| atom.ch != WALL)
}

/// Writes what a run of single letters makes, if it can be a word.
fn finish(reading: &mut Reading, run: &mut Vec<Single>) {
    let singles = std::mem::take(run);
    let unspaced = singles.first().is_some_and(|single| {
        reading.atoms.get(single.atoms.start).is_some_and(|atom| atom.has(Traits::UNSPACED))
    });
    let spaced = singles.iter().any(|single| single.spaced);
    // `p.d.` may be a word of two letters; `p d` is two words.
    let least = if unspaced || !spaced { 2 } else { 3 };
    if singles.len() < least {
        return;
    }
    let word_of_one = |single: &Single| {
        let letter = reading.atoms.get(single.atoms.start).map(|atom| atom.ch);
        letter.is_some_and(|letter| ONE_LETTER_WORDS.contains(letter))
    };
    let before = singles.iter().take_while(|single| single.spaced && word_of_one(single)).count();
    // `l’i.d.i.o.t`: what stands before the word is an article.
    let before = before.max(usize::from(singles.first().is_some_and(|single| single.elided)));
    let mut after = singles.len();
    while after > 1
        && singles.get(after - 1).is_some_and(&word_of_one)
        && singles.get(after - 2).is_some_and(|single| single.spaced)
    {
        after -= 1;
    }
    reading.wall();
    for (index, single) in singles.iter().enumerate() {
        let mut extra = Traits::GATHERED.with(Traits::WORD);
        if (1..=before).contains(&index) {
            extra = extra.with(Traits::BEGINS);
        }
        if (after..singles.len()).contains(&index) {
            extra = extra.with(Traits::ENDS);
        }
        for atom in single.atoms.clone() {
            copy(reading, atom, extra);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Visible;

    fn gathered(text: &str, wanted: Wanted) -> Vec<String> {
        let reading = Reading::of(&Visible::plain(text), wanted);
        let rest: String = reading.atoms[reading.own..].iter().map(|atom| atom.ch).collect();
        rest.split(WALL).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    const LETTERS: Wanted =
        Wanted { gathered: true, repeats: false, leet: false, reordered: false, targets: false };

    #[test]
    fn only_runs_of_single_letters_are_gathered() {
        for (text, expected) in [
            ("s.p.a.m", "spam"),
            ("s p a m", "spam"),
            ("s - p - a - m", "spam"),
            ("s\np\na\nm", "spam"),
            ("a s p a m", "aspam"),
            ("Was p.a. mentioned?", "pa"),
            ("y a d", "yad"),
            ("p d", ""),
            ("p.d.", "pd"),
            ("赌 博", "赌博"),
            ("s.......p.......a", ""),
            ("con·ne donateur·ice·s", "conne,donateurices"),
            ("a · b", "ab"),
        ] {
            assert_eq!(gathered(text, LETTERS).join(","), expected, "{text}");
        }
    }

    #[test]
    fn symbols_and_stretched_letters_count_where_the_list_reads_them() {
        let leet = Wanted { leet: true, ..LETTERS };
        assert_eq!(gathered("$ p 4 m", leet), ["$p4m"]);
        assert_eq!(gathered("$ p 4 m", LETTERS), ["p4m"]);
        let repeats = Wanted { repeats: true, ..LETTERS };
        assert_eq!(gathered("s p aaa m", repeats), ["spaaam"]);
    }
}
