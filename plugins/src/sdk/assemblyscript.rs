//! The interface as AssemblyScript: classes that read and write themselves as JSON, because the
//! language has no JSON of its own.

use std::fmt::Write as _;

use super::{Interface, InterfaceError, Record, Shape};

const HEAD: &str = "\
// What goes over the border between server and plugin.
// Written from plugins/sdk/interface.json: change that, and run
// `cargo run -p farandole-plugins --example generate`.

import { Value, quote } from \"./json\";
";

/// The source text.
pub(super) fn render(interface: &Interface) -> Result<String, InterfaceError> {
    let mut out = String::from(HEAD);
    let _ = write!(
        out,
        "\n/** The version of the interface. */\nexport const API_VERSION: u32 = {};\n",
        interface.version
    );
    for choice in &interface.enums {
        let _ = write!(out, "\n/** {} */\nexport namespace {} {{\n", choice.doc, choice.name);
        for value in &choice.values {
            let _ = writeln!(
                out,
                "  /** {} */\n  export const {name}: string = \"{name}\";",
                value.doc,
                name = value.name
            );
        }
        out.push_str("}\n");
    }
    for record in &interface.records {
        class(interface, record, &mut out)?;
    }
    Ok(out)
}

fn class(interface: &Interface, record: &Record, out: &mut String) -> Result<(), InterfaceError> {
    let name = &record.name;
    let _ = write!(out, "\n/** {} */\nexport class {name} {{\n", record.doc);
    let mut read = String::new();
    let mut write = String::new();
    for (index, field) in record.fields.iter().enumerate() {
        let shape = interface.shape(&field.kind)?;
        let key = &field.name;
        let (kind, empty) = kind(&shape);
        let _ = writeln!(out, "  /** {} */\n  {key}: {kind} = {empty};", field.doc);
        read_field(key, &shape, &mut read);
        let comma = if index == 0 { "" } else { "," };
        write_field(key, &shape, comma, &mut write);
    }
    let _ = write!(
        out,
        "\n  /** Reads it from a JSON object. */\n  static read(value: Value): {name} {{\n    \
         const it = new {name}();\n{read}    return it;\n  }}\n\
         \n  /** Writes it as JSON. */\n  write(): string {{\n    let out = \"{{\";\n{write}    \
         return out + \"}}\";\n  }}\n}}\n"
    );
    Ok(())
}

/// The type, and what a new object holds.
fn kind(shape: &Shape<'_>) -> (String, String) {
    match shape {
        Shape::Text | Shape::Choice(_) => ("string".to_owned(), "\"\"".to_owned()),
        Shape::Flag => ("bool".to_owned(), "false".to_owned()),
        Shape::Number => ("u32".to_owned(), "0".to_owned()),
        Shape::Record(name) => ((*name).to_owned(), format!("new {name}()")),
        Shape::Maybe(inner) => (format!("{} | null", kind(inner).0), "null".to_owned()),
        Shape::List(inner) => (format!("Array<{}>", kind(inner).0), "[]".to_owned()),
    }
}

fn read_field(key: &str, shape: &Shape<'_>, out: &mut String) {
    let _ = match shape {
        Shape::Text | Shape::Choice(_) => {
            writeln!(out, "    it.{key} = value.get(\"{key}\").asText();")
        }
        Shape::Flag => writeln!(out, "    it.{key} = value.get(\"{key}\").asFlag();"),
        Shape::Number => writeln!(out, "    it.{key} = <u32>value.get(\"{key}\").asNumber();"),
        Shape::Record(name) => writeln!(out, "    it.{key} = {name}.read(value.get(\"{key}\"));"),
        Shape::Maybe(inner) => writeln!(
            out,
            "    if (!value.get(\"{key}\").isNull()) it.{key} = {};",
            reading(&format!("value.get(\"{key}\")"), inner)
        ),
        Shape::List(inner) => writeln!(
            out,
            "    const {key} = value.get(\"{key}\").items;\n    \
             for (let i = 0; i < {key}.length; i++) it.{key}.push({});",
            reading(&format!("{key}[i]"), inner)
        ),
    };
}

fn write_field(key: &str, shape: &Shape<'_>, comma: &str, out: &mut String) {
    let label = format!("{comma}\\\"{key}\\\":");
    let _ = match shape {
        Shape::Maybe(inner) => writeln!(
            out,
            "    const {key} = this.{key};\n    \
             if ({key} !== null) out += \"{label}\" + {};",
            writing(key, inner)
        ),
        Shape::List(inner) => writeln!(
            out,
            "    out += \"{label}[\";\n    for (let i = 0; i < this.{key}.length; i++) \
             out += (i > 0 ? \",\" : \"\") + {};\n    out += \"]\";",
            writing(&format!("this.{key}[i]"), inner)
        ),
        other => {
            writeln!(out, "    out += \"{label}\" + {};", writing(&format!("this.{key}"), other))
        }
    };
}

fn reading(from: &str, shape: &Shape<'_>) -> String {
    match shape {
        Shape::Flag => format!("{from}.asFlag()"),
        Shape::Number => format!("<u32>{from}.asNumber()"),
        Shape::Record(name) => format!("{name}.read({from})"),
        _ => format!("{from}.asText()"),
    }
}

fn writing(from: &str, shape: &Shape<'_>) -> String {
    match shape {
        Shape::Flag => format!("({from} ? \"true\" : \"false\")"),
        Shape::Number => format!("{from}.toString()"),
        Shape::Record(_) => format!("{from}.write()"),
        _ => format!("quote({from})"),
    }
}
