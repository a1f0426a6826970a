//! Plugins from outside: packages in, verdicts out, with guests that are kind and guests that are
//! not.

mod calls;
mod guests;
mod hostile;
mod samples;
