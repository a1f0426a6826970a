//! What does a handler take from a request? Extractors whose refusals are problem documents.

use std::net::{IpAddr, SocketAddr};

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use super::Problem;
use crate::app::App;

/// A JSON body.
pub struct ApiJson<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for ApiJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        match Json::<T>::from_request(request, app).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(JsonRejection::MissingJsonContentType(_)) => Err(Problem::new(
                axum::http::StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Send the body as application/json.",
            )),
            // 400 as PeerTube says it, where axum would say 422.
            Err(JsonRejection::JsonDataError(error)) => {
                Err(Problem::bad_request(error.body_text()))
            }
            Err(rejection) => Err(Problem::new(rejection.status(), rejection.body_text())),
        }
    }
}

/// Tells `null` (take it away) from a field that was not sent.
///
/// # Errors
/// The value is no text.
pub fn said<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(deserializer).map(Some)
}

/// Query parameters; repeated ones (`a=1&a=2`, `a[]=1`) become lists.
pub struct ApiQuery<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for ApiQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        axum_extra::extract::Query::<T>::from_request_parts(parts, app)
            .await
            .map(|query| Self(query.0))
            .map_err(|rejection| Problem::bad_request(rejection.body_text()))
    }
}

/// Path parameters. One that cannot be read names nothing that exists.
pub struct ApiPath<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for ApiPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Path::<T>::from_request_parts(parts, app)
            .await
            .map(|path| Self(path.0))
            .map_err(|rejection| Problem::bad_request(rejection.body_text()))
    }
}

/// The address of the caller: the socket's, or what a trusted proxy says it forwarded for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl FromRequestParts<App> for ClientAddress {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let socket = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::from([127, 0, 0, 1]), |info| info.0.ip());
        let forwarded: Vec<&str> = parts
            .headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .collect();
        Ok(Self(true_address(socket, &forwarded, &app.config().server.trusted_proxies)))
    }
}

/// Walks back from the socket through the proxies we trust; the first address that is no trusted
/// proxy is the caller. What it claims beyond itself is not believed.
fn true_address(socket: IpAddr, forwarded: &[&str], trusted: &[ipnet::IpNet]) -> IpAddr {
    let mut caller = socket.to_canonical();
    for claim in forwarded.iter().rev() {
        if !trusted.iter().any(|net| net.contains(&caller)) {
            break;
        }
        let Ok(address) = claim.parse::<IpAddr>() else { break };
        caller = address.to_canonical();
    }
    caller
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted = ["127.0.0.0/8".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        let at = |text: &str| text.parse::<IpAddr>().unwrap();
        let local = at("127.0.0.1");
        assert_eq!(true_address(local, &[], &trusted), local);
        assert_eq!(true_address(local, &["203.0.113.9"], &trusted), at("203.0.113.9"));
        // A caller cannot hide behind an address it made up.
        assert_eq!(true_address(local, &["1.2.3.4", "203.0.113.9"], &trusted), at("203.0.113.9"));
        assert_eq!(true_address(local, &["203.0.113.9", "10.0.0.2"], &trusted), at("203.0.113.9"));
        assert_eq!(true_address(at("203.0.113.5"), &["1.2.3.4"], &trusted), at("203.0.113.5"));
        assert_eq!(true_address(local, &["nonsense"], &trusted), local);
        assert_eq!(
            true_address(at("::ffff:127.0.0.1"), &["203.0.113.9"], &trusted),
            at("203.0.113.9")
        );
    }
}
