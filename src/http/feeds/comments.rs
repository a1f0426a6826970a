//! What does a feed say of comments? `/feeds/video-comments.{format}`: the newest under videos
//! that everybody may find, with PeerTube's parameters.

use atom_syndication::{Content, Entry as AtomEntry, FixedDateTime, Link, Person, Text};
use axum::extract::FromRequestParts as _;
use axum::http::request::Parts;
use rss::extension::dublincore::DublinCoreExtension;
use rss::{Guid, Item};
use serde_json::{Value, json};

use super::entry::xml_text;
use super::{FeedQuery, Format, Front, LENGTH, front, number, unwritten};
use crate::app::App;
use crate::db::comments::VideoPlace;
use crate::db::comments::feed::Feed;
use crate::db::{accounts, channels};
use crate::domain::{Millis, Privacy, ShortUuid};
use crate::http::Problem;
use crate::http::answers::{About, Made};
use crate::http::extract::ApiQuery;
use crate::http::v1::videos::video_ref;
use crate::http::v1::wire::Site;
use crate::social::feed;
use crate::social::views::View;
use crate::videos::access;

/// One comment of a feed.
struct Note {
    title: String,
    /// Its thread on the page of its video, and what it is known by.
    page_url: String,
    html: String,
    author: String,
    author_url: String,
    published: Millis,
    updated: Millis,
}

impl Note {
    fn new(site: &Site, view: &View, place: &VideoPlace) -> Self {
        let row = &view.row;
        let author = view.author.as_ref();
        let name = author.map_or_else(String::new, |author| xml_text(&author.display_name));
        let thread = row.thread_id.unwrap_or(row.id);
        Self {
            title: format!("{} - {name}", xml_text(&place.name)),
            page_url: format!(
                "{}/w/{}?threadId={thread}#comment-{}",
                site.base_url,
                ShortUuid(place.uuid),
                row.id
            ),
            html: xml_text(&view.written.html),
            author_url: author.map_or_else(String::new, |author| author.actor.ap_url.clone()),
            author: name,
            published: row.created_at,
            updated: row.edited_at.unwrap_or(row.created_at),
        }
    }
}

/// The feed that a request asks for.
pub(super) async fn made(app: &App, parts: &mut Parts, format: Format) -> Result<Made, Problem> {
    let ApiQuery(whose) = ApiQuery::<FeedQuery>::from_request_parts(parts, app).await?;
    let site = Site::of(app);
    let path = parts.uri.path_and_query().map_or("", |path| path.as_str());
    let mut front = front(app, &site, path);
    let of = narrowed(app, &whose, &site, &mut front).await?;
    let found = feed::newest(app, of, LENGTH).await?;
    let notes: Vec<Note> =
        found.iter().map(|(view, place)| Note::new(&site, view, place)).collect();
    front.updated = notes.iter().map(|note| note.updated).max().unwrap_or(Millis(0));
    let body = match format {
        Format::Rss => rss(&front, &notes)?,
        Format::Atom => atom(&front, &notes)?,
        Format::Json => json_feed(&front, &notes)?,
    };
    Ok(Made { body, content_type: format.content_type(), about: About::Listing })
}

/// Narrows the feed to a video, or to the videos of a channel or an account.
async fn narrowed(
    app: &App,
    whose: &FeedQuery,
    site: &Site,
    front: &mut Front,
) -> Result<Feed, Problem> {
    let video = whose.video_id.as_ref();
    let (account, channel) = (whose.names_account(), whose.names_channel());
    if video.is_some() && (account || channel) {
        return Err(Problem::invalid_param("videoId", "Goes with no channel and no account."));
    }
    let mut of = Feed::default();
    if let Some(id) = video {
        let guard = access::guard(app, video_ref(id)?).await?;
        // By number an unlisted video is not found: numbers can be counted through.
        let counted = id.bytes().all(|digit| digit.is_ascii_digit());
        let open =
            guard.privacy == Privacy::Public || (guard.privacy == Privacy::Unlisted && !counted);
        if !guard.available || !open {
            return Err(Problem::not_found("Video not found"));
        }
        of.video_id = Some(guard.id);
        front.page_url = format!("{}/w/{}", site.base_url, ShortUuid(guard.uuid));
    }
    let mut conn = app.db().read().await?;
    if channel {
        let found = match (&whose.video_channel_id, &whose.video_channel_name) {
            (Some(id), _) => channels::by_id(&mut conn, number("videoChannelId", id)?).await?,
            (None, Some(handle)) => {
                let (name, host) = site.split_handle(handle);
                channels::by_handle(&mut conn, name, host).await?
            }
            (None, None) => None,
        };
        let found = found.ok_or_else(|| Problem::not_found("Video channel not found"))?;
        of.channel_id = Some(found.id);
        front.is_of("c", &found.actor.name, &found.display_name, found.description, site);
    }
    if account {
        let found = match (&whose.account_id, &whose.account_name) {
            (Some(id), _) => accounts::by_id(&mut conn, number("accountId", id)?).await?,
            (None, Some(handle)) => {
                let (name, host) = site.split_handle(handle);
                accounts::by_handle(&mut conn, name, host).await?
            }
            (None, None) => None,
        };
        let found = found.ok_or_else(|| Problem::not_found("Account not found"))?;
        of.account_id = Some(found.id);
        front.is_of("a", &found.actor.name, &found.display_name, found.description, site);
    }
    Ok(of)
}

