//! What does the document around the built site look like? One HTML shell for every page.
//!
//! Every value that comes from outside is escaped here and nowhere else. There is no inline
//! script: what the site needs to know travels in a data block that no browser runs, so that a
//! policy of `script-src 'self'` holds.

use std::fmt::{self, Write};

use serde_json::Value;

use crate::escape::{Json, Text};
use crate::language::Language;
use crate::manifest::{Files, files};

/// Which of the built programs the page runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Entry {
    /// The site with its header, pages and footer.
    #[default]
    Site,
    /// The player alone, for frames on other sites.
    Embed,
}

impl Entry {
    fn source(self) -> &'static str {
        match self {
            Self::Site => "src/site/main.ts",
            Self::Embed => "src/embed/main.ts",
        }
    }
}

/// A colour scheme the visitor chose by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Dark words on light paper.
    Light,
    /// Light words on dark paper.
    Dark,
}

impl Theme {
    /// The value of `data-theme` and of the cookie that remembers it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of a cookie's value.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }
}

/// What other sites show when somebody shares the page: Open Graph and Twitter card.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// `og:type`: `website`, `video.other`, `profile`.
    pub kind: String,
    /// Absolute URL of a picture.
    pub image: Option<String>,
    /// Pixels of that picture, width and height.
    pub image_size: Option<(u32, u32)>,
    /// Absolute URL of a page that plays the video in a frame.
    pub player: Option<String>,
    /// Pixels of that frame, width and height.
    pub player_size: Option<(u32, u32)>,
    /// Length in seconds.
    pub duration_seconds: Option<u64>,
    /// ISO 8601 time of publication.
    pub published_at: Option<String>,
}

/// Everything the shell says about a page. Plain text: [`page`] escapes it.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// The program to run.
    pub entry: Entry,
    /// The language of the shell and, at first, of the site.
    pub language: Language,
    /// The visitor's choice; `None` follows the system.
    pub theme: Option<Theme>,
    /// The name of the instance.
    pub site_name: String,
    /// What the page is called, without the name of the instance.
    pub title: String,
    /// One or two sentences.
    pub description: Option<String>,
    /// The absolute URL that this page wants to be known by.
    pub canonical: Option<String>,
    /// Whether search engines may list the page.
    pub listed: bool,
    /// What sharing shows; `None` for pages nobody shares.
    pub preview: Option<Preview>,
    /// What can be followed with a feed reader: titles and absolute URLs of RSS feeds.
    pub feeds: Vec<(String, String)>,
    /// Absolute URL of the oEmbed answer in JSON.
    pub oembed: Option<String>,
    /// Structured data for search engines (schema.org).
    pub json_ld: Option<Value>,
    /// What the site may read at start (`<script type="application/json" id="bootstrap">`).
    pub bootstrap: Option<Value>,
}

/// The HTML document for `head`.
#[must_use]
pub fn page(head: &Head) -> String {
    let mut html = String::with_capacity(4096);
    let files = files(head.entry.source());
    // Writing to a String cannot fail.
    let _ = write_page(&mut html, head, files.as_ref());
    html
}

fn write_page(out: &mut String, head: &Head, files: Option<&Files>) -> fmt::Result {
    let language = head.language;
    write!(
        out,
        "<!doctype html>\n<html lang=\"{}\" dir=\"{}\"",
        language.tag(),
        language.direction()
    )?;
    if let Some(theme) = head.theme {
        write!(out, " data-theme=\"{}\"", theme.name())?;
    }
    out.write_str(">\n<head>\n<meta charset=\"utf-8\">\n")?;
    out.write_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")?;
    writeln!(out, "<title>{}</title>", Text(&full_title(head)))?;
    write_about(out, head)?;
    if let Some(preview) = &head.preview {
        write_preview(out, head, preview)?;
    }
    if let Some(files) = files {
        write_files(out, files)?;
    }
    if let Some(data) = &head.json_ld {
        writeln!(out, "<script type=\"application/ld+json\">{}</script>", Json(data))?;
    }
    out.write_str("</head>\n<body>\n")?;
    if let Some(data) = &head.bootstrap {
        writeln!(
            out,
            "<script type=\"application/json\" id=\"bootstrap\">{}</script>",
            Json(data)
        )?;
    }
    if files.is_some() {
        out.write_str("<div id=\"app\"></div>\n")?;
        write_noscript(out, head)?;
    } else {
        out.write_str(NOT_BUILT)?;
    }
    out.write_str("</body>\n</html>\n")
}

/// What a binary without web pages shows in their place: developers see it, visitors never should.
const NOT_BUILT: &str = "<main style=\"max-width:40rem;margin:4rem auto;padding:0 1rem;font:1.1rem/1.5 system-ui\">\n\
    <h1>The web pages were not built</h1>\n\
    <p>This server was compiled before its web part. Nothing is lost: run <code>make web</code>, \
    compile again and restart. The API works meanwhile.</p>\n</main>\n";

