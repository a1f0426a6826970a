//! What do the query parameters of a list of videos say? PeerTube's filters, read and checked.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::db::videos::list::{Filter, VideoOrder};
use crate::domain::names::fold_name;
use crate::domain::{Privacy, VideoState, sort_key};
use crate::http::Problem;
use crate::videos::VideosError;
use crate::videos::list::{Listing, Taste};

/// Names PeerTube gives the orders.
pub(in crate::http) const ORDERS: &[(&str, VideoOrder)] = &[
    ("publishedAt", VideoOrder::Published),
    ("originallyPublishedAt", VideoOrder::OriginallyPublished),
    ("createdAt", VideoOrder::Created),
    ("updatedAt", VideoOrder::Updated),
    ("name", VideoOrder::Name),
    ("duration", VideoOrder::Duration),
    ("views", VideoOrder::Views),
    ("likes", VideoOrder::Likes),
    ("comments", VideoOrder::Comments),
    ("trending", VideoOrder::Trending),
    ("hot", VideoOrder::Hot),
    ("best", VideoOrder::Best),
    ("match", VideoOrder::Published),
];

/// Values of one list parameter at most.
const MAX_VALUES: usize = 100;
/// PeerTube's `VideoInclude.NOT_PUBLISHED_STATE`.
const INCLUDE_UNPUBLISHED: i64 = 1;
/// PeerTube's `VideoInclude.BLACKLISTED`.
const INCLUDE_BLOCKED: i64 = 2;
/// Bits of `include` that ask for nothing a moderator's rights are needed for: files, captions.
const HARMLESS_INCLUDES: i64 = 8 | 16 | 32;

/// PeerTube's filters of videos. Those for what does not exist here yet (automatic tags, history,
/// scheduled lives) are taken and have no effect.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct VideoQuery {
    /// `true`: do not count the whole list.
    skip_count: Option<String>,
    /// `true`: only these; `false`: none of these; `both`.
    nsfw: Option<String>,
    /// Bits.
    nsfw_flags_included: Option<String>,
    /// Bits.
    nsfw_flags_excluded: Option<String>,
    /// Only lives, or none.
    is_live: Option<String>,
    /// Only videos of this server, or none.
    is_local: Option<String>,
    /// PeerTube's `include` bits, for moderators.
    include: Option<String>,
    #[serde(rename = "hasHLSFiles")]
    #[param(rename = "hasHLSFiles")]
    has_hls_files: Option<String>,
    has_web_video_files: Option<String>,
    /// Host name.
    host: Option<String>,
    #[serde(alias = "categoryOneOf[]")]
    category_one_of: Vec<String>,
    #[serde(alias = "licenceOneOf[]")]
    licence_one_of: Vec<String>,
    /// Codes, or `_unknown`.
    #[serde(alias = "languageOneOf[]")]
    language_one_of: Vec<String>,
    #[serde(alias = "tagsOneOf[]")]
    tags_one_of: Vec<String>,
    #[serde(alias = "tagsAllOf[]")]
    tags_all_of: Vec<String>,
    /// For moderators.
    #[serde(alias = "privacyOneOf[]")]
    privacy_one_of: Vec<String>,
    /// For moderators.
    #[serde(alias = "stateOneOf[]")]
    state_one_of: Vec<String>,
    /// Channel names, for `users/me/videos`.
    #[serde(alias = "channelNameOneOf[]")]
    channel_name_one_of: Vec<String>,
    /// Channel id, for `users/me/videos`.
    channel_id: Option<String>,
}

/// Takes commas too: older clients write lists so.
fn values(param: &'static str, list: &[String]) -> Result<Vec<String>, Problem> {
    let values: Vec<String> = list
        .iter()
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
        .collect();
    if values.len() > MAX_VALUES {
        return Err(Problem::invalid_param(param, "Should have at most 100 values."));
    }
    Ok(values)
}

fn number(param: &'static str, text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| Problem::invalid_param(param, "Should be a number."))
}

fn numbers(param: &'static str, list: &[String]) -> Result<Vec<i64>, Problem> {
    values(param, list)?.iter().map(|text| number(param, text)).collect()
}

fn known<T: TryFrom<i64>>(param: &'static str, list: &[String]) -> Result<Vec<T>, Problem> {
    numbers(param, list)?
        .into_iter()
        .map(|id| {
            T::try_from(id).map_err(|_| Problem::invalid_param(param, "Is not a known value."))
        })
        .collect()
}

