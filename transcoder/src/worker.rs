//! How does the server have media worked on without risking itself? It starts a child process,
//! listens to it, holds it to its limits from outside, and ends it. What the child does inside is
//! [`crate::child`]'s business; what its events mean to a video is the caller's.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::conversation::{Conversation, Outcome, Verdict};
use crate::lines::{Lines, Tail};
use crate::spec::{Event, FailureKind, JoinOrder, Limits, Probe, Request, WorkOrder};
use crate::watch::{folder_bytes, resident_bytes};

/// How often limits are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How long a worker may take to leave after its last line.
const EXIT_GRACE: Duration = Duration::from_secs(5);
/// The only variables a worker is given: what finds programs and shared libraries.
const KEPT_VARIABLES: [&str; 2] = ["PATH", "LD_LIBRARY_PATH"];

/// Why an order was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct WorkError {
    /// Whether trying again can help, and what to tell.
    pub kind: FailureKind,
    /// A plain sentence for the uploader.
    pub message: String,
    /// For the log alone: exit status, broken protocol, the last of standard error.
    pub cause: String,
}

impl WorkError {
    fn new(kind: FailureKind, message: &str, cause: impl Into<String>) -> Self {
        Self { kind, message: message.to_owned(), cause: cause.into() }
    }

    fn crash(cause: impl Into<String>) -> Self {
        Self::new(
            FailureKind::Crash,
            "The video could not be processed: the program that reads it stopped unexpectedly.",
            cause,
        )
    }

    /// The same order may succeed with fewer threads.
    #[must_use]
    pub fn worth_retrying(&self) -> bool {
        self.kind == FailureKind::Crash
    }
}

/// How to start a worker process.
#[derive(Debug, Clone)]
pub struct Worker {
    program: PathBuf,
    args: Vec<OsString>,
}

impl Worker {
    /// A worker that runs `program` with `args`, such as this binary and `transcode-worker`.
    #[must_use]
    pub fn new<A: Into<OsString>>(
        program: impl Into<PathBuf>,
        args: impl IntoIterator<Item = A>,
    ) -> Self {
        Self { program: program.into(), args: args.into_iter().map(Into::into).collect() }
    }

    /// Looks at a media file in a child process.
    ///
    /// # Errors
    /// [`WorkError`] when it is no usable media, took too long, or the child crashed.
    pub async fn probe(
        &self,
        source: &Path,
        limits: &Limits,
        cancel: &CancellationToken,
    ) -> Result<Probe, WorkError> {
        let request = Request::Probe { source: source.to_owned(), limits: limits.clone() };
        let outcome = self.obey(&request, None, &mut |_| {}, cancel).await?;
        outcome.probe.ok_or_else(|| WorkError::crash("done without a probe"))
    }

    /// Has pictures and sound of two finished files put into one; what came out.
    /// Dropping the future ends the child.
    ///
    /// # Errors
    /// [`WorkError`]; whatever is in `order.output` then is of no use.
    pub async fn join(
        &self,
        order: &JoinOrder,
        cancel: &CancellationToken,
    ) -> Result<Probe, WorkError> {
        let request = Request::Join(order.clone());
        let outcome = self.obey(&request, None, &mut |_| {}, cancel).await?;
        outcome.probe.ok_or_else(|| WorkError::crash("done without a probe"))
    }

    /// Has an order worked on; `on_event` sees every event that passed the checks, in order.
    /// Dropping the future ends the child.
    ///
    /// # Errors
    /// [`WorkError`]; whatever is in `out_dir` then is of no use.
    pub async fn run(
        &self,
        order: &WorkOrder,
        mut on_event: impl FnMut(&Event) + Send,
        cancel: &CancellationToken,
    ) -> Result<Outcome, WorkError> {
        let request = Request::Work(order.clone());
        let outcome = self.obey(&request, Some(&order.out_dir), &mut on_event, cancel).await?;
        check_files(&order.out_dir, &outcome)?;
        Ok(outcome)
    }

