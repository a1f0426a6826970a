//! Does the engine make what it announces? Real clips go in; what comes out is checked byte by
//! byte and with ffprobe and ffmpeg, which know nothing of this code.

#[path = "engine/made.rs"]
mod made;

use farandole_transcoder::spec::{FailureKind, LadderSettings, Role};
use made::{Made, clip, fails, make, make_with};

/// A clip of moving pictures and sound whose ladder is `heights`; the first is a copy or not.
fn check(name: &str, heights: &[u32], remux: bool) -> Made {
    let made = make(name);
    made.check();
    let plans = made.plans();
    let videos: Vec<_> = plans.iter().filter(|plan| plan.role == Role::Video).collect();
    let found: Vec<u32> = videos.iter().map(|plan| plan.resolution).collect();
    assert_eq!(found, heights, "{name}");
    assert_eq!(videos.first().map(|plan| plan.remux), Some(remux), "{name}");
    made
}

#[test]
fn a_good_source_is_copied_as_the_top_rendition() {
    let made = check("good.mp4", &[360, 240], true);
    made.lasts(10.0);
    made.playable_before_the_first_encode();
    made.has_images(true);
}

#[test]
fn moov_at_the_end_and_matroska_are_copied_too() {
    check("moov-end.mp4", &[360, 240], true).lasts(10.0);
    check("good.mkv", &[360, 240], true).lasts(10.0);
    check("subtitles.mkv", &[360, 240], true);
    check("data-stream.mov", &[360, 240], true);
}

#[test]
fn scene_cuts_set_the_segments_and_long_or_open_groups_are_encoded() {
    let made = check("scene-cuts.mp4", &[360, 240], true);
    let lengths = made.segment_lengths(0);
    assert!(lengths.iter().any(|length| (length - 4.0).abs() > 0.2), "{lengths:?}");
    check("long-gop.mp4", &[180], false).lasts(24.0);
    // Only the first key frame is a true IDR frame: all of it is one segment.
    let open = check("open-gop.mp4", &[180], true);
    assert_eq!(open.segment_lengths(0), [10.0]);
}

#[test]
fn a_scene_cut_before_a_ten_second_group_is_copied_too() {
    let pictures = ["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=26", "-pix_fmt", "yuv420p"];
    let keys = ["-c:v", "libx264", "-preset", "veryfast", "-g", "250", "-sc_threshold", "0"];
    let forced = ["-force_key_frames", "2,12,14,24"];
    for name in ["scene.mp4", "scene.mkv"] {
        let made = made::make_from(name, &[&pictures[..], &keys, &forced].concat());
        made.check();
        assert!(made.plans().first().is_some_and(|plan| plan.remux), "{name} was not copied");
        assert_eq!(made.segment_lengths(0), [2.0, 10.0, 2.0, 10.0, 2.0], "{name}");
    }
}

#[test]
fn a_whole_ladder_comes_from_one_decode() {
    let made = make_with("hd.mp4", |order| order.ladder.remux = false);
    made.check();
    let heights: Vec<u32> = made.plans().iter().map(|plan| plan.resolution).collect();
    assert_eq!(heights, [1080, 720, 480, 360, 240, 0]);
    made.lasts(4.0);
    made.has_images(true);
}

#[test]
fn portrait_and_rotated_pictures_stand_upright() {
    assert_eq!(check("portrait.mp4", &[360, 240], true).size(1), (240, 426));
    let rotated = check("rotated.mp4", &[360, 240], false);
    assert_eq!(rotated.size(0), (360, 640));
}

#[test]
fn odd_sides_and_stretched_pixels_become_even_and_square() {
    assert_eq!(check("odd.mp4", &[240], false).size(0), (320, 240));
    assert_eq!(check("odd.webm", &[238], false).size(0), (426, 238));
    assert_eq!(check("anamorphic.mp4", &[576, 480, 360, 240], false).size(0), (1046, 576));
}

#[test]
fn ten_bits_become_eight() {
    check("ten-bit.mkv", &[360, 240], false).lasts(4.0);
}

#[test]
fn hdr_is_tone_mapped() {
    for name in ["hdr-pq.mp4", "hdr-hlg.mp4"] {
        let made = check(name, &[360, 240], false);
        made.lasts(3.0);
        assert!(made.probe().video.unwrap().hdr);
        assert_eq!(made.color(0), "bt709,bt709,bt709");
    }
}

