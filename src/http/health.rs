//! Is the server alive, and can it serve? For supervisors and balancers.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use super::Problem;
use crate::app::App;
use crate::db::instance;

/// `/healthz` and `/readyz`.
pub(super) fn router() -> Router<App> {
    Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz))
}

/// The process runs and answers.
async fn healthz() -> &'static str {
    "ok\n"
}

/// The database answers and the server is not stopping.
async fn readyz(State(app): State<App>) -> Result<&'static str, Problem> {
    let unready = |why| Problem::new(StatusCode::SERVICE_UNAVAILABLE, why);
    if app.stopping().is_cancelled() {
        return Err(unready("The server is stopping."));
    }
    let mut conn = app.db().read().await.map_err(|_| unready("The database does not answer."))?;
    instance::value(&mut conn, "secret")
        .await
        .map_err(|_| unready("The database does not answer."))?;
    Ok("ready\n")
}
