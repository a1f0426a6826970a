//! What did everybody get who asked the same lately? Answers to callers who bring nothing, as
//! bytes, so that a popular page costs neither a query nor a serialisation.
//!
//! An answer stays while nothing it shows has changed (`videos::cache`), and ten seconds at most:
//! counters that leave no change row (views, people watching) are that old at most. What depends
//! on a session, a password or a file token is never kept.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use moka::future::Cache;
use moka::ops::compute::{CompResult, Op};

use super::Problem;
use super::asker::PASSWORD_HEADER;
use super::media::conditions::{self, Validators, Verdict};
use crate::app::App;
use crate::domain::Millis;
use crate::videos::cache::{self, Beat, Marks};

/// Bytes of answers kept at most.
const MOST_BYTES: u64 = 24 << 20;
/// An answer is this old at most.
const OLDEST: Duration = Duration::from_secs(10);
/// Longer addresses are not worth the memory.
const LONGEST_KEY: usize = 512;
/// What an entry costs beside its bytes.
const ENTRY_BYTES: usize = 256;

/// JSON.
pub(super) const JSON: &str = "application/json";

/// What an answer shows, which decides when it is out of date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// Any videos, channels or accounts.
    Listing,
    /// One video (`videos.id`) with its channel and owner.
    Video(i64),
    /// Something that is not for everybody, or not followed: never kept.
    Unkept,
}

/// An answer that was just made.
pub(super) struct Made {
    pub body: Vec<u8>,
    pub content_type: &'static str,
    pub about: About,
}

impl Made {
    /// `value` as JSON.
    pub(super) fn json(value: &impl serde::Serialize, about: About) -> Result<Self, Problem> {
        let body = serde_json::to_vec(value).map_err(|error| {
            tracing::error!(error = %error, "an answer could not be written as JSON");
            Problem::internal()
        })?;
        Ok(Self { body, content_type: JSON, about })
    }
}

#[derive(Clone)]
struct Answer {
    body: Bytes,
    content_type: &'static str,
    validators: Validators,
    about: About,
    beat: Beat,
    read_at: Millis,
}

struct Answers(Cache<Arc<str>, Answer>);

impl Default for Answers {
    fn default() -> Self {
        let weight = |key: &Arc<str>, answer: &Answer| {
            u32::try_from(key.len() + answer.body.len() + ENTRY_BYTES).unwrap_or(u32::MAX)
        };
        let answers = Cache::builder().max_capacity(MOST_BYTES).weigher(weight);
        Self(answers.time_to_live(OLDEST).build())
    }
}

/// The key of a request by somebody who brings nothing; `None` for everybody else. Where file
/// tokens count, the caller refuses queries.
pub(super) fn key(request: &Request) -> Option<Arc<str>> {
    let brings = |name: &str| request.headers().contains_key(name);
    if brings(header::AUTHORIZATION.as_str()) || brings(PASSWORD_HEADER) {
        return None;
    }
    let key = request.uri().path_and_query()?.as_str();
    (key.len() <= LONGEST_KEY).then(|| key.into())
}

/// The answer kept under `key`, or the one `make` gives, which is then kept. Of many who ask at
/// once, one makes it and the others wait for it.
///
/// # Errors
/// Those of `make`, which are not kept; 412 as RFC 9110 says.
pub(super) async fn answer<F>(
    app: &App,
    asked: &HeaderMap,
    key: &str,
    make: impl FnOnce() -> F,
) -> Result<Response, Problem>
where
    F: Future<Output = Result<Made, Problem>>,
{
    cache::follow(app);
    let (answers, marks) = (app.room::<Answers>(), app.room::<Marks>());
    answers.kept_or_made(&marks, app.now(), key, make).await?.respond(asked)
}

impl Answers {
    async fn kept_or_made<F>(
        &self,
        marks: &Marks,
        now: Millis,
        key: &str,
        make: impl FnOnce() -> F,
    ) -> Result<Answer, Problem>
    where
        F: Future<Output = Result<Made, Problem>>,
    {
        if let Some(kept) = self.0.get(key).await
            && kept.holds(marks, now)
        {
            return Ok(kept);
        }
        let mut unkept = None;
        let settled = self
            .0
            .entry(key.into())
            .and_try_compute_with(async |entry| {
                // Somebody else may have made it while this request waited.
                if entry.is_some_and(|entry| entry.value().holds(marks, now)) {
                    return Ok::<_, Problem>(Op::Nop);
                }
                let beat = marks.begin();
                let fresh = Answer::new(make().await?, beat, now);
                if fresh.about == About::Unkept {
                    unkept = Some(fresh);
                    return Ok(Op::Remove);
                }
                Ok(Op::Put(fresh))
            })
            .await?;
        match settled {
            CompResult::Inserted(entry)
            | CompResult::ReplacedWith(entry)
            | CompResult::Unchanged(entry) => Ok(entry.into_value()),
            CompResult::Removed(_) | CompResult::StillNone(_) => {
                unkept.ok_or_else(Problem::internal)
            }
        }
    }
}

