//! How many requests were answered, how, and how fast? Counters for Prometheus, looked up once a
//! thread and route, since looking up costs more than counting.

use std::cell::RefCell;
use std::collections::HashMap;

use axum::http::{Method, StatusCode};
use metrics::{Counter, Histogram};

/// What is counted of one route.
struct Counted {
    seconds: Histogram,
    /// By method and first digit of the status; a route has few of them.
    requests: Vec<(&'static str, u16, Counter)>,
}

thread_local! {
    /// By route: as many as the router has, since what it does not know shares one name.
    static KNOWN: RefCell<HashMap<String, Counted>> = RefCell::default();
}

/// Counts an answered request.
pub(super) fn count(method: &Method, route: &str, status: StatusCode, seconds: f64) {
    let (method, class) = (name(method), status.as_u16() / 100);
    KNOWN.with_borrow_mut(|known| {
        if !known.contains_key(route) {
            let seconds = metrics::histogram!("http_request_seconds", "route" => route.to_owned());
            known.insert(route.to_owned(), Counted { seconds, requests: Vec::new() });
        }
        let Some(counted) = known.get_mut(route) else { return };
        counted.seconds.record(seconds);
        let same = |(m, c, _): &&(&str, u16, Counter)| *m == method && *c == class;
        if let Some((_, _, counter)) = counted.requests.iter().find(same) {
            counter.increment(1);
            return;
        }
        let status = format!("{class}xx");
        let counter = metrics::counter!(
            "http_requests_total", "method" => method, "route" => route.to_owned(), "status" => status
        );
        counter.increment(1);
        counted.requests.push((method, class, counter));
    });
}

/// Callers can invent methods, and each name would be a series of its own.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invented_methods_share_one_name() {
        assert_eq!(name(&Method::GET), "GET");
        assert_eq!(name(&Method::from_bytes(b"FIRST").unwrap()), "other");
        assert_eq!(name(&Method::from_bytes(b"SECOND").unwrap()), "other");
    }
}
