//! How does one call run? A compiled module becomes an instance, the instance is called with its
//! fuel and wall clock, and what happened becomes an answer or a [`Failure`].

use std::sync::Arc;
use std::time::{Duration, Instant};

use extism::{CompiledPlugin, DebugOptions, Manifest as Wrapping, PluginBuilder, Wasm};

use super::imports;
use super::state::{Authority, State, during};
use crate::failure::{Failure, LoadError};
use crate::manifest::{Hook, Limits};
use crate::module::{Ready, exported};

/// The price of an instruction that may touch the whole memory; others cost 1.
const BULK_PRICE: u8 = 255;
const PAGE: u64 = 64 << 10;

/// A module compiled for one hook: each has its own fuel and clock.
pub(crate) struct Compiled {
    plugin: CompiledPlugin,
    hook: Hook,
    first: Vec<&'static str>,
    wall: Duration,
    output_limit: u64,
}

/// An instance, and what it has done.
pub(crate) struct Instance {
    plugin: extism::Plugin,
    /// How many calls it has answered.
    pub(crate) calls: u32,
    /// How many pages its memory had after its first call.
    first_pages: u64,
    /// How many it has now.
    pages: u64,
}

impl Instance {
    /// Whether its memory has grown since its first call.
    pub(crate) const fn has_grown(&self) -> bool {
        self.pages > self.first_pages
    }
}

impl Compiled {
    pub(crate) fn new(ready: &Ready, hook: Hook, limits: &Limits) -> Result<Self, LoadError> {
        let (fuel, wall_ms) = match hook {
            Hook::Judge => (limits.judge_fuel, limits.judge_wall_ms),
            Hook::OnEvent => (limits.event_fuel, limits.event_wall_ms),
        };
        let pages = (limits.memory_bytes / PAGE).saturating_sub(ready.initial_pages);
        let mut wrapping = Wrapping::new([Wasm::data(ready.wasm.clone())])
            .disallow_all_hosts()
            .with_memory_max(u32::try_from(pages).unwrap_or(u32::MAX))
            .with_timeout(Duration::from_millis(wall_ms));
        wrapping.memory.max_var_bytes = Some(0);
        wrapping.memory.max_http_response_bytes = Some(0);
        let plugin = PluginBuilder::new(wrapping)
            .with_wasi(false)
            .with_cache_disabled()
            .with_fuel_limit(fuel)
            .with_wasmtime_config(engine())
            // Explicitly none: the default reads the environment, and could write texts to disk.
            .with_debug_options(DebugOptions {
                profiling_strategy: wasmtime::ProfilingStrategy::None,
                coredump: None,
                memdump: None,
                debug_info: false,
            })
            .with_functions(imports::functions())
            .compile()
            .map_err(|problem| LoadError::Compile(format!("{problem:#}")))?;
        Ok(Self {
            plugin,
            hook,
            first: ready.first.clone(),
            wall: Duration::from_millis(wall_ms),
            output_limit: limits.output_bytes,
        })
    }

    /// A new instance. It runs no code yet.
    pub(crate) fn instance(&self) -> Result<Instance, Failure> {
        let plugin = extism::Plugin::new_from_compiled(&self.plugin)
            .map_err(|problem| Failure::Host(format!("{problem:#}")))?;
        Ok(Instance { plugin, calls: 0, first_pages: 0, pages: 0 })
    }

    /// Calls the hook of an instance. After a failure the instance must not be used again.
    pub(crate) fn call(
        &self,
        instance: &mut Instance,
        authority: &Arc<Authority>,
        input: &[u8],
    ) -> Result<Vec<u8>, Failure> {
        if instance.calls == 0 {
            for function in &self.first {
                self.run(instance, authority, function, Vec::new())?;
            }
        }
        let state = self.run(instance, authority, exported(self.hook), input.to_vec())?;
        instance.pages = state.pages;
        if instance.calls == 0 {
            instance.first_pages = state.pages;
        }
        instance.calls += 1;
        match (state.error, state.output) {
            (Some(error), _) => Err(Failure::Reported(error)),
            (None, Some(output)) => Ok(output),
            (None, None) => Err(Failure::Silent),
        }
    }

    fn run(
        &self,
        instance: &mut Instance,
        authority: &Arc<Authority>,
        function: &str,
        input: Vec<u8>,
    ) -> Result<State, Failure> {
        let authority = Arc::clone(authority);
        let state = State::new(authority, self.hook, input, self.output_limit, self.wall)
            .ok_or_else(|| Failure::Host("the input is too long".to_owned()))?;
        let began = Instant::now();
        let (result, state) =
            during(state, || instance.plugin.call::<&[u8], Vec<u8>>(function, &[]));
        let mut state = state.ok_or_else(|| Failure::Host("the call was lost".to_owned()))?;
        if let Some(failure) = state.failure.take() {
            return Err(failure);
        }
        match result {
            Ok(_) => Ok(state),
            Err(problem) => match state.error.take() {
                Some(said) => Err(Failure::Reported(said)),
                None => Err(self.read_failure(&problem, began.elapsed())),
            },
        }
    }

    /// What an error of the runtime says about the plugin.
    fn read_failure(&self, problem: &extism::Error, took: Duration) -> Failure {
        let root = problem.root_cause().to_string();
        match root.as_str() {
            "plugin ran out of fuel" => Failure::Fuel,
            "oom" => Failure::Memory,
            // The clock is one for all instances of a module: another's end ended this one too.
            "timeout" if took < self.wall => Failure::Host("it was interrupted".to_owned()),
            "timeout" => Failure::Time(u64::try_from(self.wall.as_millis()).unwrap_or(u64::MAX)),
            other => Failure::Trap(other.chars().take(200).collect()),
        }
    }
}

/// How modules are compiled.
fn engine() -> wasmtime::Config {
    let mut config = wasmtime::Config::new();
    let price = wasmtime::OperatorCost {
        MemoryFill: BULK_PRICE,
        MemoryCopy: BULK_PRICE,
        MemoryInit: BULK_PRICE,
        TableFill: BULK_PRICE,
        TableCopy: BULK_PRICE,
        TableInit: BULK_PRICE,
        ..wasmtime::OperatorCost::default()
    };
    config.operator_cost(price);
    // Nobody reads them, and they cost when a plugin traps.
    config.wasm_backtrace_max_frames(None);
    config
}
