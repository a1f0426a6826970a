//! Are the playlists word for word what players were tried with, and can a parser read them?

use m3u8_rs::{AlternativeMediaType, MediaPlaylistType, Playlist};

use super::{Rendition, growth, master, media, segments_sha256};
use crate::index::{Segment, SegmentIndex};
use crate::spec::{Ratio, RenditionPlan, Role};

fn video(index: usize, height: u32, bandwidth_bps: u64) -> RenditionPlan {
    RenditionPlan {
        index,
        role: Role::Video,
        label: format!("{height}p"),
        file: format!("{height}.mp4"),
        resolution: height,
        width: height * 16 / 9,
        height,
        fps: Some(Ratio { num: 30_000, den: 1001 }),
        codecs: "avc1.640028,mp4a.40.2".to_owned(),
        bandwidth_bps,
        remux: false,
        has_audio: true,
        has_video: true,
        language: Some("en".to_owned()),
        sound_title: None,
        channels: 2,
        default: true,
    }
}

fn sound(index: usize, role: Role, label: &str, language: Option<&str>) -> RenditionPlan {
    RenditionPlan {
        role,
        label: label.to_owned(),
        file: format!("audio-{index}.mp4"),
        resolution: 0,
        width: 0,
        height: 0,
        fps: None,
        codecs: "mp4a.40.2".to_owned(),
        has_video: false,
        language: language.map(str::to_owned),
        default: role == Role::AudioOnly,
        ..video(index, 0, 140_000)
    }
}

fn index_of(lengths: &[u64], complete: bool) -> SegmentIndex {
    let mut index = SegmentIndex::new();
    index.set_init(700).unwrap();
    for (at, length) in lengths.iter().enumerate() {
        let offset = index.end();
        let sha256 = [at as u8; 32];
        index.push(Segment { offset, length: *length, duration_us: 4_000_000, sha256 }).unwrap();
    }
    if complete {
        index.finish();
    }
    index
}

fn parsed_master(text: &str) -> m3u8_rs::MasterPlaylist {
    match m3u8_rs::parse_playlist_res(text.as_bytes()).unwrap() {
        Playlist::MasterPlaylist(playlist) => playlist,
        Playlist::MediaPlaylist(_) => panic!("read as a media playlist"),
    }
}

fn parsed_media(text: &str) -> m3u8_rs::MediaPlaylist {
    match m3u8_rs::parse_playlist_res(text.as_bytes()).unwrap() {
        Playlist::MediaPlaylist(playlist) => playlist,
        Playlist::MasterPlaylist(_) => panic!("read as a master playlist"),
    }
}

fn playlist_uri(plan: &RenditionPlan) -> String {
    format!("{}.m3u8", plan.file.trim_end_matches(".mp4"))
}

#[test]
fn master_of_one_sound_track_word_for_word() {
    let plans = [
        video(0, 720, 3_000_000),
        video(1, 360, 900_000),
        sound(2, Role::AudioOnly, "Audio only", None),
    ];
    let growing = index_of(&[100_000], false);
    let done = index_of(&[100_000, 50_000], true);
    let with = |index| plans.each_ref().map(|plan| Rendition { plan, index });
    assert_eq!(
        master(&with(&growing), playlist_uri),
        "#EXTM3U\n\
         #EXT-X-VERSION:7\n\
         #EXT-X-INDEPENDENT-SEGMENTS\n\
         #EXT-X-STREAM-INF:BANDWIDTH=3000000,CODECS=\"avc1.640028,mp4a.40.2\",RESOLUTION=1280x720,FRAME-RATE=29.970\n\
         720.m3u8\n\
         #EXT-X-STREAM-INF:BANDWIDTH=900000,CODECS=\"avc1.640028,mp4a.40.2\",RESOLUTION=640x360,FRAME-RATE=29.970\n\
         360.m3u8\n\
         #EXT-X-STREAM-INF:BANDWIDTH=140000,CODECS=\"mp4a.40.2\"\n\
         audio-2.m3u8\n"
    );
    let complete = master(&with(&done), playlist_uri);
    assert!(complete.contains("BANDWIDTH=3000000,AVERAGE-BANDWIDTH=150000,CODECS"), "{complete}");
    assert_eq!(
        complete.replace(",AVERAGE-BANDWIDTH=150000", ""),
        master(&with(&growing), playlist_uri)
    );
}

