//! What becomes of a body nobody wants? It is read on for a while in the background: a client that
//! is cut off while it sends would see a broken connection instead of the refusal.

use std::time::Duration;

use crate::app::App;

/// Long enough for a client to notice the answer and stop sending.
const LINGER: Duration = Duration::from_secs(30);

/// Lets `draining` run on after the answer.
pub(super) fn linger(app: &App, draining: impl Future<Output = ()> + Send + 'static) {
    let stopping = app.stopping();
    app.spawn(async move {
        tokio::select! {
            () = stopping.cancelled() => {}
            () = tokio::time::sleep(LINGER) => {}
            () = draining => {}
        }
    });
}
