//! `/api/v1/video-channels/…`, one file per resource-action.

mod collection;
mod one;
mod pictures;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::db::channels::ChannelOrder;

/// What channels can be sorted by.
pub(super) const ORDERS: [(&str, ChannelOrder); 5] = [
    ("createdAt", ChannelOrder::CreatedAt),
    ("updatedAt", ChannelOrder::UpdatedAt),
    ("name", ChannelOrder::Name),
    ("displayName", ChannelOrder::DisplayName),
    ("followersCount", ChannelOrder::Followers),
];

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(collection::router()).merge(one::router()).merge(pictures::router())
}
