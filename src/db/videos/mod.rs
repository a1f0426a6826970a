//! Videos and what hangs on them: rows, listings, transitions. One file per concern.
