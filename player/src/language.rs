//! Which language does the shell speak? The few the site's catalogues have.

/// A language the site is written in. The catalogues themselves are in `web/src/i18n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English, also the answer to every wish we cannot fulfil.
    #[default]
    English,
    /// French.
    French,
}

impl Language {
    /// The BCP 47 tag, as written in `<html lang>`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// The Open Graph locale.
    #[must_use]
    pub fn locale(self) -> &'static str {
        match self {
            Self::English => "en_US",
            Self::French => "fr_FR",
        }
    }

    /// The direction of writing, as written in `<html dir>`.
    #[must_use]
    pub fn direction(self) -> &'static str {
        "ltr"
    }

    /// The language of a tag (`fr`, `fr-CA`, `FR`), if the site is written in it.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("en") {
            Some(Self::English)
        } else if primary.eq_ignore_ascii_case("fr") {
            Some(Self::French)
        } else {
            None
        }
    }

    /// The best answer to an `Accept-Language` header (RFC 9110, 12.5.4): the highest weight wins,
    /// the earlier of equals, and English when nothing fits.
    #[must_use]
    pub fn negotiate(accept_language: &str) -> Self {
        let mut best = (0.0_f32, Self::default());
        for wish in accept_language.split(',') {
            let mut parts = wish.split(';');
            let tag = parts.next().unwrap_or_default().trim();
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(1.0, |q| q.trim().parse::<f32>().unwrap_or(0.0));
            if let Some(language) = Self::from_tag(tag)
                && weight > best.0
            {
                best = (weight, language);
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_known_wish_wins() {
        assert_eq!(Language::negotiate("fr-CA,fr;q=0.9,en;q=0.8"), Language::French);
        assert_eq!(Language::negotiate("en;q=0.4, fr;q=0.6"), Language::French);
        assert_eq!(Language::negotiate("de, en;q=0.5, fr;q=0.5"), Language::English);
        assert_eq!(Language::negotiate("fr;q=0"), Language::English);
    }

    #[test]
    fn nonsense_is_english() {
        for header in ["", ",,;;", "de-DE", "q=1", "fr;q=banana", "*"] {
            assert_eq!(Language::negotiate(header), Language::English, "{header}");
        }
    }
}
