//! The interface as Rust: the same file for this crate and for guests.

use std::fmt::Write as _;

use super::{Choice, Interface, InterfaceError, Shape};

/// What every such file begins with.
const HEAD: &str = "\
//! What goes over the border between server and plugin.
//!
//! Written from `plugins/sdk/interface.json`: change that, and run
//! `cargo run -p farandole-plugins --example generate`.

use serde::{Deserialize, Serialize};
";

/// The source text.
pub(super) fn render(interface: &Interface) -> Result<String, InterfaceError> {
    let mut out = String::from(HEAD);
    let _ = write!(
        out,
        "\n/// The version of the interface.\npub const API_VERSION: u32 = {};\n",
        interface.version
    );
    for hook in &interface.hooks {
        let name = hook.name.to_uppercase();
        let _ = write!(
            out,
            "\n/// {} Takes an [`{}`], answers a [`{}`].\npub const {name}: &str = \"{}\";\n",
            hook.doc, hook.input, hook.output, hook.name
        );
    }
    for choice in &interface.enums {
        let _ = write!(
            out,
            "\n/// {}\n#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, \
             Serialize, Deserialize)]\n#[serde(rename_all = \"snake_case\")]\npub enum {} {{\n",
            choice.doc, choice.name
        );
        for value in &choice.values {
            let _ = writeln!(out, "    /// {}\n    {},", value.doc, camel(&value.name));
        }
        out.push_str("}\n");
        names(choice, &mut out);
    }
    for record in &interface.records {
        let _ = write!(
            out,
            "\n/// {}\n#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]\n\
             pub struct {} {{\n",
            record.doc, record.name
        );
        for field in &record.fields {
            let shape = interface.shape(&field.kind)?;
            let _ = writeln!(out, "    /// {}", field.doc);
            match shape {
                Shape::Maybe(_) => out
                    .push_str("    #[serde(default, skip_serializing_if = \"Option::is_none\")]\n"),
                Shape::List(_) => out.push_str("    #[serde(default)]\n"),
                _ => {}
            }
            let _ = writeln!(out, "    pub {}: {},", field.name, kind(&shape));
        }
        out.push_str("}\n");
    }
    Ok(out)
}

/// The name of each value, as it stands in JSON.
fn names(choice: &Choice, out: &mut String) {
    let _ = write!(
        out,
        "\nimpl {} {{\n    /// Its name in JSON.\n    #[must_use]\n    \
         pub const fn name(self) -> &'static str {{\n        match self {{\n",
        choice.name
    );
    for value in &choice.values {
        let _ = writeln!(out, "            Self::{} => \"{}\",", camel(&value.name), value.name);
    }
    out.push_str("        }\n    }\n}\n");
}

fn kind(shape: &Shape<'_>) -> String {
    match shape {
        Shape::Text => "String".to_owned(),
        Shape::Flag => "bool".to_owned(),
        Shape::Number => "u32".to_owned(),
        Shape::Choice(name) | Shape::Record(name) => (*name).to_owned(),
        Shape::Maybe(inner) => format!("Option<{}>", kind(inner)),
        Shape::List(inner) => format!("Vec<{}>", kind(inner)),
    }
}

/// `comment-created` becomes `CommentCreated`.
fn camel(name: &str) -> String {
    name.split('_')
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters)
        })
        .collect()
}
