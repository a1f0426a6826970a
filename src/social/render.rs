//! How is a comment shown? A subset of Markdown as HTML that can do no harm: paragraphs, emphasis,
//! lists, quotes, code, links and mentions. Images become their description, HTML becomes text.
//!
//! The HTML is written here, tag by tag, from what the parser found; ammonia then removes whatever
//! should not have come through. Work is bounded by the length that is read and by how deep tags
//! nest. Every block and every link is a direction of its own (`dir="auto"`, `<bdi>`), so that
//! overrides of the writing direction end where they began.

mod links;
mod text;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, TextMergeStream};

use crate::domain::comment::Mention;

/// Bytes of Markdown that are read; more is cut. As many as the longest comment has here.
const MAX_BYTES: usize = 40_000;
/// Tags that are open at a time; deeper ones are left out, their text is not.
const MAX_DEPTH: usize = 12;
/// What every link says of itself: no recommendation of ours, written by people.
const REL: &str = "nofollow ugc noopener";

/// Where mentions lead: addresses of the pages of those that exist.
pub type Names = HashMap<Mention, String>;

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::empty();
    cleaner
        .tags(HashSet::from([
            "a",
            "bdi",
            "blockquote",
            "br",
            "code",
            "del",
            "em",
            "li",
            "ol",
            "p",
            "pre",
            "strong",
            "ul",
        ]))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("ol", HashSet::from(["start"])),
        ]))
        .generic_attributes(HashSet::from(["dir"]))
        .allowed_classes(HashMap::from([("a", HashSet::from(["mention"]))]))
        .url_schemes(HashSet::from(["http", "https"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some(REL));
    cleaner
});

/// Markdown as safe HTML. Mentions that are not in `names` stay text.
#[must_use]
pub fn html(markdown: &str, names: &Names) -> String {
    let mut page =
        Page { out: String::new(), open: Vec::new(), depth: 0, images: 0, in_link: 0, names };
    let options = Options::ENABLE_STRIKETHROUGH;
    for event in TextMergeStream::new(Parser::new_ext(cut(markdown), options)) {
        page.event(event);
    }
    page.finish();
    CLEANER.clean(&page.out).to_string()
}

/// The start of a text, at most [`MAX_BYTES`] long.
fn cut(text: &str) -> &str {
    if text.len() <= MAX_BYTES {
        return text;
    }
    let mut end = MAX_BYTES;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// HTML being written.
struct Page<'n> {
    out: String,
    /// Closing tags of what is open, innermost last; empty for what is left out.
    open: Vec<&'static str>,
    /// How many of them are written.
    depth: usize,
    /// Images that are open: their text is their description.
    images: usize,
    /// Links that are open: what is in them links nowhere else.
    in_link: usize,
    names: &'n Names,
}

impl Page<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(code) => {
                self.out.push_str("<code dir=\"auto\">");
                text::escape(&mut self.out, &code);
                self.out.push_str("</code>");
            }
            // HTML is shown, not obeyed.
            Event::Html(html) | Event::InlineHtml(html) => text::escape(&mut self.out, &html),
            Event::SoftBreak | Event::HardBreak => self.out.push_str("<br>"),
            // Not part of the subset: the parser is not asked for them, rules are left out.
            Event::Rule
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
    }

    fn text(&mut self, text: &str) {
        let code = self.open.last().is_some_and(|close| *close == "</code></pre>");
        if code || self.in_link > 0 || self.images > 0 {
            text::escape(&mut self.out, text);
        } else {
            links::write(&mut self.out, text, self.names);
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        if let Tag::Image { .. } = tag {
            self.images += 1;
            return;
        }
        let deep = self.depth >= MAX_DEPTH;
        let (before, close) = if deep { (String::new(), "") } else { self.opening(tag) };
        self.depth += usize::from(!close.is_empty());
        self.out.push_str(&before);
        self.open.push(close);
    }

    /// What begins an element, and what ends it.
    fn opening(&mut self, tag: &Tag<'_>) -> (String, &'static str) {
        let plain = |open: &str, close| (open.to_owned(), close);
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => plain("<p dir=\"auto\">", "</p>"),
            // Comments have no chapters.
            Tag::Heading { .. } => plain("<p dir=\"auto\"><strong>", "</strong></p>"),
            Tag::BlockQuote(_) => plain("<blockquote dir=\"auto\">", "</blockquote>"),
            Tag::CodeBlock(_) => plain("<pre dir=\"auto\"><code>", "</code></pre>"),
            Tag::List(None) => plain("<ul>", "</ul>"),
            Tag::List(Some(start)) => (format!("<ol start=\"{start}\">"), "</ol>"),
            Tag::Item => plain("<li dir=\"auto\">", "</li>"),
            Tag::Emphasis => plain("<em>", "</em>"),
            Tag::Strong => plain("<strong>", "</strong>"),
            Tag::Strikethrough => plain("<del>", "</del>"),
            Tag::Link { dest_url, .. } => {
                self.in_link += 1;
                (links::opening(dest_url, ""), links::CLOSING)
            }
            _ => plain("", ""),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        if tag == TagEnd::Image {
            self.images = self.images.saturating_sub(1);
            return;
        }
        let close = self.open.pop().unwrap_or_default();
        self.depth -= usize::from(!close.is_empty());
        if close == links::CLOSING {
            self.in_link = self.in_link.saturating_sub(1);
        }
        self.out.push_str(close);
    }

    /// Closes what the parser left open, which it never should.
    fn finish(&mut self) {
        while let Some(close) = self.open.pop() {
            self.out.push_str(close);
        }
    }
}

#[cfg(test)]
mod tests;
