//! How are lists written down? As plain text, CSV or JSON ([`Format`]); reading names every bad
//! line. Where files come from, and what a list does when it hits, is for others.

mod csv;
mod json;
mod text;

use std::fmt;

use crate::{
    Entry, Exception, MAX_ENTRIES, MAX_EXCEPTIONS, MAX_REGEXES, Mode, Options, Problem, check,
};

/// The longest file that is read, in bytes.
pub const MAX_FILE_BYTES: usize = 16 << 20;
/// Length of a note or a list's name, in characters.
pub const MAX_NOTE_CHARS: usize = 500;
/// Problems that are told of one file.
const MAX_PROBLEMS: usize = 100;

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// An entry a line; see `docs/word-list.template.txt`.
    Text,
    /// A table with the columns `text`, `mode`, `language`, `note`; knows no options and no name.
    Csv,
    /// An object with `entries` and `exceptions`.
    Json,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Text, Self::Csv, Self::Json];

    /// `text`, `csv` or `json`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The format that the end of a file's name tells; plain text when it tells none.
    #[must_use]
    pub fn of_file(name: &str) -> Self {
        let end = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        Self::from_name(&end).unwrap_or(Self::Text)
    }
}

/// A list as a file holds it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WordList {
    /// What it is called.
    pub name: Option<String>,
    /// The language of entries that name none (BCP 47).
    pub language: Option<String>,
    /// Disguises that it sees through.
    pub options: Options,
    /// In the file's order.
    pub entries: Vec<ListEntry>,
    /// In the file's order.
    pub exceptions: Vec<ListException>,
}

/// An entry in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListEntry {
    /// What is looked for.
    pub text: String,
    /// How.
    pub mode: Mode,
    /// Its language, where it is not the list's.
    pub language: Option<String>,
    /// For moderators.
    pub note: Option<String>,
}

/// An exception in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListException {
    /// What is no hit.
    pub text: String,
    /// For moderators.
    pub note: Option<String>,
}

/// Why a file is no list: all its bad lines, up to a hundred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// In the order of the file; never empty.
    pub problems: Vec<LineProblem>,
}

