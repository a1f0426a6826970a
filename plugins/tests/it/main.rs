//! Plugins from outside: packages in, verdicts out, with guests that are kind and guests that are
//! not.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests too end at the first surprise"
)]

mod calls;
mod guests;
mod hostile;
mod samples;
