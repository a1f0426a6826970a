//! `POST /api/v1/videos/{id}/p2p/bad-segments`: a player was given a false segment by another
//! viewer's.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::video_ref;
use crate::app::App;
use crate::http::extract::{ApiJson, ApiPath, ClientAddress};
use crate::http::{Asker, Problem};
use crate::tracker::protocol::Id;
use crate::videos::access;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(bad_segment))
}

/// Who gave whom a bad segment. Ids are strings of 20 characters U+0000 to U+00FF, as the tracker
/// speaks them.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BadSegment {
    /// The swarm.
    info_hash: String,
    /// The reporter's own id in it.
    peer_id: String,
    /// Who sent the segment.
    bad_peer_id: String,
}

/// Hears that a segment from another viewer did not match the manifest. It counts when the tracker
/// brought the two together; the answer does not tell.
#[utoipa::path(
    post,
    path = "/api/v1/videos/{id}/p2p/bad-segments",
    operation_id = "reportBadSegment",
    tag = "Video",
    params(("id" = String, Path, description = "Number, UUID or short UUID")),
    request_body = BadSegment,
    responses(
        (status = 204, description = "Heard"),
        (status = 400, description = "An id is not of 20 characters"),
        (status = 401, description = "Only for people who are signed in"),
        (status = 403, description = "Not for this person, or a password is missing or wrong"),
        (status = 404, description = "No such video"),
        (status = 429, description = "Too many wrong passwords from this address"),
    )
)]
async fn bad_segment(
    State(app): State<App>,
    ApiPath(id): ApiPath<String>,
    asker: Asker,
    ClientAddress(from): ClientAddress,
    ApiJson(body): ApiJson<BadSegment>,
) -> Result<StatusCode, Problem> {
    let read = |name, text: &str| {
        let problem = "Should be 20 characters U+0000 to U+00FF.";
        Id::parse(text).ok_or_else(|| Problem::invalid_param(name, problem))
    };
    let (video, by) = (video_ref(&id)?, asker.presented());
    access::watch(&app, video, &by).await?;
    let info_hash = read("infoHash", &body.info_hash)?;
    let reporter = read("peerId", &body.peer_id)?;
    let bad = read("badPeerId", &body.bad_peer_id)?;
    app.tracker().report_bad(info_hash, reporter, bad, from);
    Ok(StatusCode::NO_CONTENT)
}
