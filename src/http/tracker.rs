//! `/tracker/socket`: where viewers' players meet the tracker, and `/tracker/announce`, which says
//! that it is there.
//!
//! The upgrade is taken by hand, because the tracker reads the bare TCP stream: idle sockets then
//! hold neither HTTP's buffers nor a place among `limits.connections`.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;

use super::Problem;
use super::extract::{ApiQuery, ClientAddress};
use super::patient::Patient;
use crate::app::App;
use crate::tracker::{Refused, socket};
use crate::videos::swarms;

/// RFC 6455 section 1.3.
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/// How often the tracker looks after itself.
const SWEEP: Duration = Duration::from_secs(1);
/// What BitTorrent clients understand, bencoded (BEP 3).
const ONLY_WEBSOCKET: &str = "this tracker speaks WebSocket only, at /tracker/socket";

pub(super) fn router() -> Router<App> {
    Router::new().route("/tracker/socket", get(open)).route("/tracker/announce", get(announce))
}

/// Looks after the tracker until the server stops, and says goodbye to its clients then.
pub(super) async fn look_after(app: App) {
    let stopping = app.stopping();
    let mut sweep = tokio::time::interval(SWEEP);
    sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = sweep.tick() => app.tracker().sweep(app.now()),
            () = stopping.cancelled() => break,
        }
    }
    app.tracker().say_goodbye();
}

#[derive(Deserialize)]
struct Query {
    token: Option<String>,
}

async fn open(
    State(app): State<App>,
    ApiQuery(query): ApiQuery<Query>,
    ClientAddress(address): ClientAddress,
    mut request: Request,
) -> Result<Response, Problem> {
    let accept = accept_key(request.headers())?;
    let Some(upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
        return Err(Problem::bad_request("This connection cannot become a WebSocket."));
    };
    let admitted = query.token.and_then(|ticket| swarms::admit(&app, &ticket));
    let seat =
        app.tracker().open(address, admitted, app.now()).map_err(|refused| match refused {
            Refused::Closing => busy(StatusCode::SERVICE_UNAVAILABLE, "The server is stopping."),
            Refused::Full => busy(StatusCode::SERVICE_UNAVAILABLE, "Too many viewers share now."),
            Refused::TooManyOfAddress => {
                busy(StatusCode::TOO_MANY_REQUESTS, "Too many tracker sockets from this address.")
            }
        })?;
    let (tracker, clock) = (Arc::clone(app.tracker()), app.clone());
    app.spawn(async move {
        match upgrade.await.map_err(|error| error.to_string()).and_then(bare) {
            Ok((stream, early)) => {
                let now: socket::Now = Arc::new(move || clock.now());
                socket::serve(tracker, seat, stream, early, now).await;
            }
            Err(error) => {
                tracker.close(&seat);
                tracing::debug!(error, "a tracker socket was not opened");
            }
        }
    });
    let switch = [(header::CONNECTION, "upgrade"), (header::UPGRADE, "websocket")];
    let mut response = (StatusCode::SWITCHING_PROTOCOLS, switch).into_response();
    response.headers_mut().insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    Ok(response)
}

fn busy(status: StatusCode, detail: &str) -> Problem {
    Problem::new(status, format!("{detail} Watching goes on without; try again later."))
        .header(header::RETRY_AFTER, HeaderValue::from_static("60"))
}

/// The TCP stream below an upgraded connection, and what came behind the request.
fn bare(upgraded: Upgraded) -> Result<(TcpStream, Vec<u8>), String> {
    let parts = upgraded
        .downcast::<TokioIo<Patient<TcpStream>>>()
        .map_err(|_| "not on a TCP connection of ours".to_owned())?;
    Ok((parts.io.into_inner().into_inner(), parts.read_buf.to_vec()))
}

/// The answer to the client's key, when it asks for a WebSocket as it should (RFC 6455 section
/// 4.2.1).
fn accept_key(headers: &HeaderMap) -> Result<HeaderValue, Problem> {
    let says = |name, what: &str| {
        headers.get_all(name).iter().any(|value| {
            let mut words = value.to_str().unwrap_or_default().split(',');
            words.any(|word| word.trim().eq_ignore_ascii_case(what))
        })
    };
    if !says(header::CONNECTION, "upgrade") || !says(header::UPGRADE, "websocket") {
        let detail = "Open a WebSocket here: this is the tracker of viewers who share.";
        return Err(Problem::new(StatusCode::UPGRADE_REQUIRED, detail)
            .header(header::UPGRADE, HeaderValue::from_static("websocket"))
            .header(header::CONNECTION, HeaderValue::from_static("upgrade")));
    }
    if !says(header::SEC_WEBSOCKET_VERSION, "13") {
        return Err(Problem::bad_request("Only version 13 of WebSocket is spoken.")
            .header(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13")));
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes).unwrap_or_default();
    if STANDARD.decode(key).map_or(0, |nonce| nonce.len()) != 16 {
        return Err(Problem::bad_request("Sec-WebSocket-Key should be 16 bytes in base64."));
    }
    let mut hash = digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY);
    hash.update(key);
    hash.update(GUID);
    HeaderValue::from_str(&STANDARD.encode(hash.finish())).map_err(|_| Problem::internal())
}

/// An HTTP announce. BitTorrent clients read a bencoded failure; it is not an HTTP error, because
/// several of them would show that instead of the reason.
async fn announce(request: Request) -> Response {
    let asks = request.uri().query().unwrap_or_default();
    if !asks.split('&').any(|part| part.starts_with("info_hash=")) {
        let detail = "This tracker speaks WebSocket only: connect to /tracker/socket.";
        return Problem::bad_request(detail).into_response();
    }
    let body = format!("d14:failure reason{}:{ONLY_WEBSOCKET}e", ONLY_WEBSOCKET.len());
    ([(header::CONTENT_TYPE, "text/plain")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_answered_as_in_rfc_6455() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONNECTION, HeaderValue::from_static("keep-alive, Upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("WebSocket"));
        headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        let key = HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ==");
        headers.insert(header::SEC_WEBSOCKET_KEY, key);
        assert_eq!(accept_key(&headers).unwrap(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        headers.insert(header::SEC_WEBSOCKET_KEY, HeaderValue::from_static("c2hvcnQ="));
        assert_eq!(accept_key(&headers).unwrap_err().status(), StatusCode::BAD_REQUEST);
        headers.remove(header::UPGRADE);
        assert_eq!(accept_key(&headers).unwrap_err().status(), StatusCode::UPGRADE_REQUIRED);
    }
}
