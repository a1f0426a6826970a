//! `/api/v1/moderation/…`: the queue, decisions, lists, trials, the audit log, and who helps. Ours,
//! beside PeerTube's `watched-words` and `automatic-tags`.

mod accounts;
mod answers;
mod audit;
mod batches;
mod blocks;
mod decisions;
mod entries;
mod exchange;
mod lists;
mod moderators;
mod notes;
mod overview;
mod previews;
mod queue;
mod scope;
mod subscriptions;
mod takedowns;
mod wire;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub(super) use audit::actor;
pub(super) use scope::account;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(accounts::router())
        .merge(answers::router())
        .merge(audit::router())
        .merge(batches::router())
        .merge(blocks::router())
        .merge(decisions::router())
        .merge(entries::router())
        .merge(exchange::router())
        .merge(lists::router())
        .merge(moderators::router())
        .merge(notes::router())
        .merge(overview::router())
        .merge(previews::router())
        .merge(queue::router())
        .merge(subscriptions::router())
        .merge(takedowns::router())
}
