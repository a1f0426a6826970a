//! What does a call know and remember? Its blocks, what is left of its allowances, and why it has
//! to end. A call runs on one thread from beginning to end, so this lies in a thread-local, where
//! the functions that plugins import find it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::blocks::Blocks;
use crate::failure::Failure;
use crate::manifest::{Grants, Hook, Permissions};
use crate::services::Services;

/// Calls into the host, all together.
const MAX_CALLS: u32 = 500_000;
/// Reads and writes of the store.
const MAX_STORE_CALLS: u32 = 64;
/// Lines.
const MAX_LINES: u32 = 50;
/// Requests.
const MAX_REQUESTS: u32 = 10;

/// What every call of one plugin shares.
pub(crate) struct Authority {
    /// The plugin's name.
    pub(crate) plugin: String,
    /// What its manifest asks for.
    pub(crate) asked: Permissions,
    /// What of that was granted.
    pub(crate) granted: Grants,
    /// Its settings.
    pub(crate) config: BTreeMap<String, String>,
    /// Who does things for it.
    pub(crate) services: Arc<dyn Services>,
}

/// One call.
pub(crate) struct State {
    pub(crate) authority: Arc<Authority>,
    pub(crate) hook: Hook,
    pub(crate) blocks: Blocks,
    /// The address of the input.
    pub(crate) input: u64,
    /// The answer: where it lies, and its length.
    pub(crate) output: Option<Vec<u8>>,
    /// The longest answer that is taken.
    pub(crate) output_limit: u64,
    /// What the plugin says went wrong.
    pub(crate) error: Option<String>,
    /// How many pages its memory had after the hook.
    pub(crate) pages: u64,
    /// The status of the last response.
    pub(crate) status: u16,
    /// Why the call ends early.
    pub(crate) failure: Option<Failure>,
    calls_left: u32,
    store_left: u32,
    lines_left: u32,
    requests_left: u32,
    deadline: Instant,
}

impl State {
    pub(crate) fn new(
        authority: Arc<Authority>,
        hook: Hook,
        input: Vec<u8>,
        output_limit: u64,
        wall: Duration,
    ) -> Option<Self> {
        let mut blocks = Blocks::default();
        let input = blocks.put(input)?;
        Some(Self {
            authority,
            hook,
            blocks,
            input,
            output: None,
            output_limit,
            error: None,
            pages: 0,
            status: 0,
            failure: None,
            calls_left: MAX_CALLS,
            store_left: MAX_STORE_CALLS,
            lines_left: MAX_LINES,
            requests_left: MAX_REQUESTS,
            deadline: Instant::now() + wall,
        })
    }

    pub(crate) fn spend_call(&mut self) -> Result<(), Failure> {
        spend(&mut self.calls_left, "anything")
    }

    pub(crate) fn spend_store(&mut self) -> Result<(), Failure> {
        spend(&mut self.store_left, "its store")
    }

    pub(crate) fn spend_request(&mut self) -> Result<(), Failure> {
        spend(&mut self.requests_left, "the network")
    }

    /// Whether a further line is taken. Lines too many are dropped: talking is no crime.
    pub(crate) fn spend_line(&mut self) -> bool {
        spend(&mut self.lines_left, "lines").is_ok()
    }

    /// The time that is left.
    pub(crate) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

fn spend(left: &mut u32, what: &'static str) -> Result<(), Failure> {
    *left = left.checked_sub(1).ok_or(Failure::Often(what))?;
    Ok(())
}

thread_local! {
    static CURRENT: RefCell<Option<State>> = const { RefCell::new(None) };
}

/// Makes this the thread's call while `run` runs, and gives both back.
pub(crate) fn during<T>(state: State, run: impl FnOnce() -> T) -> (T, Option<State>) {
    CURRENT.with(|current| current.replace(Some(state)));
    let result = run();
    (result, CURRENT.with(RefCell::take))
}

/// Lets a function that the plugin called work on the thread's call. A failure ends the call.
pub(crate) fn on_current<T>(
    work: impl FnOnce(&mut State) -> Result<T, Failure>,
) -> Result<T, extism::Error> {
    CURRENT.with(|current| {
        let mut current = current
            .try_borrow_mut()
            .map_err(|_| extism::Error::msg("the host was called from within itself"))?;
        let state = current.as_mut().ok_or_else(|| extism::Error::msg("no call is running"))?;
        let done = state.spend_call().and_then(|()| work(state));
        done.map_err(|failure| {
            let error = extism::Error::msg(failure.to_string());
            state.failure = Some(failure);
            error
        })
    })
}
