//! What happens to every request? An id, a log line, counters, and an answer even after a panic.

use std::any::Any;
use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument as _;

use super::Problem;
use super::counts::count;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// A caller's own id is kept when it is this short and plain, so that proxies can follow it.
const MAX_REQUEST_ID: usize = 64;

/// Wraps a router with them.
pub(super) fn wrap(router: Router) -> Router {
    router.layer(CatchPanicLayer::custom(answer_panic)).layer(axum::middleware::from_fn(observe))
}

/// Gives the request an id, logs it once, counts it. No query, token, address or body is logged.
async fn observe(request: Request, next: Next) -> Response {
    let id = request_id(&request);
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("unmatched", MatchedPath::as_str);
    let method = request.method().clone();
    let span = tracing::info_span!("request", id = %id, method = %method, route);
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let elapsed = started.elapsed();
    let status = response.status();
    span.in_scope(|| {
        let duration_ms = elapsed.as_millis();
        if status.is_server_error() {
            tracing::warn!(status = status.as_u16(), duration_ms, "answered");
        } else {
            tracing::debug!(status = status.as_u16(), duration_ms, "answered");
        }
    });
    count(&method, route, status, elapsed.as_secs_f64());
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

fn request_id(request: &Request) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    match given {
        Some(id)
            if !id.is_empty()
                && id.len() <= MAX_REQUEST_ID
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) =>
        {
            id.to_owned()
        }
        _ => uuid::Uuid::new_v4().to_string(),
    }
}

fn answer_panic(panic: Box<dyn Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(panic = text, "a handler panicked");
    Problem::internal().into_response()
}
