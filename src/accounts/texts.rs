//! Which texts may a profile hold?

use super::AccountsError;

/// Characters of a display name at most (PeerTube).
const MAX_DISPLAY_NAME: usize = 120;
/// Characters of a description or support text at most (PeerTube).
const MAX_LONG: usize = 1000;

/// One line of 1 to 120 characters, without white space at its ends.
///
/// # Errors
/// [`AccountsError::Invalid`].
pub(super) fn display_name(text: &str) -> Result<String, AccountsError> {
    let text = text.trim();
    let fits = (1..=MAX_DISPLAY_NAME).contains(&text.chars().count());
    if fits && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    let problem = "Should be one line of 1 to 120 characters.";
    Err(AccountsError::Invalid { param: "displayName", problem })
}

/// At most 1,000 characters; nothing but white space is no text.
///
/// # Errors
/// [`AccountsError::Invalid`].
pub(super) fn long(
    param: &'static str,
    text: Option<&str>,
) -> Result<Option<String>, AccountsError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.chars().count() <= MAX_LONG && !text.chars().any(odd) {
        return Ok(Some(text.to_owned()));
    }
    Err(AccountsError::Invalid { param, problem: "Should have at most 1,000 characters." })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_name_is_one_line() {
        assert_eq!(display_name("  Zoé 🎬 ").unwrap(), "Zoé 🎬");
        for bad in ["", "   ", "a\nb", "a\0", &"é".repeat(121)] {
            assert!(display_name(bad).is_err(), "{bad:?}");
        }
        assert!(display_name(&"é".repeat(120)).is_ok(), "characters count, not bytes");
    }

    #[test]
    fn a_long_text_may_have_lines_or_be_left_out() {
        assert_eq!(long("x", Some(" a\nb ")).unwrap().as_deref(), Some("a\nb"));
        assert_eq!(long("x", Some("  ")).unwrap(), None);
        assert_eq!(long("x", None).unwrap(), None);
        assert!(long("x", Some(&"a".repeat(1001))).is_err());
        assert!(long("x", Some("a\u{7}")).is_err());
    }
}
