//! `GET /api/v1/videos/{id}/metadata/{videoFileId}`: what is in a file, as ffprobe would say it.

use axum::Json;
use axum::extract::State;
use farandole_transcoder::spec::RenditionPlan;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::video_ref;
use crate::app::App;
use crate::db::videos::shown::RenditionRow;
use crate::http::extract::ApiPath;
use crate::http::{Asker, Problem};
use crate::videos::shown;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(metadata))
}

/// PeerTube's `VideoFileMetadata`: ffprobe's words.
#[derive(Debug, Serialize)]
struct VideoFileMetadata {
    /// The container.
    format: Value,
    /// Pictures, then sound.
    streams: Vec<Value>,
    /// Chapters are not in the files.
    chapters: [(); 0],
}

/// What is in a file of a video. From what its maker wrote down: the file is not read.
#[utoipa::path(
    get,
    path = "/api/v1/videos/{id}/metadata/{videoFileId}",
    operation_id = "getVideoFileMetadata",
    tag = "Video",
    params(
        ("id" = String, Path, description = "Number, UUID or short UUID"),
        ("videoFileId" = i64, Path, description = "`id` of one of the video's `files`"),
    ),
    responses(
        (status = 200, body = Object),
        (status = 400, description = "A parameter does not fit"),
        (status = 401, description = "Only for people who are signed in"),
        (status = 403, description = "Not for this person, or a password is missing or wrong"),
        (status = 404, description = "No such video or file"),
        (status = 429, description = "Too many wrong passwords from this address"),
    )
)]
async fn metadata(
    State(app): State<App>,
    ApiPath((id, file_id)): ApiPath<(String, String)>,
    asker: Asker,
) -> Result<Json<VideoFileMetadata>, Problem> {
    let details = shown::details(&app, video_ref(&id)?, &asker.presented()).await?;
    let file_id: i64 = file_id
        .parse()
        .map_err(|_| Problem::invalid_param("videoFileId", "Should be a number."))?;
    let file = details.renditions.iter().find(|file| file.id == file_id);
    let plan = file.and_then(|file| serde_json::from_str::<RenditionPlan>(&file.plan).ok());
    let (Some(file), Some(plan)) = (file, plan) else {
        return Err(Problem::not_found("Video file not found"));
    };
    Ok(Json(VideoFileMetadata::of(file, &plan, details.shown.row.duration_ms)))
}

impl VideoFileMetadata {
    fn of(file: &RenditionRow, plan: &RenditionPlan, duration_ms: i64) -> Self {
        let codec = |prefixes: &[&str]| {
            plan.codecs
                .split(',')
                .find(|codec| prefixes.iter().any(|prefix| codec.starts_with(prefix)))
                .unwrap_or_default()
        };
        let mut streams = Vec::new();
        if plan.has_video {
            let tag = codec(&["avc", "hvc", "hev", "av01", "vp09"]);
            let rate = plan.fps.map(|fps| format!("{}/{}", fps.num, fps.den));
            streams.push(json!({
                "index": streams.len(), "codec_type": "video", "codec_name": video_codec(tag),
                "codec_tag_string": tag.split('.').next(), "mime_codec_string": tag,
                "width": plan.width, "height": plan.height,
                "r_frame_rate": rate, "avg_frame_rate": rate,
            }));
        }
        if plan.has_audio {
            let tag = codec(&["mp4a", "opus", "Opus", "ac-3", "fLaC"]);
            let codec_name =
                if tag.starts_with("mp4a") { "aac".to_owned() } else { tag.to_lowercase() };
            streams.push(json!({
                "index": streams.len(), "codec_type": "audio", "codec_name": codec_name,
                "codec_tag_string": tag.split('.').next(), "mime_codec_string": tag,
                "channels": plan.channels, "tags": { "language": plan.language },
            }));
        }
        let seconds = duration_ms as f64 / 1000.0;
        let bits_per_second = (duration_ms > 0).then(|| file.size_bytes * 8000 / duration_ms);
        Self {
            format: json!({
                "format_name": "mov,mp4,m4a,3gp,3g2,mj2",
                "nb_streams": streams.len(),
                "duration": seconds,
                "size": file.size_bytes,
                "bit_rate": bits_per_second,
            }),
            streams,
            chapters: [],
        }
    }
}

/// ffprobe's name of a codec by its RFC 6381 tag.
fn video_codec(tag: &str) -> &str {
    match tag.split('.').next().unwrap_or_default() {
        "avc1" | "avc3" => "h264",
        "hvc1" | "hev1" => "hevc",
        "av01" => "av1",
        "vp09" => "vp9",
        other => other,
    }
}
