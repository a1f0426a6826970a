//! How are connections taken and let go?

use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::app::App;

/// Serves `app` on `listener` until the app stops, then lets running requests end.
///
/// # Errors
/// The listener's.
pub async fn serve(app: App, listener: TcpListener) -> std::io::Result<()> {
    let stopping = app.stopping();
    let service = super::router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(async move { stopping.cancelled().await })
        .await
}
