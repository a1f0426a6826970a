//! How is a file sent, whatever it is? Conditions, ranges and headers in one place; which file
//! it is and who may have it, the handlers have decided.

use std::ops::Range;
use std::time::Duration;

use axum::BoxError;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use farandole_storage::{Key, LocalFile};
use futures::{Stream, TryStreamExt as _};

use super::conditions::{self, Validators, Verdict};
use super::range::{self, Wanted};
use crate::app::App;
use crate::http::Problem;
use crate::videos::traffic::Meter;

/// How long may a copy be used, and by whom?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keeping {
    /// By everybody, for ever: another content would have another name.
    Forever,
    /// By everybody for a day.
    Day,
    /// By everybody who asks each time whether it is still good.
    Ask,
    /// By nobody: it grows.
    Never,
    /// By nobody: not everybody may have it.
    Private,
}

impl Keeping {
    const fn cache_control(self) -> &'static str {
        match self {
            Self::Forever => "public, max-age=31536000, immutable",
            Self::Day => "public, max-age=86400",
            Self::Ask => "no-cache",
            Self::Never => "no-store",
            Self::Private => "private, no-store",
        }
    }
}

/// Where the bytes come from.
pub(super) enum Source {
    /// They are here.
    Memory(Bytes),
    /// From an open file of this node.
    Open(LocalFile),
    /// From storage, through this server.
    Stored(Key),
    /// From storage, by a signed address where the store has such.
    Redirected(Key),
}

/// A file as it is offered.
pub(super) struct Offer {
    /// Bytes there are to give.
    pub length: u64,
    /// There will be more, so that nothing is said about the whole.
    pub growing: bool,
    /// What tells this version from others.
    pub validators: Validators,
    /// Its media type.
    pub content_type: &'static str,
    /// Who may keep it.
    pub keeping: Keeping,
    /// `Content-Disposition`, for a file to keep.
    pub disposition: Option<HeaderValue>,
    /// Counts the bytes that are sent, for what is played.
    pub meter: Option<Meter>,
    /// Where the bytes come from.
    pub source: Source,
}

impl Offer {
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(12);
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        let keeping = HeaderValue::from_static(self.keeping.cache_control());
        headers.insert(header::CACHE_CONTROL, keeping);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if let Some(etag) = self.validators.etag.as_deref()
            && let Ok(value) = HeaderValue::from_str(etag)
        {
            headers.insert(header::ETAG, value);
        }
        if let Some(modified) = self.validators.modified
            && let Ok(value) = HeaderValue::from_str(&httpdate::fmt_http_date(modified))
        {
            headers.insert(header::LAST_MODIFIED, value);
        }
        if let Some(disposition) = &self.disposition {
            headers.insert(header::CONTENT_DISPOSITION, disposition.clone());
        }
        headers
    }

    /// The part that is asked for, with its status; `None` when there is no such part.
    fn part(&self, asked: &Parts) -> Option<(StatusCode, Range<u64>)> {
        let whole = (StatusCode::OK, 0..self.length);
        // RFC 9110, 14.2: ranges are for GET.
        let Some(value) = asked.headers.get(header::RANGE) else { return Some(whole) };
        if asked.method != Method::GET
            || !conditions::range_counts(&asked.headers, &self.validators)
        {
            return Some(whole);
        }
        match range::wanted(value.to_str().unwrap_or_default(), self.length) {
            Wanted::Whole => Some(whole),
            Wanted::Part(range) => Some((StatusCode::PARTIAL_CONTENT, range)),
            Wanted::Unsatisfiable => None,
        }
    }
}

/// The answer to a request that needs no bytes, for a file that would have to be made first: its
/// length is not known yet, so nothing is said of it. `None` when the bytes are asked for.
///
/// # Errors
/// 412.
pub(super) fn without_bytes(asked: &Parts, offer: &Offer) -> Result<Option<Response>, Problem> {
    if let Some(answer) = by_conditions(asked, offer)? {
        return Ok(Some(answer));
    }
    // A body of unknown length, of which HEAD takes nothing.
    let unknown = || Body::from_stream(futures::stream::empty::<std::io::Result<Bytes>>());
    Ok((asked.method == Method::HEAD).then(|| (offer.headers(), unknown()).into_response()))
}

