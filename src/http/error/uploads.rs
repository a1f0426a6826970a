//! Uploads that were not taken, as problems.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};

use super::Problem;
use crate::videos::metadata::InvalidFields;
use crate::videos::upload::UploadError;

/// Tells a client how large a file may be, as nginx writes sizes.
const MAXIMUM_SIZE: HeaderName = HeaderName::from_static("x-file-maximum-size");
/// What PeerTube's upload protocol answers when a chunk does not match its digest.
const DIGEST_MISMATCH: u16 = 460;

impl From<InvalidFields> for Problem {
    fn from(invalid: InvalidFields) -> Self {
        Self::bad_request(invalid.to_string()).field("invalid-params", invalid.as_params())
    }
}

impl From<UploadError> for Problem {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Invalid(invalid) => invalid.into(),
            UploadError::Auth(error) => error.into(),
            UploadError::Db(error) => error.into(),
            UploadError::NoChannel => Self::not_found("There is no such video channel here."),
            UploadError::NotYourChannel => {
                Self::forbidden("You cannot put videos into a channel of another user.")
            }
            UploadError::NoVideo => Self::not_found("Video not found"),
            UploadError::NotYourVideo => Self::forbidden("You cannot manage this video."),
            UploadError::NoSource => Self::not_found("Video source not found"),
            UploadError::NotYourUpload => Self::forbidden("This upload was begun by another user."),
            UploadError::Unknown => Self::not_found(
                "There is no such upload, or it has expired. Begin it again: nothing of it is kept.",
            ),
            UploadError::BadRequest(problem) => Self::bad_request(problem),
            UploadError::CutShort => Self::bad_request(
                "The connection ended before the request did. Send the rest again.",
            ),
            UploadError::Io(error) => of_disk(&error),
            UploadError::Store(farandole_storage::StoreError::Full { .. }) => disk_low(),
            UploadError::Store(error) => {
                tracing::error!(error = %error, cause = ?error, "a picture could not be stored");
                Self::internal()
            }
            UploadError::Sealed(error) => {
                tracing::error!(error = %error, "an upload could not be sealed or opened");
                Self::internal()
            }
            error @ (UploadError::TooLarge { .. }
            | UploadError::TooManyOpen { .. }
            | UploadError::DiskLow
            | UploadError::WrongType { .. }
            | UploadError::Unplayable(_)
            | UploadError::Crashed(_)) => of_the_file(error),
            error => of_the_moment(error),
        }
    }
}

fn of_disk(error: &std::io::Error) -> Problem {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    if matches!(error.kind(), StorageFull | QuotaExceeded) {
        return disk_low();
    }
    tracing::error!(error = %error, "an upload could not be kept on the disk");
    Problem::internal()
}

fn disk_low() -> Problem {
    Problem::new(
        StatusCode::INSUFFICIENT_STORAGE,
        "The server is short of disk space, so it takes no uploads now. What you have sent of a \
         resumable upload is kept; tell the administrator and try again later.",
    )
}

/// What is wrong with the file itself, or with its size.
fn of_the_file(error: UploadError) -> Problem {
    match error {
        UploadError::TooLarge { max_bytes } => {
            let problem = Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!(
                    "This file is too large: the server takes {} at most.",
                    nginx_size(max_bytes)
                ),
            )
            .code("max_file_size_reached");
            match HeaderValue::from_str(&nginx_size(max_bytes)) {
                Ok(value) => problem.header(MAXIMUM_SIZE, value),
                Err(_) => problem,
            }
        }
        UploadError::TooManyOpen { limit } => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!(
                "You have {limit} unfinished uploads, as many as allowed. Finish or cancel one \
                 first; those left alone expire."
            ),
        ),
        UploadError::WrongType { found } => Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("This file says it is {found}. Only video and sound files are taken."),
        ),
        UploadError::Unplayable(found) => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("{found} Nothing of the file was kept."),
        ),
        UploadError::Crashed(found) => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, found),
        _ => disk_low(),
    }
}

/// What may be different on the next try.
fn of_the_moment(error: UploadError) -> Problem {
    let later = |status, detail: &str, seconds| {
        Problem::new(status, detail).header(header::RETRY_AFTER, HeaderValue::from_static(seconds))
    };
    match error {
        UploadError::VideoBusy => Problem::new(
            StatusCode::CONFLICT,
            "This video is being processed. Replace its file when that has ended.",
        ),
        UploadError::KeptAsEvidence => Problem::new(
            StatusCode::CONFLICT,
            "This video was taken down and is kept as evidence: its file cannot be replaced.",
        ),
        UploadError::Conflict { problem, received } => {
            let conflict = Problem::new(StatusCode::CONFLICT, problem);
            match HeaderValue::from_str(&received_range(received)) {
                Ok(value) => conflict.header(header::RANGE, value),
                Err(_) => conflict,
            }
        }
        UploadError::Busy => later(
            StatusCode::TOO_MANY_REQUESTS,
            "Another request is sending bytes of this upload. Wait until it has ended.",
            "2",
        ),
        UploadError::Finishing => later(
            StatusCode::SERVICE_UNAVAILABLE,
            "All bytes are here and the file is being looked at. Ask again in a moment.",
            "2",
        ),
        UploadError::Interrupted => later(
            StatusCode::SERVICE_UNAVAILABLE,
            "The server is stopping. Try again in a moment.",
            "5",
        ),
        UploadError::Elsewhere => later(
            StatusCode::SERVICE_UNAVAILABLE,
            "The bytes of this upload are with another node of this server. Try again.",
            "2",
        ),
        UploadError::Stalled(patience) => Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            format!("No byte came for {} seconds.", patience.as_secs()),
        ),
        UploadError::DigestMismatch => Problem::new(
            StatusCode::from_u16(DIGEST_MISMATCH).unwrap_or(StatusCode::BAD_REQUEST),
            "The bytes do not match their digest. They were not kept; send them again.",
        ),
        error => {
            tracing::error!(error = %error, "an upload failed in an unforeseen way");
            Problem::internal()
        }
    }
}

/// `Range` of what was received. Without a byte it ends before it begins, which PeerTube's clients
/// read as "go on at 0"; without the header at all they give up.
pub(in crate::http) fn received_range(received: u64) -> String {
    match received.checked_sub(1) {
        Some(last) => format!("bytes=0-{last}"),
        None => "bytes=0--1".to_owned(),
    }
}

/// A size as nginx writes it: `8G`, `512M`, `10k`, or plain bytes.
fn nginx_size(bytes: u64) -> String {
    for (unit, letter) in [(1 << 30, "G"), (1 << 20, "M"), (1 << 10, "k")] {
        if bytes >= unit && bytes.is_multiple_of(unit) {
            return format!("{}{letter}", bytes / unit);
        }
    }
    bytes.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_as_nginx_does() {
        assert_eq!(nginx_size(8 << 30), "8G");
        assert_eq!(nginx_size(1536 << 20), "1536M");
        assert_eq!(nginx_size(1025), "1025");
    }

    #[test]
    fn nothing_received_is_a_range_that_ends_before_it_begins() {
        assert_eq!(received_range(0), "bytes=0--1");
        assert_eq!(received_range(262_144), "bytes=0-262143");
    }
}
