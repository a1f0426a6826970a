//! What do authors of plugins write against? The types of `sdk/interface.json` as source text, and
//! the SDK's other files, so that a new plugin can be laid out without a download.
//!
//! One file says what goes over the border; Rust (for guests and for this crate itself) and
//! AssemblyScript are written from it. `cargo run -p farandole-plugins --example generate` writes
//! them, and a test fails while they differ.

mod assemblyscript;
pub mod projects;
mod rust;

use serde::Deserialize;

/// The interface file, as committed.
pub const INTERFACE: &str = include_str!("../../sdk/interface.json");

/// The types that go over the border, and the functions that take them.
#[derive(Debug, Deserialize)]
pub struct Interface {
    /// The version of the interface that manifests name as `api`.
    pub version: u32,
    enums: Vec<Choice>,
    records: Vec<Record>,
    hooks: Vec<HookShape>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    name: String,
    doc: String,
    values: Vec<Value>,
}

#[derive(Debug, Deserialize)]
struct Value {
    name: String,
    doc: String,
}

#[derive(Debug, Deserialize)]
struct Record {
    name: String,
    doc: String,
    fields: Vec<Field>,
}

#[derive(Debug, Deserialize)]
struct Field {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    doc: String,
}

#[derive(Debug, Deserialize)]
struct HookShape {
    name: String,
    input: String,
    output: String,
    doc: String,
}

/// The shape of a field.
#[derive(Debug, PartialEq, Eq)]
enum Shape<'a> {
    Text,
    Flag,
    Number,
    Choice(&'a str),
    Record(&'a str),
    Maybe(Box<Shape<'a>>),
    List(Box<Shape<'a>>),
}

impl Interface {
    /// Reads an interface file.
    ///
    /// # Errors
    /// When it is no JSON of this shape, or a field names a type that is not there.
    pub fn parse(text: &str) -> Result<Self, InterfaceError> {
        let interface: Self = serde_json::from_str(text)?;
        for field in interface.records.iter().flat_map(|record| &record.fields) {
            interface.shape(&field.kind)?;
        }
        Ok(interface)
    }

    /// The files to be written, as paths below `plugins/` with their text.
    ///
    /// # Errors
    /// When a field names a type that is not there.
    pub fn files(&self) -> Result<Vec<(&'static str, String)>, InterfaceError> {
        let rust = rust::render(self)?;
        Ok(vec![
            ("src/interface.rs", rust.clone()),
            ("sdk/rust/src/interface.rs", rust),
            ("sdk/assemblyscript/interface.ts", assemblyscript::render(self)?),
        ])
    }

    fn shape<'a>(&'a self, kind: &'a str) -> Result<Shape<'a>, InterfaceError> {
        let inside = |prefix: &str| {
            kind.strip_prefix(prefix).and_then(|rest| rest.strip_suffix('>')).map(str::trim)
        };
        if let Some(inner) = inside("option<") {
            return Ok(Shape::Maybe(Box::new(self.shape(inner)?)));
        }
        if let Some(inner) = inside("list<") {
            return Ok(Shape::List(Box::new(self.shape(inner)?)));
        }
        match kind {
            "string" => Ok(Shape::Text),
            "bool" => Ok(Shape::Flag),
            "u32" => Ok(Shape::Number),
            name if self.enums.iter().any(|choice| choice.name == name) => Ok(Shape::Choice(name)),
            name if self.records.iter().any(|record| record.name == name) => {
                Ok(Shape::Record(name))
            }
            name => Err(InterfaceError::Unknown(name.to_owned())),
        }
    }
}

/// Why an interface file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum InterfaceError {
    /// It is not JSON of the expected shape.
    #[error("the interface file cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// A field has a type that nothing defines.
    #[error("the interface file names the unknown type {0}")]
    Unknown(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_files_are_current() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        for (path, text) in Interface::parse(INTERFACE).unwrap().files().unwrap() {
            let there = std::fs::read_to_string(root.join(path)).unwrap_or_default();
            assert_eq!(
                there, text,
                "{path} is not what the interface file gives: \
                 cargo run -p farandole-plugins --example generate"
            );
        }
    }

    #[test]
    fn a_type_that_is_not_there_is_named() {
        let text = r#"{"version":1,"enums":[],"hooks":[],"records":[{"name":"A","doc":"",
            "fields":[{"name":"b","type":"list<Nothing>","doc":""}]}]}"#;
        let refused = Interface::parse(text).unwrap_err();
        assert!(refused.to_string().contains("Nothing"), "{refused}");
    }
}
