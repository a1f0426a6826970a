//! Does the filter do what a list of cases says? One JSON object a line: `entry` with `mode` is
//! the only entry of a list, `options` are those that are on, `text` is a comment in Markdown,
//! `expect` says `hit` or `clean`.

use serde::{Deserialize, Serialize};

use crate::{Entry, Exception, Hit, ListSpec, Matcher, Mode, Options, Visible};

/// One case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its number, for messages.
    pub n: u64,
    /// The entry's language.
    pub lang: String,
    /// The only entry of the list.
    pub entry: String,
    /// How it is looked for.
    pub mode: Mode,
    /// The names of the options that are on.
    #[serde(default)]
    pub options: Vec<String>,
    /// The list's exceptions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<String>,
    /// A comment in Markdown.
    pub text: String,
    /// What is to come of it.
    pub expect: Expect,
    /// What the case is about.
    pub why: String,
}

/// What a case expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Expect {
    /// The entry is found.
    Hit,
    /// Nothing is found.
    Clean,
}

/// Why a line is no case, or a case cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// Not JSON, or not of that shape.
    #[error("line {line}: this is no case: {cause}")]
    Malformed {
        /// Counted from 1.
        line: usize,
        /// What the reader says.
        cause: serde_json::Error,
    },
    /// See [`Options::NAMES`].
    #[error("line {line}: there is no option “{name}”")]
    UnknownOption {
        /// Counted from 1.
        line: usize,
        /// The name that was given.
        name: String,
    },
    /// The entry cannot be looked for.
    #[error("case {n}: {cause}")]
    BadEntry {
        /// Of the case.
        n: u64,
        /// What is wrong with it.
        cause: crate::BuildError,
    },
}

impl Case {
    /// Reads a file of cases; empty lines are skipped.
    pub fn read(text: &str) -> impl Iterator<Item = Result<Self, CaseError>> {
        let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
        lines.map(|(line, text)| Self::read_line(line, text))
    }

    fn read_line(line: usize, text: &str) -> Result<Self, CaseError> {
        let case: Self =
            serde_json::from_str(text).map_err(|cause| CaseError::Malformed { line, cause })?;
        let unknown = case.options.iter().find(|name| !Options::default().switch_on(name));
        match unknown.cloned() {
            Some(name) => Err(CaseError::UnknownOption { line, name }),
            None => Ok(case),
        }
    }

    /// What the filter finds.
    ///
    /// # Errors
    /// The entry cannot be looked for.
    pub fn judge(&self) -> Result<Vec<Hit>, CaseError> {
        let mut options = Options::default();
        for name in &self.options {
            options.switch_on(name);
        }
        let language = Some(self.lang.clone());
        let entry = Entry { id: self.n, text: self.entry.clone(), mode: self.mode, language };
        let exceptions: Vec<Exception> =
            self.exceptions.iter().map(|text| Exception { text: text.clone() }).collect();
        let list = ListSpec { id: 1, options, entries: &[entry], exceptions: &exceptions };
        let matcher =
            Matcher::build(&[list]).map_err(|cause| CaseError::BadEntry { n: self.n, cause })?;
        Ok(matcher.find(&Visible::markdown(&self.text)))
    }

    /// Whether what was found is what the case expects.
    #[must_use]
    pub fn is_as_expected(&self, hits: &[Hit]) -> bool {
        hits.is_empty() == (self.expect == Expect::Clean)
    }
}
