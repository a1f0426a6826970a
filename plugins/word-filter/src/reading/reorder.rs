//! In which order does a reader see text whose direction is overridden? After U+202E Latin
//! letters run backwards: `\u{202E}spam` is seen as "maps". Only overrides are looked at: other
//! direction marks do not turn words around.

use super::{Reading, Traits};
use crate::visible::{Seen, Visible};

/// Overrides inside overrides beyond this change nothing.
const DEEPEST: usize = 16;

struct Scope {
    start: usize,
    /// The characters in it run against the direction around it.
    turns: bool,
    backwards: bool,
}

/// Adds the whole text in the order in which it is seen, when that differs.
pub(super) fn add(visible: &Visible, reading: &mut Reading) {
    if !visible.text().contains(['\u{202D}', '\u{202E}']) {
        return;
    }
    let mut shown: Vec<Seen> = Vec::new();
    let mut open: Vec<Scope> = Vec::new();
    let mut ignored = 0_usize;
    for seen in visible.seen() {
        match seen.ch {
            '\u{202A}' | '\u{202B}' | '\u{202D}' | '\u{202E}' if open.len() >= DEEPEST => {
                ignored += 1
            }
            '\u{202A}' | '\u{202B}' | '\u{202D}' | '\u{202E}' => {
                let around = open.last().is_some_and(|scope| scope.backwards);
                let backwards = match seen.ch {
                    '\u{202E}' => true,
                    '\u{202D}' => false,
                    _ => around,
                };
                open.push(Scope { start: shown.len(), turns: backwards != around, backwards });
            }
            '\u{202C}' if ignored > 0 => ignored -= 1,
            '\u{202C}' => close(&mut open, &mut shown),
            '\n' | '\r' | '\u{2029}' => {
                ignored = 0;
                while !open.is_empty() {
                    close(&mut open, &mut shown);
                }
                shown.push(seen);
            }
            _ => shown.push(seen),
        }
    }
    while !open.is_empty() {
        close(&mut open, &mut shown);
    }
    reading.wall();
    for seen in shown {
        reading.push(seen, Traits::REORDERED);
    }
}

/// Ends the innermost scope: what ran against its surroundings is turned around. Marks come to
/// stand before their letter, which is no harm: those that only decorate are gone by then.
fn close(open: &mut Vec<Scope>, shown: &mut [Seen]) {
    if let Some(scope) = open.pop().filter(|scope| scope.turns)
        && let Some(inside) = shown.get_mut(scope.start..)
    {
        inside.reverse();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Wanted;

    fn seen(text: &str) -> String {
        let wanted = Wanted { reordered: true, ..Wanted::default() };
        let reading = Reading::of(&Visible::plain(text), wanted);
        reading.atoms.iter().skip(reading.own + 1).map(|atom| atom.ch).collect()
    }

    #[test]
    fn overrides_turn_words_around() {
        assert_eq!(seen("\u{202E}spam\u{202C}"), "maps");
        assert_eq!(seen("x \u{202E}spam"), "x maps");
        assert_eq!(seen("sp\u{202E}ma\u{202C}!"), "spam!");
        assert_eq!(seen("\u{202E}ab\u{202D}cd\u{202C}ef"), "fecdba");
        assert_eq!(seen("\u{202E}ab\ncd"), "ba cd");
        assert_eq!(seen("spam"), "");
        assert_eq!(seen("\u{202B}spam\u{202C}"), "");
    }

    #[test]
    fn ten_thousand_overrides_end() {
        let text = "\u{202E}a\u{202D}b".repeat(10_000);
        assert_eq!(seen(&text).chars().count(), 20_000);
    }
}