    /// As [`Self::run`], and once more with half the threads after a crash or a hang.
    ///
    /// `fresh_dir` makes the empty output folder of attempt 1 and, when needed, 2; it takes the
    /// place of `order.out_dir`. `on_event` is told the attempt: at 2, forget what 1 announced.
    ///
    /// # Errors
    /// As [`Self::run`], for the last attempt; and when `fresh_dir` fails.
    pub async fn run_with_retry(
        &self,
        order: &WorkOrder,
        mut fresh_dir: impl FnMut(u32) -> io::Result<PathBuf> + Send,
        mut on_event: impl FnMut(u32, &Event) + Send,
        cancel: &CancellationToken,
    ) -> Result<(PathBuf, Outcome), WorkError> {
        let mut order = order.clone();
        for attempt in 1.. {
            order.out_dir = fresh_dir(attempt).map_err(|error| folder_error(&error))?;
            match self.run(&order, |event| on_event(attempt, event), cancel).await {
                Ok(outcome) => return Ok((order.out_dir, outcome)),
                Err(error) if attempt == 1 && error.worth_retrying() => {
                    order.limits.threads = fewer_threads(order.limits.threads);
                    tracing::warn!(
                        cause = error.cause,
                        threads = order.limits.threads,
                        "a transcode worker crashed or hung; trying once more with fewer threads"
                    );
                }
                Err(error) => return Err(error),
            }
        }
        Err(WorkError::crash("no attempt was made"))
    }

    async fn obey(
        &self,
        request: &Request,
        out_dir: Option<&Path>,
        on_event: &mut (dyn FnMut(&Event) + Send),
        cancel: &CancellationToken,
    ) -> Result<Outcome, WorkError> {
        if cancel.is_cancelled() {
            return Err(cancelled());
        }
        let mut process = Process::start(self, request).await?;
        let mut conversation = Conversation::new(out_dir.is_none());
        let watch = Watch::new(request.limits(), out_dir, process.group.pid);
        let heard = listen(&mut process, &mut conversation, watch, on_event, cancel).await;
        let status = process.end(heard.is_ok()).await;
        let tail = process.stderr.text();
        let with_tail = |mut error: WorkError| {
            error.cause = format!("{} [{status}] {tail}", error.cause);
            error
        };
        heard.map_err(with_tail)?;
        match conversation.verdict() {
            Some(Verdict::Done) => Ok(conversation.into_outcome()),
            // Nobody did: its input was closed from outside, or its state is damaged.
            Some(Verdict::Failed { kind: FailureKind::Cancelled, .. }) => {
                Err(with_tail(WorkError::crash("it cancelled itself")))
            }
            Some(Verdict::Failed { kind, message }) => {
                Err(with_tail(WorkError::new(*kind, message, "the worker gave up")))
            }
            // SIGXFSZ: the kernel's own limit on a file's size was reached first.
            None if status.contains("signal: 25") => Err(with_tail(output_limit())),
            None => Err(with_tail(WorkError::crash("ended without a verdict"))),
        }
    }
}

/// Half the threads, at least one; 0 stands for one per core.
fn fewer_threads(threads: u32) -> u32 {
    let cores = || std::thread::available_parallelism().map_or(2, |cores| cores.get() as u32);
    let now = if threads == 0 { cores() } else { threads };
    (now / 2).max(1)
}

fn cancelled() -> WorkError {
    WorkError::new(FailureKind::Cancelled, "The processing was cancelled.", "cancelled")
}

fn output_limit() -> WorkError {
    WorkError::new(
        FailureKind::Limit,
        "The processed video would be larger than this server allows.",
        "max_output_bytes",
    )
}

fn folder_error(error: &io::Error) -> WorkError {
    let kind = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FailureKind::DiskFull,
        _ => FailureKind::Crash,
    };
    WorkError::new(kind, "The server has no room to process the video in.", error.to_string())
}

/// Every announced file must be there whole: nothing is adopted on a child's word alone.
fn check_files(out_dir: &Path, outcome: &Outcome) -> Result<(), WorkError> {
    let renditions = outcome.renditions.iter().map(|made| (&made.plan.file, Some(made.size_bytes)));
    let images = outcome.images.iter().map(|image| (&image.file, None));
    for (file, size) in renditions.chain(images) {
        let meta = std::fs::symlink_metadata(out_dir.join(file))
            .map_err(|error| WorkError::crash(format!("{file}: {error}")))?;
        if !meta.is_file() || size.is_some_and(|size| size != meta.len()) {
            return Err(WorkError::crash(format!("{file} is not the file that was announced")));
        }
    }
    Ok(())
}

/// A running child, its pipes, and its process group.
struct Process {
    child: Child,
    group: Group,
    lines: Lines<tokio::process::ChildStdout>,
    stderr: Tail<tokio::process::ChildStderr>,
    /// Kept open: the child takes its closing as a cancel.
    _stdin: tokio::process::ChildStdin,
}

