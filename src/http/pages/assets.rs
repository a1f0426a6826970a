//! How are built files served? From the binary, packed when the client takes it, kept for ever
//! when their name says what is in them.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use farandole_player::Asset;

use crate::http::Problem;

/// `/client/{path}`.
pub(super) async fn client(Path(path): Path<String>, headers: HeaderMap) -> Response {
    serve(&path, &headers)
}

/// `/favicon.ico`, which browsers ask for by themselves.
pub(super) async fn favicon(headers: HeaderMap) -> Response {
    serve("favicon.ico", &headers)
}

/// `/robots.txt` (RFC 9309): pages may be read; the API and pages of one person need not.
pub(super) async fn robots() -> &'static str {
    "User-agent: *\n\
     Disallow: /api/\n\
     Disallow: /admin/\n\
     Disallow: /login\n\
     Disallow: /my-account\n\
     Disallow: /my-library/\n\
     Disallow: /videos/update/\n\
     Disallow: /videos/upload\n"
}

fn serve(path: &str, request: &HeaderMap) -> Response {
    let Some(asset) = farandole_player::asset(path) else {
        return Problem::not_found("There is no such file in this version of the site.")
            .into_response();
    };
    let packed = accepts_gzip(request) && asset.gzip.is_some();
    // The packed bytes are another representation and need a validator of their own.
    let etag = if packed { asset.etag.replacen('"', "\"gz-", 1) } else { asset.etag.clone() };
    let mut response = if matches(request, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body(asset.clone(), packed)
    };
    let headers = response.headers_mut();
    let lifetime = if asset.immutable {
        HeaderValue::from_static("public, max-age=31536000, immutable")
    } else {
        HeaderValue::from_static("public, max-age=3600")
    };
    headers.insert(header::CACHE_CONTROL, lifetime);
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    response
}

fn body(asset: Asset, packed: bool) -> Response {
    let bytes = match asset.gzip {
        Some(gzip) if packed => gzip,
        _ => asset.bytes,
    };
    let bytes = match bytes {
        std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
    };
    let mut response = bytes.into_response();
    if let Ok(kind) = HeaderValue::from_str(&asset.content_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    if packed {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

/// Whether `Accept-Encoding` takes gzip (RFC 9110, 12.5.3): a weight of zero refuses it.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    list(headers, header::ACCEPT_ENCODING).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = weight
            .trim()
            .strip_prefix("q=")
            .is_some_and(|weight| weight.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0));
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

/// Whether `If-None-Match` names this validator (RFC 9110, 13.1.2).
fn matches(headers: &HeaderMap, etag: &str) -> bool {
    list(headers, header::IF_NONE_MATCH)
        .any(|given| given == "*" || given.trim_start_matches("W/") == etag)
}

fn list(headers: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        for (value, takes) in [
            ("gzip", true),
            ("br, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("br", false),
            ("xgzip", false),
        ] {
            assert_eq!(accepts_gzip(&headers(header::ACCEPT_ENCODING, value)), takes, "{value}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[test]
    fn validators_match_whole() {
        for (value, same) in [
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"b\", \"a\"", true),
            ("*", true),
            ("\"ab\"", false),
        ] {
            assert_eq!(matches(&headers(header::IF_NONE_MATCH, value), "\"a\""), same, "{value}");
        }
    }
}