fn rss(front: &Front, notes: &[Note]) -> Result<Vec<u8>, Problem> {
    let mut channel = rss::Channel::default();
    channel.set_title(xml_text(&front.title));
    channel.set_link(front.page_url.clone());
    channel.set_description(xml_text(&front.description));
    channel.set_generator("Farandole".to_owned());
    channel.set_last_build_date(date(front.updated));
    channel.set_namespaces(std::collections::BTreeMap::from([
        ("content".to_owned(), "http://purl.org/rss/1.0/modules/content/".to_owned()),
        ("dc".to_owned(), "http://purl.org/dc/elements/1.1/".to_owned()),
    ]));
    channel.set_items(notes.iter().map(item).collect::<Vec<_>>());
    channel.write_to(Vec::new()).map_err(unwritten)
}

fn item(note: &Note) -> Item {
    let mut creator = DublinCoreExtension::default();
    creator.set_creators(vec![note.author.clone()]);
    let mut item = Item::default();
    item.set_title(note.title.clone());
    item.set_link(note.page_url.clone());
    item.set_guid(Guid { value: note.page_url.clone(), permalink: true });
    item.set_pub_date(date(note.published));
    item.set_content(note.html.clone());
    item.set_dublin_core_ext(creator);
    item
}

/// RFC 822 with the four-digit year of RFC 1123, as RSS wants it.
fn date(at: Millis) -> String {
    httpdate::fmt_http_date(at.system_time())
}

fn atom(front: &Front, notes: &[Note]) -> Result<Vec<u8>, Problem> {
    let link = |rel: &str, href: &str| Link {
        href: href.to_owned(),
        rel: rel.to_owned(),
        ..Link::default()
    };
    let moment = |at: Millis| -> FixedDateTime { at.rfc3339().parse().unwrap_or_default() };
    let entry = |note: &Note| AtomEntry {
        title: Text::plain(note.title.clone()),
        id: note.page_url.clone(),
        updated: moment(note.updated),
        published: Some(moment(note.published)),
        authors: vec![Person {
            name: note.author.clone(),
            uri: Some(note.author_url.clone()),
            ..Person::default()
        }],
        links: vec![link("alternate", &note.page_url)],
        content: Some(Content {
            value: Some(note.html.clone()),
            content_type: Some("html".to_owned()),
            ..Content::default()
        }),
        ..AtomEntry::default()
    };
    let feed = atom_syndication::Feed {
        title: Text::plain(xml_text(&front.title)),
        subtitle: Some(Text::plain(xml_text(&front.description))),
        id: front.feed_url.clone(),
        updated: moment(front.updated),
        icon: Some(front.icon_url.clone()),
        links: vec![link("self", &front.feed_url), link("alternate", &front.page_url)],
        entries: notes.iter().map(entry).collect(),
        ..atom_syndication::Feed::default()
    };
    feed.write_to(Vec::new()).map_err(unwritten)
}

fn json_feed(front: &Front, notes: &[Note]) -> Result<Vec<u8>, Problem> {
    let item = |note: &Note| -> Value {
        json!({
            "id": note.page_url,
            "url": note.page_url,
            "title": note.title,
            "content_html": note.html,
            "date_published": note.published.rfc3339(),
            "date_modified": note.updated.rfc3339(),
            "authors": [{ "name": note.author, "url": note.author_url }],
        })
    };
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": front.title,
        "description": front.description,
        "home_page_url": front.page_url,
        "feed_url": front.feed_url,
        "icon": front.icon_url,
        "items": notes.iter().map(item).collect::<Vec<_>>(),
    });
    serde_json::to_vec(&feed).map_err(unwritten)
}