#[test]
fn average_bandwidth_waits_for_the_last_rendition() {
    let plans = [video(0, 720, 3_000_000), video(1, 360, 900_000)];
    let indexes = [index_of(&[100_000], true), index_of(&[100_000], false)];
    let both = [0, 1].map(|at| Rendition { plan: &plans[at], index: &indexes[at] });
    assert!(!master(&both, playlist_uri).contains("AVERAGE"));
}

#[test]
fn several_sound_tracks_make_an_audio_group() {
    let plans = [
        video(0, 720, 3_000_000),
        sound(1, Role::AudioOnly, "Audio only", Some("en")),
        sound(2, Role::AudioTrack, "Fran\"çais\n", Some("fr")),
        sound(3, Role::AudioTrack, "en", None),
    ];
    let index = index_of(&[100_000], false);
    let text =
        master(&plans.each_ref().map(|plan| Rendition { plan, index: &index }), playlist_uri);
    assert!(text.contains("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"en\",LANGUAGE=\"en\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"2\"\n"), "{text}");
    assert!(text.contains("NAME=\"Fran'çais\",LANGUAGE=\"fr\",DEFAULT=NO,AUTOSELECT=YES,CHANNELS=\"2\",URI=\"audio-2.m3u8\"\n"), "{text}");
    let playlist = parsed_master(&text);
    let names: Vec<_> = playlist.alternatives.iter().map(|media| media.name.as_str()).collect();
    assert_eq!(names, ["en", "Fran'çais", "en 2"]);
    assert!(
        playlist.alternatives.iter().all(|media| media.media_type == AlternativeMediaType::Audio)
    );
    assert_eq!(playlist.alternatives.iter().filter(|media| media.default).count(), 1);
    assert!(playlist.variants.iter().all(|variant| variant.audio.as_deref() == Some("audio")));
    // The variant and the largest track of the group can be fetched together.
    assert_eq!(playlist.variants[0].bandwidth, 3_140_000);
    assert_eq!(playlist.variants.len(), 2);
}

#[test]
fn sound_in_the_variants_is_called_by_its_title_and_has_no_address() {
    let titled = RenditionPlan {
        sound_title: Some("Original".to_owned()),
        default: false,
        ..video(0, 720, 3_000_000)
    };
    let plans = [titled, sound(1, Role::AudioTrack, "Original", Some("fr"))];
    let index = index_of(&[100_000], false);
    let renditions = plans.each_ref().map(|plan| Rendition { plan, index: &index });
    let playlist = parsed_master(&master(&renditions, playlist_uri));
    let lines: Vec<_> = playlist
        .alternatives
        .iter()
        .map(|media| (media.name.as_str(), media.default, media.uri.as_deref()))
        .collect();
    assert_eq!(lines, [("Original", true, None), ("Original 2", false, Some("audio-1.m3u8"))]);
}

#[test]
fn a_parser_reads_the_master_back() {
    let plans = [video(0, 720, 3_000_000), sound(1, Role::AudioOnly, "Audio only", None)];
    let index = index_of(&[100_000], true);
    let playlist = parsed_master(&master(
        &plans.each_ref().map(|plan| Rendition { plan, index: &index }),
        playlist_uri,
    ));
    assert_eq!(playlist.version, Some(7));
    assert!(playlist.independent_segments);
    let top = &playlist.variants[0];
    assert_eq!(top.uri, "720.m3u8");
    assert_eq!(top.average_bandwidth, Some(200_000));
    assert_eq!(top.resolution.map(|size| (size.width, size.height)), Some((1280, 720)));
    assert_eq!(top.frame_rate, Some(29.97));
    assert_eq!(playlist.variants[1].resolution, None);
    assert!(playlist.alternatives.is_empty());
}

