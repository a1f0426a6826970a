//! How does one chunk join the bytes that are here? It goes on at their end; what it repeats is
//! skipped, a gap is refused.

use bytes::Bytes;
use futures::Stream;

use super::{Chunk, ContentRange, Digest, expiry, path, size};
use crate::app::App;
use crate::db::uploads::{self, Upload};
use crate::transact;
use crate::videos::receive::{self, Sink};
use crate::videos::upload::UploadError;

/// The part of a chunk that is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Plan {
    /// Bytes at its beginning that are here already.
    skip: u64,
    /// Bytes it should have in all.
    count: u64,
}

/// Receives a chunk; returns how many bytes are here then.
pub(super) async fn take<S, E>(
    app: &App,
    upload: &Upload,
    received: u64,
    mut chunk: Chunk<S>,
) -> Result<u64, UploadError>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let Some(plan) = plan(chunk.range, chunk.length, received, size(upload))? else {
        return Ok(received);
    };
    receive::check_disk(app, plan.count.saturating_sub(plan.skip))?;
    let mut sink = Sink::open(&path(app, &upload.id), received).await?;
    let outcome = pour(app, &mut sink, plan, &mut chunk).await;
    match &outcome {
        Err(UploadError::Conflict { .. } | UploadError::DigestMismatch) => {
            sink.cut_back(received).await?;
        }
        // What came before the connection broke is as good as any.
        _ => sink.settle().await?,
    }
    outcome?;
    let (now, expires_at) = (app.now(), expiry(app));
    transact!(app.db(), tx => { uploads::touch(tx, &upload.id, expires_at, now).await })?;
    Ok(sink.length())
}

/// What to do with a chunk; `None`: it only asks.
fn plan(
    range: Option<ContentRange>,
    length: Option<u64>,
    received: u64,
    size: u64,
) -> Result<Option<Plan>, UploadError> {
    let conflict = |problem: String| Err(UploadError::Conflict { problem, received });
    if let Some(total) = range.and_then(ContentRange::total)
        && total != size
    {
        return conflict(format!(
            "This upload was begun for a file of {size} bytes, not of {total}."
        ));
    }
    let (start, count) = match range {
        Some(ContentRange::Question { .. }) => return Ok(None),
        Some(ContentRange::Bytes { start, count, .. }) => {
            if length.is_some_and(|length| length != count) {
                return Err(UploadError::BadRequest(
                    "Content-Length and Content-Range speak of different sizes.",
                ));
            }
            (start, count)
        }
        None => (0, length.unwrap_or(size)),
    };
    if start > received {
        return conflict(format!("Byte {received} comes next, not byte {start}."));
    }
    if count > size - start {
        return conflict(format!("The file ends at {size} bytes; the chunk goes beyond."));
    }
    Ok(Some(Plan { skip: received - start, count }))
}

async fn pour<S, E>(
    app: &App,
    sink: &mut Sink,
    plan: Plan,
    chunk: &mut Chunk<S>,
) -> Result<(), UploadError>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let before = sink.length();
    let mut seen: u64 = 0;
    while let Some(piece) = receive::next_piece(&mut chunk.body).await? {
        if let Some(digest) = &mut chunk.digest {
            digest.update(&piece);
        }
        let from = plan.skip.saturating_sub(seen);
        seen += u64::try_from(piece.len()).unwrap_or(u64::MAX);
        if seen > plan.count {
            let problem = "More bytes came than the request had announced.".to_owned();
            return Err(UploadError::Conflict { problem, received: before });
        }
        let new = usize::try_from(from).ok().and_then(|from| piece.get(from..)).unwrap_or_default();
        if sink.write(new).await? {
            receive::check_disk(app, 0)?;
        }
    }
    let matches = chunk.digest.take().is_none_or(Digest::matches);
    if matches { Ok(()) } else { Err(UploadError::DigestMismatch) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(start: u64, count: u64, total: u64) -> Option<ContentRange> {
        Some(ContentRange::Bytes { start, count, total: Some(total) })
    }

    #[test]
    fn a_chunk_goes_on_where_the_last_one_ended() {
        let plan = plan(bytes(40, 20, 100), Some(20), 40, 100).unwrap();
        assert_eq!(plan, Some(Plan { skip: 0, count: 20 }));
    }

    #[test]
    fn what_is_here_already_is_skipped() {
        let again = plan(bytes(0, 60, 100), None, 40, 100).unwrap();
        assert_eq!(again, Some(Plan { skip: 40, count: 60 }));
        let nothing_new = plan(bytes(0, 20, 100), None, 40, 100).unwrap();
        assert_eq!(nothing_new, Some(Plan { skip: 40, count: 20 }));
    }

    #[test]
    fn a_question_brings_nothing_and_a_plain_request_everything() {
        let question = Some(ContentRange::Question { total: Some(100) });
        assert_eq!(plan(question, Some(0), 40, 100).unwrap(), None);
        assert_eq!(plan(None, Some(100), 0, 100).unwrap(), Some(Plan { skip: 0, count: 100 }));
    }

    #[test]
    fn gaps_and_other_sizes_are_conflicts() {
        for (range, received) in [
            (bytes(41, 1, 100), 40),
            (bytes(40, 61, 100), 40),
            (bytes(40, 10, 99), 40),
            (Some(ContentRange::Question { total: Some(99) }), 40),
        ] {
            let refused = plan(range, None, received, 100);
            assert!(
                matches!(refused, Err(UploadError::Conflict { received: 40, .. })),
                "{range:?}"
            );
        }
        assert!(plan(None, Some(101), 0, 100).is_err());
        let torn = plan(bytes(40, 20, 100), Some(10), 40, 100);
        assert!(matches!(torn, Err(UploadError::BadRequest(_))));
    }
}
