//! What does `farandole transcode-worker` do? Reads one request, gives itself limits, works, and
//! says what happens line by line. The parent's side is [`crate::worker`]; media is
//! [`crate::engine`]'s business.

use std::io::{BufRead, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, Signal};

use crate::failure::Failure;
use crate::spec::{Event, FailureKind, Limits, Probe, Request};

/// Longest request read, bytes.
const MAX_REQUEST_BYTES: u64 = 1 << 20;
/// How long the engine has to notice a cancel before the process ends without it.
const CANCEL_GRACE: Duration = Duration::from_secs(3);

/// The whole life of a worker process: standard input to standard output.
///
/// Exits with 0 whenever the last line is `done` or `failed`, with 2 when no request could be
/// read, with 1 when nobody reads the output any more or a cancel was not heeded.
#[must_use]
pub fn run() -> ExitCode {
    let request = match read_request(&mut std::io::stdin().lock()) {
        Ok(request) => request,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "transcode-worker: {error}");
            return ExitCode::from(2);
        }
    };
    if let Err(error) = confine(request.limits()) {
        // Going on without limits is the parent's risk to take, and it watches from outside too.
        let _ = writeln!(std::io::stderr(), "transcode-worker: limits not set: {error}");
    }
    let cancelled = Arc::new(AtomicBool::new(false));
    heed_cancel(Arc::clone(&cancelled));
    match obey(&request, std::io::stdout().lock(), &cancelled) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "transcode-worker: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads the one line that says what to do.
fn read_request(input: &mut impl BufRead) -> std::io::Result<Request> {
    let mut line = String::new();
    std::io::Read::take(input, MAX_REQUEST_BYTES).read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}

/// Does what was asked and writes the events; the last line is always the verdict.
///
/// # Errors
/// When the output cannot be written.
fn obey(request: &Request, output: impl Write, cancelled: &AtomicBool) -> std::io::Result<()> {
    let mut speaker = Speaker { output, cancelled, ended: false, broken: None };
    let result = match request {
        Request::Work(order) => {
            crate::engine::run(order, &mut |event| speaker.say(&event), cancelled)
        }
        Request::Probe { source, .. } => {
            crate::probe::probe(source).map(|probe| speaker.say_probed(probe))
        }
        Request::Join(order) => crate::join::run(order, cancelled)
            .and_then(|()| crate::probe::probe(&order.output))
            .map(|probe| speaker.say_probed(probe)),
    };
    if let Err(Failure { kind, message }) = result {
        let kind = if cancelled.load(Ordering::Relaxed) { FailureKind::Cancelled } else { kind };
        speaker.say(&Event::Failed { kind, message });
    } else if !speaker.ended {
        let message = "The work ended without a result.".to_owned();
        speaker.say(&Event::Failed { kind: FailureKind::Crash, message });
    }
    speaker.broken.map_or(Ok(()), Err)
}

/// Writes events until nobody listens any more.
struct Speaker<'a, W> {
    output: W,
    cancelled: &'a AtomicBool,
    ended: bool,
    broken: Option<std::io::Error>,
}

impl<W: Write> Speaker<'_, W> {
    /// All there is to say of a file that was only looked at.
    fn say_probed(&mut self, probe: Probe) {
        let duration_us = u64::try_from(probe.duration.as_micros()).unwrap_or(u64::MAX);
        self.say(&Event::Probed { probe });
        self.say(&Event::Done { duration_us });
    }

    fn say(&mut self, event: &Event) {
        self.ended |= matches!(event, Event::Done { .. } | Event::Failed { .. });
        if self.broken.is_none()
            && let Err(error) = self.write(event)
        {
            // The parent is gone: stop as if told to.
            self.cancelled.store(true, Ordering::Relaxed);
            self.broken = Some(error);
        }
    }

    fn write(&mut self, event: &Event) -> std::io::Result<()> {
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        self.output.write_all(&line)?;
        self.output.flush()
    }
}

/// Gives this process its limits, before it touches any media.
fn confine(limits: &Limits) -> rustix::io::Result<()> {
    // The process ends with its parent even when it is stuck in a codec and cannot see that
    // standard input was closed.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    let wanted = limits.nice.clamp(0, 19);
    if rustix::process::getpriority_process(None)? < wanted {
        rustix::process::setpriority_process(None, wanted)?;
    }
    // A core file of a process that holds whole films would fill the disk.
    cap(Resource::Core, 0)?;
    cap(Resource::Fsize, limits.max_output_bytes)?;
    cap(Resource::Data, limits.max_memory_bytes)
}

/// Lowers one resource limit; a limit that is lower already stays.
fn cap(resource: Resource, wanted: u64) -> rustix::io::Result<()> {
    let hard = rustix::process::getrlimit(resource).maximum.unwrap_or(u64::MAX);
    let value = Some(wanted.min(hard));
    rustix::process::setrlimit(resource, Rlimit { current: value, maximum: value })
}

/// Sets the flag when standard input is closed or says `cancel`, and ends the process when the
/// engine does not react in time.
fn heed_cancel(cancelled: Arc<AtomicBool>) {
    let watch = move || {
        let mut line = String::new();
        let mut input = std::io::stdin().lock();
        while matches!(input.read_line(&mut line), Ok(1..)) && line.trim_end() != "cancel" {
            line.clear();
        }
        cancelled.store(true, Ordering::Relaxed);
        std::thread::sleep(CANCEL_GRACE);
        std::process::exit(1);
    };
    let name = "cancel-watch".to_owned();
    if let Err(error) = std::thread::Builder::new().name(name).spawn(watch) {
        let _ = writeln!(std::io::stderr(), "transcode-worker: cannot watch for a cancel: {error}");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::{obey, read_request};
    use crate::spec::{Event, FailureKind, Limits, Request};

    fn probe_of_text() -> (tempfile::NamedTempFile, Request) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, "This is a letter, not a film.\n").unwrap();
        let request = Request::Probe { source: file.path().to_owned(), limits: Limits::default() };
        (file, request)
    }

    #[test]
    fn one_line_is_one_request() {
        let (_file, request) = probe_of_text();
        let text = format!("{}\ncancel\n", serde_json::to_string(&request).unwrap());
        assert_eq!(read_request(&mut text.as_bytes()).unwrap(), request);
        assert!(read_request(&mut &b""[..]).is_err());
        assert!(read_request(&mut &b"{\"request\":\"dance\"}\n"[..]).is_err());
    }

    #[test]
    fn a_refusal_is_the_last_line() {
        let (_file, request) = probe_of_text();
        let mut output = Vec::new();
        obey(&request, &mut output, &AtomicBool::new(false)).unwrap();
        let lines: Vec<Event> = String::from_utf8(output)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert!(
            matches!(lines.as_slice(), [Event::Failed { kind: FailureKind::NotMedia, .. }]),
            "{lines:?}"
        );
    }

    #[test]
    fn an_output_nobody_reads_cancels_the_work() {
        struct Closed;
        impl std::io::Write for Closed {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let (_file, request) = probe_of_text();
        let cancelled = AtomicBool::new(false);
        assert!(obey(&request, Closed, &cancelled).is_err());
        assert!(cancelled.load(Ordering::Relaxed));
    }
}
