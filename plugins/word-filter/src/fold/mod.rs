//! What does a character read as? Compatibility forms, case, diacritics, strokes and invisible
//! characters are folded away here, one character at a time, in pages that are worked out when
//! first used. Look-alikes and leetspeak are `looks`' business.

mod letters;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use crate::pages::Pages;

/// What is known of a folded character. A set of bits: a text has many, and they are asked often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Traits(u32);

impl Traits {
    /// Part of a word: letters, digits and their marks.
    pub(crate) const WORD: Self = Self(1);
    /// Of a script that writes no spaces between words.
    pub(crate) const UNSPACED: Self = Self(1 << 1);
    /// White space; a run of it is one.
    pub(crate) const SPACE: Self = Self(1 << 2);
    /// A mark that belongs to the letter before it.
    pub(crate) const MARK: Self = Self(1 << 3);
    /// Written as a capital.
    pub(crate) const UPPER: Self = Self(1 << 4);
    /// Not the first of what its source character became: no match may begin here.
    pub(crate) const INNER: Self = Self(1 << 5);
    /// An apostrophe.
    pub(crate) const APOSTROPHE: Self = Self(1 << 6);
    /// The dot of inclusive writing.
    pub(crate) const DOT: Self = Self(1 << 7);
    /// A hyphen or dash.
    pub(crate) const HYPHEN: Self = Self(1 << 8);
    /// A decimal digit.
    pub(crate) const DIGIT: Self = Self(1 << 9);
    /// A letter of the Latin script.
    pub(crate) const LATIN: Self = Self(1 << 10);
    /// A letter of the Cyrillic script.
    pub(crate) const CYRILLIC: Self = Self(1 << 11);
    /// A letter of any other script.
    pub(crate) const ELSE: Self = Self(1 << 12);
    /// Of an address that stands in the text or behind a link.
    pub(crate) const ADDRESS: Self = Self(1 << 13);
    /// Of single letters brought together (`s.p.a.m`).
    pub(crate) const GATHERED: Self = Self(1 << 14);
    /// Of the text in the order in which overridden directions show it.
    pub(crate) const REORDERED: Self = Self(1 << 15);
    /// In gathered letters: a word may begin here, what is before are words of one letter.
    pub(crate) const BEGINS: Self = Self(1 << 16);
    /// In gathered letters: a word may end before this one.
    pub(crate) const ENDS: Self = Self(1 << 17);
    /// All scripts.
    pub(crate) const SCRIPTS: Self = Self(Self::LATIN.0 | Self::CYRILLIC.0 | Self::ELSE.0);

    /// Whether any of `other` is set.
    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Both.
    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What both have.
    pub(crate) const fn only(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    fn and_if(self, condition: bool, other: Self) -> Self {
        if condition { self.with(other) } else { self }
    }
}

/// A folded character, the compatible character that it was (case and stroke kept), and traits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Folded {
    pub(crate) ch: char,
    pub(crate) raw: char,
    pub(crate) traits: Traits,
}

static TABLE: Pages<Folded> = Pages::new(work_out);

/// What `c` folds to: nothing, one or several characters.
pub(crate) fn fold(c: char) -> &'static [Folded] {
    TABLE.of(c)
}

/// Whether `c` is a mark on the letter before it.
pub(crate) fn is_mark(c: char) -> bool {
    is_combining_mark(c)
}

fn work_out(c: char) -> Vec<Folded> {
    if letters::is_invisible(c) {
        return Vec::new();
    }
    let mut out = Vec::new();
    let mut add = |ch: char, raw: char| {
        let traits = traits(ch, raw).and_if(!out.is_empty(), Traits::INNER);
        out.push(Folded { ch, raw, traits });
    };
    if c.is_whitespace() || c == '\u{2800}' {
        add(' ', ' ');
    } else if letters::is_apostrophe(c) {
        add('\'', c);
    } else if letters::is_hyphen(c) {
        add('-', c);
    } else if letters::is_middle_dot(c) {
        add('·', c);
    } else if c == 'İ' {
        // Decomposing would make it the capital of the dotless letter.
        add('i', c);
    } else if let Some(letter) = letters::bracketed(c) {
        add(letter, letter);
    } else {
        let parts = compatible(c);
        for raw in parts {
            lower(raw, &mut |ch| add(ch, raw));
        }
    }
    out
}