#[test]
fn a_rate_that_varies_becomes_steady_and_a_high_one_is_halved() {
    let made = check("vfr.mp4", &[360, 240], false);
    made.lasts(8.0);
    made.is_steady(0);
    let fast = check("fps-120.mp4", &[180], false);
    assert_eq!(fast.plans()[0].fps.map(|fps| (fps.num, fps.den)), Some((60, 1)));
    fast.lasts(3.0);
}

#[test]
fn fields_become_frames() {
    let made = check("interlaced.mp4", &[576, 480, 360, 240], false);
    assert!(made.probe().video.unwrap().interlaced);
    made.lasts(5.0);
    made.is_steady(0);
}

#[test]
fn surround_becomes_stereo() {
    let made = check("surround.mp4", &[360, 240], true);
    assert!(made.plans().iter().all(|plan| plan.channels == 2));
    assert_eq!(made.probe().audio[0].channels, 6);
}

#[test]
fn every_language_is_a_track_and_the_default_is_muxed() {
    let made = check("two-languages.mkv", &[360, 240], true);
    let tracks: Vec<_> = made
        .plans()
        .into_iter()
        .filter(|plan| plan.role == Role::AudioTrack)
        .map(|plan| (plan.language, plan.label, plan.default))
        .collect();
    let wanted = |code: &str, title: &str, default| (Some(code.into()), title.into(), default);
    assert_eq!(tracks, [wanted("fra", "Français", false)]);
    let muxed = &made.plans()[0];
    assert!(muxed.has_audio);
    assert_eq!(
        (muxed.language.as_deref(), muxed.sound_title.as_deref()),
        (Some("eng"), Some("English"))
    );
}

#[test]
fn pictures_without_sound_are_fine() {
    let made = check("no-audio.mp4", &[360, 240], true);
    assert!(made.plans().iter().all(|plan| !plan.has_audio && plan.role == Role::Video));
}

#[test]
fn sound_without_pictures_gets_a_still_one() {
    for (name, seconds) in [("audio-only.m4a", 8.0), ("audio-only.ogg", 5.0)] {
        let made = make(name);
        made.check();
        made.lasts(seconds);
        made.has_images(false);
        assert_eq!(made.plans()[0].resolution, 480, "{name}");
    }
    let covered = make("cover-art.m4a");
    covered.check();
    assert_eq!(covered.size(0), (480, 480));
}

#[test]
fn a_still_picture_can_be_given() {
    let made = make_with("audio-only.m4a", |order| order.still = Some(clip("cover.jpg")));
    made.check();
    assert_eq!(made.size(0), (480, 480));
}

#[test]
fn sound_that_starts_late_stays_in_place() {
    let made = make("late-audio.mp4");
    made.check();
    made.lasts(6.0);
    let silent = made.loudness("240.mp4", 0.2, 1.6);
    let loud = made.loudness("240.mp4", 2.3, 2.0);
    assert!(silent < -60.0 && loud > -40.0, "{silent} dB, then {loud} dB");
}

#[test]
fn picture_and_sound_stay_together() {
    let flash = "color=black:s=320x240:r=30:d=4,drawbox=c=white:t=fill:enable='gte(t,2)'";
    let beep = "aevalsrc=gte(t\\,2)*sin(2*PI*1000*t):s=48000:d=4";
    let both = ["-f", "lavfi", "-i", flash, "-f", "lavfi", "-i", beep, "-pix_fmt", "yuv420p"];
    let reordered = ["-c:v", "libx264", "-preset", "veryfast", "-g", "30", "-bf", "3"];
    let mpeg4 = ["-c:v", "mpeg4"];
    let cases: [(&str, &[&str], &str); 5] = [
        ("copied.mp4", &reordered, "aac"),
        ("copied.mkv", &reordered, "aac"),
        ("opus.mkv", &reordered, "libopus"),
        ("stream.ts", &reordered, "aac"),
        ("old.mov", &mpeg4, "pcm_s16le"),
    ];
    for (name, video, sound) in cases {
        let arguments = [&both[..], video, &["-c:a", sound]].concat();
        let made = made::make_from(name, &arguments);
        let (flash, beep) = made.flash_and_beep("240.mp4");
        assert!((flash - 2.0).abs() < 0.001, "{name}: flash at {flash} s");
        // The Opus source is 7 ms off itself: libav 5.1 writes its delay into Matroska twice.
        let off = if sound == "libopus" { 0.008 } else { 0.004 };
        assert!((beep - 2.0).abs() < off, "{name}: beep at {beep} s");
    }
}

