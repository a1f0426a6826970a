//! The JSON format: `name`, `language`, `options` (names), `entries` (objects, or words alone)
//! and `exceptions`. Members that are not known are left alone, so that later versions can be
//! read.

use serde::{Deserialize, Serialize};

use super::{ListEntry, Reader, WordList};
use crate::Mode;

/// What `format` says in files that this version writes.
const FORMAT: &str = "farandole-word-list/1";

#[derive(Serialize, Deserialize)]
struct File {
    #[serde(default)]
    format: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(default)]
    options: Vec<String>,
    entries: Vec<One>,
    #[serde(default)]
    exceptions: Vec<One>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum One {
    Word(String),
    Full {
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mode: Option<Mode>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        language: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
}

pub(super) fn read(data: &str, reader: &mut Reader) {
    let file: File = match serde_json::from_str(data) {
        Ok(file) => file,
        Err(error) => {
            return reader.problem(error.line().max(1), format!("this is no list: {error}"));
        }
    };
    if let Some(format) = file.format.filter(|format| format != FORMAT) {
        return reader.problem(1, format!("the format “{format}” is not known; this is {FORMAT}"));
    }
    if let Some(name) = &file.name {
        reader.name(1, name);
    }
    if let Some(language) = &file.language {
        reader.language(1, language);
    }
    for option in &file.options {
        reader.option(1, option);
    }
    for (number, one) in (1..).zip(file.entries) {
        if reader.is_hopeless() {
            return;
        }
        let entry = match one {
            One::Word(text) => ListEntry { text, ..ListEntry::default() },
            One::Full { text, mode, language, note } => {
                ListEntry { text, mode: mode.unwrap_or_default(), language, note }
            }
        };
        reader.entry(number, entry);
    }
    for (number, one) in (1..).zip(file.exceptions) {
        match one {
            One::Word(text) => reader.exception(number, &text, None),
            One::Full { text, note, .. } => reader.exception(number, &text, note),
        }
    }
}

pub(super) fn write(list: &WordList) -> String {
    let entries = list.entries.iter().cloned().map(|entry| One::Full {
        text: entry.text,
        mode: Some(entry.mode),
        language: entry.language,
        note: entry.note,
    });
    let exceptions = list.exceptions.iter().cloned().map(|exception| match exception.note {
        None => One::Word(exception.text),
        note => One::Full { text: exception.text, mode: None, language: None, note },
    });
    let file = File {
        format: Some(FORMAT.to_owned()),
        name: list.name.clone(),
        language: list.language.clone(),
        options: list.options.names().into_iter().map(str::to_owned).collect(),
        entries: entries.collect(),
        exceptions: exceptions.collect(),
    };
    // Strings, names and arrays of them: there is nothing that JSON cannot hold.
    serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
}
