//! One file per resource-action, as in `src/http/v1`.

mod limits;
mod ping;
mod videos;
mod users;
