//! One file per resource-action, as in `src/http/v1`.

mod limits;
mod ping;
mod users;
mod videos;
