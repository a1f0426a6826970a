//! What does one character read as once case, style and marks are taken away? The tables behind
//! [`super::fold`]; they know characters only, no texts.

use std::borrow::Cow;

/// Marks that only decorate the letter under them. Vowel signs of Thai, Devanagari and the like
/// are not here: there a mark is a letter of its own.
pub(super) fn is_decoration(c: char) -> bool {
    matches!(u32::from(c),
        0x0300..=0x036F | 0x0483..=0x0489 | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF
        | 0x20D0..=0x20FF | 0x2DE0..=0x2DFF | 0xA66F..=0xA67D | 0xFE20..=0xFE2F
        // Hebrew points and accents.
        | 0x0591..=0x05BD | 0x05BF | 0x05C1..=0x05C2 | 0x05C4..=0x05C5 | 0x05C7
        // Arabic vowel signs, and hamza written as a mark; Syriac points.
        | 0x0610..=0x061A | 0x064B..=0x065F | 0x0670 | 0x06D6..=0x06DC | 0x06DF..=0x06E4
        | 0x06E7..=0x06E8 | 0x06EA..=0x06ED | 0x0711 | 0x0730..=0x074A | 0x0898..=0x089F
        | 0x08CA..=0x08FF)
}

/// Characters that take no room: joiners, direction controls, variation selectors, soft hyphen,
/// fillers, tags and control characters; and the tatweel, which only stretches a word.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(u32::from(c),
        0x00..=0x08 | 0x0E..=0x1F | 0x7F..=0x84 | 0x86..=0x9F | 0x00AD | 0x034F | 0x0640
        | 0x061C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F
        | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0
        | 0xFFF0..=0xFFFB | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
}

/// Whether the script of `c` is written without spaces between words.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0FFF | 0x1000..=0x109F | 0x1100..=0x11FF | 0x1780..=0x17FF | 0x1950..=0x19DF
        | 0x1A20..=0x1AAF | 0x2E80..=0x2FDF | 0x3005..=0x3007 | 0x3021..=0x303C
        | 0x3041..=0x30FA | 0x30FC..=0x318F | 0x31A0..=0x31FF | 0x3400..=0x4DBF
        | 0x4E00..=0xA4CF | 0xA960..=0xA97F | 0xA9E0..=0xA9FF | 0xAA60..=0xAADF
        | 0xAC00..=0xD7FF | 0xF900..=0xFAFF | 0x16FE0..=0x18D8F | 0x1B000..=0x1B16F
        | 0x20000..=0x3FFFF)
}

/// Apostrophes, and what keyboards give in their place.
pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '`' | '´' | '‘' | '’' | '‛' | '′' | 'ʹ' | 'ʼ' | 'ˈ' | '՚' | 'ꞌ' | 'Ꞌ')
}

/// Hyphens and dashes.
pub(super) fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '‐'..='―' | '−' | '﹘' | '﹣' | '⁃' | '־')
}

/// The dots of inclusive writing (`donateur·ice`).
pub(super) fn is_middle_dot(c: char) -> bool {
    matches!(c, '·' | '‧' | '⋅' | '•' | '∙' | 'ꞏ' | '⸱' | '\u{387}')
}

/// Where the decimal digits of other scripts begin.
const ZEROS: [u32; 22] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810, 0x1946, 0xA8D0, 0xAA50,
];

