//! `farandole seed URL…`: a volunteer's machine carries public videos for their viewers. Fetches
//! them whole, checks them against what the channel signed, and serves them over WebRTC until it
//! is stopped. A later run goes on from what lies in the folder.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context as _, bail};
use farandole_peer::connection::Network;
use farandole_peer::link::Counters;
use farandole_peer::origin::{Origin, OriginError, Rendition, Video};
use farandole_peer::seeder::{self, SeedError, Seeder};
use farandole_peer::store::{OnDisk, Segments};
use farandole_peer::swarm::{Notice, Swarm};
use farandole_peer::throttle::Throttle;
use farandole_peer::tracker::Tracker;
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use reqwest::Url;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

/// Videos taken from one channel page.
const CHANNEL_LIMIT: usize = 500;
/// Up to this many swarms offer to several viewers at once; with more, offers cost too much.
const FEW_SWARMS: usize = 8;
/// For saying goodbye to viewers.
const GOODBYE: Duration = Duration::from_secs(3);

/// What to seed, and how much of this machine to give.
#[derive(Debug, clap::Args)]
pub struct SeedArgs {
    /// Pages of videos (https://host/w/ID) or channels (https://host/c/NAME).
    #[arg(required = true)]
    urls: Vec<Url>,
    /// Folder for the videos' segments.
    #[arg(long, default_value = "farandole-seed")]
    dir: PathBuf,
    /// Most bytes on disk, such as 20G; renditions that do not fit are left out.
    #[arg(long, value_parser = bytes)]
    disk_limit: Option<u64>,
    /// Most bytes sent a second, such as 2M.
    #[arg(long, value_parser = bytes)]
    upload_limit: Option<u64>,
    /// Renditions to seed (720, audio, …); all when not given.
    #[arg(long = "rendition")]
    renditions: Vec<String>,
}

/// `500`, `64K`, `2M`, `20G`, `1T`: powers of 1024.
fn bytes(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text:?} is no number of bytes; write 500M or 20G");
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let shift = match text.get(digits.len()..).unwrap_or_default().to_ascii_uppercase().as_str() {
        "" | "B" => 0,
        "K" | "KB" => 10,
        "M" | "MB" => 20,
        "G" | "GB" => 30,
        "T" | "TB" => 40,
        _ => return Err(wrong()),
    };
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    number.checked_mul(1 << shift).filter(|bytes| *bytes > 0).ok_or_else(wrong)
}

/// Fetches, checks and serves until it is told to stop.
///
/// # Errors
/// Nothing of what was asked for can be seeded, or the folder cannot be written.
pub async fn run(args: &SeedArgs) -> anyhow::Result<()> {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut stop = Stop::new()?;
    let mut running = Running::default();
    let work = async {
        let origin = Origin::new()?;
        let planned = Plan::make(args, &origin).await?.planned;
        running.start(args, &planned)?;
        running.fill(&origin, &planned).await?;
        running.serve().await
    };
    let outcome = tokio::select! {
        done = work => done,
        () = stop.asked() => say("Stopped. The same command goes on from here."),
    };
    running.leave().await;
    outcome
}

/// A rendition that fits.
struct Planned {
    video: Video,
    rendition: Rendition,
    sizes: Vec<u64>,
    path: PathBuf,
}

/// What will be seeded.
struct Plan<'a> {
    args: &'a SeedArgs,
    planned: Vec<Planned>,
    /// Bytes left of the disk limit.
    room: u64,
}

impl<'a> Plan<'a> {
    /// Asks hosts what there is. One video that cannot be seeded does not keep the others from it.
    async fn make(args: &'a SeedArgs, origin: &Origin) -> anyhow::Result<Self> {
        let room = args.disk_limit.unwrap_or(u64::MAX);
        let mut plan = Self { args, planned: Vec::new(), room };
        for url in &args.urls {
            for id in wanted(origin, url).await? {
                let found = async {
                    let video = origin.video(url, &id).await?;
                    let renditions = origin.renditions(&video).await?;
                    Ok::<_, OriginError>((video, renditions))
                };
                match found.await {
                    Ok((video, renditions)) => plan.add(url, &video, renditions)?,
                    Err(error) => say(&format!("{id}: {error}"))?,
                }
            }
        }
        if plan.planned.is_empty() {
            bail!("there is nothing to seed; nothing was fetched");
        }
        Ok(plan)
    }

