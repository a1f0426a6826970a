//! What do players read? HLS playlists and PeerTube's list of segment hashes, rendered from plans
//! and segment indexes. Pure text; where files are served from is the caller's business.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::index::SegmentIndex;
use crate::spec::{Ratio, RenditionPlan, Role};

/// Name of the one audio group.
const AUDIO_GROUP: &str = "audio";

/// One rendition as a playlist sees it.
#[derive(Debug, Clone, Copy)]
pub struct Rendition<'a> {
    /// What was promised.
    pub plan: &'a RenditionPlan,
    /// What is there.
    pub index: &'a SegmentIndex,
}

/// The master playlist (RFC 8216 4.3.4), version 7.
///
/// `uri` gives the address of a rendition's media playlist. The text depends on the plans alone
/// until every rendition is complete; then `AVERAGE-BANDWIDTH` is added. All other attributes stay
/// as first served, because players read the master once and swarms are named by it.
#[must_use]
pub fn master(renditions: &[Rendition<'_>], uri: impl Fn(&RenditionPlan) -> String) -> String {
    let complete = renditions.iter().all(|rendition| rendition.index.is_complete());
    let mut text = String::from("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n");
    let tracks: Vec<_> = with_role(renditions, Role::AudioTrack).collect();
    audio_group(&mut text, renditions, &tracks, &uri);
    // A player may fetch one of the group's tracks beside the variant, so both count.
    let extra = tracks.iter().map(|track| track.plan.bandwidth_bps).max().unwrap_or(0);
    let extra_average = tracks.iter().map(|track| average_bps(track)).max().unwrap_or(0);
    let variants = with_role(renditions, Role::Video).chain(with_role(renditions, Role::AudioOnly));
    for variant in variants {
        let plan = variant.plan;
        let _ = write!(
            text,
            "#EXT-X-STREAM-INF:BANDWIDTH={}",
            plan.bandwidth_bps.saturating_add(extra)
        );
        if complete {
            let average = average_bps(variant).saturating_add(extra_average);
            let _ = write!(text, ",AVERAGE-BANDWIDTH={average}");
        }
        let _ = write!(text, ",CODECS=\"{}\"", quotable(&plan.codecs));
        if plan.has_video {
            let _ = write!(text, ",RESOLUTION={}x{}", plan.width, plan.height);
            if let Some(fps) = plan.fps {
                let _ = write!(text, ",FRAME-RATE={}", frame_rate(fps));
            }
        }
        if !tracks.is_empty() {
            let _ = write!(text, ",AUDIO=\"{AUDIO_GROUP}\"");
        }
        let _ = writeln!(text, "\n{}", one_line(&uri(plan)));
    }
    text
}

/// The media playlist of one rendition (RFC 8216 4.3.3), version 7, byte ranges into `file_uri`.
///
/// Growing: `EVENT`, no `ENDLIST`, and a start at 0 s, because players otherwise join an unended
/// playlist at its edge. Complete: `VOD` and `ENDLIST`. `target_duration_s` is the one announced
/// in `Event::Planned`; it is the same for every rendition and never changes.
#[must_use]
pub fn media(index: &SegmentIndex, target_duration_s: u32, file_uri: &str) -> String {
    let uri = one_line(file_uri);
    let mut text = String::with_capacity(256 + index.segments().len() * (uri.len() + 64));
    let _ = write!(
        text,
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{target_duration_s}\n\
         #EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-INDEPENDENT-SEGMENTS\n"
    );
    text.push_str(if index.is_complete() {
        "#EXT-X-PLAYLIST-TYPE:VOD\n"
    } else {
        "#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-START:TIME-OFFSET=0,PRECISE=YES\n"
    });
    if index.init_length() > 0 {
        let length = index.init_length();
        let _ = writeln!(text, "#EXT-X-MAP:URI=\"{}\",BYTERANGE=\"{length}@0\"", quotable(&uri));
    }
    for segment in index.segments() {
        let (seconds, micros) = (segment.duration_us / 1_000_000, segment.duration_us % 1_000_000);
        let _ = writeln!(
            text,
            "#EXTINF:{seconds}.{micros:06},\n#EXT-X-BYTERANGE:{}@{}\n{uri}",
            segment.length, segment.offset
        );
    }
    if index.is_complete() {
        text.push_str("#EXT-X-ENDLIST\n");
    }
    text
}

/// PeerTube's `segmentsSha256Url` document: file name → `start-end` (inclusive) → hexadecimal
/// SHA-256, the initialisation section left out. `files` pairs a served file name with its index.
#[must_use]
pub fn segments_sha256(files: &[(&str, &SegmentIndex)]) -> String {
    let document: BTreeMap<&str, serde_json::Map<String, serde_json::Value>> = files
        .iter()
        .map(|(name, index)| {
            let ranges = index.segments().iter().map(|segment| {
                let last = segment.end().saturating_sub(1);
                (format!("{}-{last}", segment.offset), hex::encode(segment.sha256).into())
            });
            (*name, ranges.collect())
        })
        .collect();
    serde_json::json!(document).to_string()
}

/// How far each rendition is, for players that must know before they ask: one without a first
/// segment has no media playlist yet. `renditions` pairs a media playlist's name with its index.
#[must_use]
pub fn growth(renditions: &[(&str, &SegmentIndex)], target_duration_s: u32) -> String {
    let renditions: Vec<_> = renditions
        .iter()
        .map(|(name, index)| {
            serde_json::json!({
                "playlist": name,
                "seconds": index.duration_us() as f64 / 1e6,
                "complete": index.is_complete(),
            })
        })
        .collect();
    serde_json::json!({ "targetDuration": target_duration_s, "renditions": renditions }).to_string()
}

fn with_role<'a, 'b>(
    renditions: &'b [Rendition<'a>],
    role: Role,
) -> impl Iterator<Item = &'b Rendition<'a>> {
    renditions.iter().filter(move |rendition| rendition.plan.role == role)
}

