//! `farandole transcode FILE --out DIR`: the ladder as files, without a server.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use farandole_transcoder::index::SegmentIndex;
use farandole_transcoder::playlist::{self, Rendition};
use farandole_transcoder::spec::{
    Event, ImageSettings, LadderSettings, Limits, RenditionPlan, WorkOrder,
};
use farandole_transcoder::worker::Worker;
use indicatif::{ProgressBar, ProgressStyle};
use tokio_util::sync::CancellationToken;

use crate::config::{Config, Overrides};

/// What to transcode, and where to.
#[derive(Debug, clap::Args)]
pub struct TranscodeArgs {
    /// Media file.
    file: PathBuf,
    /// Folder to fill; it is made, and must be empty.
    #[arg(long)]
    out: PathBuf,
    /// Shorter sides of the renditions, pixels, such as 240,480,720.
    #[arg(long, value_delimiter = ',')]
    resolutions: Option<Vec<u32>>,
    /// Threads; 0: one per core.
    #[arg(long)]
    threads: Option<u32>,
    /// Encode the top rendition too, even when the source's own video would fit.
    #[arg(long)]
    no_remux: bool,
    /// Configuration file (TOML), for the ladder's settings.
    #[arg(long)]
    config: Option<PathBuf>,
}

/// Transcodes one file; Ctrl-C stops it.
///
/// # Errors
/// The file is no media, the folder is not empty, the worker failed.
pub async fn run(args: &TranscodeArgs) -> anyhow::Result<()> {
    let order = order(args)?;
    let program = std::env::current_exe().context("where this program lies is not known")?;
    let worker = Worker::new(program, ["transcode-worker"]);
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let bar = progress_bar()?;
    let mut progress = Progress::new(bar.clone());
    let work = worker.run(&order, |event| progress.hear(event), &cancel);
    let outcome = tokio::select! {
        outcome = work => outcome,
        _ = tokio::signal::ctrl_c() => {
            stop.cancel();
            bail!("stopped; {} holds what was made so far", order.out_dir.display())
        }
    };
    outcome.map_err(|error| anyhow::anyhow!("{error}"))?;
    bar.finish_and_clear();
    progress.write_playlists(&order.out_dir)?;
    report(&progress, &order.out_dir)
}

fn order(args: &TranscodeArgs) -> anyhow::Result<WorkOrder> {
    let config = Config::load(args.config.as_deref(), &Overrides::default())?.transcoding;
    ensure!(args.file.is_file(), "{} is not a file", args.file.display());
    std::fs::create_dir_all(&args.out)
        .with_context(|| format!("cannot make {}", args.out.display()))?;
    ensure!(
        std::fs::read_dir(&args.out)?.next().is_none(),
        "{} is not empty: name a new folder",
        args.out.display()
    );
    Ok(WorkOrder {
        source: args.file.canonicalize()?,
        out_dir: args.out.canonicalize()?,
        ladder: LadderSettings {
            resolutions: args.resolutions.clone().unwrap_or(config.resolutions),
            audio_only: config.audio_only,
            max_fps: config.max_fps,
            remux: config.remux && !args.no_remux,
            preset: config.preset,
            crf: config.crf,
            bitrate_factor: config.bitrate_factor,
            // Nobody watches a folder that fills.
            small_first: false,
            ..LadderSettings::default()
        },
        images: Some(ImageSettings::default()),
        still: None,
        limits: Limits {
            threads: args.threads.unwrap_or(config.threads),
            nice: i32::try_from(config.nice)?,
            max_wall: Duration::from_secs(u64::from(config.max_hours) * 3600),
            max_memory_bytes: config.max_memory_bytes,
            max_output_bytes: config.max_output_bytes,
            ..Limits::default()
        },
    })
}

fn progress_bar() -> anyhow::Result<ProgressBar> {
    let bar = ProgressBar::new(0);
    bar.set_style(ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}")?);
    Ok(bar)
}

/// What the worker said so far.
struct Progress {
    bar: ProgressBar,
    plans: Vec<RenditionPlan>,
    indexes: Vec<SegmentIndex>,
    target_duration_s: u32,
}

impl Progress {
    fn new(bar: ProgressBar) -> Self {
        Self { bar, plans: Vec::new(), indexes: Vec::new(), target_duration_s: 0 }
    }

    fn hear(&mut self, event: &Event) {
        match event {
            Event::Probed { probe } => self.bar.set_length(probe.duration.as_millis() as u64),
            Event::Planned { renditions, target_duration_s } => {
                self.plans.clone_from(renditions);
                self.indexes = vec![SegmentIndex::default(); renditions.len()];
                self.target_duration_s = *target_duration_s;
            }
            Event::Progress { position_us, speed, fps, eta_ms } => {
                let left = eta_ms.map_or_else(String::new, |ms| {
                    format!(", {} left", indicatif::HumanDuration(Duration::from_millis(ms)))
                });
                self.bar.set_position(position_us / 1000);
                self.bar.set_message(format!("{speed:.1}× , {fps:.0} frames/s{left}"));
            }
            Event::Warning { message } => self.bar.println(format!("note: {message}")),
            Event::Init { rendition, .. }
            | Event::Segment { rendition, .. }
            | Event::RenditionDone { rendition, .. } => {
                if let Some(index) = self.indexes.get_mut(*rendition) {
                    // The worker's conversation was checked before it came here.
                    let _ = index.apply(event);
                }
            }
            _ => {}
        }
    }

    fn write_playlists(&self, out: &Path) -> anyhow::Result<()> {
        let renditions: Vec<_> = self
            .plans
            .iter()
            .zip(&self.indexes)
            .map(|(plan, index)| Rendition { plan, index })
            .collect();
        let name = |plan: &RenditionPlan| plan.file.replace(".mp4", ".m3u8");
        for rendition in &renditions {
            let plan = rendition.plan;
            let text = playlist::media(rendition.index, self.target_duration_s, &plan.file);
            std::fs::write(out.join(name(plan)), text)?;
        }
        std::fs::write(out.join("master.m3u8"), playlist::master(&renditions, name))?;
        Ok(())
    }
}

fn report(progress: &Progress, out: &Path) -> anyhow::Result<()> {
    let mut say = std::io::stdout().lock();
    for (plan, index) in progress.plans.iter().zip(&progress.indexes) {
        let (size, codecs) = (indicatif::HumanBytes(index.end()), &plan.codecs);
        let how = if plan.remux { "copied" } else { "encoded" };
        writeln!(say, "{:>12}  {how}  {size}  {codecs}", plan.label)?;
    }
    writeln!(say, "{} plays it all.", out.join("master.m3u8").display())?;
    Ok(())
}
