//! Which playlists does a player take from a master? Read as hls.js 1.7.4 reads it
//! (`loader/m3u8-parser.ts`, `utils/attr-list.ts`), because swarms are named by what it finds. Not
//! a general HLS parser: only what takes part in a swarm's name.

use std::collections::HashMap;

use crate::info_hash::{Kind, Stream};

/// First four letters of the video codecs hls.js knows (`utils/codecs.ts`).
const VIDEO: &[&str] = &[
    "avc1", "avc2", "avc3", "avc4", "avcp", "av01", "dav1", "drac", "dva1", "dvav", "dvh1", "dvhe",
    "encv", "hev1", "hvc1", "mjp2", "mp4v", "mvc1", "mvc2", "mvc3", "mvc4", "resv", "rv60", "s263",
    "svc1", "svc2", "vc-1", "vp08", "vp09",
];
/// First four letters of the sound codecs hls.js knows.
const SOUND: &[&str] = &[
    "a3ds", "ac-3", "ac-4", "alac", "alaw", "dra1", "dts+", "dts-", "dtsc", "dtse", "dtsh", "ec-3",
    "enca", "fLaC", "flac", "FLAC", "g719", "g726", "m4ae", "mha1", "mha2", "mhm1", "mhm2", "mlpa",
    "mp4a", "raw ", "Opus", "opus", "samr", "sawb", "sawp", "sevc", "sqcp", "ssmv", "twos", "ulaw",
];
/// First four letters of the text and image codecs hls.js knows.
const OTHER: &[&str] = &["stpp", "wvtt", "mjpg"];

/// One playlist of a master.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// Address of the media playlist, as written.
    pub uri: String,
    kind: Kind,
    bandwidth_bps: u64,
    codecs: Option<String>,
    size: Option<(u32, u32)>,
    attributes: HashMap<String, String>,
}

impl Rendition {
    /// What takes part in the name of its swarm.
    #[must_use]
    pub fn stream(&self) -> Stream<'_> {
        let main = self.kind == Kind::Main;
        let attribute = |wanted: bool, name: &str| {
            self.attributes.get(name).map(String::as_str).filter(|_| wanted)
        };
        Stream {
            kind: self.kind,
            bandwidth_bps: self.bandwidth_bps,
            codecs: self.codecs.as_deref(),
            width: self.size.map(|(width, _)| width),
            height: self.size.map(|(_, height)| height),
            language: attribute(!main, "LANGUAGE"),
            channels: attribute(!main, "CHANNELS"),
            name: attribute(!main, "NAME")
                .filter(|name| !name.is_empty())
                .or(attribute(!main, "LANGUAGE")),
            frame_rate: attribute(main, "FRAME-RATE"),
            video_range: attribute(main, "VIDEO-RANGE"),
        }
    }
}

/// Variants first, then sound tracks with an address, each address once.
#[must_use]
pub fn renditions(master: &str) -> Vec<Rendition> {
    let mut variants = variants(master);
    if variants.iter().any(Variant::all_known) {
        variants.retain(Variant::all_known);
    }
    let tracks: Vec<_> = tracks(master, &variants).collect();
    let mut found: Vec<Rendition> = Vec::new();
    for rendition in variants.into_iter().map(Variant::rendition).chain(tracks) {
        // The first of several with one address names the swarm (`addStreamIfNoneExists`).
        if !found.iter().any(|known| known.uri == rendition.uri) {
            found.push(rendition);
        }
    }
    found
}

struct Variant {
    uri: String,
    attributes: HashMap<String, String>,
    codecs: Vec<String>,
}

impl Variant {
    fn all_known(&self) -> bool {
        let known = |codec: &String| [VIDEO, SOUND, OTHER].iter().any(|list| is_in(list, codec));
        self.codecs.iter().all(known)
    }

    fn of(&self, list: &[&str]) -> Option<String> {
        let codecs: Vec<_> = self
            .codecs
            .iter()
            .filter(|codec| is_in(list, codec))
            .map(|codec| codec.split('/').next().unwrap_or_default())
            .collect();
        (!codecs.is_empty()).then(|| codecs.join(","))
    }

