//! `GET /metrics`: numbers for Prometheus. Open to this machine, to others with the token.

use std::sync::OnceLock;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use subtle::ConstantTimeEq as _;

use super::Problem;
use super::extract::ClientAddress;
use crate::app::App;
use crate::db::jobs;
use crate::tracker::Tracker;
use crate::tracker::counters::{Drop, Heard, Told};

/// A busy server measures some ten thousand requests a second, eight bytes each.
const GATHERED_EVERY: Duration = Duration::from_secs(5);

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts counting. Counts made before the first call are lost, so a server calls it first.
pub fn start_counting() {
    RECORDER.get_or_init(|| PrometheusBuilder::new().install_recorder().ok());
}

/// Gathers what was measured, for as long as the server runs: times of requests pile up in memory
/// until somebody does, and not every server is asked for its metrics.
pub(super) async fn gather(app: App) {
    let stopping = app.stopping();
    loop {
        tokio::select! {
            () = tokio::time::sleep(GATHERED_EVERY) => {}
            () = stopping.cancelled() => return,
        }
        if let Some(handle) = RECORDER.get().and_then(Option::as_ref) {
            handle.run_upkeep();
        }
    }
}

/// `/metrics`.
pub(super) fn router() -> Router<App> {
    start_counting();
    Router::new().route("/metrics", get(metrics))
}

async fn metrics(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
) -> Result<String, Problem> {
    let token = &app.config().limits.metrics_token;
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    let known = !token.is_empty() && bool::from(token.as_bytes().ct_eq(given.as_bytes()));
    if !address.is_loopback() && !known {
        return Err(Problem::forbidden(
            "Metrics are for this machine, or for callers with limits.metrics_token.",
        ));
    }
    measure(&app).await?;
    measure_tracker(app.tracker());
    let handle = RECORDER.get().and_then(Option::as_ref).ok_or_else(Problem::internal)?;
    handle.run_upkeep();
    Ok(handle.render())
}

/// Gauges are read when asked for.
async fn measure(app: &App) -> Result<(), Problem> {
    let mut conn = app.db().read().await?;
    for state in ["queued", "running", "failed"] {
        let mut total = 0;
        for (_, count) in jobs::count_by_kind(&mut conn, state).await? {
            total += count;
        }
        metrics::gauge!("jobs", "state" => state).set(total as f64);
    }
    if let Some(bytes) = resident_bytes() {
        metrics::gauge!("process_resident_memory_bytes").set(bytes as f64);
    }
    if let Ok(disk) = rustix::fs::statvfs(&app.config().server.data_dir) {
        metrics::gauge!("data_disk_free_bytes").set((disk.f_bavail * disk.f_frsize) as f64);
    }
    Ok(())
}

/// The tracker counts by itself, since it has no time to look counters up.
fn measure_tracker(tracker: &Tracker) {
    metrics::gauge!("tracker_sockets").set(tracker.sockets() as f64);
    metrics::gauge!("tracker_swarms").set(tracker.swarms() as f64);
    metrics::gauge!("tracker_peers").set(tracker.peers() as f64);
    let counters = &tracker.counters;
    for kind in Heard::ALL {
        metrics::counter!("tracker_messages_total", "direction" => "in", "kind" => kind.label())
            .absolute(counters.heard(*kind));
    }
    for kind in Told::ALL {
        metrics::counter!("tracker_messages_total", "direction" => "out", "kind" => kind.label())
            .absolute(counters.told(*kind));
    }
    for kind in [Told::Offer, Told::Answer] {
        metrics::counter!("tracker_relays_total", "kind" => kind.label())
            .absolute(counters.told(kind));
    }
    for reason in Drop::ALL {
        metrics::counter!("tracker_drops_total", "reason" => reason.label())
            .absolute(counters.drops(*reason));
    }
    metrics::counter!("tracker_reports_total").absolute(counters.reports());
}

/// Resident memory from `/proc/self/statm`, whose second number counts pages.
fn resident_bytes() -> Option<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}
