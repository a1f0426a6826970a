//! Does a child process that crashes, hangs, lies or eats too much leave its parent unharmed?
//! `/bin/sh` and perl (essential on Debian) play the hostile child; they know no limits of their
//! own, so what stops them is the parent.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use farandole_transcoder::spec::{Event, FailureKind, LadderSettings, Limits, WorkOrder};
use farandole_transcoder::worker::{WorkError, Worker};
use tokio_util::sync::CancellationToken;

const PROBED: &str = r#"{"event":"probed","probe":{"container":"mp4","duration":{"secs":4,"nanos":0},"bitrate_bps":null,"size_bytes":9,"video":null,"audio":[],"subtitles":[],"cover_stream":null}}"#;
const PLANNED: &str = r#"{"event":"planned","target_duration_s":4,"renditions":[{"index":0,"role":"audio_only","label":"Audio only","file":"audio.mp4","resolution":0,"width":0,"height":0,"fps":null,"codecs":"mp4a.40.2","bandwidth_bps":1000,"remux":false,"has_audio":true,"has_video":false,"language":null,"channels":2,"default":true}]}"#;
const PROGRESS: &str =
    r#"{"event":"progress","position_us":1,"speed":1.0,"fps":1.0,"eta_ms":null}"#;

fn limits() -> Limits {
    Limits { max_wall: Duration::from_secs(30), ..Limits::default() }
}

fn order(out_dir: &Path, limits: Limits) -> WorkOrder {
    WorkOrder {
        source: PathBuf::from("/nonexistent"),
        out_dir: out_dir.to_owned(),
        ladder: LadderSettings::default(),
        images: None,
        still: None,
        limits,
    }
}

/// A child that first reads its order, as the real one does.
fn shell(script: &str) -> Worker {
    Worker::new("/bin/sh", ["-c".to_owned(), format!("read -r order; {script}")])
}

async fn run(worker: &Worker, dir: &Path, limits: Limits) -> Result<Vec<Event>, WorkError> {
    let mut events = Vec::new();
    let cancel = CancellationToken::new();
    worker.run(&order(dir, limits), |event| events.push(event.clone()), &cancel).await?;
    Ok(events)
}

async fn failure(script: &str, limits: Limits) -> WorkError {
    let dir = tempfile::tempdir().unwrap();
    let script = script.replace("OUT", dir.path().to_str().unwrap());
    run(&shell(&script), dir.path(), limits).await.unwrap_err()
}

/// The process with this number is gone or a zombie nobody runs any more.
fn is_gone(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .map_or(true, |stat| stat.rsplit(')').next().unwrap().trim_start().starts_with('Z'))
}