/// A bad line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineProblem {
    /// Counted from 1; for entries of JSON their number in the array.
    pub line: usize,
    /// In words for moderators.
    pub problem: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, LineProblem { line, problem }) in self.problems.iter().enumerate() {
            let gap = if index == 0 { "" } else { "\n" };
            write!(f, "{gap}line {line}: {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ReadError {}

impl WordList {
    /// Reads a file.
    ///
    /// # Errors
    /// Every line that cannot be used, or that there are too many.
    pub fn read(format: Format, data: &str) -> Result<Self, ReadError> {
        let mut reader = Reader::default();
        if data.len() > MAX_FILE_BYTES {
            reader.problem(1, format!("the file is longer than {} MiB", MAX_FILE_BYTES >> 20));
            return reader.finish();
        }
        let data = data.strip_prefix('\u{FEFF}').unwrap_or(data);
        match format {
            Format::Text => text::read(data, &mut reader),
            Format::Csv => csv::read(data, &mut reader),
            Format::Json => json::read(data, &mut reader),
        }
        reader.finish()
    }

    /// Writes the list; reading it gives the same, as far as the format goes.
    #[must_use]
    pub fn write(&self, format: Format) -> String {
        match format {
            Format::Text => text::write(self),
            Format::Csv => csv::write(self),
            Format::Json => json::write(self),
        }
    }

    /// The entries for a matcher, numbered from 1 in the file's order.
    #[must_use]
    pub fn matcher_entries(&self) -> Vec<Entry> {
        let entry = |(id, entry): (u64, &ListEntry)| Entry {
            id,
            text: entry.text.clone(),
            mode: entry.mode,
            language: entry.language.clone().or_else(|| self.language.clone()),
        };
        (1..).zip(&self.entries).map(entry).collect()
    }

    /// The exceptions for a matcher.
    #[must_use]
    pub fn matcher_exceptions(&self) -> Vec<Exception> {
        self.exceptions.iter().map(|one| Exception { text: one.text.clone() }).collect()
    }
}

/// A file being read: what is good so far, and what is wrong.
#[derive(Debug, Default)]
struct Reader {
    list: WordList,
    regexes: usize,
    problems: Vec<LineProblem>,
}

impl Reader {
    fn problem(&mut self, line: usize, problem: impl Into<String>) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(LineProblem { line, problem: problem.into() });
        }
    }

    /// Whether reading on makes no sense.
    fn is_hopeless(&self) -> bool {
        self.problems.len() >= MAX_PROBLEMS
    }

    fn entry(&mut self, line: usize, entry: ListEntry) {
        let text = tidy(&entry.text, entry.mode);
        if text.chars().any(char::is_control) {
            return self.problem(line, "there is a control character in it");
        }
        if let Err(problem) = check(&text, entry.mode) {
            return self.problem(line, format!("“{text}”: {problem}"));
        }
        self.regexes += usize::from(entry.mode == Mode::Regex);
        if self.list.entries.len() >= MAX_ENTRIES {
            return self.problem(line, Problem::TooManyEntries.to_string());
        }
        if self.regexes > MAX_REGEXES {
            return self.problem(line, Problem::TooManyRegexes.to_string());
        }
        let language =
            entry.language.filter(|language| Some(language) != self.list.language.as_ref());
        let Some(note) = self.note(line, entry.note) else { return };
        if language.as_ref().is_some_and(|language| !is_language(language)) {
            return self.problem(line, "this is no language code, such as “fr” or “pt-BR”");
        }
        self.list.entries.push(ListEntry { text, mode: entry.mode, language, note });
    }

    fn exception(&mut self, line: usize, text: &str, note: Option<String>) {
        let text = tidy(text, Mode::WholeWord);
        if text.chars().any(char::is_control) {
            return self.problem(line, "there is a control character in it");
        }
        if let Err(problem) = check(&text, Mode::WholeWord) {
            return self.problem(line, format!("“{text}”: {problem}"));
        }
        if self.list.exceptions.len() >= MAX_EXCEPTIONS {
            return self.problem(line, Problem::TooManyExceptions.to_string());
        }
        let Some(note) = self.note(line, note) else { return };
        self.list.exceptions.push(ListException { text, note });
    }

    /// A note in one line; nothing where it is too long.
    fn note(&mut self, line: usize, note: Option<String>) -> Option<Option<String>> {
        let note = note.map(|note| tidy(&note, Mode::WholeWord)).filter(|note| !note.is_empty());
        if note.as_ref().is_some_and(|note| note.chars().count() > MAX_NOTE_CHARS) {
            self.problem(line, format!("the note is longer than {MAX_NOTE_CHARS} characters"));
            return None;
        }
        Some(note)
    }

    fn name(&mut self, line: usize, name: &str) {
        if let Some(name) = self.note(line, Some(name.to_owned())) {
            self.list.name = name;
        }
    }

    fn language(&mut self, line: usize, language: &str) {
        if is_language(language) {
            self.list.language = Some(language.to_owned());
        } else {
            self.problem(line, format!("“{language}” is no language code, such as “fr”"));
        }
    }

    fn option(&mut self, line: usize, name: &str) {
        if !self.list.options.switch_on(name) {
            let known = Options::NAMES.join(", ");
            self.problem(line, format!("there is no option “{name}”; there are {known}"));
        }
    }

    fn finish(self) -> Result<WordList, ReadError> {
        if self.problems.is_empty() {
            Ok(self.list)
        } else {
            Err(ReadError { problems: self.problems })
        }
    }
}

/// White space in texts and notes is one space each; in expressions it stays as it is. Byte order
/// marks around them are of the file that they were copied from.
fn tidy(text: &str, mode: Mode) -> String {
    let text = text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{FEFF}');
    if mode == Mode::Regex {
        text.to_owned()
    } else {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Whether `code` has the shape of a BCP 47 language tag.
fn is_language(code: &str) -> bool {
    let mut parts = code.split('-');
    let alphanumeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    parts.next().is_some_and(|part| {
        (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic())
    }) && parts.all(|part| (1..=8).contains(&part.len()) && alphanumeric(part))
        && code.len() <= 35
}
