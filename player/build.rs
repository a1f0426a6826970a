//! Makes the crate compile before the web was built: `rust-embed` wants the folder to exist, and
//! Cargo must notice when `npm run build` fills it. An empty folder is told at run time by
//! `built()` and by the page itself, never here, so that the Rust side needs no Node.

use std::path::Path;

fn main() {
    let dist = Path::new("dist");
    if let Err(error) = std::fs::create_dir_all(dist) {
        println!("cargo::error=cannot create player/dist, where the built web pages go: {error}");
    }
    println!("cargo::rerun-if-changed=dist");
    println!("cargo::rerun-if-changed=build.rs");
}
