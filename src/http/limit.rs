//! How many API requests may one caller make? A token bucket per address, told in
//! `X-RateLimit-*` headers as PeerTube tells it.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::Problem;
use super::extract::ClientAddress;
use crate::app::App;

type Buckets =
    RateLimiter<IpAddr, DashMapStateStore<IpAddr>, DefaultClock, StateInformationMiddleware>;

/// Addresses remembered before those with full buckets are forgotten.
const SWEEP_ABOVE: usize = 20_000;

#[derive(Clone)]
struct Limit {
    app: App,
    buckets: Arc<Buckets>,
    requests: u32,
    window: Duration,
}

/// Limits what is under `/api/v1`, unless the operator set no limit.
pub(super) fn wrap(router: Router, app: &App) -> Router {
    let limits = &app.config().limits;
    let window = Duration::from_secs(u64::from(limits.api_window_seconds.max(1)));
    let Some(requests) = NonZeroU32::new(limits.api_requests) else { return router };
    let Some(quota) = Quota::with_period(window / requests.get()) else { return router };
    let buckets = RateLimiter::dashmap(quota.allow_burst(requests))
        .with_middleware::<StateInformationMiddleware>();
    let limit =
        Limit { app: app.clone(), buckets: Arc::new(buckets), requests: requests.get(), window };
    router.layer(axum::middleware::from_fn_with_state(limit, check))
}

async fn check(State(limit): State<Limit>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/api/v1/") {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let address = match ClientAddress::from_request_parts(&mut parts, &limit.app).await {
        Ok(ClientAddress(address)) => address,
        Err(problem) => return problem.into_response(),
    };
    if limit.buckets.len() > SWEEP_ABOVE {
        limit.buckets.retain_recent();
    }
    match limit.buckets.check_key(&neighbourhood(address)) {
        Ok(state) => {
            let mut response = next.run(Request::from_parts(parts, body)).await;
            tell(&mut response, &limit, state.remaining_burst_capacity(), limit.window);
            response
        }
        Err(refused) => {
            let wait = refused.wait_time_from(DefaultClock::default().now());
            let seconds = wait.as_secs() + 1;
            let detail = format!("Too many requests. Try again in {seconds} s.");
            let mut response = Problem::new(StatusCode::TOO_MANY_REQUESTS, detail)
                .header(header::RETRY_AFTER, HeaderValue::from(seconds))
                .into_response();
            tell(&mut response, &limit, 0, wait);
            response
        }
    }
}

/// One household or server has a whole /64 of IPv6 addresses: they share a bucket.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

fn tell(response: &mut Response, limit: &Limit, remaining: u32, reset: Duration) {
    let at = limit.app.now().plus(reset).0 / 1000;
    for (name, value) in [
        ("x-ratelimit-limit", i64::from(limit.requests)),
        ("x-ratelimit-remaining", i64::from(remaining)),
        ("x-ratelimit-reset", at),
    ] {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv6_neighbours_share_a_bucket_and_ipv4_ones_do_not() {
        let at = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(at("2001:db8::1"), at("2001:db8::ffff:1"));
        assert_ne!(at("2001:db8::1"), at("2001:db8:0:1::1"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
    }
}
