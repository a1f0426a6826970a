//! Which categories, licences, languages and comment policies are there? PeerTube's numbers,
//! codes and English labels.

mod languages;

use languages::LANGUAGES;

/// `VideoCategorySet`: number and label.
pub const CATEGORIES: &[(i64, &str)] = &[
    (1, "Music"),
    (2, "Films"),
    (3, "Vehicles"),
    (4, "Art"),
    (5, "Sports"),
    (6, "Travels"),
    (7, "Gaming"),
    (8, "People"),
    (9, "Comedy"),
    (10, "Entertainment"),
    (11, "News & Politics"),
    (12, "How To"),
    (13, "Education"),
    (14, "Activism"),
    (15, "Science & Technology"),
    (16, "Animals"),
    (17, "Kids"),
    (18, "Food"),
];

/// `VideoLicenceSet`: number and label.
pub const LICENCES: &[(i64, &str)] = &[
    (1, "Attribution"),
    (2, "Attribution - Share Alike"),
    (3, "Attribution - No Derivatives"),
    (4, "Attribution - Non Commercial"),
    (5, "Attribution - Non Commercial - Share Alike"),
    (6, "Attribution - Non Commercial - No Derivatives"),
    (7, "Public Domain Dedication"),
];

/// `VideoCommentsPolicySet`: number and label.
pub const COMMENT_POLICIES: &[(i64, &str)] =
    &[(1, "Enabled"), (2, "Disabled"), (3, "Requires approval")];

/// What PeerTube answers where nothing was chosen.
pub const UNKNOWN: &str = "Unknown";

/// The label of a category.
#[must_use]
pub fn category(id: i64) -> Option<&'static str> {
    numbered(CATEGORIES, id)
}

/// The label of a licence.
#[must_use]
pub fn licence(id: i64) -> Option<&'static str> {
    numbered(LICENCES, id)
}

/// The label of a comment policy.
#[must_use]
pub fn comment_policy(id: i64) -> Option<&'static str> {
    numbered(COMMENT_POLICIES, id)
}

/// The label of a language code.
#[must_use]
pub fn language(code: &str) -> Option<&'static str> {
    let at = LANGUAGES.binary_search_by_key(&code, |(known, _)| known).ok()?;
    LANGUAGES.get(at).map(|(_, label)| *label)
}

/// Every language, code and label, by code.
#[must_use]
pub const fn languages() -> &'static [(&'static str, &'static str)] {
    LANGUAGES
}

fn numbered(list: &[(i64, &'static str)], id: i64) -> Option<&'static str> {
    list.iter().find(|(known, _)| *known == id).map(|(_, label)| *label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_sorted_so_that_a_code_is_found() {
        assert!(LANGUAGES.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(language("fr"), Some("French"));
        assert_eq!(language("zh-Hans"), Some("Simplified Chinese"));
        assert_eq!(language("zxx"), Some("No linguistic content"));
        assert_eq!(language("xx"), None);
        assert_eq!(language(""), None);
    }

    #[test]
    fn numbers_have_labels() {
        assert_eq!(category(15), Some("Science & Technology"));
        assert_eq!(licence(7), Some("Public Domain Dedication"));
        assert_eq!(comment_policy(1), Some("Enabled"));
        assert_eq!(category(0), None);
    }
}
