//! Which words make a found place fine? The whole word it stands in; where the place is a whole
//! word, that word with its neighbours: an exception of the word alone would switch the entry off.

/// The words around the bytes from `start` to `end` of a text; `None` when there are no others.
pub(super) fn around(text: &str, start: usize, end: usize) -> Option<String> {
    let hit = text.get(start..end)?;
    let (before, after) = (text.get(..start)?, text.get(end..)?);
    let left = before.len() - tail(before).len();
    let right = end + head(after).len();
    let word = text.get(left..right)?;
    if word != hit {
        return Some(tidy(word));
    }
    // The neighbour behind tells more than the one before: "bum bag".
    let behind = neighbour(after, false);
    let ahead = neighbour(before, true);
    let (left, right) = match (ahead, behind) {
        (_, Some(behind)) => (start, end + behind),
        (Some(ahead), None) => (start - ahead, end),
        (None, None) => return None,
    };
    text.get(left..right).map(tidy)
}

fn of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | '·' | '_')
}

/// Letters at the end of a text.
fn tail(text: &str) -> &str {
    let at = text.char_indices().rev().take_while(|(_, c)| of_word(*c)).last();
    at.map_or("", |(at, _)| text.get(at..).unwrap_or_default())
}

/// Letters at the beginning of a text.
fn head(text: &str) -> &str {
    let end = text.char_indices().find(|(_, c)| !of_word(*c)).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default()
}

/// Bytes up to the far end of the next word on that side, in the same line; `None`: there is none.
fn neighbour(text: &str, before: bool) -> Option<usize> {
    let gap = |c: &char| c.is_whitespace() && *c != '\n';
    if before {
        let bare = text.trim_end_matches(|c| gap(&c));
        let word = tail(bare).len();
        (bare.len() < text.len() && word > 0).then(|| text.len() - bare.len() + word)
    } else {
        let bare = text.trim_start_matches(|c| gap(&c));
        let word = head(bare).len();
        (bare.len() < text.len() && word > 0).then(|| text.len() - bare.len() + word)
    }
}

fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fine(text: &str, hit: &str) -> Option<String> {
        let start = text.find(hit).unwrap();
        around(text, start, start + hit.len())
    }

    #[test]
    fn the_word_around_a_place_is_the_exception() {
        assert_eq!(fine("I live in Scunthorpe, really", "cunt").as_deref(), Some("Scunthorpe"));
        assert_eq!(fine("la menstruation est", "truatio").as_deref(), Some("menstruation"));
        assert_eq!(fine("donateur·ice", "teur").as_deref(), Some("donateur·ice"));
    }

    #[test]
    fn a_whole_word_takes_a_neighbour_with_it() {
        assert_eq!(fine("a bum bag for sale", "bum").as_deref(), Some("bum bag"));
        assert_eq!(fine("the old bum.", "bum").as_deref(), Some("old bum"));
        assert_eq!(fine("bum", "bum"), None, "nothing tells it from what is meant");
        assert_eq!(fine("bum\nnext line", "bum"), None, "another line is another thing");
    }
}
