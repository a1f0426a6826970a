//! What browsers get: pages, assets and the files asked for by name.

mod actor;
mod assets;
mod plain;
mod video;
