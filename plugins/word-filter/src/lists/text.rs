//! The plain text format: an entry a line. `word`, `two words` (a phrase), `begin*` (prefix),
//! `*inside*` (substring), `=expression`, `!exception`, `# comment`; lines with `@` say something
//! about the list (`@name`, `@language`, `@options`) or what follows (`@in en`, `@note`), or name
//! a mode in full for what the short forms cannot write (`@word @home`).

use std::fmt::Write;

use super::{ListEntry, Reader, WordList};
use crate::Mode;

/// Directives that name an entry's mode.
const MODES: [(&str, Mode); 5] = [
    ("word", Mode::WholeWord),
    ("prefix", Mode::Prefix),
    ("substring", Mode::Substring),
    ("phrase", Mode::Phrase),
    ("regex", Mode::Regex),
];

/// What the lines so far said about those to come.
#[derive(Default)]
struct State {
    language: Option<String>,
    note: Option<String>,
}

pub(super) fn read(data: &str, reader: &mut Reader) {
    let mut state = State::default();
    for (line, content) in (1..).zip(data.lines()) {
        if reader.is_hopeless() {
            return;
        }
        let content = content.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if let Some(directive) = content.strip_prefix('@') {
            let (name, rest) = directive.split_once(char::is_whitespace).unwrap_or((directive, ""));
            self::directive(line, name, rest.trim(), &mut state, reader);
        } else if let Some(text) = content.strip_prefix('!') {
            reader.exception(line, text, state.note.take());
        } else {
            let (mode, text) = short(content);
            entry(line, text, mode, &mut state, reader);
        }
    }
}

fn directive(line: usize, name: &str, rest: &str, state: &mut State, reader: &mut Reader) {
    if let Some((_, mode)) = MODES.iter().find(|(known, _)| *known == name) {
        return entry(line, rest, *mode, state, reader);
    }
    match name {
        "name" => reader.name(line, rest),
        "note" => state.note = Some(rest.to_owned()),
        "options" => rest.split_whitespace().for_each(|option| reader.option(line, option)),
        "exception" => reader.exception(line, rest, state.note.take()),
        "in" => state.language = (!rest.is_empty()).then(|| rest.to_owned()),
        "language" => reader.language(line, rest),
        _ => reader
            .problem(line, format!("there is no “@{name}”; write “@word @{name}” if it is a word")),
    }
}

fn entry(line: usize, text: &str, mode: Mode, state: &mut State, reader: &mut Reader) {
    let (text, language) = (text.to_owned(), state.language.clone());
    reader.entry(line, ListEntry { text, mode, language, note: state.note.take() });
}

/// What a line without `@` and `!` stands for.
fn short(content: &str) -> (Mode, &str) {
    if let Some(expression) = content.strip_prefix('=') {
        return (Mode::Regex, expression.trim());
    }
    if let Some(begin) = content.strip_suffix('*') {
        return match begin.strip_prefix('*') {
            Some(inside) => (Mode::Substring, inside),
            None => (Mode::Prefix, begin),
        };
    }
    let phrase = content.contains(char::is_whitespace);
    (if phrase { Mode::Phrase } else { Mode::WholeWord }, content)
}

pub(super) fn write(list: &WordList) -> String {
    let mut out = String::new();
    let mut line = |line: std::fmt::Arguments<'_>| {
        // Writing into a String does not fail.
        let _ = writeln!(out, "{line}");
    };
    if let Some(name) = &list.name {
        line(format_args!("@name {name}"));
    }
    if let Some(language) = &list.language {
        line(format_args!("@language {language}"));
    }
    if list.options.any() {
        line(format_args!("@options {}", list.options.names().join(" ")));
    }
    for exception in &list.exceptions {
        if let Some(note) = &exception.note {
            line(format_args!("@note {note}"));
        }
        line(format_args!("!{}", exception.text));
    }
    let mut language: Option<&String> = None;
    for entry in &list.entries {
        if entry.language.as_ref() != language {
            language = entry.language.as_ref();
            line(format_args!("@in {}", language.map_or("", String::as_str)));
        }
        if let Some(note) = &entry.note {
            line(format_args!("@note {note}"));
        }
        line(format_args!("{}", one(entry)));
    }
    out
}

/// An entry in its short form, where that reads as the same entry.
fn one(entry: &ListEntry) -> String {
    let text = &entry.text;
    let written = match entry.mode {
        Mode::WholeWord | Mode::Phrase => text.clone(),
        Mode::Prefix => format!("{text}*"),
        Mode::Substring => format!("*{text}*"),
        Mode::Regex => format!("={text}"),
    };
    let special = written.starts_with(['#', '@', '!']) || written.trim() != written;
    if !special && short(&written) == (entry.mode, text.as_str()) {
        return written;
    }
    let name = MODES.iter().find(|(_, mode)| *mode == entry.mode).map_or("word", |(name, _)| name);
    format!("@{name} {text}")
}
