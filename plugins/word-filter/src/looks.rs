//! Which characters are taken for which letters? Look-alikes (UTS #39 and a few that it leaves
//! out) and leetspeak. The loose form, in which all characters that may stand for each other are
//! one, is for finding candidates; whether a candidate is a match, `matcher::verify` decides with
//! [`look`] and [`leet`].

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_security::confusable_detection::skeleton;

use crate::fold::fold;
use crate::pages::Pages;

/// Symbols and digits, and the letters (Latin, Cyrillic, Greek) written with them. Brackets are not among
/// them: `(on l’a vu)` is French.
const LEET: [(char, &str); 22] = [
    ('0', "oоο"),
    ('1', "ilіι"),
    ('2', "z"),
    ('3', "eеεз"),
    ('4', "aаα"),
    ('5', "sѕ"),
    ('6', "bgб"),
    ('7', "t"),
    ('8', "bв"),
    ('9', "g"),
    ('@', "aаα"),
    ('$', "s"),
    ('§', "s"),
    ('€', "eеε"),
    ('£', "l"),
    ('¢', "c"),
    ('¥', "y"),
    ('!', "iі"),
    ('|', "il"),
    ('+', "tт"),
    ('#', "h"),
    ('×', "x"),
];

/// The letters that `c` stands for in leetspeak.
pub(crate) fn leet(c: char) -> &'static str {
    if c.is_ascii_alphabetic() || c == ' ' {
        return "";
    }
    LEET.iter().find(|(symbol, _)| *symbol == c).map_or("", |(_, letters)| *letters)
}

static LOOKS: Pages<char> = Pages::new(work_out_look);
static LOOSE: Pages<char> = Pages::new(work_out_loose);
static CLASSES: LazyLock<HashMap<char, char>> = LazyLock::new(classes);

/// What `c`, its case kept, looks like: its skeleton, folded.
pub(crate) fn look(c: char) -> &'static [char] {
    LOOKS.of(c)
}

/// What a folded character is in the loose form.
pub(crate) fn loose(c: char) -> &'static [char] {
    LOOSE.of(c)
}

/// The capital of `c` where it is one character.
pub(crate) fn capital(c: char) -> char {
    let mut upper = c.to_uppercase();
    upper.next().filter(|_| upper.len() == 0).unwrap_or(c)
}

/// Letters in coloured boxes and circles, and the letters that flags are made of: no
/// compatibility form has them.
fn boxed(c: char) -> Option<char> {
    let code = u32::from(c);
    let offset = match code {
        0x1F150..=0x1F169 => code - 0x1F150,
        0x1F170..=0x1F189 => code - 0x1F170,
        0x1F1E6..=0x1F1FF => code - 0x1F1E6,
        _ => return None,
    };
    char::from_u32(u32::from('a') + offset)
}

/// The skeleton. What is a Latin letter there is folded; others keep their case, since the two
/// cases of Greek and Cyrillic letters look like different letters.
fn work_out_look(c: char) -> Vec<char> {
    if let Some(letter) = boxed(c) {
        return vec![letter];
    }
    let latin = |c: char| match fold(c) {
        [one] if one.ch.is_ascii() => one.ch,
        _ => c,
    };
    let mut buffer = [0; 4];
    let text: &str = c.encode_utf8(&mut buffer);
    let looks: Vec<char> = skeleton(text).filter(|c| !fold(*c).is_empty()).map(latin).collect();
    // What looks like nothing or like a space must not vanish.
    if looks.is_empty() || looks.contains(&' ') { vec![c] } else { looks }
}

fn work_out_loose(c: char) -> Vec<char> {
    let class = |c: char| CLASSES.get(&c).copied().unwrap_or(c);
    simplest(c, 0).into_iter().map(class).collect()
}

/// The skeleton of the skeleton and so on; that of the capital where the small letter leads to
/// no Latin letter.
fn simplest(c: char, depth: usize) -> Vec<char> {
    let chain = |next: &[char]| -> Vec<char> {
        if next == [c] || depth > 4 {
            return vec![c];
        }
        next.iter().flat_map(|c| simplest(*c, depth + 1)).collect()
    };
    let latin = |chars: &Vec<char>| chars.iter().all(char::is_ascii);
    let small = chain(look(c));
    if latin(&small) {
        return small;
    }
    Some(chain(look(capital(c)))).filter(latin).unwrap_or(small)
}