fn flag(param: &'static str, text: Option<&str>) -> Result<Option<bool>, Problem> {
    match text {
        None | Some("") => Ok(None),
        Some("true" | "1") => Ok(Some(true)),
        Some("false" | "0") => Ok(Some(false)),
        Some(_) => Err(Problem::invalid_param(param, "Should be true or false.")),
    }
}

fn bits(param: &'static str, text: Option<&str>) -> Result<i64, Problem> {
    text.filter(|text| !text.is_empty()).map_or(Ok(0), |text| number(param, text))
}

fn folded(tags: Vec<String>) -> Vec<String> {
    let mut tags: Vec<String> = tags.iter().map(|tag| sort_key(tag)).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

impl VideoQuery {
    /// Whether the whole list is counted.
    pub(in crate::http) fn with_total(&self) -> Result<bool, Problem> {
        Ok(!flag("skipCount", self.skip_count.as_deref())?.unwrap_or(false))
    }

    /// Refuses filters for moderators.
    pub(in crate::http) fn only_listed(&self) -> Result<(), Problem> {
        match self.listing()? {
            Listing::Listed => Ok(()),
            _ => Err(VideosError::ModeratorsOnly.into()),
        }
    }

    /// Which listing is asked for.
    pub(in crate::http) fn listing(&self) -> Result<Listing, Problem> {
        let include = bits("include", self.include.as_deref())?;
        let privacies: Vec<Privacy> = known("privacyOneOf", &self.privacy_one_of)?;
        let plain = include & !HARMLESS_INCLUDES == 0 && privacies.is_empty();
        if plain && self.state_one_of.is_empty() {
            return Ok(Listing::Listed);
        }
        let unpublished = include & INCLUDE_UNPUBLISHED != 0 || !self.state_one_of.is_empty();
        let blocked = include & INCLUDE_BLOCKED != 0;
        Ok(Listing::Moderated { privacies, unpublished, blocked })
    }

    /// The filters. `search` comes with the page's parameters; `taste` decides about what is not
    /// for everybody's eyes unless the query does.
    pub(in crate::http) fn filter(
        &self,
        search: Option<&str>,
        local_host: &str,
        taste: Taste,
    ) -> Result<Filter, Problem> {
        let mut languages = values("languageOneOf", &self.language_one_of)?;
        let known_languages = languages.len();
        languages.retain(|language| language != "_unknown");
        let asked = self.nsfw.as_deref().is_some_and(|nsfw| !nsfw.is_empty());
        let taste = if asked { Taste::default() } else { taste };
        let nsfw = match self.nsfw.as_deref() {
            None | Some("") => taste.hides.then_some(false),
            Some("both") => None,
            Some(text) => flag("nsfw", Some(text))?,
        };
        let host = self.host.as_deref().filter(|host| !host.is_empty());
        let host = host.map(|host| if host == local_host { "" } else { host }.to_owned());
        let live = flag("isLive", self.is_live.as_deref())?.unwrap_or(false);
        let web_videos = flag("hasWebVideoFiles", self.has_web_video_files.as_deref())?;
        let names = values("channelNameOneOf", &self.channel_name_one_of)?;
        Ok(Filter {
            channel_id: self
                .channel_id
                .as_deref()
                .map(|text| number("channelId", text))
                .transpose()?,
            account_id: None,
            channel_names: names.iter().map(|name| fold_name(name)).collect(),
            categories: numbers("categoryOneOf", &self.category_one_of)?,
            licences: numbers("licenceOneOf", &self.licence_one_of)?,
            unknown_language: languages.len() < known_languages,
            languages,
            tags_any: folded(values("tagsOneOf", &self.tags_one_of)?),
            tags_all: folded(values("tagsAllOf", &self.tags_all_of)?),
            local: flag("isLocal", self.is_local.as_deref())?,
            host,
            nsfw,
            nsfw_flags_allowed: taste.flags_allowed,
            nsfw_flags_included: bits("nsfwFlagsIncluded", self.nsfw_flags_included.as_deref())?,
            nsfw_flags_excluded: bits("nsfwFlagsExcluded", self.nsfw_flags_excluded.as_deref())?
                | taste.flags_hidden,
            hls: flag("hasHLSFiles", self.has_hls_files.as_deref())?,
            states: known::<VideoState>("stateOneOf", &self.state_one_of)?,
            search: search.map(sort_key).filter(|text| !text.is_empty()),
            seen_by: None,
            // There are no lives and no web videos here.
            nothing: live || web_videos == Some(true),
        })
    }
}
