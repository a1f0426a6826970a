//! The CSV format (RFC 4180): a header with `text` and, in any order, `mode`, `language` and
//! `note`; exceptions have the mode `exception`. Commas, semicolons or tabs, as spreadsheets
//! write them.

use super::{ListEntry, Reader, WordList};
use crate::Mode;

/// Where the known columns are.
#[derive(Default)]
struct Columns {
    text: Option<usize>,
    mode: Option<usize>,
    language: Option<usize>,
    note: Option<usize>,
}

pub(super) fn read(data: &str, reader: &mut Reader) {
    let header = data.lines().next().unwrap_or_default();
    let separator = [',', ';', '\t'].into_iter().find(|mark| header.contains(*mark)).unwrap_or(',');
    let mut rows = Rows { rest: data, line: 1, separator };
    let mut columns = Columns::default();
    match rows.next() {
        Some((_, Ok(header))) => {
            for (index, name) in header.iter().enumerate() {
                let column = match name.trim().to_ascii_lowercase().as_str() {
                    "text" => &mut columns.text,
                    "mode" => &mut columns.mode,
                    "language" => &mut columns.language,
                    "note" => &mut columns.note,
                    _ => continue,
                };
                *column = Some(index);
            }
        }
        Some((line, Err(problem))) => return reader.problem(line, problem),
        None => {}
    }
    if columns.text.is_none() {
        let needed = "the first line must name the columns: text, mode, language, note";
        return reader.problem(1, needed);
    }
    for (line, row) in rows {
        if reader.is_hopeless() {
            return;
        }
        match row {
            Ok(row) => self::row(line, &row, &columns, reader),
            Err(problem) => return reader.problem(line, problem),
        }
    }
}

fn row(line: usize, row: &[String], columns: &Columns, reader: &mut Reader) {
    if row.iter().all(|cell| cell.trim().is_empty()) {
        return;
    }
    let cell = |column: Option<usize>| {
        let cell = column.and_then(|column| row.get(column)).map(|cell| bare(cell).to_owned());
        cell.filter(|cell| !cell.trim().is_empty())
    };
    let text = cell(columns.text).unwrap_or_default();
    let mode = cell(columns.mode).unwrap_or_else(|| Mode::default().name().to_owned());
    let note = cell(columns.note);
    match mode.trim() {
        "exception" => reader.exception(line, &text, note),
        name => match Mode::from_name(name) {
            Some(mode) => {
                let language = cell(columns.language).map(|language| language.trim().to_owned());
                reader.entry(line, ListEntry { text, mode, language, note });
            }
            None => reader.problem(line, format!("there is no mode “{name}”")),
        },
    }
}

/// The characters at the start of a cell that make spreadsheets calculate; and the apostrophe
/// that keeps them from it.
const CALCULATES: [char; 6] = ['=', '+', '-', '@', '\t', '\''];

/// A cell without the apostrophe that [`cell`] put there.
fn bare(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(CALCULATES)).unwrap_or(cell)
}

/// A cell as it is written.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(CALCULATES) { "'" } else { "" };
    if text.contains([',', ';', '"', '\n', '\r', '\t']) || text.trim() != text {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{guard}{text}")
    }
}

pub(super) fn write(list: &WordList) -> String {
    let mut out = String::from("text,mode,language,note\r\n");
    let mut row = |text: &str, mode: &str, language: Option<&String>, note: Option<&String>| {
        let empty = String::new();
        let cells = [text, mode, language.unwrap_or(&empty), note.unwrap_or(&empty)];
        out.push_str(&cells.map(cell).join(","));
        out.push_str("\r\n");
    };
    for exception in &list.exceptions {
        row(&exception.text, "exception", None, exception.note.as_ref());
    }
    for entry in &list.entries {
        let language = entry.language.as_ref().or(list.language.as_ref());
        row(&entry.text, entry.mode.name(), language, entry.note.as_ref());
    }
    out
}

/// The rows of a table, each with the line it begins on.
struct Rows<'a> {
    rest: &'a str,
    line: usize,
    separator: char,
}

impl Iterator for Rows<'_> {
    type Item = (usize, Result<Vec<String>, &'static str>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let begins = self.line;
        let mut row = Vec::new();
        loop {
            match self.field() {
                Ok((field, more)) => {
                    row.push(field);
                    if !more {
                        return Some((begins, Ok(row)));
                    }
                }
                Err(problem) => {
                    self.rest = "";
                    return Some((begins, Err(problem)));
                }
            }
        }
    }
}

impl Rows<'_> {
    /// One field, and whether another follows in this row.
    fn field(&mut self) -> Result<(String, bool), &'static str> {
        let mut field = String::new();
        if let Some(quoted) = self.rest.strip_prefix('"') {
            self.rest = quoted;
            loop {
                let end = self.rest.find('"').ok_or("a quote is opened and never closed")?;
                let inside = self.rest.get(..end).unwrap_or_default();
                self.line += inside.matches('\n').count();
                field.push_str(inside);
                self.rest = self.rest.get(end + 1..).unwrap_or_default();
                match self.rest.strip_prefix('"') {
                    Some(rest) => {
                        field.push('"');
                        self.rest = rest;
                    }
                    None => break,
                }
            }
        } else {
            let end = self.rest.find([self.separator, '\n', '\r']).unwrap_or(self.rest.len());
            field.push_str(self.rest.get(..end).unwrap_or_default());
            self.rest = self.rest.get(end..).unwrap_or_default();
        }
        if let Some(rest) = self.rest.strip_prefix(self.separator) {
            self.rest = rest;
            return Ok((field, true));
        }
        let rest = self.rest.strip_prefix('\r').unwrap_or(self.rest);
        match rest.strip_prefix('\n') {
            Some(rest) => self.rest = rest,
            None if rest.is_empty() || rest.len() < self.rest.len() => self.rest = rest,
            None => return Err("there is text behind a closing quote"),
        }
        self.line += 1;
        Ok((field, false))
    }
}
