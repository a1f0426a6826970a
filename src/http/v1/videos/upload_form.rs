//! What does a multipart form of an upload hold? Its fields in any order, the pictures in memory,
//! the video file streamed to scratch.

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use bytes::Bytes;

use crate::app::App;
use crate::http::Problem;
use crate::videos::metadata::{Fields, InvalidField, InvalidFields, VideoEdits};
use crate::videos::picture::{self, Pictures};
use crate::videos::receive::{self, PATIENCE};
use crate::videos::upload::{self, Received, UploadError};

/// Text of all fields at most, bytes.
const MAX_TEXT_BYTES: usize = 256 << 10;
/// Parts at most.
const MAX_PARTS: usize = 300;

/// What the form held.
#[derive(Default)]
pub(super) struct Form {
    /// Text fields.
    pub fields: Fields,
    /// `videofile`.
    pub video: Option<Received>,
    /// `thumbnailfile`, or `previewfile` of older clients.
    pub pictures: Option<Pictures>,
    /// The same, as it came.
    pub picture_file: Option<Bytes>,
    text_bytes: usize,
}

impl Form {
    /// The fields of a JSON object, without any file.
    pub(super) fn of_fields(fields: Fields) -> Self {
        Self { fields, ..Self::default() }
    }
}

/// Reads a form. With `user_id` it may hold a video file, which counts against that user's quota;
/// without, only texts and pictures.
///
/// # Errors
/// The form is broken, a part too large or not what it should be.
pub(super) async fn read(
    app: &App,
    mut parts: Multipart,
    user_id: Option<i64>,
) -> Result<Form, Problem> {
    let mut form = Form::default();
    fill(app, &mut form, &mut parts, user_id).await?;
    Ok(form)
}

async fn fill(
    app: &App,
    form: &mut Form,
    parts: &mut Multipart,
    user_id: Option<i64>,
) -> Result<(), Problem> {
    for _ in 0..MAX_PARTS {
        let part = tokio::time::timeout(PATIENCE, parts.next_field())
            .await
            .map_err(|_| UploadError::Stalled(PATIENCE))?
            .map_err(broken)?;
        let Some(part) = part else { return Ok(()) };
        let name = part.name().unwrap_or_default().to_owned();
        match (name.as_str(), user_id) {
            ("videofile", Some(user_id)) => {
                // What is wrong already need not cost the upload of a whole film.
                VideoEdits::read(&form.fields)?;
                form.video = Some(receive_video(app, part, user_id).await?);
            }
            ("thumbnailfile", _) => {
                let (file, pictures) = read_picture(app, part, "thumbnailfile").await?;
                (form.picture_file, form.pictures) = (Some(file), Some(pictures));
            }
            ("previewfile", _) => {
                let (file, pictures) = read_picture(app, part, "previewfile").await?;
                if form.pictures.is_none() {
                    (form.picture_file, form.pictures) = (Some(file), Some(pictures));
                }
            }
            _ => {
                let room = MAX_TEXT_BYTES - form.text_bytes;
                let Some(text) = limited(part, room).await? else {
                    return Err(Problem::new(
                        axum::http::StatusCode::PAYLOAD_TOO_LARGE,
                        "The text fields of this form are too long together.",
                    ));
                };
                form.text_bytes += text.len();
                form.fields.push(&name, String::from_utf8_lossy(&text).into_owned());
            }
        }
    }
    Err(Problem::bad_request("The form has too many parts."))
}

fn broken(error: MultipartError) -> Problem {
    Problem::new(error.status(), format!("The form cannot be read: {}.", error.body_text()))
}

async fn receive_video(
    app: &App,
    mut part: Field<'_>,
    user_id: i64,
) -> Result<Received, UploadError> {
    let filename = part.file_name().unwrap_or("video").to_owned();
    upload::check_type(part.content_type().unwrap_or_default())?;
    let (file, size_bytes) = receive::whole(app, user_id, &mut part).await?;
    Ok(Received { file, filename: upload::clean_filename(&filename), size_bytes })
}

async fn read_picture(
    app: &App,
    part: Field<'_>,
    name: &'static str,
) -> Result<(Bytes, Pictures), Problem> {
    let refused = |refusal: picture::NotAPicture| {
        InvalidFields(vec![InvalidField { path: name, message: refusal.to_string() }])
    };
    let file = limited(part, picture::MAX_FILE_BYTES).await?;
    let file = Bytes::from(file.ok_or(picture::NotAPicture).map_err(refused)?);
    let pictures = picture::read(app, file.clone()).await.map_err(refused)?;
    Ok((file, pictures))
}

/// The bytes of a part; `None` when there are more than `most`.
async fn limited(mut part: Field<'_>, most: usize) -> Result<Option<Vec<u8>>, UploadError> {
    let mut bytes = Vec::new();
    while let Some(piece) = receive::next_piece::<_, MultipartError>(&mut part).await? {
        let piece: Bytes = piece;
        if bytes.len() + piece.len() > most {
            return Ok(None);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(Some(bytes))
}
