//! Which renditions are made, and with what.

use documented::DocumentedFields;
use serde::{Deserialize, Serialize};

use super::ConfigError;

/// Shorter sides a rendition may have, pixels.
pub const RUNGS: [u32; 8] = [144, 240, 360, 480, 720, 1080, 1440, 2160];

/// `[transcoding]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, DocumentedFields)]
#[serde(default, deny_unknown_fields)]
pub struct Transcoding {
    /// Shorter sides of the renditions, pixels: any of 144, 240, 360, 480, 720, 1080, 1440, 2160.
    pub resolutions: Vec<u32>,
    /// Also make a rendition with sound only.
    pub audio_only: bool,
    /// Frames per second at most.
    pub max_fps: u32,
    /// Keep the source's own video as the top rendition when it already fits.
    pub remux: bool,
    /// x264 preset.
    pub preset: String,
    /// x264 constant rate factor: lower is better and larger.
    pub crf: f32,
    /// Multiplies the built-in bitrate caps.
    pub bitrate_factor: f64,
    /// Videos transcoded at once on this node.
    pub concurrency: u32,
    /// Threads of each decoder and encoder; 0: one per core. All renditions are encoded at the
    /// same time, so more than these run at once; `nice` keeps the machine free for others.
    pub threads: u32,
    /// Nice level of the transcoding process, 0 to 19.
    pub nice: u32,
    /// Hours one transcode may take.
    pub max_hours: u32,
    /// Memory one transcode may use, bytes.
    pub max_memory_bytes: u64,
    /// Bytes the renditions of one video may take together.
    pub max_output_bytes: u64,
}

impl Default for Transcoding {
    fn default() -> Self {
        Self {
            resolutions: vec![240, 360, 480, 720, 1080],
            audio_only: true,
            max_fps: 60,
            remux: true,
            preset: "veryfast".to_owned(),
            crf: 23.0,
            bitrate_factor: 1.0,
            concurrency: 1,
            threads: 0,
            nice: 10,
            max_hours: 24,
            max_memory_bytes: 4 << 30,
            max_output_bytes: 200 << 30,
        }
    }
}

impl Transcoding {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = self.resolutions.iter().find(|rung| !RUNGS.contains(rung));
        let value = |key, problem: String| Err(ConfigError::Value { key, problem });
        if let Some(wrong) = wrong {
            return value("transcoding.resolutions", format!("{wrong} is not one of {RUNGS:?}"));
        }
        if self.resolutions.is_empty() {
            return value("transcoding.resolutions", "name at least one".to_owned());
        }
        if !(1..=240).contains(&self.max_fps) {
            return value("transcoding.max_fps", "should be 1 to 240".to_owned());
        }
        if !(0.0..=51.0).contains(&self.crf) {
            return value("transcoding.crf", "should be 0 to 51".to_owned());
        }
        if !(0.1..=10.0).contains(&self.bitrate_factor) {
            return value("transcoding.bitrate_factor", "should be 0.1 to 10".to_owned());
        }
        if self.max_output_bytes == 0 {
            return value("transcoding.max_output_bytes", "should be at least 1".to_owned());
        }
        if self.nice > 19 {
            return value("transcoding.nice", "should be 0 to 19".to_owned());
        }
        Ok(())
    }
}
