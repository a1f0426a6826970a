//! Where are the renditions of a generation? In storage once they are complete; before, in the
//! scratch of the node that makes them.

use std::sync::Arc;

use uuid::Uuid;

use super::access::Guard;
use super::growing::{Growing, GrowingSet};
use super::media::{self, Media};
use super::{VideosError, cache};
use crate::app::App;

/// Where the renditions of a generation are.
#[derive(Clone)]
pub enum Located {
    /// Being made on this node.
    Growing(Arc<GrowingSet>),
    /// In storage, all of them.
    Complete(Arc<Media>),
    /// Being made, but not served from here yet: by another node, or again after a restart.
    NotHere,
}

/// Finds the renditions of one of a video's generations. Without a look into the database when
/// they were found lately.
///
/// # Errors
/// [`VideosError::PartNotFound`] when the generation is not, or no longer, one of the video's.
pub async fn renditions(
    app: &App,
    guard: &Guard,
    generation: Uuid,
) -> Result<Located, VideosError> {
    if let Some(set) = Growing::of(app).by_generation(generation) {
        return if set.video_id == guard.id {
            Ok(Located::Growing(set))
        } else {
            Err(VideosError::PartNotFound("Playlist"))
        };
    }
    let (_, media) = media::of_generation(app, guard.uuid, generation).await?;
    if media.set.complete {
        return Ok(Located::Complete(media));
    }
    if media.set.node.as_deref() != Some(app.config().server.node_name.as_str()) {
        return Ok(Located::NotHere);
    }
    // A set leaves the registry once its switch is committed: what is remembered is older.
    cache::forget(app, guard.id);
    let (_, media) = media::of_generation(app, guard.uuid, generation).await?;
    Ok(if media.set.complete { Located::Complete(media) } else { Located::NotHere })
}