/// 304, when the reader has this version.
fn by_conditions(asked: &Parts, offer: &Offer) -> Result<Option<Response>, Problem> {
    match conditions::evaluate(&asked.headers, &offer.validators) {
        Verdict::Proceed => Ok(None),
        Verdict::NotModified => {
            let mut headers = offer.headers();
            headers.remove(header::CONTENT_TYPE);
            headers.remove(header::CONTENT_DISPOSITION);
            Ok(Some((StatusCode::NOT_MODIFIED, headers).into_response()))
        }
        Verdict::Failed => Err(Problem::new(
            StatusCode::PRECONDITION_FAILED,
            "The file is another version than the one you ask for.",
        )),
    }
}

/// Answers a GET or HEAD for a file.
///
/// # Errors
/// 412, 416, and what storage says.
pub(super) async fn send(app: &App, asked: &Parts, offer: Offer) -> Result<Response, Problem> {
    if let Some(answer) = by_conditions(asked, &offer)? {
        return Ok(answer);
    }
    let mut headers = offer.headers();
    let Some((status, range)) = offer.part(asked) else { return Err(no_such_range(offer.length)) };
    headers.insert(header::CONTENT_LENGTH, (range.end.saturating_sub(range.start)).into());
    if status == StatusCode::PARTIAL_CONTENT {
        headers.insert(header::CONTENT_RANGE, content_range(&range, &offer));
    }
    if asked.method == Method::HEAD {
        return Ok((status, headers).into_response());
    }
    if let Source::Redirected(key) = &offer.source
        && let Some(answer) = redirect(app, key, offer.disposition.as_ref()).await?
    {
        return Ok(answer);
    }
    let body = body(app, offer.source, range, offer.meter).await?;
    Ok((status, headers, body).into_response())
}

async fn body(
    app: &App,
    source: Source,
    range: Range<u64>,
    meter: Option<Meter>,
) -> Result<Body, Problem> {
    Ok(match source {
        Source::Memory(bytes) => {
            let whole = 0..bytes.len() as u64;
            if range == whole {
                return Ok(Body::from(bytes));
            }
            let (start, end) = (usize::try_from(range.start), usize::try_from(range.end));
            let (Ok(start), Ok(end)) = (start, end) else { return Err(Problem::internal()) };
            // Ranges were cut to the length of these very bytes.
            Body::from(bytes.slice(start.min(bytes.len())..end.min(bytes.len())))
        }
        Source::Open(file) => metered(file.read_stream(range), meter),
        Source::Stored(key) | Source::Redirected(key) => {
            match app.store().open_local(&key).await? {
                Some(file) => metered(file.read_stream(range), meter),
                None => metered(app.store().get_range(&key, range).await?, meter),
            }
        }
    })
}

/// Chunks are counted as they are taken: what is left in the buffers of a connection that breaks
/// is counted though it never arrives, 64 KiB at most.
fn metered<S, E>(stream: S, meter: Option<Meter>) -> Body
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Into<BoxError> + 'static,
{
    match meter {
        Some(meter) => Body::from_stream(stream.inspect_ok(move |chunk| meter.add(chunk.len()))),
        None => Body::from_stream(stream),
    }
}

/// A 302 to a signed address; `None` where the store has none.
async fn redirect(
    app: &App,
    key: &Key,
    disposition: Option<&HeaderValue>,
) -> Result<Option<Response>, Problem> {
    let life = Duration::from_secs(u64::from(app.config().storage.s3.signed_url_seconds));
    let disposition = disposition.and_then(|value| value.to_str().ok());
    let Some(url) = app.store().signed_url(key, life, disposition).await? else { return Ok(None) };
    let location = HeaderValue::from_str(url.as_str()).map_err(|_| Problem::internal())?;
    // The address is good for its life only, and half of that is left for the fetch itself.
    let keep = HeaderValue::from_str(&format!("private, max-age={}", life.as_secs() / 2))
        .map_err(|_| Problem::internal())?;
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, keep)];
    Ok(Some((StatusCode::FOUND, headers).into_response()))
}

fn content_range(range: &Range<u64>, offer: &Offer) -> HeaderValue {
    let last = range.end.saturating_sub(1);
    let text = match offer.growing {
        true => format!("bytes {}-{last}/*", range.start),
        false => format!("bytes {}-{last}/{}", range.start, offer.length),
    };
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("bytes */*"))
}

fn no_such_range(length: u64) -> Problem {
    let problem = Problem::new(
        StatusCode::RANGE_NOT_SATISFIABLE,
        format!("The file has {length} bytes, and none where you ask for some."),
    );
    match HeaderValue::from_str(&format!("bytes */{length}")) {
        Ok(value) => problem.header(header::CONTENT_RANGE, value),
        Err(_) => problem,
    }
}
