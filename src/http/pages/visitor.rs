//! What did this visitor choose? Language and colours, from two cookies the site sets, else from
//! what the browser asks for. Neither identifies anybody.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use farandole_player::{Language, Theme};

/// How a page is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Visitor {
    pub language: Language,
    pub theme: Option<Theme>,
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let language = cookie(&parts.headers, "farandole_language").and_then(Language::from_tag);
        Ok(Self {
            language: language.unwrap_or_else(|| {
                let wishes = parts.headers.get(header::ACCEPT_LANGUAGE);
                Language::negotiate(wishes.and_then(|w| w.to_str().ok()).unwrap_or_default())
            }),
            theme: cookie(&parts.headers, "farandole_theme").and_then(Theme::from_name),
        })
    }
}

/// The value of a cookie (RFC 6265, 5.4).
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    async fn visitor(headers: &[(&str, &str)]) -> Visitor {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let Ok(visitor) = Visitor::from_request_parts(&mut parts, &()).await;
        visitor
    }

    #[tokio::test]
    async fn a_choice_outweighs_the_browser() {
        let chosen =
            visitor(&[("accept-language", "en"), ("cookie", "a=b; farandole_language=fr")]).await;
        assert_eq!(chosen.language, Language::French);
        assert_eq!(visitor(&[("accept-language", "fr-BE")]).await.language, Language::French);
    }

    #[tokio::test]
    async fn nonsense_in_a_cookie_is_no_choice() {
        let nonsense = visitor(&[
            ("accept-language", "fr"),
            ("cookie", "farandole_language=\"><script>; farandole_theme=pink"),
        ])
        .await;
        assert_eq!(nonsense, Visitor { language: Language::French, theme: None });
    }
}
