//! Which built files belong to which entry point? Vite's `manifest.json`, read once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::Deserialize;

use crate::asset::asset;

/// One chunk or asset of Vite's manifest, as far as the shell needs it.
#[derive(Debug, Deserialize)]
struct Chunk {
    file: String,
    #[serde(default)]
    css: Vec<String>,
    #[serde(default)]
    imports: Vec<String>,
}

/// The files a page must name: all paths are relative to the root of the build.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Files {
    pub script: String,
    pub styles: BTreeSet<String>,
    pub imports: BTreeSet<String>,
    pub fonts: Vec<String>,
}

/// The faces that every page shows at once, worth fetching before the style sheet asks for them.
const EARLY_FONTS: [&str; 2] =
    ["newsreader-latin-wght-normal", "atkinson-hyperlegible-next-latin-wght-normal"];

/// Whether the web pages were built when this binary was compiled. Without them [`crate::page`]
/// answers a page that says how to build them.
#[must_use]
pub fn built() -> bool {
    !manifest().is_empty()
}

/// The files of the entry point whose source is `source`; `None` when it was not built.
pub(crate) fn files(source: &str) -> Option<Files> {
    collect(manifest(), source)
}

fn manifest() -> &'static BTreeMap<String, Chunk> {
    static MANIFEST: OnceLock<BTreeMap<String, Chunk>> = OnceLock::new();
    MANIFEST.get_or_init(|| {
        asset("manifest.json")
            .and_then(|file| serde_json::from_slice(&file.bytes).ok())
            .unwrap_or_default()
    })
}

fn collect(manifest: &BTreeMap<String, Chunk>, source: &str) -> Option<Files> {
    let entry = manifest.get(source)?;
    let mut files = Files { script: entry.file.clone(), ..Files::default() };
    let mut seen = BTreeSet::new();
    let mut open = vec![source];
    while let Some(key) = open.pop() {
        let Some(chunk) = manifest.get(key).filter(|_| seen.insert(key)) else { continue };
        if key != source {
            files.imports.insert(chunk.file.clone());
        }
        files.styles.extend(chunk.css.iter().cloned());
        open.extend(chunk.imports.iter().map(String::as_str));
    }
    files.fonts = EARLY_FONTS
        .iter()
        .filter_map(|face| manifest.values().find(|chunk| is_font(&chunk.file, face)))
        .map(|chunk| chunk.file.clone())
        .collect();
    Some(files)
}

fn is_font(file: &str, face: &str) -> bool {
    file.ends_with(".woff2") && file.contains(face)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = r#"{
        "src/site/main.ts": {"file": "assets/site-1.js", "css": ["assets/site-1.css"], "imports": ["_a.js", "_b.js"], "isEntry": true},
        "_a.js": {"file": "assets/a-1.js", "imports": ["_b.js"], "css": ["assets/a-1.css"]},
        "_b.js": {"file": "assets/b-1.js", "imports": ["_a.js"]},
        "_lazy.js": {"file": "assets/lazy-1.js", "css": ["assets/lazy-1.css"]},
        "x/newsreader-latin-wght-normal.woff2": {"file": "assets/newsreader-latin-wght-normal-1.woff2"}
    }"#;

    #[test]
    fn an_entry_names_its_imports_and_styles_once_even_in_a_circle() {
        let manifest: BTreeMap<String, Chunk> = serde_json::from_str(SAMPLE).unwrap();
        let files = collect(&manifest, "src/site/main.ts").unwrap();
        assert_eq!(files.script, "assets/site-1.js");
        assert_eq!(Vec::from_iter(files.imports), ["assets/a-1.js", "assets/b-1.js"]);
        assert_eq!(Vec::from_iter(files.styles), ["assets/a-1.css", "assets/site-1.css"]);
        assert_eq!(files.fonts, ["assets/newsreader-latin-wght-normal-1.woff2"]);
    }

    #[test]
    fn an_unknown_entry_is_nothing() {
        let manifest: BTreeMap<String, Chunk> = serde_json::from_str(SAMPLE).unwrap();
        assert_eq!(collect(&manifest, "src/other.ts"), None);
    }
}
