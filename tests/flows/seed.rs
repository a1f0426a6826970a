//! `farandole seed` beside a real server: it fetches a real video, and viewers get all of it from
//! the seeder. What is altered is noticed, refused and reported.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use farandole::config::{Config, SharingLimit};
use farandole_peer::connection::Network;
use farandole_peer::link::{Counters, Shared};
use farandole_peer::origin::{Origin, Rendition, Video};
use farandole_peer::seeder;
use farandole_peer::store::{Memory, Segments as _};
use farandole_peer::swarm::{Notice, Setup, Swarm};
use farandole_peer::throttle::Throttle;
use farandole_peer::tracker::Tracker;
use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use tokio::time::timeout;
use url::Url;

use super::publish::run_jobs;
use crate::support::TestApp;

/// For what must come, on a machine that is busy.
const LONG: Duration = Duration::from_secs(90);

async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(LONG, what).await.expect("it did not come")
}

fn shared(config: &mut Config) {
    config.transcoding.resolutions = vec![144];
    config.transcoding.preset = "ultrafast".to_owned();
    config.p2p.policy = SharingLimit::On;
}

/// A server with a published video, and the video's page.
async fn published(fields: &[(&str, &str)]) -> (TestApp, String) {
    let app = TestApp::start_with(shared).await;
    let video = app.user("alice").await.upload("good.mp4", fields).await;
    run_jobs(&app.app).await;
    let page = app.url(&format!("/w/{}", video["uuid"].as_str().unwrap()));
    (app, page)
}

/// The program, seeding.
struct Seeding {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Seeding {
    fn start(page: &str, dir: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_farandole"))
            .args(["seed", page, "--dir"])
            .arg(dir)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("Seeding") {
            line.clear();
            assert_ne!(output.read_line(&mut line).unwrap(), 0, "it ended before it seeded");
        }
        Self { child, output }
    }

