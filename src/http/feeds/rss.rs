//! RSS 2.0, with Yahoo's Media RSS for the files and pictures.

use std::collections::BTreeMap;

use rss::extension::{Extension, ExtensionMap};
use rss::{Category, Channel, Enclosure, Guid, Image, Item};

use super::entry::{Entry, File, xml_text};
use super::{Front, unwritten};
use crate::domain::Millis;
use crate::http::Problem;

/// Namespaces of the elements that RSS itself does not have.
const NAMESPACES: [(&str, &str); 3] = [
    ("atom", "http://www.w3.org/2005/Atom"),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("media", "http://search.yahoo.com/mrss/"),
];

pub(super) fn write(front: &Front, entries: &[Entry]) -> Result<Vec<u8>, Problem> {
    let mut channel = Channel::default();
    channel.set_title(xml_text(&front.title));
    channel.set_link(front.page_url.clone());
    channel.set_description(xml_text(&front.description));
    channel.set_generator("Farandole".to_owned());
    channel.set_docs("https://www.rssboard.org/rss-specification".to_owned());
    channel.set_last_build_date(date(front.updated));
    let mut image = Image::default();
    image.set_url(front.icon_url.clone());
    image.set_title(xml_text(&front.title));
    image.set_link(front.page_url.clone());
    channel.set_image(image);
    let itself = [("href", front.feed_url.as_str()), ("rel", "self")];
    let mut extensions = ExtensionMap::new();
    add(&mut extensions, element("atom:link", None, &itself));
    channel.set_extensions(extensions);
    channel.set_namespaces(
        NAMESPACES
            .map(|(prefix, url)| (prefix.to_owned(), url.to_owned()))
            .into_iter()
            .collect::<BTreeMap<_, _>>(),
    );
    channel.set_items(entries.iter().map(item).collect::<Vec<_>>());
    channel.write_to(Vec::new()).map_err(unwritten)
}

fn item(entry: &Entry) -> Item {
    let mut item = Item::default();
    item.set_title(entry.title.clone());
    item.set_link(entry.page_url.clone());
    let mut guid = Guid::default();
    guid.set_value(entry.page_url.clone());
    guid.set_permalink(true);
    item.set_guid(guid);
    item.set_pub_date(date(entry.published));
    item.set_description(entry.description_html());
    item.set_categories(
        entry
            .tags
            .iter()
            .map(|tag| Category { name: tag.clone(), domain: None })
            .collect::<Vec<_>>(),
    );
    if let Some(best) = entry.files.first() {
        let mut enclosure = Enclosure::default();
        enclosure.set_url(best.url.clone());
        enclosure.set_length(best.size_bytes.to_string());
        enclosure.set_mime_type(best.mime_type);
        item.set_enclosure(enclosure);
    }
    let mut extensions = ExtensionMap::new();
    add(&mut extensions, element("dc:creator", Some(&entry.author), &[]));
    media(&mut extensions, entry);
    item.set_extensions(extensions);
    item
}

/// `media:group` with every file, and what else Media RSS can say.
fn media(extensions: &mut ExtensionMap, entry: &Entry) {
    let mut group = element("media:group", None, &[]);
    for (position, file) in entry.files.iter().enumerate() {
        let content = content(file, entry, position == 0);
        group.children.entry("content".to_owned()).or_default().push(content);
    }
    if !entry.files.is_empty() {
        add(extensions, group);
    }
    add(extensions, element("media:title", Some(&entry.title), &[("type", "plain")]));
    add(extensions, element("media:description", Some(&entry.description), &[("type", "plain")]));
    let rating = if entry.nsfw { "adult" } else { "nonadult" };
    add(extensions, element("media:rating", Some(rating), &[("scheme", "urn:simple")]));
    add(extensions, element("media:player", None, &[("url", &entry.embed_url)]));
    for picture in &entry.thumbnails {
        let (width, height) = (picture.width.to_string(), picture.height.to_string());
        let attributes = [("url", picture.url.as_str()), ("width", &width), ("height", &height)];
        add(extensions, element("media:thumbnail", None, &attributes));
    }
    let views = entry.views.to_string();
    let mut community = element("media:community", None, &[]);
    let statistics = element("media:statistics", None, &[("views", &views)]);
    community.children.entry("statistics".to_owned()).or_default().push(statistics);
    add(extensions, community);
}

fn content(file: &File, entry: &Entry, default: bool) -> Extension {
    let size = file.size_bytes.to_string();
    let duration = entry.duration_seconds.to_string();
    let mut attributes = vec![
        ("url", file.url.as_str()),
        ("fileSize", &size),
        ("type", file.mime_type),
        ("duration", &duration),
        ("isDefault", if default { "true" } else { "false" }),
    ];
    let (width, height) = (file.width.to_string(), file.height.to_string());
    let rate = file.fps.to_string();
    if file.height > 0 {
        attributes.extend([("width", width.as_str()), ("height", &height), ("framerate", &rate)]);
    }
    if let Some(language) = &entry.language {
        attributes.push(("lang", language));
    }
    element("media:content", None, &attributes)
}

fn element(name: &str, value: Option<&str>, attributes: &[(&str, &str)]) -> Extension {
    let attrs = attributes.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Extension {
        name: name.to_owned(),
        value: value.map(str::to_owned),
        attrs: attrs.collect(),
        children: BTreeMap::new(),
    }
}

fn add(extensions: &mut ExtensionMap, element: Extension) {
    let (prefix, name) = element.name.split_once(':').unwrap_or(("", &element.name));
    let (prefix, name) = (prefix.to_owned(), name.to_owned());
    extensions.entry(prefix).or_default().entry(name).or_default().push(element);
}

/// RFC 822 with the four-digit year of RFC 1123, as RSS wants it.
fn date(at: Millis) -> String {
    httpdate::fmt_http_date(at.system_time())
}