async fn wait_until_gone(pid: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is_gone(pid) {
        assert!(Instant::now() < deadline, "process {pid} still runs");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_well_spoken_child_is_heard_out() {
    let dir = tempfile::tempdir().unwrap();
    let hash = "ab".repeat(32);
    let lines = [
        PROBED,
        PLANNED,
        r#"{"event":"init","rendition":0,"length":4}"#,
        &format!(
            r#"{{"event":"segment","rendition":0,"offset":4,"length":5,"duration_us":4000000,"sha256":"{hash}"}}"#
        ),
        r#"{"event":"rendition_done","rendition":0,"size_bytes":9}"#,
        r#"{"event":"done","duration_us":4000000}"#,
    ];
    let script = format!(
        "printf 123456789 > {}/audio.mp4\ncat <<'X'\n{}\nX\n",
        dir.path().display(),
        lines.join("\n")
    );
    let events = run(&shell(&script), dir.path(), limits()).await.unwrap();
    assert_eq!(events.len(), 6);
    // The same words over a file that is not what was announced.
    let short = script.replace("123456789", "12345");
    let error = run(&shell(&short), dir.path(), limits()).await.unwrap_err();
    assert!(error.cause.contains("audio.mp4"), "{error:?}");
    assert_eq!(error.kind, FailureKind::Crash);
}

#[tokio::test]
async fn a_child_that_dies_is_a_crash_with_its_last_words() {
    let error = failure("echo 'assertion failed: x' >&2; kill -SEGV $$", limits()).await;
    assert_eq!(error.kind, FailureKind::Crash);
    assert!(error.worth_retrying());
    assert!(error.cause.contains("signal: 11"), "{}", error.cause);
    assert!(error.cause.contains("assertion failed: x"), "{}", error.cause);
    assert!(!error.message.contains("assertion"), "private words in public: {}", error.message);
}

#[tokio::test]
async fn a_child_that_says_why_is_believed() {
    let line = r#"{"event":"failed","kind":"not_media","message":"This is a text file."}"#;
    let error = failure(&format!("echo '{line}'"), limits()).await;
    assert_eq!(
        (error.kind, error.message.as_str()),
        (FailureKind::NotMedia, "This is a text file.")
    );
}

#[tokio::test]
async fn a_child_that_cancels_itself_has_crashed() {
    let line = r#"{"event":"failed","kind":"cancelled","message":"The work was cancelled."}"#;
    let error = failure(&format!("echo '{line}'"), limits()).await;
    assert_eq!(error.kind, FailureKind::Crash);
}

#[tokio::test]
async fn garbage_on_stdout_ends_it() {
    for garbage in [
        "echo 'Segmentation fault'; sleep 60",
        "echo '{\"event\":\"dance\"}'; sleep 60",
        "echo '{\"event\":\"done\",\"duration_us\":1}'; sleep 60",
        "head -c 3000000 /dev/zero; sleep 60",
        "exec cat /dev/urandom",
    ] {
        let error = failure(garbage, limits()).await;
        assert_eq!(error.kind, FailureKind::Crash, "{garbage}: {error:?}");
    }
}

#[tokio::test]
async fn a_silent_child_counts_as_hung() {
    let limits = Limits { max_silence: Duration::from_millis(700), ..limits() };
    let error = failure("echo $$ > OUT/pid; while :; do :; done", limits).await;
    assert_eq!(error.kind, FailureKind::Crash);
    assert!(error.cause.contains("max_silence"), "{error:?}");
}

#[tokio::test]
async fn a_busy_talker_still_ends_at_the_wall_limit() {
    let limits = Limits { max_wall: Duration::from_millis(900), ..limits() };
    let error =
        failure(&format!("echo '{PROBED}'; while echo '{PROGRESS}'; do :; done"), limits).await;
    assert_eq!(error.kind, FailureKind::Limit);
    assert!(error.cause.contains("max_wall"), "{error:?}");
}

#[tokio::test]
async fn memory_beyond_the_cap_ends_it() {
    let limits = Limits { max_memory_bytes: 60 << 20, ..limits() };
    let error = failure("exec perl -e '$x = \"a\" x 200_000_000; sleep 60'", limits).await;
    assert_eq!(error.kind, FailureKind::Limit);
    assert!(error.cause.contains("max_memory_bytes"), "{error:?}");
}

#[tokio::test]
async fn output_beyond_the_cap_ends_it() {
    let limits = Limits { max_output_bytes: 1_000_000, ..limits() };
    let script = "head -c 700000 /dev/zero > OUT/a; head -c 700000 /dev/zero > OUT/b; sleep 60";
    let error = failure(script, limits).await;
    assert_eq!(error.kind, FailureKind::Limit);
    assert!(error.cause.contains("max_output_bytes"), "{error:?}");
}

#[tokio::test]
async fn a_cancel_ends_the_whole_group() {
    let dir = tempfile::tempdir().unwrap();
    let pids = dir.path().join("pids");
    let script = format!("sleep 60 & echo $$ $! > {0}.new; mv {0}.new {0}; wait", pids.display());
    let cancel = CancellationToken::new();
    let trip = cancel.clone();
    let file = pids.clone();
    let watcher = async move {
        while !file.exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        trip.cancel();
    };
    let (worker, order) = (shell(&script), order(dir.path(), limits()));
    let (outcome, ()) = tokio::join!(worker.run(&order, |_| {}, &cancel), watcher);
    let error = outcome.unwrap_err();
    assert_eq!(error.kind, FailureKind::Cancelled);
    for pid in std::fs::read_to_string(pids).unwrap().split_whitespace() {
        wait_until_gone(pid).await;
    }
}

#[tokio::test]
async fn dropping_the_future_leaves_no_child_behind() {
    let dir = tempfile::tempdir().unwrap();
    let pids = dir.path().join("pids");
    let script = format!("sleep 60 & echo $$ $! > {0}.new; mv {0}.new {0}; wait", pids.display());
    let (worker, order, cancel) =
        (shell(&script), order(dir.path(), limits()), CancellationToken::new());
    tokio::select! {
        _ = worker.run(&order, |_| {}, &cancel) => panic!("it ended by itself"),
        () = async { while !pids.exists() { tokio::time::sleep(Duration::from_millis(10)).await } } => {}
    }
    for pid in std::fs::read_to_string(pids).unwrap().split_whitespace() {
        wait_until_gone(pid).await;
    }
}

#[tokio::test]
async fn a_child_knows_nothing_of_the_servers_environment() {
    // Cargo sets this one for every test.
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
    let error = failure("env >&2", limits()).await;
    assert!(error.cause.contains("PATH="), "{}", error.cause);
    assert!(!error.cause.contains("CARGO_"), "{}", error.cause);
}

#[tokio::test]
async fn a_crash_is_tried_once_more_with_fewer_threads_in_a_fresh_folder() {
    let base = tempfile::tempdir().unwrap();
    // Writes the order down and dies, every time.
    let worker = Worker::new(
        "/bin/sh",
        [
            "-c".to_owned(),
            format!(
                "cd {}; read -r order; echo \"$order\" >> orders; kill -9 $$",
                base.path().display()
            ),
        ],
    );
    let start = order(Path::new("/unused"), Limits { threads: 8, ..limits() });
    let fresh = |attempt: u32| {
        let dir = base.path().join(attempt.to_string());
        std::fs::create_dir(&dir).map(|()| dir)
    };
    let cancel = CancellationToken::new();
    let error = worker.run_with_retry(&start, fresh, |_, _| {}, &cancel).await.unwrap_err();
    assert_eq!(error.kind, FailureKind::Crash);
    let orders = std::fs::read_to_string(base.path().join("orders")).unwrap();
    let orders: Vec<serde_json::Value> =
        orders.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let seen: Vec<_> = orders
        .iter()
        .map(|order| {
            (order["limits"]["threads"].as_u64().unwrap(), order["out_dir"].as_str().unwrap())
        })
        .collect();
    let dir = |name: &str| base.path().join(name).to_str().unwrap().to_owned();
    assert_eq!(seen, [(8, dir("1").as_str()), (4, dir("2").as_str())]);
}

#[tokio::test]
async fn a_refusal_is_not_tried_again() {
    let base = tempfile::tempdir().unwrap();
    let line = r#"{"event":"failed","kind":"damaged","message":"The file ends early."}"#;
    let mut folders = 0;
    let fresh = |_| {
        folders += 1;
        Ok(base.path().to_owned())
    };
    let cancel = CancellationToken::new();
    let start = order(Path::new("/unused"), limits());
    let worker = shell(&format!("echo '{line}'"));
    let error = worker.run_with_retry(&start, fresh, |_, _| {}, &cancel).await.unwrap_err();
    assert_eq!(error.kind, FailureKind::Damaged);
    assert_eq!(folders, 1);
}

#[tokio::test]
async fn a_missing_program_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let worker = Worker::new("/nonexistent/worker", Vec::<String>::new());
    let error = run(&worker, dir.path(), limits()).await.unwrap_err();
    assert_eq!(error.kind, FailureKind::Crash);
}
