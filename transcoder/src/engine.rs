//! How does one order become renditions and pictures? The entry point of the media engine.

use std::sync::atomic::AtomicBool;

use crate::failure::Failure;
use crate::probe;
use crate::spec::{Event, WorkOrder};

/// Carries out one order and tells `emit` what happens, `Done` last.
///
/// # Errors
/// [`Failure`] says what kind of failure it was and what to tell the uploader; nothing is
/// emitted for it.
pub fn run(
    order: &WorkOrder,
    emit: &mut dyn FnMut(Event),
    cancelled: &AtomicBool,
) -> Result<(), Failure> {
    let mut input = probe::open(&order.source, cancelled)?;
    let probe = probe::describe(&mut input, &order.source)?;
    emit(Event::Probed { probe: probe.clone() });
    Err(Failure::unsupported("Nothing beyond looking at files is built yet."))
}
