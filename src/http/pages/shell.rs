//! How does a head become an answer? The shell with its security headers, one policy per kind
//! of page.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use farandole_player::{Entry, Head};
use serde_json::json;

use super::visitor::Visitor;
use crate::config::Config;

/// What a page may load and run: this server's own files and nothing else. Inline styles: the
/// player's shadow roots need them. `blob:`: pictures fetched with a token, and media source
/// objects.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; worker-src 'self'; \
    media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; \
    manifest-src 'self'";

/// What decides how a page looks: caches must keep the variants apart.
const VARY: HeaderValue = HeaderValue::from_static("Accept, Accept-Language, Cookie");

/// A head with what every page says.
pub(super) fn head(config: &Config, visitor: Visitor) -> Head {
    let instance = &config.instance;
    Head {
        language: visitor.language,
        theme: visitor.theme,
        site_name: instance.name.clone(),
        bootstrap: Some(json!({
            "siteName": instance.name,
            "description": instance.short_description,
            "version": env!("CARGO_PKG_VERSION"),
            "publicUrl": config.public_url(),
            "signup": config.accounts.signup,
            "minimumAge": config.accounts.signup_minimum_age,
        })),
        ..Head::default()
    }
}

/// The page for `head`.
pub(super) fn answer(status: StatusCode, head: &Head) -> Response {
    let mut response = (status, Html(farandole_player::page(head))).into_response();
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::CACHE_CONTROL, "no-cache");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    );
    if head.entry == Entry::Site {
        set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    }
    headers.insert(header::VARY, VARY);
    if let Ok(policy) = HeaderValue::from_str(&policy(head.entry)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Only embeds may stand in frames of other sites.
fn policy(entry: Entry) -> String {
    match entry {
        Entry::Site => format!("{POLICY}; frame-ancestors 'self'"),
        Entry::Embed => POLICY.to_owned(),
    }
}