fn full_title(head: &Head) -> String {
    match (head.title.as_str(), head.site_name.as_str()) {
        ("", name) => name.to_owned(),
        (title, "") => title.to_owned(),
        (title, name) if title == name => title.to_owned(),
        (title, name) => format!("{title} · {name}"),
    }
}

fn write_about(out: &mut String, head: &Head) -> fmt::Result {
    if let Some(description) = &head.description {
        writeln!(out, "<meta name=\"description\" content=\"{}\">", Text(description))?;
    }
    if !head.listed {
        out.write_str("<meta name=\"robots\" content=\"noindex\">\n")?;
    }
    if let Some(url) = &head.canonical {
        writeln!(out, "<link rel=\"canonical\" href=\"{}\">", Text(url))?;
    }
    for (title, url) in &head.feeds {
        writeln!(
            out,
            "<link rel=\"alternate\" type=\"application/rss+xml\" href=\"{}\" title=\"{}\">",
            Text(url),
            Text(title)
        )?;
    }
    if let Some(url) = &head.oembed {
        writeln!(
            out,
            "<link rel=\"alternate\" type=\"application/json+oembed\" href=\"{}\" title=\"{}\">",
            Text(url),
            Text(&head.title)
        )?;
    }
    out.write_str(
        "<meta name=\"referrer\" content=\"same-origin\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"theme-color\" media=\"(prefers-color-scheme: light)\" content=\"#faf7f1\">\n\
         <meta name=\"theme-color\" media=\"(prefers-color-scheme: dark)\" content=\"#161512\">\n\
         <link rel=\"icon\" href=\"/client/favicon.svg\" type=\"image/svg+xml\">\n\
         <link rel=\"icon\" href=\"/favicon.ico\" sizes=\"32x32\">\n\
         <link rel=\"apple-touch-icon\" href=\"/client/icon-180.png\">\n\
         <link rel=\"manifest\" href=\"/client/site.webmanifest\">\n",
    )
}

fn write_preview(out: &mut String, head: &Head, preview: &Preview) -> fmt::Result {
    let og = |out: &mut String, name: &str, value: &str| {
        writeln!(out, "<meta property=\"og:{name}\" content=\"{}\">", Text(value))
    };
    let card = |out: &mut String, name: &str, value: &str| {
        writeln!(out, "<meta name=\"twitter:{name}\" content=\"{}\">", Text(value))
    };
    og(out, "type", &preview.kind)?;
    og(out, "site_name", &head.site_name)?;
    og(out, "title", &head.title)?;
    og(out, "locale", head.language.locale())?;
    let kind = match (&preview.player, &preview.image) {
        (Some(_), _) => "player",
        (None, Some(_)) => "summary_large_image",
        (None, None) => "summary",
    };
    card(out, "card", kind)?;
    card(out, "title", &head.title)?;
    if let Some(description) = &head.description {
        og(out, "description", description)?;
        card(out, "description", description)?;
    }
    if let Some(url) = &head.canonical {
        og(out, "url", url)?;
    }
    if let Some(image) = &preview.image {
        og(out, "image", image)?;
        card(out, "image", image)?;
        if let Some((width, height)) = preview.image_size {
            og(out, "image:width", &width.to_string())?;
            og(out, "image:height", &height.to_string())?;
        }
    }
    if let Some(player) = &preview.player {
        let (width, height) = preview.player_size.unwrap_or((1280, 720));
        og(out, "video:url", player)?;
        og(out, "video:type", "text/html")?;
        og(out, "video:width", &width.to_string())?;
        og(out, "video:height", &height.to_string())?;
        card(out, "player", player)?;
        card(out, "player:width", &width.to_string())?;
        card(out, "player:height", &height.to_string())?;
    }
    if let Some(seconds) = preview.duration_seconds {
        og(out, "video:duration", &seconds.to_string())?;
    }
    if let Some(time) = &preview.published_at {
        og(out, "video:release_date", time)?;
    }
    Ok(())
}

fn write_files(out: &mut String, files: &Files) -> fmt::Result {
    for font in &files.fonts {
        writeln!(
            out,
            "<link rel=\"preload\" href=\"/client/{}\" as=\"font\" type=\"font/woff2\" crossorigin>",
            Text(font)
        )?;
    }
    for style in &files.styles {
        writeln!(out, "<link rel=\"stylesheet\" href=\"/client/{}\">", Text(style))?;
    }
    for import in &files.imports {
        writeln!(out, "<link rel=\"modulepreload\" href=\"/client/{}\">", Text(import))?;
    }
    writeln!(out, "<script type=\"module\" src=\"/client/{}\"></script>", Text(&files.script))
}

fn write_noscript(out: &mut String, head: &Head) -> fmt::Result {
    let sentence = match head.language {
        Language::English => "This page needs JavaScript to play and upload videos.",
        Language::French => "Cette page a besoin de JavaScript pour lire et envoyer des vidéos.",
    };
    writeln!(out, "<noscript>\n<h1>{}</h1>", Text(&head.title))?;
    if let Some(description) = &head.description {
        writeln!(out, "<p>{}</p>", Text(description))?;
    }
    writeln!(out, "<p>{sentence}</p>\n</noscript>")
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;
