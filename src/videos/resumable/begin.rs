//! How is an upload begun, or found again? The same file announced twice by the same user is one
//! upload, so that a page that was closed goes on.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::{expiry, picture_path, received};
use crate::app::App;
use crate::auth::quota;
use crate::auth::seal::{Purpose, seal};
use crate::db::uploads::{self, Target, Upload};
use crate::domain::Principal;
use crate::transact;
use crate::videos::metadata::VideoMetadata;
use crate::videos::upload::{self, UploadError, check_channel};
use crate::videos::{receive, replace};

/// A file that somebody is about to send.
#[derive(Debug, Clone)]
pub struct Announced {
    /// As its owner names it.
    pub filename: String,
    /// What it says it is.
    pub mime_type: String,
    /// Bytes it will have.
    pub size_bytes: u64,
    /// When the client's file was last changed, as the client writes it. Without it the file
    /// cannot be told from another of the same name and size, so every announcement is new.
    pub last_modified: Option<String>,
}

/// An upload that can go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// What chunks name it by.
    pub id: String,
    /// Bytes that are here already.
    pub received: u64,
}

/// What the file will become.
pub enum Becoming<'a> {
    /// A new video.
    Video {
        /// What is said about it.
        metadata: &'a VideoMetadata,
        /// A picture chosen for it, as it came; it has been read once.
        picture: Option<Bytes>,
    },
    /// The new file of this video (`videos.id`).
    Replacement(i64),
}

impl Becoming<'_> {
    const fn target(&self) -> Target {
        match self {
            Self::Video { .. } => Target::Video,
            Self::Replacement(id) => Target::Replacement(*id),
        }
    }
}

/// Begins an upload, or finds the unfinished one of the same file.
///
/// # Errors
/// Not allowed, too large, too many, over quota; the database's.
pub async fn begin(
    app: &App,
    by: &Principal,
    announced: &Announced,
    becoming: Becoming<'_>,
) -> Result<Begun, UploadError> {
    upload::check_type(&announced.mime_type)?;
    if announced.size_bytes == 0 {
        return Err(UploadError::Unplayable("The file is empty (0 bytes).".to_owned()));
    }
    upload::check_size(app, announced.size_bytes)?;
    let new = new_row(app, by, announced, &becoming)?;
    let now = app.now();
    let limit = app.config().uploads.max_open_per_user;
    let found = transact!(app.db(), tx => {
        let owner = match &becoming {
            Becoming::Video { metadata, .. } => {
                check_channel(tx, by, metadata.channel_id).await?.user_id
            }
            Becoming::Replacement(video_id) => replace::check(tx, by, *video_id).await?,
        };
        if let Some(same) = uploads::same_file(tx, &new, now).await? {
            uploads::restate(tx, &same.id, &new.metadata, new.expires_at, now).await?;
            return Ok(Some(same));
        }
        if uploads::count_open(tx, by.user_id, now).await? >= i64::from(limit) {
            return Err(UploadError::TooManyOpen { limit });
        }
        quota::check_in(tx, owner, announced.size_bytes, None, now).await?;
        uploads::insert(tx, &new, now).await?;
        Ok::<_, UploadError>(None)
    })?;
    let upload = found.unwrap_or(new);
    if let Becoming::Video { picture: Some(picture), .. } = becoming {
        tokio::fs::create_dir_all(receive::folder(app)).await?;
        tokio::fs::write(picture_path(app, &upload.id), picture).await?;
    }
    Ok(Begun { received: received(app, &upload)?, id: upload.id })
}

fn new_row(
    app: &App,
    by: &Principal,
    announced: &Announced,
    becoming: &Becoming<'_>,
) -> Result<Upload, UploadError> {
    let metadata = match becoming {
        // It may hold passwords.
        Becoming::Video { metadata, .. } => {
            let json = serde_json::to_vec(metadata).map_err(std::io::Error::from)?;
            hex::encode(seal(app, Purpose::UploadMetadata, &json)?)
        }
        Becoming::Replacement(_) => String::new(),
    };
    let id = hex::encode(app.random_bytes::<16>());
    Ok(Upload {
        user_id: by.user_id,
        target: becoming.target(),
        node: app.claimant().node.clone(),
        filename: upload::clean_filename(&announced.filename),
        mime_type: announced.mime_type.chars().take(200).collect(),
        size_bytes: i64::try_from(announced.size_bytes).unwrap_or(i64::MAX),
        metadata,
        fingerprint: fingerprint(becoming.target(), announced, &id),
        result: None,
        expires_at: expiry(app),
        id,
    })
}

/// The same for the same file, and different for every other; `id` keeps apart what cannot be
/// compared.
fn fingerprint(target: Target, announced: &Announced, id: &str) -> String {
    let Some(last_modified) = &announced.last_modified else { return id.to_owned() };
    let parts =
        format!("{target:?}\n{}\n{}\n{last_modified}", announced.size_bytes, announced.filename);
    hex::encode(Sha256::digest(parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_file_has_the_same_fingerprint() {
        let file = Announced {
            filename: "walk.mp4".to_owned(),
            mime_type: "video/mp4".to_owned(),
            size_bytes: 7,
            last_modified: Some("1700000000000".to_owned()),
        };
        let print = |announced: &Announced| fingerprint(Target::Video, announced, "x");
        assert_eq!(print(&file), print(&file.clone()));
        for other in [
            Announced { filename: "run.mp4".to_owned(), ..file.clone() },
            Announced { size_bytes: 8, ..file.clone() },
            Announced { last_modified: Some("1".to_owned()), ..file.clone() },
            Announced { last_modified: None, ..file.clone() },
        ] {
            assert_ne!(print(&file), print(&other));
        }
        assert_ne!(print(&file), fingerprint(Target::Replacement(1), &file, "x"));
    }
}