/// Scripts with capitals, whose two cases may look like different letters (Greek `ν` like `v`,
/// its capital like `N`).
const CASED: [std::ops::Range<u32>; 10] = [
    0x41..0x5B,
    0xC0..0x590,
    0x10A0..0x1100,
    0x13A0..0x1400,
    0x1C80..0x1CC0,
    0x1E00..0x2000,
    0x2C00..0x2D30,
    0xA640..0xA7FF,
    0xAB30..0xABC0,
    0x10400..0x10500,
];

/// Characters that may stand for each other, each with one of them: what links them is a case,
/// a look or a way of writing leet.
fn classes() -> HashMap<char, char> {
    fn root(of: &HashMap<char, char>, mut c: char) -> char {
        while let Some(next) = of.get(&c).copied().filter(|next| *next != c) {
            c = next;
        }
        c
    }
    let mut parents: HashMap<char, char> = HashMap::new();
    let link = |parents: &mut HashMap<char, char>, one: &[char], other: &[char]| {
        if let ([one], [other]) = (one, other)
            && one.is_ascii()
            && other.is_ascii()
        {
            let (one, other) = (root(parents, *one), root(parents, *other));
            if one != other {
                parents.insert(one.max(other), one.min(other));
            }
        }
    };
    for c in CASED.into_iter().flatten().filter_map(char::from_u32) {
        let [small] = fold(c) else { continue };
        if let [seen] = look(c) {
            link(&mut parents, &simplest(small.ch, 0), &simplest(*seen, 0));
        }
    }
    for (symbol, letters) in LEET {
        for letter in letters.chars() {
            link(&mut parents, &simplest(symbol, 0), &simplest(letter, 0));
        }
        if let ([symbol], Some(letter)) = (&*simplest(symbol, 0), letters.chars().next())
            && !symbol.is_ascii()
        {
            parents.insert(*symbol, root(&parents, letter));
        }
    }
    parents.keys().map(|c| (*c, root(&parents, *c))).collect()
}

/// Words with `rn` that would read as other words with `m`: nobody disguises by writing them.
const WITH_RN: [&str; 36] = [
    "adorn", "barn", "barns", "born", "burn", "burned", "burns", "churn", "corn", "darn", "earn",
    "fern", "horn", "horns", "horny", "intern", "kern", "learn", "modern", "morn", "mourn", "porn",
    "scorn", "stern", "sterns", "tern", "thorn", "torn", "turn", "turned", "turns", "urn", "urns",
    "warn", "worn", "yarn",
];

/// Whether a word is an ordinary one with `rn`.
pub(crate) fn is_ordinary(word: &str) -> bool {
    WITH_RN.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_stand_for_a_letter_is_loosely_that_letter() {
        for (c, letter) in [
            ('ѕ', 's'),
            ('р', 'p'),
            ('к', 'k'),
            ('н', 'h'),
            ('ν', 'v'),
            ('ν', 'n'),
            ('$', 's'),
            ('4', 'a'),
            ('@', 'a'),
            ('1', 'i'),
            ('1', 'l'),
            ('!', 'i'),
            ('0', 'o'),
            ('🅰', 'a'),
            ('🇦', 'a'),
            ('ο', 'o'),
            ('і', 'i'),
            ('м', 'm'),
            ('в', 'b'),
            ('т', 't'),
        ] {
            assert_eq!(loose(c), loose(letter), "{c} {letter}");
        }
        for (symbol, letters) in LEET {
            for letter in letters.chars() {
                assert_eq!(loose(symbol), loose(letter), "{symbol} {letter}");
            }
        }
    }

    #[test]
    fn the_loose_alphabet_keeps_enough_letters_apart() {
        let apart: std::collections::HashSet<_> = ('a'..='z').map(loose).collect();
        let letters = |class| ('a'..='z').filter(|c| loose(*c) == class).collect::<String>();
        let classes: Vec<String> = apart.iter().map(|class| letters(*class)).collect();
        assert!(apart.len() >= 15, "{classes:?}");
    }

    #[test]
    fn looks_keep_the_case() {
        assert_eq!(look('Ν'), ['n']);
        assert_eq!(look('ν'), ['v']);
        assert_eq!(look('m'), ['r', 'n']);
        assert_eq!(look('I'), ['l']);
    }
}