/// Kills the group when dropped, so that no way out of here leaves a child behind.
struct Group {
    pid: u32,
    ended: bool,
}

impl Group {
    fn kill(&self) {
        if let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw)
            && !self.ended
        {
            let _ = rustix::process::kill_process_group(pid, Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Process {
    async fn start(worker: &Worker, request: &Request) -> Result<Self, WorkError> {
        let mut command = Command::new(&worker.program);
        command
            .args(&worker.args)
            .env_clear()
            .envs(KEPT_VARIABLES.iter().filter_map(|key| Some((key, std::env::var_os(key)?))))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let start_error = |cause: String| {
            WorkError::new(FailureKind::Crash, "The server could not start processing.", cause)
        };
        let mut child = command.spawn().map_err(|error| start_error(error.to_string()))?;
        let pid = child.id().ok_or_else(|| start_error("no process id".to_owned()))?;
        let group = Group { pid, ended: false };
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(mut stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(start_error("no pipes".to_owned()));
        };
        let mut line =
            serde_json::to_vec(request).map_err(|error| start_error(error.to_string()))?;
        line.push(b'\n');
        // A child that died at once is told by its silence; the write error says less.
        let _ = stdin.write_all(&line).await;
        let (lines, stderr) = (Lines::new(stdout), Tail::new(stderr));
        Ok(Self { child, group, lines, stderr, _stdin: stdin })
    }

    /// Waits for the child to leave by itself when it said all it had to, else ends it; gives the
    /// exit status in words.
    async fn end(&mut self, in_peace: bool) -> String {
        if in_peace {
            let leaving = async {
                while self.stderr.read().await {}
                self.child.wait().await
            };
            if let Ok(Ok(status)) = tokio::time::timeout(EXIT_GRACE, leaving).await {
                // The child is reaped, so its number may be anybody's now; what it left in its
                // group has lost its leader and is not ours to find.
                self.group.ended = true;
                return status.to_string();
            }
        }
        self.group.kill();
        let status = self.child.wait().await;
        self.group.ended = true;
        status.map_or_else(|error| error.to_string(), |status| status.to_string())
    }
}

/// The limits of one order, seen from outside.
struct Watch<'a> {
    limits: &'a Limits,
    out_dir: Option<&'a Path>,
    pid: u32,
    started: Instant,
    last_event: Instant,
}

impl<'a> Watch<'a> {
    fn new(limits: &'a Limits, out_dir: Option<&'a Path>, pid: u32) -> Self {
        let now = Instant::now();
        Self { limits, out_dir, pid, started: now, last_event: now }
    }

    fn check(&self) -> Result<(), WorkError> {
        let limits = self.limits;
        if self.started.elapsed() > limits.max_wall {
            let message = "Processing the video took longer than this server allows.";
            return Err(WorkError::new(FailureKind::Limit, message, "max_wall"));
        }
        if self.last_event.elapsed() > limits.max_silence {
            return Err(WorkError::crash("max_silence: the worker hung"));
        }
        if resident_bytes(self.pid).is_some_and(|bytes| bytes > limits.max_memory_bytes) {
            let message = "Processing the video needs more memory than this server allows.";
            return Err(WorkError::new(FailureKind::Limit, message, "max_memory_bytes"));
        }
        // A handful of files in local scratch: looking takes microseconds.
        if self.out_dir.is_some_and(|dir| folder_bytes(dir) > limits.max_output_bytes) {
            return Err(output_limit());
        }
        Ok(())
    }
}

/// Hears the child out, until its verdict or the end of its output.
async fn listen(
    process: &mut Process,
    conversation: &mut Conversation,
    mut watch: Watch<'_>,
    on_event: &mut (dyn FnMut(&Event) + Send),
    cancel: &CancellationToken,
) -> Result<(), WorkError> {
    let mut look = interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut stderr_open = true;
    while conversation.verdict().is_none() {
        tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(cancelled()),
            _ = look.tick() => watch.check()?,
            more = process.stderr.read(), if stderr_open => stderr_open = more,
            line = process.lines.next() => {
                let line = line.map_err(|error| WorkError::crash(error.to_string()))?;
                let Some(line) = line else { return Ok(()) };
                let event: Event = serde_json::from_slice(&line)
                    .map_err(|error| WorkError::crash(format!("not an event: {error}")))?;
                conversation
                    .accept(&event)
                    .map_err(|breach| WorkError::crash(breach.to_string()))?;
                watch.last_event = Instant::now();
                on_event(&event);
            }
        }
    }
    Ok(())
}
