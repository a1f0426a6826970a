//! `/api/v1/users/…`, one file per resource-action.

mod avatar;
mod block;
mod collection;
mod comments;
mod history;
mod me;
mod notifications;
mod one;
mod registrations;
mod sessions;
mod statements;
mod token;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(avatar::router())
        .merge(block::router())
        .merge(collection::router())
        .merge(comments::router())
        .merge(history::router())
        .merge(me::router())
        .merge(notifications::router())
        .merge(one::router())
        .merge(registrations::router())
        .merge(sessions::router())
        .merge(statements::router())
        .merge(token::router())
}