/// The ASCII digit with the value of `c`.
fn digit(c: char) -> Option<char> {
    let code = u32::from(c);
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// A letter that compatibility decomposition leaves alone, as the plain letters it is a style or
/// a variant of: strokes, hooks, small capitals, ligatures, forms at the end of a word. Takes
/// what is already in lower case.
pub(super) fn plain(c: char) -> Cow<'static, str> {
    let plain = match c {
        'ⱥ' | 'ᴀ' | 'ɑ' => "a",
        'æ' | 'ᴁ' => "ae",
        'ƀ' | 'ɓ' | 'ƃ' | 'ʙ' => "b",
        'ȼ' | 'ƈ' | 'ᴄ' | 'ɕ' => "c",
        'đ' | 'ɗ' | 'ɖ' | 'ƌ' | 'ð' | 'ᴅ' | 'ȡ' => "d",
        'ɇ' | 'ᴇ' => "e",
        'ꜰ' | 'ƒ' => "f",
        'ǥ' | 'ɠ' | 'ɡ' | 'ɢ' => "g",
        'ħ' | 'ɦ' | 'ʜ' | 'ⱨ' => "h",
        'ı' | 'ɨ' | 'ɪ' => "i",
        'ȷ' | 'ɉ' | 'ʝ' | 'ᴊ' => "j",
        'ƙ' | 'ⱪ' | 'ꝁ' | 'ᴋ' | 'ĸ' => "k",
        'ł' | 'ƚ' | 'ɫ' | 'ɬ' | 'ɭ' | 'ⱡ' | 'ʟ' | 'ȴ' => "l",
        'ɱ' | 'ᴍ' => "m",
        'ɲ' | 'ɳ' | 'ƞ' | 'ŋ' | 'ɴ' | 'ȵ' => "n",
        'ø' | 'ɵ' | 'ᴏ' => "o",
        'œ' | 'ɶ' => "oe",
        'ƥ' | 'ᵽ' | 'ᴘ' => "p",
        'ɋ' | 'ʠ' | 'ꞯ' | 'ǫ' => "q",
        'ɍ' | 'ɽ' | 'ɾ' | 'ʀ' => "r",
        'ʂ' | 'ȿ' | 'ꜱ' | 'ƨ' => "s",
        'ŧ' | 'ƭ' | 'ʈ' | 'ⱦ' | 'ᴛ' | 'ȶ' => "t",
        'þ' => "th",
        'ʉ' | 'ᴜ' => "u",
        'ʋ' | 'ᴠ' => "v",
        'ⱳ' | 'ᴡ' => "w",
        'ɏ' | 'ƴ' | 'ʏ' => "y",
        'ƶ' | 'ʐ' | 'ȥ' | 'ɀ' | 'ᴢ' => "z",
        // Written at the end of a word only.
        'ς' | 'ϲ' => "σ",
        'ך' => "כ",
        'ם' => "מ",
        'ן' => "נ",
        'ף' => "פ",
        'ץ' => "צ",
        // Arabic letters that keyboards and languages exchange.
        'ى' | 'ی' | 'ې' | 'ے' => "ي",
        'ک' | 'ڪ' => "ك",
        'ة' | 'ہ' | 'ھ' | 'ە' | 'ۃ' => "ه",
        'ٱ' => "ا",
        'ґ' => "г",
        'ў' => "у",
        _ => return rare(c),
    };
    Cow::Borrowed(plain)
}

/// The rest of [`plain`]: digits, and Korean syllables' last consonants as the same consonant at
/// the head, so that `ㄷㅗㅂㅏㄱ` and `도박` are the same letters.
fn rare(c: char) -> Cow<'static, str> {
    const LAST: &str =
        "ᄀᄁᄀᄉᄂᄂᄌᄂᄒᄃᄅᄅᄀᄅᄆᄅᄇᄅᄉᄅᄐᄅᄑᄅᄒᄆᄇᄇᄉᄉᄊᄋᄌᄎᄏᄐᄑᄒ";
    const LENGTHS: [usize; 27] =
        [1, 1, 2, 1, 2, 2, 1, 1, 2, 2, 2, 2, 2, 2, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1];
    let code = u32::from(c);
    if (0x11A8..=0x11C2).contains(&code) {
        let index = usize::try_from(code - 0x11A8).unwrap_or(0);
        let before: usize = LENGTHS.iter().take(index).sum();
        let length = LENGTHS.get(index).copied().unwrap_or(1);
        return Cow::Owned(LAST.chars().skip(before).take(length).collect());
    }
    Cow::Owned(String::from(digit(c).unwrap_or(c)))
}

/// Letters in brackets, whose decomposition would bring the brackets along: `⒮⒫⒜⒨`.
pub(super) fn bracketed(c: char) -> Option<char> {
    let code = u32::from(c);
    let offset = match code {
        0x249C..=0x24B5 => code - 0x249C,
        0x1F110..=0x1F129 => code - 0x1F110,
        _ => return None,
    };
    char::from_u32(u32::from('a') + offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_consonants_are_the_same_letters_as_first_ones() {
        let all: Vec<_> = (0x11A8..=0x11C2).filter_map(char::from_u32).map(plain).collect();
        assert_eq!(all.first().unwrap(), "ᄀ");
        assert_eq!(all[2], "ᄀᄉ");
        assert_eq!(all[10], "ᄅᄇ");
        assert_eq!(all.last().unwrap(), "ᄒ");
        assert!(all.iter().all(|one| !one.is_empty()));
    }

    #[test]
    fn digits_of_all_scripts_are_digits() {
        assert_eq!(plain('٣'), "3");
        assert_eq!(plain('९'), "9");
        assert_eq!(plain('x'), "x");
    }
}
