//! `/api/v1/videos/…`, one file per resource-action.

mod upload;
mod upload_form;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(upload::router())
}
