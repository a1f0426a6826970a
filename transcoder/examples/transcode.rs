//! Runs the media engine on one file in this process and prints its events as JSON lines:
//! `cargo run --example transcode -- FILE EMPTY_DIR [PRESET] [HEIGHTS] [no-remux]`, for looking at what it does and
//! for measuring it without the child process around it.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use farandole_transcoder::engine;
use farandole_transcoder::spec::{ImageSettings, LadderSettings, Limits, WorkOrder};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(source), Some(out_dir)) = (arguments.next(), arguments.next()) else {
        let _ = writeln!(
            std::io::stderr(),
            "usage: transcode FILE EMPTY_DIR [PRESET] [HEIGHTS] [no-remux]"
        );
        return ExitCode::from(2);
    };
    let mut ladder = LadderSettings::default();
    if let Some(preset) = arguments.next() {
        ladder.preset = preset;
    }
    if let Some(list) = arguments.next() {
        ladder.resolutions = list.split(',').filter_map(|side| side.parse().ok()).collect();
    }
    ladder.remux = arguments.next().as_deref() != Some("no-remux");
    let order = WorkOrder {
        source: PathBuf::from(source),
        out_dir: PathBuf::from(out_dir),
        ladder,
        images: Some(ImageSettings::default()),
        still: None,
        limits: Limits::default(),
    };
    let mut stdout = std::io::stdout().lock();
    let mut print = |event| {
        if let Ok(line) = serde_json::to_string(&event) {
            let _ = writeln!(stdout, "{line}");
        }
    };
    match engine::run(&order, &mut print, &AtomicBool::new(false)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "{:?}: {failure}", failure.kind);
            ExitCode::FAILURE
        }
    }
}
