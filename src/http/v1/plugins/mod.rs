//! Plugins, for administrators: PeerTube's endpoints list, install and configure them, Farandole's
//! upload packages, grant, order, try and show logs.

mod collection;
mod decisions;
mod logs;
mod packages;
mod settings;
mod trial;
mod wire;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(collection::router())
        .merge(decisions::router())
        .merge(logs::router())
        .merge(packages::router())
        .merge(settings::router())
        .merge(trial::router())
}
