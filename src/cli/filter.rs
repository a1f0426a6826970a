//! `farandole filter`: trying word lists without a server. `check` judges a file of cases, `test`
//! shows what a list finds in texts.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, ensure};
use farandole_word_filter::cases::{Case, Expect};
use farandole_word_filter::lists::{Format, WordList};
use farandole_word_filter::{Hit, ListSpec, Matcher, Options, Visible};

/// What to try.
#[derive(Debug, clap::Subcommand)]
pub enum FilterCommand {
    /// Judge a file of cases, one JSON object a line, and name those that are judged otherwise
    /// than they expect.
    Check(CheckArgs),
    /// Show what a list finds in texts, with places and the text marked.
    Test(TestArgs),
}

/// Which cases.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// File of cases: n, lang, entry, mode, options, text (Markdown), expect (hit or clean), why.
    #[arg(long)]
    cases: PathBuf,
}

/// Which list, and which texts.
#[derive(Debug, clap::Args)]
pub struct TestArgs {
    /// Word list: plain text, or CSV or JSON where its name ends so.
    #[arg(long)]
    list: PathBuf,
    /// How the texts are written.
    #[arg(long, value_enum, default_value_t = Written::Markdown)]
    format: Written,
    /// Disguises to see through, besides those the list names: confusables, leet, separators,
    /// repeats, bidi.
    #[arg(long, value_delimiter = ',')]
    options: Vec<String>,
    /// Texts to look in.
    #[arg(required = true)]
    text: Vec<String>,
}

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Written {
    Plain,
    Markdown,
    Html,
}

/// Does what the command says; the code tells whether all was as expected.
///
/// # Errors
/// A file cannot be read, or is no list.
pub fn run(command: &FilterCommand) -> anyhow::Result<ExitCode> {
    match command {
        FilterCommand::Check(args) => check(&args.cases),
        FilterCommand::Test(args) => test(args).map(|()| ExitCode::SUCCESS),
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    let bytes =
        std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    String::from_utf8(bytes).map_err(|_| anyhow!("{} is not UTF-8 text", path.display()))
}

fn check(cases: &Path) -> anyhow::Result<ExitCode> {
    let text = read(cases)?;
    let mut out = std::io::stdout().lock();
    let (mut all, mut mismatches, mut bad) = (0_usize, 0_usize, 0_usize);
    for case in Case::read(&text) {
        let judged = case.and_then(|case| case.judge().map(|hits| (case, hits)));
        match judged {
            Ok((case, hits)) => {
                all += 1;
                if !case.is_as_expected(&hits) {
                    mismatches += 1;
                    writeln!(out, "{}", mismatch(&case, &hits))?;
                }
            }
            Err(error) => {
                bad += 1;
                writeln!(out, "{error}")?;
            }
        }
    }
    let right = all - mismatches;
    write!(out, "{right} of {all} cases judged as expected")?;
    match bad {
        0 => writeln!(out)?,
        bad => writeln!(out, "; {bad} that are no cases")?,
    }
    ensure!(all + bad > 0, "{} holds no cases", cases.display());
    Ok(if mismatches + bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn mismatch(case: &Case, hits: &[Hit]) -> String {
    let expected = match case.expect {
        Expect::Hit => "a hit",
        Expect::Clean => "nothing",
    };
    let places: Vec<String> = hits.iter().map(|hit| place(&case.text, hit)).collect();
    let found = if places.is_empty() { "nothing".to_owned() } else { places.join(", ") };
    format!(
        "case {} ({}): expected {expected}, found {found}: entry “{}” in {:?}",
        case.n, case.why, case.entry, case.text
    )
}

/// A hit's place and what stands there. Invisible characters are escaped.
fn place(text: &str, hit: &Hit) -> String {
    let there = text.get(hit.start..hit.end).unwrap_or_default();
    format!("{}–{} {there:?}", hit.start, hit.end)
}

fn test(args: &TestArgs) -> anyhow::Result<()> {
    let name = args.list.to_string_lossy();
    let mut list = WordList::read(Format::of_file(&name), &read(&args.list)?)
        .map_err(|error| anyhow!("{name} is no list:\n{error}"))?;
    for option in &args.options {
        let known = Options::NAMES.join(", ");
        ensure!(list.options.switch_on(option), "there is no option “{option}”; there are {known}");
    }
    let (entries, exceptions) = (list.matcher_entries(), list.matcher_exceptions());
    let (options, id) = (list.options, 1);
    let spec = ListSpec { id, options, entries: &entries, exceptions: &exceptions };
    let matcher = Matcher::build(&[spec])?;
    let mut out = std::io::stdout().lock();
    let marks = if out.is_terminal() { ["\x1b[7m", "\x1b[0m"] } else { ["[", "]"] };
    for text in &args.text {
        let visible = match args.format {
            Written::Plain => Visible::plain(text),
            Written::Markdown => Visible::markdown(text),
            Written::Html => Visible::html(text),
        };
        let scan = matcher.scan(&visible);
        writeln!(out, "{}", marked(text, &scan.hits, marks))?;
        for hit in &scan.hits {
            let entry = entries.iter().find(|entry| entry.id == hit.entry_id);
            let (word, mode) = entry.map_or(("", ""), |entry| (&entry.text, entry.mode.name()));
            writeln!(out, "  bytes {}: “{word}” ({mode})", place(text, hit))?;
        }
        match (scan.hits.len(), scan.complete) {
            (_, false) => writeln!(out, "  too tangled to look at all of it: it would be held")?,
            (0, true) => writeln!(out, "  nothing found")?,
            (_, true) => {}
        }
    }
    Ok(())
}

/// The text with its hits between marks; hits that overlap share theirs.
fn marked(text: &str, hits: &[Hit], [open, close]: [&str; 2]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut hits = hits.iter().peekable();
    while let Some(hit) = hits.next() {
        let mut end = hit.end;
        while let Some(next) = hits.next_if(|next| next.start < end) {
            end = end.max(next.end);
        }
        out.push_str(text.get(at..hit.start).unwrap_or_default());
        out.push_str(open);
        out.push_str(text.get(hit.start..end).unwrap_or_default());
        out.push_str(close);
        at = end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    // Direction overrides would turn the rest of the terminal's line around as well.
    out.replace(|c: char| c.is_control() && c != '\n' && c != '\x1b', "\u{FFFD}")
        .replace(['\u{202A}', '\u{202B}', '\u{202D}', '\u{202E}'], "\u{FFFD}")
}
