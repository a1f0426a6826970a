//! Does the caller have it already, or does it mean another version? The conditional fields of
//! RFC 9110, section 13, against a file's validators.

use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, HeaderName, header};
use sha2::{Digest as _, Sha256};

/// What tells one version of a file from another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::http) struct Validators {
    /// Strong entity tag with its quotes; `None` while the file grows.
    pub etag: Option<String>,
    /// When it last changed.
    pub modified: Option<SystemTime>,
}

impl Validators {
    /// From the bytes themselves, so that every node and store says the same.
    pub(in crate::http) fn of_bytes(bytes: &[u8]) -> Self {
        let hash = Sha256::digest(bytes);
        let short = hash.get(..12).unwrap_or_default();
        Self { etag: Some(format!("\"{}\"", hex::encode(short))), modified: None }
    }
}

/// What the conditions come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Verdict {
    /// Send it.
    Proceed,
    /// 304: the caller's copy is good.
    NotModified,
    /// 412: the caller means another version.
    Failed,
}

/// Evaluates the preconditions of a GET or HEAD in the order of RFC 9110, 13.2.2.
pub(in crate::http) fn evaluate(headers: &HeaderMap, validators: &Validators) -> Verdict {
    let modified = validators.modified.map(whole_seconds);
    if headers.contains_key(header::IF_MATCH) {
        if !names(headers, &header::IF_MATCH, validators, Compare::Strong) {
            return Verdict::Failed;
        }
    } else if let Some(since) = date(headers, &header::IF_UNMODIFIED_SINCE)
        && modified.is_some_and(|modified| modified > since)
    {
        return Verdict::Failed;
    }
    if headers.contains_key(header::IF_NONE_MATCH) {
        if names(headers, &header::IF_NONE_MATCH, validators, Compare::Weak) {
            return Verdict::NotModified;
        }
    } else if let Some(since) = date(headers, &header::IF_MODIFIED_SINCE)
        && modified.is_some_and(|modified| modified <= since)
    {
        return Verdict::NotModified;
    }
    Verdict::Proceed
}

/// Whether `Range` counts: it does unless `If-Range` names another version (RFC 9110, 13.1.5).
pub(super) fn range_counts(headers: &HeaderMap, validators: &Validators) -> bool {
    let Some(value) = headers.get(header::IF_RANGE) else { return true };
    let Ok(value) = value.to_str().map(str::trim) else { return false };
    if value.ends_with('"') {
        return validators.etag.as_deref() == Some(value);
    }
    // An exact match, as the section asks; a file of ours never changes twice in a second.
    match (httpdate::parse_http_date(value), validators.modified) {
        (Ok(date), Some(modified)) => date == whole_seconds(modified),
        _ => false,
    }
}

/// HTTP dates have whole seconds.
pub(super) fn whole_seconds(time: SystemTime) -> SystemTime {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs())
}

#[derive(Clone, Copy, PartialEq)]
enum Compare {
    Strong,
    Weak,
}

/// The field's list names the file's entity tag, or is `*`.
fn names(
    headers: &HeaderMap,
    field: &HeaderName,
    validators: &Validators,
    compare: Compare,
) -> bool {
    let values = || headers.get_all(field).iter().filter_map(|value| value.to_str().ok());
    if values().any(|value| value.trim() == "*") {
        return true;
    }
    let Some(own) = validators.etag.as_deref() else { return false };
    values().flat_map(tags).any(|(weak, tag)| tag == own && !(weak && compare == Compare::Strong))
}

/// The entity tags of a list: whether each is weak, and its opaque part with quotes. Reading
/// stops where the list is broken.
fn tags(list: &str) -> impl Iterator<Item = (bool, &str)> {
    let mut rest = list;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let weak = rest.starts_with("W/");
        let opaque = if weak { rest.get(2..)? } else { rest };
        let inner = opaque.strip_prefix('"')?;
        let end = inner.find('"')?;
        let tag = opaque.get(..end + 2)?;
        rest = opaque.get(end + 2..)?;
        Some((weak, tag))
    })
}

