//! A room imports only strictly lower floors (`ARCHITECTURE.md`); this reads `use crate::` lines
//! and inline `crate::room` paths of `src`.

use std::path::{Path, PathBuf};

/// Rooms of `src` by floor.
const FLOORS: &[(&str, u8)] = &[
    ("domain", 0),
    ("config", 0),
    ("db", 1),
    ("search", 1),
    ("tracker", 1),
    ("app", 2),
    ("auth", 2),
    ("moderation", 3),
    ("accounts", 4),
    ("videos", 4),
    ("live", 4),
    ("social", 4),
    ("notify", 4),
    ("federation", 5),
    ("jobs", 6),
    ("http", 6),
    ("cli", 7),
    ("main", 7),
];

/// `auth` needs the shared handles on its own floor; nothing else may look sideways.
const SIDEWAYS: &[(&str, &str)] = &[("auth", "app")];

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Rooms named after `crate::` in a line, comments left out.
fn imported(line: &str) -> Vec<&str> {
    let code = line.split("//").next().unwrap_or_default();
    code.match_indices("crate::")
        .filter(|(at, _)| !code[..*at].ends_with('$'))
        .map(|(at, mark)| {
            let rest = &code[at + mark.len()..];
            rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
        })
        .collect()
}

#[test]
fn rooms_import_only_lower_floors() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    assert!(files.len() > 10, "the sources were not found");
    let mut wrong = Vec::new();
    for file in &files {
        let relative = file.strip_prefix(&src).unwrap();
        let room = relative.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        if room == "lib" {
            continue;
        }
        let here = floor(room).unwrap_or_else(|| panic!("{room} has no floor: add it to FLOORS"));
        let text = std::fs::read_to_string(file).unwrap();
        for (number, line) in text.lines().enumerate() {
            for target in imported(line) {
                let Some(there) = floor(target) else { continue };
                let sideways = SIDEWAYS.contains(&(room, target));
                if target != room && there >= here && !sideways {
                    let at = relative.display();
                    wrong.push(format!("{at}:{}: {room} imports {target}", number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports must run downwards:\n{}", wrong.join("\n"));
}

#[test]
fn a_line_is_read_as_meant() {
    assert_eq!(imported("use crate::db::Db;"), ["db"]);
    assert_eq!(imported("    crate::http::serve(app)"), ["http"]);
    assert_eq!(imported("// use crate::db::Db;"), Vec::<&str>::new());
    assert_eq!(imported("$crate::db::Attempts"), Vec::<&str>::new());
}