/// NFKD of one character without its decorations. What decomposes into a space and a mark (`¨`)
/// stays whole: nobody reads a space there.
fn compatible(c: char) -> Vec<char> {
    let mut parts = Vec::new();
    decompose_compatible(c, |part| parts.push(part));
    if parts.first() == Some(&' ') {
        return vec![c];
    }
    parts.retain(|part| !letters::is_decoration(*part) && !letters::is_invisible(*part));
    parts
}

/// Full case folding, then strokes and styles. The way over the capitals is what turns `ß` into
/// `ss` and `ς` into `σ`.
fn lower(raw: char, add: &mut impl FnMut(char)) {
    let folded = raw
        .to_lowercase()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .flat_map(compatible);
    for c in folded {
        letters::plain(c).chars().for_each(&mut *add);
    }
}

fn traits(ch: char, raw: char) -> Traits {
    let mark = is_combining_mark(ch);
    let letter = ch.is_alphabetic();
    let latin = letter
        && matches!(u32::from(ch), 0x41..=0x24F | 0x250..=0x2AF | 0x1D00..=0x1DBF | 0xA720..=0xA7FF);
    let cyrillic = letter && matches!(u32::from(ch), 0x400..=0x52F | 0x1C80..=0x1C8F);
    Traits::default()
        .and_if(ch.is_alphanumeric() || mark, Traits::WORD)
        .and_if(letters::is_unspaced(ch), Traits::UNSPACED)
        .and_if(ch == ' ', Traits::SPACE)
        .and_if(mark, Traits::MARK)
        .and_if(raw.is_uppercase(), Traits::UPPER)
        .and_if(ch == '\'', Traits::APOSTROPHE)
        .and_if(ch == '·', Traits::DOT)
        .and_if(ch == '-', Traits::HYPHEN)
        .and_if(ch.is_ascii_digit(), Traits::DIGIT)
        .and_if(latin, Traits::LATIN)
        .and_if(cyrillic, Traits::CYRILLIC)
        .and_if(letter && !latin && !cyrillic, Traits::ELSE)
}

/// `text` as matching sees it: for messages, and for those who test their entries.
#[must_use]
pub fn folded(text: &str) -> String {
    text.chars().flat_map(fold).map(|folded| folded.ch).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_marks_strokes_and_styles_are_folded() {
        for (text, expected) in [
            ("CRÉTIN", "cretin"),
            ("ｓｐａｍ", "spam"),
            ("𝐬𝐩𝐚𝐦", "spam"),
            ("s\u{200B}p\u{AD}a\u{336}m", "spam"),
            ("STRASSE straße STRAẞE", "strasse strasse strasse"),
            ("ΒΛΆΚΑΣ βλάκας", "βλακασ βλακασ"),
            ("głupek Øystein Đức", "glupek oystein duc"),
            ("Ёлка ёлка", "елка елка"),
            ("كَـازِينُو", "كازينو"),
            ("קָזִינוֹ", "קזינו"),
            ("⒮⒫⒜⒨ ⓢⓟⓐⓜ", "spam spam"),
            ("l’été œuf", "l'ete oeuf"),
            ("IİıiÍ", "iiiii"),
            ("٣४", "34"),
        ] {
            assert_eq!(folded(text), expected, "{text}");
        }
    }

    #[test]
    fn letters_of_other_scripts_keep_their_marks() {
        assert_ne!(folded("バカ"), folded("ハカ"));
        assert_eq!(folded("ﾊﾞｶ"), folded("バカ"));
        assert_eq!(folded("พนัน"), "พนัน");
        assert_eq!(folded("도박"), folded("ㄷㅗㅂㅏㄱ"));
        assert_ne!(folded("की"), folded("क"));
    }

    #[test]
    fn a_spacing_accent_is_no_space() {
        assert_eq!(folded("¨"), "¨");
        assert_eq!(folded("´"), "'");
    }
}
