//! Does the real worker process confine itself, heed a cancel, and die with its parent?

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends at the first surprise")]

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use farandole_transcoder::spec::{FailureKind, Limits, Request};
use farandole_transcoder::worker::Worker;
use tokio_util::sync::CancellationToken;

const WORKER: &str = env!("CARGO_BIN_EXE_transcode-worker");

/// A child that holds a probe of a pipe nobody writes to, so that it works as long as it may.
struct Stuck {
    child: Child,
    _dir: tempfile::TempDir,
}

fn stuck(limits: &Limits) -> Stuck {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&source).status().unwrap().success());
    let child = Command::new(WORKER)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stuck = Stuck { child, _dir: dir };
    tell(&mut stuck.child, &Request::Probe { source, limits: limits.clone() });
    stuck
}

fn tell(child: &mut Child, request: &Request) {
    let line = serde_json::to_string(request).unwrap();
    writeln!(child.stdin.as_mut().unwrap(), "{line}").unwrap();
}

fn wait(child: &mut Child) -> std::process::ExitStatus {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("the worker did not end");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn proc(pid: u32, file: &str) -> String {
    std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default()
}

#[test]
fn it_confines_itself() {
    let limits = Limits {
        nice: 12,
        max_memory_bytes: 777 << 20,
        max_output_bytes: 123_456_789,
        ..Limits::default()
    };
    let mut stuck = stuck(&limits);
    let pid = stuck.child.id();
    let deadline = Instant::now() + Duration::from_secs(20);
    let row = |text: &str, name: &str| -> Vec<String> {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_whitespace().map(str::to_owned).collect()
    };
    while row(&proc(pid, "limits"), "Max data size").get(3).map(String::as_str) != Some("814743552")
    {
        assert!(Instant::now() < deadline, "{}", proc(pid, "limits"));
        std::thread::sleep(Duration::from_millis(20));
    }
    let seen = proc(pid, "limits");
    assert_eq!(row(&seen, "Max file size")[3..5], ["123456789", "123456789"]);
    assert_eq!(row(&seen, "Max core file size")[4..6], ["0", "0"]);
    let stat = proc(pid, "stat");
    // proc(5): nice is field 19, the 17th after the name.
    let nice = stat.rsplit(')').next().unwrap().split_whitespace().nth(16).unwrap();
    assert_eq!(nice, "12");
    stuck.child.kill().unwrap();
    stuck.child.wait().unwrap();
}

#[test]
fn closing_standard_input_ends_it() {
    let mut stuck = stuck(&Limits::default());
    drop(stuck.child.stdin.take());
    wait(&mut stuck.child);
}

#[test]
fn the_word_cancel_ends_it() {
    let mut stuck = stuck(&Limits::default());
    writeln!(stuck.child.stdin.as_mut().unwrap(), "cancel").unwrap();
    wait(&mut stuck.child);
}

#[test]
fn it_dies_with_its_parent_even_with_standard_input_open() {
    // The shell hands its own standard input on, so the pipe stays open when the shell is killed.
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&source).status().unwrap().success());
    let script = format!("exec 3<&0; {WORKER} <&3 & echo $!; wait");
    let mut shell = Command::new("/bin/sh")
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    tell(&mut shell, &Request::Probe { source, limits: Limits { nice: 11, ..Limits::default() } });
    let mut pid = String::new();
    BufReader::new(shell.stdout.as_mut().unwrap()).read_line(&mut pid).unwrap();
    let pid: u32 = pid.trim().parse().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    // Its file size limit tells that it has confined itself, which the death signal precedes.
    while !proc(pid, "limits").contains("214748364800") {
        assert!(Instant::now() < deadline, "{}", proc(pid, "limits"));
        std::thread::sleep(Duration::from_millis(20));
    }
    shell.kill().unwrap();
    shell.wait().unwrap();
    while !proc(pid, "stat").is_empty() && !proc(pid, "stat").contains(") Z ") {
        assert!(Instant::now() < deadline, "the worker outlived its parent");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn nonsense_is_told_apart_from_work() {
    let mut child = Command::new(WORKER)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.as_mut().unwrap(), "hello").unwrap();
    assert_eq!(wait(&mut child).code(), Some(2));
    let mut said = String::new();
    child.stdout.unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(said, "");
}

/// The folder of test media; see `tests/make-clips`.
fn clips() -> PathBuf {
    std::env::var_os("FARANDOLE_CLIPS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/clips"), PathBuf::from)
}

async fn probe(name: &str) -> Result<farandole_transcoder::spec::Probe, FailureKind> {
    let source = clips().join(name);
    assert!(source.exists(), "{} is missing: run tests/make-clips", source.display());
    let worker = Worker::new(WORKER, Vec::<String>::new());
    let limits = Limits { max_wall: Duration::from_secs(60), ..Limits::default() };
    let cancel = CancellationToken::new();
    worker.probe(&source, &limits, &cancel).await.map_err(|error| error.kind)
}

#[tokio::test]
async fn a_probe_through_a_child_says_what_the_file_is() {
    let good = probe("good.mp4").await.unwrap();
    let video = good.video.unwrap();
    assert_eq!((video.display_width, video.display_height), (640, 360));
    assert_eq!(video.codec, "h264");
    assert!((9.9..10.2).contains(&good.duration.as_secs_f64()), "{:?}", good.duration);
    let tracks = probe("two-languages.mkv").await.unwrap().audio;
    let languages: Vec<_> = tracks.iter().map(|track| track.language.as_deref()).collect();
    assert_eq!(languages, [Some("eng"), Some("fra")]);
    assert!(probe("audio-only.m4a").await.unwrap().video.is_none());
    assert!(probe("cover-art.m4a").await.unwrap().cover_stream.is_some());
}

#[tokio::test]
async fn what_is_no_media_is_refused_by_a_living_child() {
    for name in ["zero.mp4", "zeros.mp4", "text.mp4", "no-moov.mp4", "playlist.mp4"] {
        let kind = probe(name).await.unwrap_err();
        assert!(matches!(kind, FailureKind::NotMedia | FailureKind::Damaged), "{name}: {kind:?}");
    }
}
