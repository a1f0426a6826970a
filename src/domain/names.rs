//! How may accounts and channels be called, and how are people's texts put in order?

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Characters of a user or channel name at most (PeerTube).
pub const MAX_NAME: usize = 50;

/// The instance's own actor: nobody else may have this name.
pub const INSTANCE_NAME: &str = "peertube";

/// A user name: 1–50 of `a-z0-9._` (PeerTube's `username`).
#[must_use]
pub fn is_username(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.len())
        && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_'))
}

/// A channel name: 1–50 of `a-zA-Z0-9-_.:` (PeerTube's `usernameChannel`).
#[must_use]
pub fn is_channel_name(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':'))
}

/// The form in which names of accounts and channels are compared: two that differ by case only
/// are the same name.
#[must_use]
pub fn fold_name(name: &str) -> String {
    name.to_lowercase()
}

/// The form in which e-mail addresses are compared.
#[must_use]
pub fn fold_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Looks like one e-mail address. Whether it exists only a message to it can tell.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let plain = |part: &str| {
        !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control() || c == '@')
    };
    text.len() <= 254
        && local.len() <= 64
        && plain(local)
        && plain(domain)
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !domain.contains("..")
}

/// The key by which a text is sorted, the same on every database: compatibility forms resolved,
/// accents and case left out, inner white space single.
#[must_use]
pub fn sort_key(text: &str) -> String {
    let bare: String =
        text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_peertubes() {
        for good in ["a", "chocobozzz", "a.b_c", "0"] {
            assert!(is_username(good), "{good}");
            assert!(is_channel_name(good), "{good}");
        }
        for bad in ["", "Alice", "a b", "a-b", "ä", "a@b", &"a".repeat(51), "../etc"] {
            assert!(!is_username(bad), "{bad}");
        }
        assert!(is_channel_name("My-Channel:2"));
        for bad in ["", "a b", "a/b", "a@b", "é", &"a".repeat(51)] {
            assert!(!is_channel_name(bad), "{bad}");
        }
    }

    #[test]
    fn addresses_without_an_at_or_with_blanks_are_refused() {
        for good in ["a@b", "root@localhost.localdomain", "x+y@example.org"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a b@c", "a@b@c", "a@.b", "a@b.", "a@b..c", "a\n@b"] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn case_and_accents_do_not_change_the_order() {
        assert_eq!(sort_key("  Éclair  Ⅳ\tﬁn "), "eclair iv fin");
        assert!(sort_key("Zèbre") > sort_key("élan"));
    }

    proptest! {
        #[test]
        fn a_sort_key_is_its_own_sort_key(text: String) {
            let key = sort_key(&text);
            prop_assert_eq!(sort_key(&key), key);
        }
    }
}
