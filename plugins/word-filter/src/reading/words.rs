//! Where do words begin and end? UAX #29, adapted: scripts without spaces have a boundary
//! everywhere; elisions (`l’abruti`), inclusive writing (`con·ne`, `donateur.ice`, `tous·tes`)
//! and underscores separate, so that a stem stands as a word.

use super::Atom;
use crate::fold::Traits;

/// Whether a match may begin or end before the atom `at`: not inside what one character became,
/// nor between a letter and its mark.
pub(crate) fn is_whole(atoms: &[Atom], at: usize) -> bool {
    atoms.get(at).is_none_or(|atom| !atom.has(Traits::INNER.with(Traits::MARK)))
}

/// Whether a word may begin at `at`, whose atom is taken for a letter (`$` in `$pam`).
pub(crate) fn begins(atoms: &[Atom], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|before| atoms.get(before)) else { return true };
    let Some(atom) = atoms.get(at) else { return true };
    if !is_whole(atoms, at) {
        return false;
    }
    if before.has(Traits::WORD) {
        return before.has(Traits::UNSPACED) || atom.has(Traits::UNSPACED.with(Traits::BEGINS));
    }
    !joins(atoms, at - 1)
}

/// Whether a word may end before `at`; the atom before it is taken for a letter.
pub(crate) fn ends(atoms: &[Atom], at: usize) -> bool {
    let Some(after) = atoms.get(at) else { return true };
    let Some(last) = at.checked_sub(1).and_then(|last| atoms.get(last)) else { return true };
    if !is_whole(atoms, at) {
        return false;
    }
    if after.has(Traits::WORD) {
        return after.has(Traits::UNSPACED.with(Traits::ENDS)) || last.has(Traits::UNSPACED);
    }
    !joins(atoms, at)
}

/// Whether the apostrophe or middle dot at `at` is part of a word: `don't`, Ukrainian `м'ята`,
/// Hebrew `ג'ירפה`, Breton `c'hoari`, Catalan `col·legi`.
pub(crate) fn joins(atoms: &[Atom], at: usize) -> bool {
    let Some(mark) = atoms.get(at) else { return false };
    if !mark.has(Traits::APOSTROPHE.with(Traits::DOT)) {
        return false;
    }
    let before = at.checked_sub(1).and_then(|before| atoms.get(before));
    let (Some(before), Some(after)) = (before, atoms.get(at + 1)) else { return false };
    if mark.has(Traits::DOT) {
        return before.ch == 'l' && after.ch == 'l' && !is_feminine(atoms, at + 1);
    }
    let both = |traits| before.has(traits) && after.has(traits);
    let hebrew = |atom: &Atom| matches!(u32::from(atom.ch), 0x05D0..=0x05EA);
    let last = atoms.get(at + 2).is_none_or(|next| !next.has(Traits::WORD));
    both(Traits::CYRILLIC)
        || (hebrew(before) && hebrew(after))
        || (before.ch == 'n' && after.ch == 't' && last)
        || (before.ch == 'c' && after.ch == 'h')
}

/// Whether what begins at `at` is the French ending of `intellectuel·le·s`, and not the rest of
/// a Catalan word.
fn is_feminine(atoms: &[Atom], at: usize) -> bool {
    let word = |atom: &&Atom| atom.has(Traits::WORD);
    let ending: String =
        atoms.iter().skip(at).take_while(word).take(4).map(|atom| atom.ch).collect();
    matches!(ending.as_str(), "l" | "le" | "les")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Reading;

    /// The words of `text`, as boundaries cut it.
    fn words(text: &str) -> Vec<String> {
        let atoms = Reading::of_entry(text);
        let mut words = vec![String::new()];
        for (at, atom) in atoms.iter().enumerate() {
            let edge = if atom.has(Traits::WORD) { begins(&atoms, at) } else { ends(&atoms, at) };
            if edge {
                words.push(String::new());
            }
            words.last_mut().unwrap().push(atom.ch);
        }
        words.retain(|word| word.chars().any(char::is_alphanumeric));
        words
            .iter()
            .map(|word| word.trim_matches([' ', '.', '·', '\'', '-', '(', ')', '_']).to_owned())
            .collect()
    }

    #[test]
    fn words_are_cut_where_readers_cut_them() {
        for (text, expected) in [
            ("l’abruti d'idiot", "l abruti d idiot"),
            ("don't won’t isn't.", "don't won't isn't"),
            ("idiot's", "idiot s"),
            ("donateur·ice·s con.ne étudiant(e)s", "donateur ice s con ne etudiant e s"),
            ("intellectuel·le·s col·legi paral·lel", "intellectuel le s col·legi paral·lel"),
            ("м'ясо п’ять", "м'ясо п'ять"),
            ("c'hoari c'est", "c'hoari c est"),
            ("snake_case a-b", "snake case a b"),
            ("赌博abc", "赌 博 abc"),
            ("spam2 2nd", "spam2 2nd"),
        ] {
            assert_eq!(words(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn nothing_begins_inside_a_character() {
        let atoms = Reading::of_entry("ßก็");
        let cuts: Vec<_> = (0..=atoms.len()).map(|at| is_whole(&atoms, at)).collect();
        assert_eq!(cuts, [true, false, true, false, true]);
    }
}
