//! Are these subtitles, and what of them is safe to serve? WebVTT and SRT are read cue by cue and
//! written anew as WebVTT: nothing of the file is kept that was not understood, so styles, scripts
//! and unknown tags do not come through. Pure text.

mod text;

use std::fmt::Write as _;

/// Largest file taken, bytes.
pub const MAX_FILE_BYTES: usize = 2 << 20;
/// Cues of one file at most.
const MAX_CUES: usize = 20_000;
/// Cue settings of WebVTT that only place the text (W3C WebVTT, 3.3).
const SETTINGS: [&str; 5] = ["vertical", "line", "position", "size", "align"];

/// One line of speech, or more, and when to show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// Milliseconds from the beginning.
    pub from_ms: u64,
    /// Milliseconds; later than `from_ms`.
    pub to_ms: u64,
    /// Where to show it, as WebVTT settings; may be empty.
    settings: String,
    /// WebVTT cue text, safe, without empty lines.
    text: String,
}

/// Why a file is no subtitles.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not UTF-8.
    #[error("The subtitles should be a text in UTF-8. Save the file in that encoding.")]
    Encoding,
    /// Larger than taken.
    #[error("The subtitles should have 2 MiB and 20,000 cues at most.")]
    TooLarge,
    /// A cue that cannot be read.
    #[error("The subtitles cannot be read: {problem} in line {line}.")]
    Cue {
        /// What is wrong.
        problem: &'static str,
        /// Where, counted from 1.
        line: usize,
    },
    /// Nothing to show.
    #[error("There are no cues in this file. Send WebVTT (.vtt) or SubRip (.srt) subtitles.")]
    Empty,
}

/// Reads WebVTT or SRT.
///
/// # Errors
/// [`Unreadable`].
pub fn read(file: &[u8]) -> Result<Vec<Cue>, Unreadable> {
    if file.len() > MAX_FILE_BYTES {
        return Err(Unreadable::TooLarge);
    }
    let text = std::str::from_utf8(file).map_err(|_| Unreadable::Encoding)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}");
    let mut cues = Vec::new();
    let mut lines = text.split('\n').enumerate();
    while let Some((at, line)) = lines.next() {
        let Some((from, rest)) = line.split_once("-->") else { continue };
        let (to, settings) = split_first_word(rest);
        let wrong = |problem| Unreadable::Cue { problem, line: at + 1 };
        let from_ms = moment(from.trim()).ok_or_else(|| wrong("a time that is none"))?;
        let to_ms = moment(to).ok_or_else(|| wrong("a time that is none"))?;
        if to_ms <= from_ms {
            return Err(wrong("a cue that ends before it begins"));
        }
        let body: Vec<&str> = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| !line.trim().is_empty())
            .collect();
        if cues.len() == MAX_CUES {
            return Err(Unreadable::TooLarge);
        }
        // A line that held nothing but unknown tags would end the cue early.
        let text = text::safe(&body.join("\n"));
        let text =
            text.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n");
        if !text.is_empty() {
            cues.push(Cue { from_ms, to_ms, settings: placing(settings), text });
        }
    }
    if cues.is_empty() { Err(Unreadable::Empty) } else { Ok(cues) }
}

fn split_first_word(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}

/// `HH:MM:SS.mmm` or `MM:SS.mmm`, with a comma in SRT.
fn moment(text: &str) -> Option<u64> {
    let (clock, millis) = text.split_once(['.', ','])?;
    let number = |digits: &str, most: usize| {
        let fits = (1..=most).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| digits.parse::<u64>().ok()).flatten()
    };
    let millis = (millis.len() == 3).then(|| number(millis, 3)).flatten()?;
    let mut parts = clock.rsplit(':');
    let seconds = number(parts.next()?, 2).filter(|s| *s < 60)?;
    let minutes = number(parts.next()?, 2).filter(|m| *m < 60)?;
    let hours = parts.next().map_or(Some(0), |hours| number(hours, 4))?;
    if parts.next().is_some() {
        return None;
    }
    Some(((hours * 60 + minutes) * 60 + seconds) * 1000 + millis)
}

/// The settings that are known, each once.
fn placing(settings: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for setting in settings.split_whitespace() {
        let Some((name, value)) = setting.split_once(':') else { continue };
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b',' | b'%' | b'-');
        let fits = SETTINGS.contains(&name) && !value.is_empty() && value.bytes().all(plain);
        let new = !kept.iter().any(|known| known.split(':').next() == Some(name));
        if fits && new {
            kept.push(setting);
        }
    }
    kept.join(" ")
}

/// The cues as a WebVTT file.
#[must_use]
pub fn vtt(cues: &[Cue]) -> String {
    let mut file = String::from("WEBVTT\n");
    for cue in cues {
        let space = if cue.settings.is_empty() { "" } else { " " };
        let (from, to) = (clock(cue.from_ms), clock(cue.to_ms));
        let _ = write!(file, "\n{from} --> {to}{space}{}\n{}\n", cue.settings, cue.text);
    }
    file
}

/// What is said in all cues, without tags, for moderation.
#[must_use]
pub fn spoken(cues: &[Cue]) -> String {
    let mut all = String::new();
    for cue in cues {
        let mut inside = false;
        for c in cue.text.chars() {
            match c {
                '<' => inside = true,
                '>' if inside => inside = false,
                _ if !inside => all.push(c),
                _ => {}
            }
        }
        all.push('\n');
    }
    all
}

fn clock(ms: u64) -> String {
    let (seconds, millis) = (ms / 1000, ms % 1000);
    format!("{:02}:{:02}:{:02}.{millis:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests;
