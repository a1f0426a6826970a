//! What picture did somebody send? One file of a multipart form, in memory.

use axum::extract::{FromRequest as _, Multipart, Request};
use bytes::{Bytes, BytesMut};

use crate::accounts::AccountsError;
use crate::accounts::pictures::MAX_FILE_BYTES;
use crate::app::App;
use crate::http::Problem;

/// Parts before the picture at most.
const MAX_PARTS: usize = 10;

/// Reads the file of the field `name`.
///
/// # Errors
/// 400 without such a file, 413 for one that is too large.
pub(super) async fn read(app: &App, request: Request, name: &str) -> Result<Bytes, Problem> {
    let mut parts = Multipart::from_request(request, app)
        .await
        .map_err(|rejection| Problem::new(rejection.status(), "Send multipart/form-data."))?;
    let broken = |_| Problem::bad_request("The form cannot be read.");
    for _ in 0..MAX_PARTS {
        let Some(mut part) = parts.next_field().await.map_err(broken)? else { break };
        if part.name() != Some(name) {
            continue;
        }
        let mut file = BytesMut::new();
        while let Some(chunk) = part.chunk().await.map_err(broken)? {
            if file.len() + chunk.len() > MAX_FILE_BYTES {
                return Err(AccountsError::PictureTooLarge.into());
            }
            file.extend_from_slice(&chunk);
        }
        return Ok(file.freeze());
    }
    Err(Problem::invalid_param(name, "Should have a file."))
}