    fn add(&mut self, url: &Url, video: &Video, renditions: Vec<Rendition>) -> anyhow::Result<()> {
        let folder = folder(&self.args.dir, url, video)?;
        forget_others(&folder, &renditions);
        let asked = &self.args.renditions;
        for rendition in renditions {
            let name = &rendition.name;
            if !asked.is_empty() && !asked.contains(name) {
                continue;
            }
            let path = folder.join(format!("{}-{name}", rendition.set));
            let sizes = match seeder::sizes(&rendition.media, &rendition.hashes) {
                Ok(sizes) => sizes,
                Err(error) => {
                    say(&format!("{}, {name}: {error}", video.name))?;
                    continue;
                }
            };
            let total: u64 = sizes.iter().sum();
            if total > self.room {
                let size = HumanBytes(total);
                say(&format!("{}, {name}: {size} do not fit the disk limit", video.name))?;
                continue;
            }
            self.room -= total;
            self.planned.push(Planned { video: video.clone(), rendition, sizes, path });
        }
        Ok(())
    }
}

/// Ids behind a page.
async fn wanted(origin: &Origin, page: &Url) -> anyhow::Result<Vec<String>> {
    let parts: Vec<_> = page.path_segments().into_iter().flatten().collect();
    match *parts.as_slice() {
        ["w", id, ..] | ["videos", "watch", id, ..] => Ok(vec![id.to_owned()]),
        ["c" | "video-channels", name, ..] => {
            let videos = origin.channel(page, name, CHANNEL_LIMIT).await;
            let videos = videos.with_context(|| format!("the channel {name}"))?;
            Ok(videos.iter().map(ToString::to_string).collect())
        }
        _ => bail!("{page} is neither the page of a video (/w/…) nor of a channel (/c/…)"),
    }
}

/// One folder a video, below one a host.
fn folder(dir: &Path, page: &Url, video: &Video) -> anyhow::Result<PathBuf> {
    let host = page.host_str().context("the address has no host")?;
    let host: String =
        host.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '_' }).collect();
    let port = page.port().map(|port| format!("_{port}")).unwrap_or_default();
    let folder = dir.join(format!("{host}{port}")).join(video.uuid.to_string());
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    Ok(folder)
}

/// Renditions of an older generation are nobody's any more. What cannot be removed stays.
fn forget_others(folder: &Path, renditions: &[Rendition]) {
    let Ok(files) = std::fs::read_dir(folder) else { return };
    for file in files.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let current = |rendition: &Rendition| name.starts_with(&rendition.set.to_string());
        if !renditions.is_empty() && !renditions.iter().any(current) {
            let _ = std::fs::remove_file(file.path());
        }
    }
}

/// Swarms that were joined.
#[derive(Default)]
struct Running {
    swarms: Vec<(Swarm, Arc<dyn Segments>)>,
    notices: Vec<UnboundedReceiver<Notice>>,
    counters: Arc<Counters>,
    tasks: JoinSet<()>,
}

impl Running {
    /// Joins every swarm; nothing is offered before it was checked.
    fn start(&mut self, args: &SeedArgs, planned: &[Planned]) -> anyhow::Result<()> {
        let throttle = Arc::new(Throttle::new(args.upload_limit));
        let offers = if planned.len() > FEW_SWARMS { 1 } else { 3 };
        let mut trackers: Vec<(Url, Tracker)> = Vec::new();
        for part in planned {
            let url = part.video.trackers.first().context("the host names no tracker")?;
            let tracker = match trackers.iter().find(|(known, _)| known == url) {
                Some((_, tracker)) => tracker.clone(),
                None => {
                    let (tracker, driver) = Tracker::new(url.clone());
                    self.tasks.spawn(driver.run());
                    trackers.push((url.clone(), tracker.clone()));
                    tracker
                }
            };
            let store = OnDisk::open(&part.path, part.sizes.clone())
                .with_context(|| format!("cannot write {}", part.path.display()))?;
            let segments: Arc<dyn Segments> = Arc::new(store);
            let seeder = Seeder {
                network: Network { stun_urls: part.video.stun_urls.clone(), bind: Vec::new() },
                throttle: Arc::clone(&throttle),
                counters: Arc::clone(&self.counters),
                offers,
            };
            let setup = seeder.setup(&part.rendition, Arc::clone(&segments), tracker);
            let (swarm, member, notices) = Swarm::new(setup);
            self.tasks.spawn(member.run());
            self.swarms.push((swarm, segments));
            self.notices.push(notices);
        }
        Ok(())
    }