    /// Asks it to end, as a service manager does; what it said last.
    fn stop(mut self) -> String {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let mut said = String::new();
        self.output.read_to_string(&mut said).unwrap();
        assert!(self.child.wait().unwrap().success());
        said
    }
}

impl Drop for Seeding {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A native peer in the swarm of the video's smallest picture.
struct Peer {
    origin: Origin,
    video: Video,
    rendition: Rendition,
    swarm: Swarm,
    notices: UnboundedReceiver<Notice>,
    store: Arc<Memory>,
    _tasks: JoinSet<()>,
}

impl Peer {
    /// Joins with the segments given, which are served as they are.
    async fn join(page: &str, held: Vec<Bytes>) -> Self {
        let page = Url::parse(page).unwrap();
        let origin = Origin::new().unwrap();
        let id = page.path_segments().unwrap().next_back().unwrap();
        let video = origin.video(&page, id).await.unwrap();
        let renditions = origin.renditions(&video).await.unwrap();
        let rendition = renditions.into_iter().find(|found| found.name == "144").unwrap();
        let sizes = seeder::sizes(&rendition.media, &rendition.hashes).unwrap();
        let store = Arc::new(Memory::new(sizes));
        let count = held.len() as u64;
        for (index, bytes) in (0..).zip(held) {
            store.keep(index, bytes).await.unwrap();
        }
        let (tracker, driver) = Tracker::new(video.trackers[0].clone());
        let shared = Shared {
            segments: Arc::clone(&store) as _,
            hashes: Arc::clone(&rendition.hashes),
            throttle: Arc::new(Throttle::new(None)),
            counters: Arc::new(Counters::default()),
            poison: count > 0,
        };
        let (swarm, member, notices) = Swarm::new(Setup {
            hash: rendition.info_hash,
            tracker,
            network: Network::default(),
            shared: Arc::new(shared),
            held: BTreeSet::from_iter(0..count),
            peers: 8,
            offers: 3,
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(driver.run());
        tasks.spawn(member.run());
        Self { origin, video, rendition, swarm, notices, store, _tasks: tasks }
    }

    async fn hears(&mut self, wanted: impl Fn(&Notice) -> bool) -> Notice {
        let hearing = async {
            loop {
                let notice = self.notices.recv().await.unwrap();
                if wanted(&notice) {
                    return notice;
                }
            }
        };
        soon(hearing).await
    }

    /// Fetches every segment from peers, none over HTTP.
    async fn fetches_all(&mut self) {
        let count = self.rendition.hashes.len();
        self.swarm.want(0..count as u64);
        for _ in 0..count {
            self.hears(|notice| matches!(notice, Notice::Fetched(_))).await;
        }
        for index in 0..count {
            let bytes = self.store.read(index as u64).await.unwrap();
            assert!(self.rendition.hashes.matches(index, &bytes));
        }
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seeder_carries_a_video_and_goes_on_from_its_folder() {
    let (app, page) = published(&[]).await;
    let folder = tempfile::tempdir().unwrap();
    let seeding = {
        let (page, dir) = (page.clone(), folder.path().to_owned());
        tokio::task::spawn_blocking(move || Seeding::start(&page, &dir)).await.unwrap()
    };
    let mut viewer = Peer::join(&page, Vec::new()).await;
    viewer.fetches_all().await;
    drop(viewer);
    let said = tokio::task::spawn_blocking(move || seeding.stop()).await.unwrap();
    assert!(said.contains("goes on from here"), "{said}");

    // A disk that rots, and a file of a video that was replaced.
    let kept = files(folder.path());
    let picture = kept.iter().find(|file| file.to_string_lossy().ends_with("-144")).unwrap();
    let mut bytes = std::fs::read(picture).unwrap();
    let whole = bytes.clone();
    bytes[1_000] ^= 1;
    std::fs::write(picture, bytes).unwrap();
    let stale = picture.with_file_name("00000000-0000-4000-8000-000000000000-144");
    std::fs::write(&stale, "old").unwrap();
    let seeding = {
        let (page, dir) = (page.clone(), folder.path().to_owned());
        tokio::task::spawn_blocking(move || Seeding::start(&page, &dir)).await.unwrap()
    };
    assert_eq!(std::fs::read(picture).unwrap(), whole);
    assert!(!stale.exists());
    let mut late = Peer::join(&page, Vec::new()).await;
    late.fetches_all().await;
    drop(seeding);
    drop(app);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn altered_segments_are_refused_and_reported() {
    let (_app, page) = published(&[]).await;
    let mut viewer = Peer::join(&page, Vec::new()).await;
    let mut altered = Vec::new();
    for segment in &viewer.rendition.media.segments {
        let bytes = viewer.origin.segment(&viewer.rendition.playlist, segment).await.unwrap();
        let mut bytes = bytes.to_vec();
        bytes[7] ^= 1;
        altered.push(Bytes::from(bytes));
    }
    let bad = Peer::join(&page, altered).await;
    viewer.swarm.want(0..1);
    let found = viewer.hears(|notice| matches!(notice, Notice::Altered { .. })).await;
    assert_eq!(found, Notice::Altered { segment: 0, peer: bad.swarm.peer });
    assert_eq!(viewer.store.read(0).await, None);

    let text = farandole_peer::tracker::wire::text;
    let report = serde_json::json!({
        "infoHash": text(&viewer.rendition.info_hash),
        "peerId": text(&viewer.swarm.peer),
        "badPeerId": text(&bad.swarm.peer),
    });
    let address = viewer.video.report.clone().unwrap();
    let answer = reqwest::Client::new().post(address).json(&report).send().await.unwrap();
    assert_eq!(answer.status(), 204);
}

#[tokio::test]
async fn what_is_not_public_cannot_be_seeded() {
    let (_app, page) = published(&[("privacy", "3")]).await;
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_owned();
    let seed = move || {
        let program = env!("CARGO_BIN_EXE_farandole");
        Command::new(program).args(["seed", &page, "--dir"]).arg(dir).output().unwrap()
    };
    let output = tokio::task::spawn_blocking(seed).await.unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("there is nothing to seed"), "{said}");
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
}
