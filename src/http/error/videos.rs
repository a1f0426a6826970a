//! Videos, as problems: PeerTube's statuses, codes and sentences.

use axum::http::{HeaderValue, StatusCode, header};

use super::Problem;
use crate::auth::AuthError;
use crate::videos::VideosError;
use crate::videos::upload::UploadError;

impl From<VideosError> for Problem {
    fn from(error: VideosError) -> Self {
        let says = error.to_string();
        match error {
            VideosError::NotFound | VideosError::PartNotFound(_) => Self::not_found(says),
            // With the challenge that OAuth2 clients look for.
            VideosError::SignInRequired => AuthError::MissingToken.into(),
            VideosError::ModeratorsOnly => Self::new(StatusCode::UNAUTHORIZED, says),
            VideosError::Denied
            | VideosError::NotOwner
            | VideosError::ModeratorsDecide
            | VideosError::NoDownloads
            | VideosError::AdministratorsOnly => Self::forbidden(says),
            VideosError::Blocked => Self::forbidden(says).code("video_blocked"),
            VideosError::Conflict(_) => Self::new(StatusCode::CONFLICT, says),
            VideosError::PasswordRequired => Self::forbidden(says).code("video_requires_password"),
            VideosError::IncorrectPassword => {
                Self::forbidden(says).code("incorrect_video_password")
            }
            VideosError::InvalidToken => Self::forbidden(says).code("invalid_video_file_token"),
            VideosError::Invalid(invalid) => invalid.into(),
            VideosError::InvalidParam { param, problem } => Self::invalid_param(param, &problem),
            VideosError::UnreadableFile(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, says),
            VideosError::Busy => Self::new(StatusCode::SERVICE_UNAVAILABLE, says)
                .header(header::RETRY_AFTER, HeaderValue::from_static("60")),
            VideosError::Refused(_) => Self::bad_request(says),
            VideosError::Store(error) => UploadError::Store(error).into(),
            VideosError::NotMade(_) | VideosError::Sealed(_) => {
                tracing::error!(error = says, "a request about a video failed");
                Self::internal()
            }
            VideosError::Auth(error) => {
                let throttled = matches!(error, AuthError::TooManyFailures { .. });
                let problem = Self::from(error);
                if throttled { problem.code("too_many_video_password_failures") } else { problem }
            }
            VideosError::Upload(error) => error.into(),
            VideosError::Db(error) => error.into(),
        }
    }
}