    /// Fetches what is missing; what is there is served meanwhile.
    async fn fill(&mut self, origin: &Origin, planned: &[Planned]) -> anyhow::Result<()> {
        let total = planned.iter().flat_map(|part| &part.sizes).sum();
        let bar = ProgressBar::new(total);
        let look = "{bar:30} {percent:>3} %  {bytes} of {total_bytes}, {bytes_per_sec}  {msg}";
        bar.set_style(ProgressStyle::with_template(look)?);
        let mut whole = 0;
        for (part, (swarm, segments)) in planned.iter().zip(&self.swarms) {
            let what = format!("{}, {}", part.video.name, part.rendition.name);
            bar.set_message(what.clone());
            let held = |bytes| bar.inc(bytes);
            match seeder::fill(origin, &part.rendition, segments.as_ref(), swarm, held).await {
                Ok(()) => whole += 1,
                Err(SeedError::Disk(error)) => return Err(error).context(what),
                Err(error) => bar.suspend(|| say(&format!("{what}: {error}")))?,
            }
        }
        bar.finish_and_clear();
        if whole == 0 {
            bail!("nothing could be fetched whole; what arrived stays for the next run");
        }
        say(&format!("Seeding {whole} renditions, {}. Stop with Ctrl-C.", HumanBytes(total)))
    }

    /// Shows what goes on until it is stopped.
    async fn serve(&mut self) -> anyhow::Result<()> {
        let bar = ProgressBar::new_spinner();
        let mut peers = vec![0; self.notices.len()];
        let mut ticks = tokio::time::interval(Duration::from_secs(1));
        loop {
            ticks.tick().await;
            for (notices, peers) in self.notices.iter_mut().zip(&mut peers) {
                while let Ok(notice) = notices.try_recv() {
                    match notice {
                        Notice::Peers(now) => *peers = now,
                        Notice::Refused(reason) => {
                            bar.println(format!(
                                "The tracker does not serve a rendition: {reason}"
                            ));
                        }
                        Notice::Fetched(_) | Notice::Altered { .. } => {}
                    }
                }
            }
            let sent = HumanBytes(self.counters.uploaded.load(Ordering::Relaxed));
            let connected: usize = peers.iter().sum();
            bar.set_message(format!("{connected} viewers connected, {sent} sent"));
            bar.tick();
        }
    }
}

impl Running {
    /// Closes every channel, so that viewers need not wait for what will not come.
    async fn leave(mut self) {
        self.swarms.clear();
        let leaving = async { while self.tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(GOODBYE, leaving).await;
    }
}

/// Somebody wants it to end: Ctrl-C, or the machine's service manager.
struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    fn new() -> anyhow::Result<Self> {
        let interrupt = signal(SignalKind::interrupt())?;
        let terminate = signal(SignalKind::terminate())?;
        Ok(Self { interrupt, terminate })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

fn say(sentence: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout().lock(), "{sentence}")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Origin, Url, bytes, wanted};

    #[test]
    fn sizes_are_read_as_people_write_them() {
        assert_eq!(bytes("500"), Ok(500));
        assert_eq!(bytes("64k"), Ok(64 << 10));
        assert_eq!(bytes("2M"), Ok(2 << 20));
        assert_eq!(bytes("20GB"), Ok(20 << 30));
        for wrong in ["", "0", "M", "2 M", "-1", "1.5G", "99999999999T", "2X"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn pages_of_videos_are_told_from_others() {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let origin = Origin::new().unwrap();
        let ids = async |path: &str| {
            let page = Url::parse("https://video.example").unwrap().join(path).unwrap();
            wanted(&origin, &page).await.map_err(|error| error.to_string())
        };
        assert_eq!(ids("/w/abc?start=3").await.unwrap(), ["abc"]);
        assert_eq!(ids("/videos/watch/abc").await.unwrap(), ["abc"]);
        let refused = ids("/about").await.unwrap_err();
        assert!(refused.contains("neither the page of a video"), "{refused}");
    }
}
