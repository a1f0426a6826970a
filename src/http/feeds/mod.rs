//! What can be followed without an account? `/feeds/videos.{format}` and
//! `/feeds/video-comments.{format}`: what is new, as RSS 2.0, Atom and JSON Feed, with PeerTube's
//! parameters. Only what everybody may find is told.

mod atom;
mod comments;
mod entry;
mod json;
mod rss;

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::response::Response;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::entry::Entry;
use super::Problem;
use super::answers::{self, About, Made};
use super::extract::{ApiPath, ApiQuery};
use super::v1::videos::query::{ORDERS, VideoQuery};
use super::v1::wire::Site;
use super::v1::wire::page::Paging;
use crate::app::App;
use crate::db::videos::list::{Filter, VideoOrder};
use crate::db::{accounts, channels};
use crate::domain::{Millis, Order, Window};
use crate::videos::feed;
use crate::videos::list::{Wanted, taste};

/// Videos in a feed at most (PeerTube's default).
const LENGTH: i64 = 20;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(videos))
}

/// Whose videos a feed is about; at most one of them.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct FeedQuery {
    /// Only comments of this video: number, UUID or short UUID.
    video_id: Option<String>,
    /// Account id.
    account_id: Option<String>,
    /// `name`, or `name@host`.
    account_name: Option<String>,
    /// Channel id.
    video_channel_id: Option<String>,
    /// `name`, or `name@host`.
    video_channel_name: Option<String>,
}

impl FeedQuery {
    fn names_channel(&self) -> bool {
        self.video_channel_id.is_some() || self.video_channel_name.is_some()
    }

    fn names_account(&self) -> bool {
        self.account_id.is_some() || self.account_name.is_some()
    }
}

/// What a feed tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum News {
    Videos,
    Comments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Rss,
    Atom,
    Json,
}

impl Format {
    /// What a file name asks for; PeerTube has several names for each format.
    fn of(file: &str) -> Option<(News, Self)> {
        let (news, format) = match file.strip_prefix("videos.") {
            Some(format) => (News::Videos, format),
            None => (News::Comments, file.strip_prefix("video-comments.")?),
        };
        let format = match format {
            "xml" | "rss" | "rss2" => Self::Rss,
            "atom" | "atom1" => Self::Atom,
            "json" | "json1" => Self::Json,
            _ => return None,
        };
        Some((news, format))
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml; charset=utf-8",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Json => "application/feed+json; charset=utf-8",
        }
    }
}

/// What a feed says of itself.
struct Front {
    title: String,
    description: String,
    /// The page it belongs to.
    page_url: String,
    /// Its own address.
    feed_url: String,
    icon_url: String,
    updated: Millis,
}

/// The newest videos or comments, to be followed with a feed reader.
#[utoipa::path(
    get,
    path = "/feeds/{file}",
    operation_id = "getSyndicatedVideos",
    tag = "Video Feeds",
    params(
        ("file" = String, Path, description = "`videos.` or `video-comments.` and `xml`, `rss`, `rss2`, `atom`, `atom1`, `json` or `json1`"),
        FeedQuery,
        VideoQuery,
        ("sort" = Option<String>, Query, description = "As for lists of videos; `-publishedAt` when not given"),
    ),
    responses(
        (status = 200, description = "The feed", content(
            (String = "application/rss+xml"),
            (String = "application/atom+xml"),
            (serde_json::Value = "application/feed+json"),
        )),
        (status = 304, description = "Nothing has changed"),
        (status = 400, description = "A parameter does not fit"),
        (status = 401, description = "A filter asks for more than everybody may see"),
        (status = 404, description = "No such feed, channel or account"),
    )
)]
async fn videos(
    State(app): State<App>,
    ApiPath(file): ApiPath<String>,
    request: Request,
) -> Result<Response, Problem> {
    let asked = Format::of(&file);
    let asked = asked.ok_or_else(|| Problem::not_found("There is no such feed."))?;
    // Feeds tell everybody the same, whoever asks.
    let key = answers::key(&request);
    let (mut parts, _) = request.into_parts();
    let Some(key) = key else {
        return Ok(answers::personal(made(&app, &mut parts, asked).await?));
    };
    let headers = std::mem::take(&mut parts.headers);
    let shared = &app;
    let make = || async move { made(shared, &mut parts, asked).await };
    answers::answer(&app, &headers, &key, make).await
}