fn average_bps(rendition: &Rendition<'_>) -> u64 {
    rendition.index.average_bandwidth_bps()
}

/// `EXT-X-MEDIA` lines (RFC 8216 4.3.4.1), none when there is one sound track. The default track
/// lies in the variants themselves, so its line has no URI: with one, hls.js fetches it beside
/// the variants' own sound and the decoder is given two.
fn audio_group(
    text: &mut String,
    renditions: &[Rendition<'_>],
    tracks: &[&Rendition<'_>],
    uri: &impl Fn(&RenditionPlan) -> String,
) {
    if tracks.is_empty() {
        return;
    }
    let mut names = BTreeSet::new();
    let muxed = renditions
        .iter()
        .map(|rendition| rendition.plan)
        .find(|plan| plan.has_audio && plan.role != Role::AudioTrack);
    if let Some(plan) = muxed {
        let title = plan.sound_title.as_deref();
        let label = title.or(plan.language.as_deref()).unwrap_or("Main");
        audio_line(text, plan, unused_name(&mut names, label), None);
    }
    for track in tracks {
        let name = unused_name(&mut names, &track.plan.label);
        audio_line(text, track.plan, name, Some(uri(track.plan)));
    }
}

/// The one without an address is the default.
fn audio_line(text: &mut String, plan: &RenditionPlan, name: String, uri: Option<String>) {
    let _ = write!(text, "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"{AUDIO_GROUP}\",NAME=\"{name}\"");
    if let Some(language) = &plan.language {
        let _ = write!(text, ",LANGUAGE=\"{}\"", quotable(language));
    }
    let _ = write!(text, ",DEFAULT={},AUTOSELECT=YES", if uri.is_none() { "YES" } else { "NO" });
    if plan.channels > 0 {
        let _ = write!(text, ",CHANNELS=\"{}\"", plan.channels);
    }
    if let Some(uri) = uri {
        let _ = write!(text, ",URI=\"{}\"", quotable(&one_line(&uri)));
    }
    text.push('\n');
}

/// RFC 8216 wants every NAME of a group to differ; titles in files often do not.
fn unused_name(names: &mut BTreeSet<String>, wanted: &str) -> String {
    let wanted = quotable(wanted);
    let mut name = wanted.clone();
    let mut number = 2;
    while !names.insert(name.clone()) {
        name = format!("{wanted} {number}");
        number += 1;
    }
    name
}

/// Three decimals, as RFC 8216 4.3.4.2 says, rounded from the exact ratio.
fn frame_rate(fps: Ratio) -> String {
    let den = u64::from(fps.den.max(1));
    let thousandths = (u64::from(fps.num) * 1000 + den / 2) / den;
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}

/// A quoted string may hold neither quotes nor line ends (RFC 8216 4.2). Titles come from files
/// that strangers made.
fn quotable(text: &str) -> String {
    text.chars().map(|c| if c == '"' { '\'' } else { c }).filter(|c| !c.is_control()).collect()
}

fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests;
