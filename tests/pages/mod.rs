//! What browsers get: pages, assets and the files asked for by name.

mod assets;
mod plain;