async fn made(
    app: &App,
    parts: &mut Parts,
    (news, format): (News, Format),
) -> Result<Made, Problem> {
    if news == News::Comments {
        return comments::made(app, parts, format).await;
    }
    let paging = Paging::from_request_parts(parts, app).await?;
    let ApiQuery(query) = ApiQuery::<VideoQuery>::from_request_parts(parts, app).await?;
    let ApiQuery(whose) = ApiQuery::<FeedQuery>::from_request_parts(parts, app).await?;
    query.only_listed()?;
    let site = Site::of(app);
    let mut filter = query.filter(None, &site.host, taste(app, None).await?)?;
    let path = parts.uri.path_and_query().map_or("", |path| path.as_str());
    let mut front = front(app, &site, path);
    narrow(app, &whose, &site, &mut filter, &mut front).await?;
    let wanted = Wanted {
        filter,
        order: paging.order(ORDERS, Order::descending(VideoOrder::Published))?,
        window: Window { start: 0, count: LENGTH },
        with_total: false,
    };
    let found = feed::page(app, &wanted).await?;
    let entries: Vec<Entry> = found.iter().map(|details| Entry::new(&site, details)).collect();
    front.updated = entries.iter().map(|entry| entry.updated).max().unwrap_or(Millis(0));
    let body = match format {
        Format::Rss => rss::write(&front, &entries)?,
        Format::Atom => atom::write(&front, &entries)?,
        Format::Json => json::write(&front, &entries)?,
    };
    Ok(Made { body, content_type: format.content_type(), about: About::Listing })
}

/// The whole instance's.
fn front(app: &App, site: &Site, path: &str) -> Front {
    let instance = &app.config().instance;
    let base = &site.base_url;
    Front {
        title: instance.name.clone(),
        description: instance.short_description.clone(),
        page_url: format!("{base}/"),
        feed_url: format!("{base}{path}"),
        icon_url: format!("{base}/client/icon-180.png"),
        updated: Millis(0),
    }
}

/// Narrows a feed to a channel or an account.
async fn narrow(
    app: &App,
    whose: &FeedQuery,
    site: &Site,
    filter: &mut Filter,
    front: &mut Front,
) -> Result<(), Problem> {
    let mut conn = app.db().read().await?;
    let channel = match (&whose.video_channel_id, &whose.video_channel_name) {
        (Some(id), _) => channels::by_ids(&mut conn, &[number("videoChannelId", id)?]).await?.pop(),
        (None, Some(handle)) => {
            let (name, host) = site.split_handle(handle);
            channels::by_handle(&mut conn, name, host).await?
        }
        (None, None) => None,
    };
    if whose.names_channel() {
        let channel = channel.ok_or_else(|| Problem::not_found("Video channel not found"))?;
        filter.channel_id = Some(channel.id);
        front.is_of("c", &channel.actor.name, &channel.display_name, channel.description, site);
    }
    let account = match (&whose.account_id, &whose.account_name) {
        (Some(id), _) => accounts::by_ids(&mut conn, &[number("accountId", id)?]).await?.pop(),
        (None, Some(handle)) => {
            let (name, host) = site.split_handle(handle);
            accounts::by_handle(&mut conn, name, host).await?
        }
        (None, None) => None,
    };
    if whose.names_account() {
        let account = account.ok_or_else(|| Problem::not_found("Account not found"))?;
        filter.account_id = Some(account.id);
        front.is_of("a", &account.actor.name, &account.display_name, account.description, site);
    }
    Ok(())
}

fn number(param: &str, text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| Problem::invalid_param(param, "Should be a number."))
}

impl Front {
    /// Belongs to a channel's (`c`) or an account's (`a`) page.
    fn is_of(
        &mut self,
        folder: &str,
        name: &str,
        display_name: &str,
        description: Option<String>,
        site: &Site,
    ) {
        self.title = format!("{display_name} - {}", self.title);
        self.description = description.unwrap_or_default();
        self.page_url = format!("{}/{folder}/{name}", site.base_url);
    }
}

/// Says that a feed could not be written, which no input should ever cause.
fn unwritten(error: impl std::fmt::Display) -> Problem {
    tracing::error!(error = %error, "a feed could not be written");
    Problem::internal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peertubes_names_of_formats_are_known() {
        for (file, format) in [
            ("videos.xml", Some((News::Videos, Format::Rss))),
            ("videos.rss", Some((News::Videos, Format::Rss))),
            ("videos.rss2", Some((News::Videos, Format::Rss))),
            ("videos.atom", Some((News::Videos, Format::Atom))),
            ("videos.atom1", Some((News::Videos, Format::Atom))),
            ("videos.json", Some((News::Videos, Format::Json))),
            ("videos.json1", Some((News::Videos, Format::Json))),
            ("video-comments.rss", Some((News::Comments, Format::Rss))),
            ("video-comments.json1", Some((News::Comments, Format::Json))),
            ("video-comments", None),
            ("videos", None),
            ("videos.pdf", None),
            ("subscriptions.xml", None),
        ] {
            assert_eq!(Format::of(file), format, "{file}");
        }
    }
}
