//! `/api/v1/watched-words/…`: lists of words as PeerTube knows them.

mod lists;
mod subscriptions;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(lists::router()).merge(subscriptions::router())
}
