//! From an uploaded file to a published video, with everything that can come between.

mod copies;
mod failures;
mod road;
mod swarms;

use std::path::Path;

use farandole::app::App;
use farandole::config::Config;
use farandole::db::jobs::Weight;
use farandole::db::sql;
use farandole::jobs::Runner;
use farandole_transcoder::worker::Worker;
use futures::TryStreamExt as _;

use crate::support::TestApp;

/// One rung to encode below the copied top, so that a test costs little.
fn small_ladder(config: &mut Config) {
    config.transcoding.resolutions = vec![144, 360];
    config.transcoding.preset = "ultrafast".to_owned();
}

/// The real worker, given the order that a script has read. A pipe opened both ways stands for
/// its input, because the end of its input would cancel it.
fn real() -> String {
    format!(
        "pipe=$(mktemp -u); mkfifo $pipe; exec 3<>$pipe; rm $pipe; printf '%s\\n' \"$order\" >&3; \
         exec {} transcode-worker <&3",
        env!("CARGO_BIN_EXE_farandole")
    )
}

/// A worker that probes as the real one does, and plays `script` when told to work. The script
/// finds the output folder in `$out`, the order in `$order`.
fn scripted(script: &str) -> Worker {
    let out = r#"out=$(printf '%s' "$order" | sed 's/.*"out_dir":"\([^"]*\)".*/\1/')"#;
    let text = format!(
        "read -r order; case \"$order\" in *'\"request\":\"probe\"'*) {} ;; *) {out}; {script} ;; esac",
        real()
    );
    Worker::new("/bin/sh", ["-c".to_owned(), text])
}

/// Runs every job that is due, the light ones last.
pub(super) async fn run_jobs(app: &App) {
    let runner = Runner::new(app.clone());
    while runner.run_next(Weight::Heavy).await.unwrap() {}
    while runner.run_next(Weight::Light).await.unwrap() {}
}

/// One column of the only row of a query about a video.
async fn video_int(app: &TestApp, id: i64, column: &str) -> i64 {
    let mut conn = app.app.db().read().await.unwrap();
    let text = format!("SELECT {column} AS n FROM videos WHERE id = $1");
    sql(text).int(id).one(&mut conn).await.unwrap().int("n").unwrap()
}

async fn failure(app: &TestApp, id: i64) -> Option<String> {
    let mut conn = app.app.db().read().await.unwrap();
    let text = "SELECT failure FROM videos WHERE id = $1";
    sql(text).int(id).one(&mut conn).await.unwrap().text_opt("failure").unwrap()
}

/// `state` and count of a video's media sets, in the order they were made.
async fn set_states(app: &TestApp, id: i64) -> Vec<String> {
    let mut conn = app.app.db().read().await.unwrap();
    let rows = sql("SELECT state FROM media_sets WHERE video_id = $1 ORDER BY id")
        .int(id)
        .all(&mut conn)
        .await
        .unwrap();
    rows.iter().map(|row| row.text("state").unwrap()).collect()
}

/// Every key in storage, sorted.
async fn stored_keys(app: &App) -> Vec<String> {
    let mut keys: Vec<String> =
        app.store().list(None).map_ok(|(key, _)| key.to_string()).try_collect().await.unwrap();
    keys.sort();
    keys
}

/// Every key that a row names, sorted.
async fn named_keys(app: &App) -> Vec<String> {
    let mut conn = app.db().read().await.unwrap();
    let rows =
        sql("SELECT storage_key FROM renditions UNION ALL SELECT storage_key FROM video_images \
                    UNION ALL SELECT storage_key FROM originals WHERE storage_key IS NOT NULL")
        .all(&mut conn)
        .await
        .unwrap();
    let mut keys: Vec<String> = rows.iter().map(|row| row.text("storage_key").unwrap()).collect();
    keys.sort();
    keys
}

/// Files anywhere below this server's scratch.
fn scratch_files(app: &App) -> Vec<String> {
    fn walk(dir: &Path, found: &mut Vec<String>) {
        let Ok(entries) = std::fs::read_dir(dir) else { return };
        for entry in entries.flatten() {
            if entry.path().is_dir() {
                walk(&entry.path(), found);
            } else {
                found.push(entry.path().display().to_string());
            }
        }
    }
    let mut found = Vec::new();
    walk(&app.scratch(""), &mut found);
    found
}
