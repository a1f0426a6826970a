//! `farandole transcode`: a ladder in a folder, and clear refusals.

use super::{farandole, text};
use crate::support::clips::clip;

#[test]
fn a_clip_becomes_a_ladder_that_ffprobe_reads() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let good = clip("good.mp4");
    let args = ["transcode", good.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let output = farandole(folder.path(), &args);
    assert!(output.status.success(), "{}", text(&output));
    let master = std::fs::read(out.join("master.m3u8")).unwrap();
    let (_, master) = m3u8_rs::parse_master_playlist(&master).unwrap();
    assert!(master.variants.len() >= 2, "{master:?}");
    for variant in &master.variants {
        let probed = std::process::Command::new("ffprobe")
            .args(["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0"])
            .arg(out.join(&variant.uri))
            .output()
            .unwrap();
        assert!(probed.stderr.is_empty(), "{}: {}", variant.uri, text(&probed));
        let seconds: f64 = text(&probed).trim().parse().unwrap();
        assert!((9.0..11.0).contains(&seconds), "{}: {seconds}", variant.uri);
    }

    let again = farandole(folder.path(), &args);
    assert!(text(&again).contains("is not empty"), "{}", text(&again));
}

#[test]
fn a_text_is_refused_with_what_was_found() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let source = clip("text.mp4");
    let args = ["transcode", source.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let output = farandole(folder.path(), &args);
    assert!(!output.status.success());
    assert!(text(&output).contains("not a video or sound file"), "{}", text(&output));
}