#[test]
fn growing_media_playlist_word_for_word() {
    assert_eq!(
        media(&index_of(&[1000, 500], false), 4, "720.mp4?t=a&b"),
        "#EXTM3U\n\
         #EXT-X-VERSION:7\n\
         #EXT-X-TARGETDURATION:4\n\
         #EXT-X-MEDIA-SEQUENCE:0\n\
         #EXT-X-INDEPENDENT-SEGMENTS\n\
         #EXT-X-PLAYLIST-TYPE:EVENT\n\
         #EXT-X-START:TIME-OFFSET=0,PRECISE=YES\n\
         #EXT-X-MAP:URI=\"720.mp4?t=a&b\",BYTERANGE=\"700@0\"\n\
         #EXTINF:4.000000,\n\
         #EXT-X-BYTERANGE:1000@700\n\
         720.mp4?t=a&b\n\
         #EXTINF:4.000000,\n\
         #EXT-X-BYTERANGE:500@1700\n\
         720.mp4?t=a&b\n"
    );
}

#[test]
fn complete_media_playlist_is_vod_and_ends() {
    let text = media(&index_of(&[1000, 500], true), 4, "720.mp4");
    assert!(text.ends_with("#EXT-X-BYTERANGE:500@1700\n720.mp4\n#EXT-X-ENDLIST\n"), "{text}");
    assert!(!text.contains("EXT-X-START"), "{text}");
    let playlist = parsed_media(&text);
    assert_eq!(playlist.playlist_type, Some(MediaPlaylistType::Vod));
    assert!(playlist.end_list);
    assert_eq!(playlist.media_sequence, 0);
    assert_eq!(playlist.segments.len(), 2);
    let first = &playlist.segments[0];
    assert_eq!(
        first.byte_range.as_ref().map(|range| (range.length, range.offset)),
        Some((1000, Some(700)))
    );
    let map = first.map.as_ref().unwrap();
    assert_eq!(
        map.byte_range.as_ref().map(|range| (range.length, range.offset)),
        Some((700, Some(0)))
    );
}

#[test]
fn growth_only_appends() {
    let start = media(&index_of(&[1000], false), 4, "720.mp4");
    let later = media(&index_of(&[1000, 500, 20], false), 4, "720.mp4");
    assert!(later.starts_with(&start));
}

#[test]
fn a_playlist_without_anything_yet_is_still_one() {
    let playlist = parsed_media(&media(&SegmentIndex::new(), 4, "720.mp4"));
    assert_eq!(playlist.playlist_type, Some(MediaPlaylistType::Event));
    assert!(playlist.segments.is_empty() && !playlist.end_list);
}

#[test]
fn hashes_are_listed_under_inclusive_ranges() {
    let index = index_of(&[1000, 500], true);
    let text = segments_sha256(&[("a-720.mp4", &index)]);
    assert_eq!(
        text,
        format!(
            "{{\"a-720.mp4\":{{\"1700-2199\":\"{}\",\"700-1699\":\"{}\"}}}}",
            "01".repeat(32),
            "00".repeat(32)
        )
    );
}

#[test]
fn growth_is_told_of_what_has_no_playlist_yet_too() {
    let (done, none) = (index_of(&[1000, 500], true), SegmentIndex::new());
    let text = growth(&[("a-720.m3u8", &done), ("a-240.m3u8", &none)], 4);
    let told: serde_json::Value = serde_json::from_str(&text).unwrap();
    let wanted = serde_json::json!({
        "targetDuration": 4,
        "renditions": [
            { "playlist": "a-720.m3u8", "seconds": 8.0, "complete": true },
            { "playlist": "a-240.m3u8", "seconds": 0.0, "complete": false },
        ],
    });
    assert_eq!(told, wanted);
}
