//! What is written into playlists? Addresses relative to the playlist's own, with the file token
//! repeated when the reader asked for it.

use axum::http::Uri;
use bytes::Bytes;
use farandole_transcoder::playlist::{self, Rendition};
use farandole_transcoder::spec::RenditionPlan;
use uuid::Uuid;

use super::conditions::Validators;
use super::send::{Keeping, Offer, Source};
use crate::videos::growing::GrowingSet;
use crate::videos::media::Media;
use crate::videos::names::{MediaName, stem};

const PLAYLIST: &str = "application/vnd.apple.mpegurl";
const JSON: &str = "application/json";

/// How the files of a set are named.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    /// Part of every name.
    pub generation: Uuid,
    /// The file token to repeat.
    pub token: Option<&'a str>,
}

/// A text and its media type.
pub(super) type Text = (String, &'static str);

impl Named<'_> {
    fn playlist(&self, plan: &RenditionPlan) -> String {
        let name = self.plain_playlist(plan);
        match self.query() {
            Some(query) => format!("{name}?{query}&reinjectVideoFileToken=true"),
            None => name,
        }
    }

    /// Without a token: a name rather than an address.
    fn plain_playlist(&self, plan: &RenditionPlan) -> String {
        MediaName::Playlist(stem(&plan.file).to_owned()).of(self.generation)
    }

    fn file(&self, plan: &RenditionPlan) -> String {
        let name = self.plain_file(plan);
        self.query().map_or_else(|| name.clone(), |query| format!("{name}?{query}"))
    }

    /// Without a token: for the hashes, which name files rather than addresses.
    fn plain_file(&self, plan: &RenditionPlan) -> String {
        MediaName::File(stem(&plan.file).to_owned()).of(self.generation)
    }

    /// Encoded: what was let in by something else may carry any text as its token.
    fn query(&self) -> Option<String> {
        let token = self.token?;
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        Some(query.append_pair("videoFileToken", token).finish())
    }
}

/// The token of a playlist's own address, when its reader wants it in every address it names.
pub(super) fn token_to_repeat(uri: &Uri) -> Option<String> {
    let query = || url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let wanted = query().any(|(name, value)| name == "reinjectVideoFileToken" && value == "true");
    let mut tokens = query().filter(|(name, _)| name == "videoFileToken");
    tokens.next().filter(|_| wanted).map(|(_, token)| token.into_owned())
}

/// A text of a complete set; `None` when it has no such rendition.
pub(super) fn complete(media: &Media, name: &MediaName, named: Named<'_>) -> Option<Text> {
    let renditions = &media.renditions;
    match name {
        MediaName::Master => {
            let all: Vec<_> = renditions
                .iter()
                .map(|one| Rendition { plan: &one.plan, index: &one.index })
                .collect();
            Some((playlist::master(&all, |plan| named.playlist(plan)), PLAYLIST))
        }
        MediaName::Hashes => {
            let names: Vec<_> = renditions.iter().map(|one| named.plain_file(&one.plan)).collect();
            let files: Vec<_> =
                names.iter().map(String::as_str).zip(renditions.iter().map(|r| &r.index)).collect();
            Some((playlist::segments_sha256(&files), JSON))
        }
        MediaName::Growth => {
            let names: Vec<_> =
                renditions.iter().map(|one| named.plain_playlist(&one.plan)).collect();
            let playlists: Vec<_> =
                names.iter().map(String::as_str).zip(renditions.iter().map(|r| &r.index)).collect();
            let target = u32::try_from(media.set.target_duration_s?).ok()?;
            Some((playlist::growth(&playlists, target), JSON))
        }
        MediaName::Playlist(wanted) => {
            let one = renditions.iter().find(|one| stem(&one.plan.file) == wanted)?;
            let target = u32::try_from(media.set.target_duration_s?).ok()?;
            Some((playlist::media(&one.index, target, &named.file(&one.plan)), PLAYLIST))
        }
        MediaName::File(_) | MediaName::Manifest(_) => None,
    }
}

/// A text of a growing set: `None` when there is nothing to say yet, `Some(None)` when it will
/// have no such rendition.
pub(super) fn growing(
    set: &GrowingSet,
    name: &MediaName,
    named: Named<'_>,
) -> Option<Option<Text>> {
    let plans = set.plans();
    if plans.is_empty() {
        return None;
    }
    match name {
        MediaName::Master => Some(Some((set.master(|plan| named.playlist(plan))?, PLAYLIST))),
        MediaName::Hashes => Some(Some((set.segments_sha256(|plan| named.plain_file(plan)), JSON))),
        MediaName::Growth => Some(Some((set.growth(|plan| named.plain_playlist(plan)), JSON))),
        MediaName::Playlist(wanted) => {
            let Some(plan) = plans.iter().find(|plan| stem(&plan.file) == wanted) else {
                return Some(None);
            };
            Some(Some((set.media(&plan.file, &named.file(plan))?, PLAYLIST)))
        }
        MediaName::File(_) | MediaName::Manifest(_) => Some(None),
    }
}

/// A text as a file. The same generation says more while it grows, and the last time when it is
/// complete, so whoever keeps it asks again.
pub(super) fn offer(text: impl Into<Bytes>, content_type: &'static str, open: bool) -> Offer {
    let bytes: Bytes = text.into();
    Offer {
        length: bytes.len() as u64,
        growing: false,
        validators: Validators::of_bytes(&bytes),
        content_type,
        keeping: if open { Keeping::Ask } else { Keeping::Private },
        disposition: None,
        meter: None,
        source: Source::Memory(bytes),
    }
}
