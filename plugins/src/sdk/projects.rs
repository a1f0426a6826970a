//! What does a new plugin consist of? The files that `farandole plugin new` lays out, taken from
//! the SDK that this binary was built with.

/// The language of a new plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// A small language close to TypeScript; needs Node.
    AssemblyScript,
    /// Rust with a WebAssembly target, or Debian's `rustc-web` and `rust-web-src`.
    Rust,
}

/// A file of a new plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Where it goes, below the plugin's folder.
    pub path: &'static str,
    /// What is in it.
    pub text: String,
    /// Whether it is a program.
    pub executable: bool,
}

/// The files of a new plugin of this name.
#[must_use]
pub fn files(language: Language, name: &str) -> Vec<File> {
    let own: &[(&str, &str)] = match language {
        Language::AssemblyScript => &[
            ("plugin.toml", include_str!("../../sdk/template/assemblyscript/plugin.toml")),
            ("package.json", include_str!("../../sdk/template/assemblyscript/package.json")),
            ("build.sh", include_str!("../../sdk/template/assemblyscript/build.sh")),
            ("assembly/index.ts", include_str!("../../sdk/template/assemblyscript/index.ts")),
            ("assembly/sdk/farandole.ts", include_str!("../../sdk/assemblyscript/farandole.ts")),
            ("assembly/sdk/interface.ts", include_str!("../../sdk/assemblyscript/interface.ts")),
            ("assembly/sdk/json.ts", include_str!("../../sdk/assemblyscript/json.ts")),
        ],
        Language::Rust => &[
            ("plugin.toml", include_str!("../../sdk/template/rust/plugin.toml")),
            ("Cargo.toml", include_str!("../../sdk/template/rust/Cargo.toml")),
            ("build.sh", include_str!("../../sdk/template/rust/build.sh")),
            ("src/lib.rs", include_str!("../../sdk/template/rust/lib.rs")),
            ("farandole-sdk/Cargo.toml", include_str!("../../sdk/rust/Cargo.toml")),
            ("farandole-sdk/src/lib.rs", include_str!("../../sdk/rust/src/lib.rs")),
            ("farandole-sdk/src/interface.rs", include_str!("../../sdk/rust/src/interface.rs")),
        ],
    };
    let shared = [
        ("cases.jsonl", include_str!("../../sdk/template/cases.jsonl")),
        (".gitignore", include_str!("../../sdk/template/gitignore")),
    ];
    own.iter()
        .copied()
        .chain(shared)
        .map(|(path, text)| File {
            path,
            text: text.replace("NAME", name),
            executable: path == "build.sh",
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Manifest;

    #[test]
    fn a_new_plugin_has_a_valid_manifest_of_its_name() {
        for language in [Language::AssemblyScript, Language::Rust] {
            let files = files(language, "shouting");
            let manifest = files.iter().find(|file| file.path == "plugin.toml").unwrap();
            assert_eq!(Manifest::from_toml(&manifest.text).unwrap().name, "shouting");
            assert!(files.iter().any(|file| file.executable));
            assert!(files.iter().all(|file| !file.text.contains("NAME")));
        }
    }
}
