//! `/api/v1/users/…`, one file per resource-action.

mod sessions;
mod token;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(token::router()).merge(sessions::router())
}