    fn rendition(self) -> Rendition {
        let number = |name: &str| self.attributes.get(name).and_then(|text| js_integer(text));
        Rendition {
            kind: Kind::Main,
            bandwidth_bps: number("BANDWIDTH")
                .filter(|bandwidth| *bandwidth > 0)
                .or_else(|| number("AVERAGE-BANDWIDTH"))
                .unwrap_or_default(),
            codecs: self.of(VIDEO),
            size: self.attributes.get("RESOLUTION").and_then(|text| resolution(text)),
            uri: self.uri,
            attributes: self.attributes,
        }
    }
}

fn variants(master: &str) -> Vec<Variant> {
    let mut found = Vec::new();
    let mut pending: Option<HashMap<String, String>> = None;
    for line in master.split(['\n', '\r']) {
        if let Some(list) = line.strip_prefix("#EXT-X-STREAM-INF:") {
            pending = Some(attributes(list));
        } else if !line.is_empty()
            && !line.starts_with('#')
            && let Some(attributes) = pending.take()
        {
            let codecs = attributes.get("CODECS").map(String::as_str).unwrap_or_default();
            let codecs = codecs.split([' ', ',']).filter(|codec| !codec.is_empty());
            let codecs = codecs.map(str::to_owned).collect();
            found.push(Variant { uri: line.to_owned(), attributes, codecs });
        }
    }
    found
}

/// Sound tracks with an address. One without lies in the variants and has no swarm.
fn tracks<'a>(
    master: &'a str,
    variants: &'a [Variant],
) -> impl Iterator<Item = Rendition> + use<'a> {
    let lines = master.split(['\n', '\r']).filter_map(|line| line.strip_prefix("#EXT-X-MEDIA:"));
    lines.filter_map(move |line| {
        // A dot of a JavaScript expression stops at these two as well.
        let line = line.split(['\u{2028}', '\u{2029}']).next().unwrap_or_default();
        let attributes = attributes(line);
        if attributes.get("TYPE").map(String::as_str) != Some("AUDIO") {
            return None;
        }
        let uri = attributes.get("URI").filter(|uri| !uri.is_empty())?.clone();
        let group = attributes.get("GROUP-ID").map(String::as_str).unwrap_or_default();
        let of_group =
            |variant: &&Variant| variant.attributes.get("AUDIO").is_some_and(|name| name == group);
        let variant = variants.iter().find(of_group).or_else(|| variants.first());
        let codecs = variant.and_then(|variant| variant.of(SOUND));
        Some(Rendition {
            uri,
            kind: Kind::Secondary,
            bandwidth_bps: 0,
            codecs,
            size: None,
            attributes,
        })
    })
}

fn is_in(list: &[&str], codec: &str) -> bool {
    codec.get(..4).is_some_and(|start| list.contains(&start))
}

/// `(.+?)=(".*?"|.*?)(?:,|$)`, over and over; a repeated name counts the last time.
fn attributes(list: &str) -> HashMap<String, String> {
    let mut found = HashMap::new();
    let mut rest = list;
    while let Some((name, value)) = name_and_rest(rest) {
        let (value, after) = value_and_rest(value);
        found.insert(name.trim().to_owned(), value.to_owned());
        rest = after;
    }
    found
}

/// The name has at least one character, so an equals sign at the very start belongs to it.
fn name_and_rest(text: &str) -> Option<(&str, &str)> {
    let first = text.chars().next()?;
    let at = first.len_utf8() + text.get(first.len_utf8()..)?.find('=')?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

fn value_and_rest(text: &str) -> (&str, &str) {
    if let Some(inside) = text.strip_prefix('"') {
        for (at, _) in inside.match_indices('"') {
            let value = inside.get(..at).unwrap_or_default();
            match inside.get(at + 1..) {
                None | Some("") => return (value, ""),
                Some(after) => {
                    if let Some(after) = after.strip_prefix(',') {
                        return (value, after);
                    }
                }
            }
        }
    }
    text.split_once(',').unwrap_or((text, ""))
}

/// `parseInt(text, 10)` of what a master says: leading digits.
fn js_integer(text: &str) -> Option<u64> {
    let digits = text.trim_start();
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits.get(..end)?.parse().ok()
}

fn resolution(text: &str) -> Option<(u32, u32)> {
    let (width, height) = text.split_once('x')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(width) && digits(height)).then_some(())?;
    Some((width.parse().ok()?, height.parse().ok()?))
}

#[cfg(test)]
mod tests;