#[test]
fn sound_and_pictures_of_different_lengths_are_filled_up() {
    let (pictures, sound) = ("testsrc2=s=320x240:r=25:d=", "sine=d=");
    for (name, video_s, sound_s) in [("silence.mp4", 9, 3), ("held.mp4", 3, 9)] {
        let (pictures, sound) = (format!("{pictures}{video_s}"), format!("{sound}{sound_s}"));
        let arguments = ["-f", "lavfi", "-i", &pictures, "-f", "lavfi", "-i", &sound];
        let made = made::make_from(name, &[&arguments[..], &["-pix_fmt", "yuv420p"]].concat());
        made.check();
        made.lasts(9.0);
        assert_eq!(made.segment_lengths(0).len(), made.segment_lengths(1).len(), "{name}");
    }
}

#[test]
fn a_single_picture_is_a_video_too() {
    let one = ["-f", "lavfi", "-i", "testsrc2=s=320x240", "-frames:v", "1"];
    let made = made::make_from("one.mp4", &[&one[..], &["-pix_fmt", "yuv420p"]].concat());
    made.check();
}

#[test]
fn a_change_of_size_in_mid_file_is_scaled() {
    let made = make("size-change.ts");
    made.check();
    made.lasts(6.0);
}

#[test]
fn a_cut_file_becomes_a_shorter_video_with_a_warning() {
    for name in ["truncated.mp4", "truncated.mkv"] {
        let made = make(name);
        made.check();
        made.lasts(6.0);
        assert!(made.warnings().iter().any(|text| text.contains("ends early")), "{name}");
    }
}

#[test]
fn noise_inside_a_file_is_survived() {
    let made = make("noise.mp4");
    made.check_structure();
    assert!(!made.warnings().is_empty());
}

#[test]
fn what_is_no_media_is_refused_with_a_reason() {
    for (name, kind, word) in [
        ("zero.mp4", FailureKind::NotMedia, "empty"),
        ("zeros.mp4", FailureKind::NotMedia, "no format we know"),
        ("text.mp4", FailureKind::NotMedia, "plain text"),
        ("no-moov.mp4", FailureKind::Damaged, "cut short"),
        ("playlist.mp4", FailureKind::NotMedia, "playlist"),
    ] {
        let failure = fails(name);
        assert_eq!(failure.kind, kind, "{name}");
        assert!(failure.message.contains(word), "{name}: {}", failure.message);
    }
}

#[test]
fn four_hours_at_one_frame_a_second_keep_their_rate() {
    let made = make("four-hours.mp4");
    made.check_structure();
    made.lasts(14_400.0);
    assert_eq!(made.plans()[0].fps.map(|fps| (fps.num, fps.den)), Some((1, 1)));
    assert!(made.segment_lengths(0).iter().all(|length| length.fract() < 1e-6));
}

#[test]
fn real_film_is_made_whole() {
    check("film/bigbuckbunny.mp4", &[720, 480, 360, 240], true);
    let bikes = make("film/bikes.mp4");
    bikes.check();
    let carphone = make("film/carphone.mp4");
    carphone.check();
    carphone.is_steady(0);
}

#[test]
fn the_caps_hold_for_pictures_that_are_hard_to_encode() {
    let made = make_with("hd.mp4", |order| {
        order.ladder = LadderSettings {
            resolutions: vec![360],
            bitrate_factor: 0.2,
            crf: 10.0,
            preset: "veryfast".to_owned(),
            remux: false,
            ..order.ladder.clone()
        };
    });
    made.check();
}

#[test]
fn output_beyond_the_limit_is_refused() {
    let failure = made::fails_with("good.mp4", |order| order.limits.max_output_bytes = 500_000);
    assert_eq!(failure.kind, FailureKind::Limit);
}

#[test]
fn work_stops_soon_after_it_is_cancelled() {
    let (failure, waited) = made::cancel_after_first_segment("scene-cuts.mp4");
    assert_eq!(failure.kind, FailureKind::Cancelled);
    assert!(waited.as_secs() < 10, "{waited:?}");
}
