//! What does a reader see of a text, and where in the text does it stand? Markdown and HTML are
//! taken off; addresses in the text are known as such; every visible byte knows its place in the
//! original. Folding is left to `fold`.

mod addresses;
mod html;
mod markdown;

use std::collections::HashSet;
use std::ops::Range;

/// A text as a reader sees it, each part with its place in the original.
#[derive(Debug, Clone, Default)]
pub struct Visible {
    text: String,
    pieces: Vec<Piece>,
    /// Where addresses stand in `text`, in order.
    addresses: Vec<Range<usize>>,
    targets: Vec<Target>,
    links: Vec<String>,
}

/// A stretch of visible text that comes from one stretch of the original.
#[derive(Debug, Clone)]
struct Piece {
    /// Where it begins in the visible text.
    at: usize,
    source: Range<usize>,
    /// Byte for byte the same as the original; otherwise the whole stretch stands for each byte.
    same: bool,
}

/// Where a link leads whose address the reader does not see.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) address: String,
    pub(crate) source: Range<usize>,
}

/// A visible character with its place in the original, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) ch: char,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) address: bool,
}

impl Visible {
    /// Text that is shown as it is: names, titles, tags.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        let mut visible = Self::default();
        visible.same(text, 0);
        visible.finish()
    }

    /// A comment or description in CommonMark (with `~~strikethrough~~`). Raw HTML inside is
    /// read as [`Visible::html`] reads it, and once more as it is written, since pages may show
    /// it so; the text of pictures counts.
    #[must_use]
    pub fn markdown(text: &str) -> Self {
        // Most comments have no mark-up at all; parsing them would cost more than judging them.
        if markdown::is_plain(text) { Self::plain(text) } else { markdown::read(text).finish() }
    }

    /// HTML, as other servers send it. Tags are taken off; comments, scripts and styles are not
    /// seen; blocks and line breaks are white space.
    #[must_use]
    pub fn html(text: &str) -> Self {
        let mut visible = Self::default();
        html::read(text, 0, &mut visible);
        visible.finish()
    }

    /// Where the links lead, and the addresses that stand in the text, in order of appearance.
    #[must_use]
    pub fn links(&self) -> &[String] {
        &self.links
    }

    /// What is seen.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Targets of links that are not themselves seen.
    pub(crate) fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// All characters that are seen, in order.
    pub(crate) fn seen(&self) -> impl Iterator<Item = Seen> {
        let mut addresses = self.addresses.iter().peekable();
        self.pieces
            .iter()
            .enumerate()
            .flat_map(move |(index, piece)| {
                let end = self.pieces.get(index + 1).map_or(self.text.len(), |next| next.at);
                let text = self.text.get(piece.at..end).unwrap_or_default();
                text.char_indices().map(move |(offset, ch)| (piece, offset, ch))
            })
            .map(move |(piece, offset, ch)| {
                let at = piece.at + offset;
                while addresses.peek().is_some_and(|address| address.end <= at) {
                    addresses.next();
                }
                let address = addresses.peek().is_some_and(|address| address.contains(&at));
                let (start, end) = if piece.same {
                    (piece.source.start + offset, piece.source.start + offset + ch.len_utf8())
                } else {
                    (piece.source.start, piece.source.end)
                };
                Seen { ch, start, end, address }
            })
    }

    /// Adds what stands in the original at `start` exactly so.
    fn same(&mut self, text: &str, start: usize) {
        if !text.is_empty() {
            let source = start..start + text.len();
            self.pieces.push(Piece { at: self.text.len(), source, same: true });
            self.text.push_str(text);
        }
    }

    /// Adds what the stretch `source` of the original is shown as.
    fn whole(&mut self, text: &str, source: Range<usize>) {
        if !text.is_empty() {
            self.pieces.push(Piece { at: self.text.len(), source, same: false });
            self.text.push_str(text);
        }
    }

    /// Adds a line break that blocks make: it has no place of its own.
    fn line(&mut self, at: usize) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.whole("\n", at..at);
        }
    }

    fn link(&mut self, address: &str, source: Range<usize>) {
        if !address.is_empty() {
            self.targets.push(Target { address: address.to_owned(), source });
        }
    }

    /// Finds the addresses in the text, and leaves only those targets that are not among them.
    fn finish(mut self) -> Self {
        self.addresses = addresses::find(&self.text);
        let targets = std::mem::take(&mut self.targets);
        let shown = || self.addresses.iter().filter_map(|range| self.text.get(range.clone()));
        let mut known = HashSet::new();
        let links = targets.iter().map(|target| target.address.as_str()).chain(shown());
        let links = links.filter(|address| known.insert(*address)).take(MAX_LINKS);
        self.links = links.map(str::to_owned).collect();
        let shown: HashSet<&str> = shown().collect();
        let hidden = targets.iter().filter(|target| !shown.contains(target.address.as_str()));
        self.targets = hidden.take(MAX_LINKS).cloned().collect();
        self
    }
}

/// More addresses than this are not told apart: who writes more writes no comment.
const MAX_LINKS: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn sources<'a>(text: &'a str, visible: &Visible) -> Vec<(char, &'a str)> {
        visible.seen().map(|seen| (seen.ch, text.get(seen.start..seen.end).unwrap())).collect()
    }

    #[test]
    fn every_character_knows_its_place() {
        let text = "é **b**&amp;\\*";
        let visible = Visible::markdown(text);
        assert_eq!(visible.text().trim_end(), "é b&*");
        assert_eq!(
            sources(text, &visible)[..5],
            [('é', "é"), (' ', " "), ('b', "b"), ('&', "&amp;"), ('*', "*")]
        );
    }

    #[test]
    fn links_are_told_once_and_in_order() {
        let text = "[a](https://a.example/x) https://b.example/y, <https://c.example/>";
        let visible = Visible::markdown(text);
        let expected = ["https://a.example/x", "https://c.example/", "https://b.example/y"];
        assert_eq!(visible.links(), expected);
        assert_eq!(visible.targets().len(), 1, "only the first is not seen");
    }

    #[test]
    fn a_thousand_addresses_are_enough() {
        let text = (0..3_000).map(|n| format!("http://a.example/{n} ")).collect::<String>();
        assert_eq!(Visible::plain(&text).links().len(), MAX_LINKS);
    }
}
