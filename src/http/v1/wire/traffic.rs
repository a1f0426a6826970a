//! What went of a video, or of all: over HTTP, and between viewers.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::videos::traffic::{Busy, Traffic};
use crate::domain::ShortUuid;
use crate::videos::traffic::{Statistics, date};

/// Bytes of renditions.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrafficBytes {
    /// Sent by this server for playing.
    http_bytes: i64,
    /// Got from other viewers, as players report.
    p2p_bytes: i64,
    /// Given to other viewers, as players report.
    uploaded_bytes: i64,
}

impl From<Traffic> for TrafficBytes {
    fn from(traffic: Traffic) -> Self {
        Self {
            http_bytes: traffic.http_bytes,
            p2p_bytes: traffic.p2p_bytes,
            uploaded_bytes: traffic.upload_bytes,
        }
    }
}

/// The bytes of one day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TrafficDay {
    /// Such as `2026-11-22`, UTC.
    date: String,
    #[serde(flatten)]
    bytes: TrafficBytes,
}

/// What went of a video.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VideoTraffic {
    /// Since the beginning.
    total: TrafficBytes,
    /// Days of the last year on which something went, oldest first.
    days: Vec<TrafficDay>,
}

impl From<Statistics> for VideoTraffic {
    fn from(statistics: Statistics) -> Self {
        let days = statistics.days.into_iter();
        Self {
            total: statistics.total.into(),
            days: days
                .map(|it| TrafficDay { date: date(it.day), bytes: it.traffic.into() })
                .collect(),
        }
    }
}

/// A video with all its bytes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BusyVideo {
    /// UUIDv4.
    uuid: String,
    /// The UUID in 22 characters of flickr base58.
    #[serde(rename = "shortUUID")]
    short_uuid: String,
    /// Title.
    name: String,
    #[serde(flatten)]
    bytes: TrafficBytes,
}

impl From<Busy> for BusyVideo {
    fn from(busy: Busy) -> Self {
        Self {
            uuid: busy.uuid.to_string(),
            short_uuid: ShortUuid(busy.uuid).to_string(),
            name: busy.name,
            bytes: busy.traffic.into(),
        }
    }
}

/// What went of all videos that are there.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ServerTraffic {
    #[serde(flatten)]
    all: VideoTraffic,
    /// Those of which most bytes went.
    videos: Vec<BusyVideo>,
}

impl ServerTraffic {
    /// Shows both.
    #[must_use]
    pub fn new(statistics: Statistics, busiest: Vec<Busy>) -> Self {
        Self { all: statistics.into(), videos: busiest.into_iter().map(BusyVideo::from).collect() }
    }
}
