//! Writes what follows from `sdk/interface.json`: run it after changing that file.

use farandole_plugins::sdk::{INTERFACE, Interface};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for (path, text) in Interface::parse(INTERFACE)?.files()? {
        std::fs::write(root.join(path), text)?;
    }
    Ok(())
}
