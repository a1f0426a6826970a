//! `/api/v1/abuses`: reports, for those who file them and those who work on them.

mod collection;
mod messages;
mod one;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(collection::router()).merge(messages::router()).merge(one::router())
}
