//! Atom (RFC 4287).

use atom_syndication::{
    Category, Content, Entry as AtomEntry, Feed, FixedDateTime, Generator, Link, Person, Text,
};

use super::entry::{Entry, xml_text};
use super::{Front, unwritten};
use crate::domain::Millis;
use crate::http::Problem;

pub(super) fn write(front: &Front, entries: &[Entry]) -> Result<Vec<u8>, Problem> {
    let feed = Feed {
        title: Text::plain(xml_text(&front.title)),
        subtitle: Some(Text::plain(xml_text(&front.description))),
        id: front.page_url.clone(),
        updated: date(front.updated),
        generator: Some(Generator { value: "Farandole".to_owned(), uri: None, version: None }),
        icon: Some(front.icon_url.clone()),
        links: vec![
            link("self", &front.feed_url, Some("application/atom+xml")),
            link("alternate", &front.page_url, Some("text/html")),
        ],
        entries: entries.iter().map(entry).collect(),
        ..Feed::default()
    };
    feed.write_to(Vec::new()).map_err(unwritten)
}

fn entry(entry: &Entry) -> AtomEntry {
    let mut links = vec![link("alternate", &entry.page_url, Some("text/html"))];
    links.extend(entry.files.iter().map(|file| Link {
        length: Some(file.size_bytes.to_string()),
        ..link("enclosure", &file.url, Some(file.mime_type))
    }));
    let category = |tag: &String| Category { term: tag.clone(), scheme: None, label: None };
    AtomEntry {
        title: Text::plain(entry.title.clone()),
        id: entry.page_url.clone(),
        updated: date(entry.updated),
        published: Some(date(entry.published)),
        authors: vec![Person {
            name: entry.author.clone(),
            uri: Some(entry.author_url.clone()),
            ..Person::default()
        }],
        categories: entry.tags.iter().map(category).collect(),
        links,
        content: Some(Content {
            value: Some(entry.description_html()),
            content_type: Some("html".to_owned()),
            ..Content::default()
        }),
        ..AtomEntry::default()
    }
}

fn link(rel: &str, href: &str, mime_type: Option<&str>) -> Link {
    Link {
        href: href.to_owned(),
        rel: rel.to_owned(),
        mime_type: mime_type.map(str::to_owned),
        ..Link::default()
    }
}

fn date(at: Millis) -> FixedDateTime {
    at.rfc3339().parse().unwrap_or_default()
}
