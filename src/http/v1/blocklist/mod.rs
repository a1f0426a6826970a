//! `/api/v1/users/me/blocklist/…`, `/api/v1/server/blocklist/…`, `/api/v1/blocklist/status`: whom
//! people and the instance do not want to see.

mod files;
mod mine;
mod server;
mod status;

use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::db::blocklists::Listed;
use crate::domain::{Order, sort_key};
use crate::http::Problem;
use crate::http::v1::wire::page::Paging;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(files::router())
        .merge(mine::router())
        .merge(server::router())
        .merge(status::router())
}

/// An account that is not to be seen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BlockAccount {
    /// `name`, or `name@host`.
    account_name: String,
    /// On the instance's list: told to the account, 500 characters at most.
    reason: Option<String>,
}

/// A server of which nothing is to be seen.
#[derive(Debug, Deserialize, ToSchema)]
struct BlockServer {
    /// With a port when it is not the usual one.
    host: String,
    /// On the instance's list: for moderators, 500 characters at most.
    reason: Option<String>,
}

/// How a list is asked for; by the moment of blocking, the newest first.
pub(super) fn listed(paging: &Paging) -> Result<Listed, Problem> {
    let order = paging.order(&[("createdAt", ())], Order::descending(()))?;
    let search = paging.search.as_deref().map(sort_key);
    Ok(Listed { search, oldest_first: !order.descending })
}