/// An answer that is not kept, for callers who bring something.
pub(super) fn personal(made: Made) -> Response {
    (StatusCode::OK, [(header::CONTENT_TYPE, made.content_type)], made.body).into_response()
}

impl Answer {
    fn new(made: Made, beat: Beat, read_at: Millis) -> Self {
        let validators = Validators::of_bytes(&made.body);
        let Made { body, content_type, about } = made;
        Self { body: Bytes::from(body), content_type, validators, about, beat, read_at }
    }

    fn holds(&self, marks: &Marks, now: Millis) -> bool {
        // The clock may be set back: then it is not known how old this is.
        let young = self.read_at <= now && now < self.read_at.plus(OLDEST);
        young
            && match self.about {
                About::Listing => marks.listing_holds(self.beat),
                About::Video(id) => marks.page_holds(id, self.beat),
                About::Unkept => false,
            }
    }

    fn respond(&self, asked: &HeaderMap) -> Result<Response, Problem> {
        let verdict = conditions::evaluate(asked, &self.validators);
        let mut response = match verdict {
            Verdict::Proceed => Response::new(Body::from(self.body.clone())),
            Verdict::NotModified => StatusCode::NOT_MODIFIED.into_response(),
            Verdict::Failed => {
                return Err(Problem::new(
                    StatusCode::PRECONDITION_FAILED,
                    "What you ask for has changed since. Ask again without If-Match.",
                ));
            }
        };
        let headers = response.headers_mut();
        if verdict == Verdict::Proceed {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        }
        // Browsers may keep it, but ask each time: it may be private by now, or they signed in.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        if let Some(etag) =
            self.validators.etag.as_deref().and_then(|etag| HeaderValue::from_str(etag).ok())
        {
            headers.insert(header::ETAG, etag);
        }
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    fn made(about: About) -> Result<Made, Problem> {
        Ok(Made { body: b"{}".to_vec(), content_type: JSON, about })
    }

    #[tokio::test]
    async fn of_many_who_ask_at_once_one_makes_the_answer() {
        let (answers, marks) = (Answers::default(), Marks::sighted_now());
        let times = AtomicU64::new(0);
        let ask = || {
            answers.kept_or_made(&marks, Millis(1), "key", async || {
                times.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(20)).await;
                made(About::Listing)
            })
        };
        for answer in futures::future::join_all((0..50).map(|_| ask())).await {
            assert_eq!(answer.unwrap().body, "{}");
        }
        assert_eq!(times.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn an_answer_for_some_is_made_for_each() {
        let (answers, marks) = (Answers::default(), Marks::sighted_now());
        let times = AtomicU64::new(0);
        for _ in 0..3 {
            let make = async || {
                times.fetch_add(1, Ordering::SeqCst);
                made(About::Unkept)
            };
            answers.kept_or_made(&marks, Millis(1), "key", make).await.unwrap();
        }
        assert_eq!(times.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn an_answer_is_ten_seconds_old_at_most() {
        let (answers, marks) = (Answers::default(), Marks::sighted_now());
        let times = AtomicU64::new(0);
        for (now, made_so_far) in [(5_000, 1), (14_999, 1), (15_000, 2), (14_999, 3)] {
            let make = async || {
                times.fetch_add(1, Ordering::SeqCst);
                made(About::Video(1))
            };
            answers.kept_or_made(&marks, Millis(now), "key", make).await.unwrap();
            assert_eq!(times.load(Ordering::SeqCst), made_so_far, "at {now} ms");
        }
    }

    fn key_of(uri: &str, header: Option<&'static str>) -> Option<Arc<str>> {
        let mut request = Request::builder().uri(uri);
        if let Some(name) = header {
            request = request.header(name, "x");
        }
        key(&request.body(Body::empty()).unwrap())
    }

    #[test]
    fn only_those_who_bring_nothing_get_what_everybody_gets() {
        assert_eq!(key_of("/api/v1/videos?a=b", None).as_deref(), Some("/api/v1/videos?a=b"));
        for header in ["Authorization", "x-peertube-video-password"] {
            assert_eq!(key_of("/api/v1/videos", Some(header)), None, "{header}");
        }
        let long = format!("/api/v1/videos?search={}", "x".repeat(LONGEST_KEY));
        assert_eq!(key_of(&long, None), None);
    }
}