/// A date that cannot be read is as good as none (RFC 9110, 13.1.3).
fn date(headers: &HeaderMap, field: &HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(field)?.to_str().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT and a bit.
    fn file() -> Validators {
        let modified = SystemTime::UNIX_EPOCH + Duration::from_millis(784_111_777_900);
        Validators { etag: Some("\"a,b\"".to_owned()), modified: Some(modified) }
    }

    fn given(fields: &[(HeaderName, &'static str)]) -> HeaderMap {
        let pairs = fields.iter().map(|(n, v)| (n.clone(), HeaderValue::from_static(v)));
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(name, value);
        }
        map
    }

    const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    const SAME: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

    #[test]
    fn tags_are_compared_as_their_field_says() {
        use header::{IF_MATCH, IF_NONE_MATCH};
        for (fields, want) in [
            (given(&[]), Verdict::Proceed),
            (given(&[(IF_NONE_MATCH, "\"a,b\"")]), Verdict::NotModified),
            (given(&[(IF_NONE_MATCH, "W/\"a,b\"")]), Verdict::NotModified),
            (given(&[(IF_NONE_MATCH, "\"x\", W/\"y\",\"a,b\"")]), Verdict::NotModified),
            (given(&[(IF_NONE_MATCH, "*")]), Verdict::NotModified),
            (given(&[(IF_NONE_MATCH, "\"x\""), (IF_NONE_MATCH, "\"a,b\"")]), Verdict::NotModified),
            (given(&[(IF_NONE_MATCH, "\"a\"")]), Verdict::Proceed),
            (given(&[(IF_NONE_MATCH, "a,b")]), Verdict::Proceed),
            (given(&[(IF_MATCH, "\"a,b\"")]), Verdict::Proceed),
            (given(&[(IF_MATCH, "*")]), Verdict::Proceed),
            (given(&[(IF_MATCH, "W/\"a,b\"")]), Verdict::Failed),
            (given(&[(IF_MATCH, "\"x\"")]), Verdict::Failed),
            (given(&[(IF_MATCH, "\"a,b\""), (IF_NONE_MATCH, "\"a,b\"")]), Verdict::NotModified),
        ] {
            assert_eq!(evaluate(&fields, &file()), want, "{fields:?}");
        }
    }

    #[test]
    fn dates_count_where_no_tag_was_given() {
        use header::{IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_UNMODIFIED_SINCE};
        for (fields, want) in [
            (given(&[(IF_MODIFIED_SINCE, SAME)]), Verdict::NotModified),
            (given(&[(IF_MODIFIED_SINCE, BEFORE)]), Verdict::Proceed),
            (given(&[(IF_MODIFIED_SINCE, "yesterday")]), Verdict::Proceed),
            (given(&[(IF_MODIFIED_SINCE, SAME), (IF_NONE_MATCH, "\"x\"")]), Verdict::Proceed),
            (given(&[(IF_UNMODIFIED_SINCE, SAME)]), Verdict::Proceed),
            (given(&[(IF_UNMODIFIED_SINCE, BEFORE)]), Verdict::Failed),
            (given(&[(IF_UNMODIFIED_SINCE, BEFORE), (IF_MATCH, "*")]), Verdict::Proceed),
        ] {
            assert_eq!(evaluate(&fields, &file()), want, "{fields:?}");
        }
    }

    #[test]
    fn a_range_of_another_version_does_not_count() {
        let counts = |value| range_counts(&given(&[(header::IF_RANGE, value)]), &file());
        assert!(range_counts(&given(&[]), &file()));
        assert!(counts("\"a,b\""));
        assert!(counts(SAME));
        for other in ["W/\"a,b\"", "\"x\"", BEFORE, "nonsense"] {
            assert!(!counts(other), "{other}");
        }
        let growing = Validators::default();
        assert!(!range_counts(&given(&[(header::IF_RANGE, "\"a,b\"")]), &growing));
    }
}
