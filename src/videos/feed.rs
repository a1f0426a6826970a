//! What do subscribers of a feed hear of? The newest videos that everybody may find, each with its
//! files, so that a reader can play them.

use super::VideosError;
use super::list::{Listing, Wanted, list};
use super::shown::Details;
use crate::app::App;
use crate::db::videos::{read, shown};

/// A page of what everybody may find, with what is on each video's page. Files are given once all
/// of them are made.
///
/// # Errors
/// The database's.
pub async fn page(app: &App, wanted: &Wanted) -> Result<Vec<Details>, VideosError> {
    let listed = list(app, None, Listing::Listed, wanted).await?;
    let mut conn = app.db().read().await?;
    let mut all = Vec::with_capacity(listed.videos.len());
    for one in listed.videos {
        let set = shown::playable_set(&mut conn, one.row.id).await?;
        let renditions = match &set {
            Some(set) if set.complete => shown::renditions(&mut conn, set.id).await?,
            _ => Vec::new(),
        };
        let tags = read::tags(&mut conn, one.row.id).await?;
        all.push(Details { shown: one, tags, set, renditions, sharing: None });
    }
    Ok(all)
}
