//! How is an object sent to the service with bounded memory, and what if that stops half-way?
//!
//! Up to one part goes in one request, more in a multipart upload, a few parts at a time. The
//! object appears only when the upload is completed. Whatever goes wrong, the parts sent so far
//! are given back (AbortMultipartUpload), also when the caller goes away. Only a process killed
//! in the middle leaves parts behind; the bucket's lifecycle rule in `docs/storage.md` is for
//! those.

use std::pin::pin;

use bytes::Bytes;
use futures::{Stream, TryStreamExt};
use object_store::{
    MultipartUpload, ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutPayloadMut,
    UploadPart,
};
use tokio::task::JoinSet;

use super::S3;
use super::fault::explain;
use crate::{Key, StoreError, Written};

/// Parts in flight; with one being filled this bounds the memory.
const PARTS_AT_ONCE: usize = 3;

/// S3 takes 10,000 parts; some services want all but the last to be of one size.
const MAX_PARTS: u64 = 10_000;

const MIB: u64 = 1024 * 1024;

/// The size of all parts but the last for an object of `size_bytes`, or of unknown size.
pub(super) fn part_bytes(size_bytes: Option<u64>) -> u64 {
    match size_bytes {
        // S3 wants at least 5 MiB.
        Some(size) => (8 * MIB).max(size.div_ceil(MAX_PARTS).next_multiple_of(MIB)),
        None => 16 * MIB,
    }
}

/// Store `stream` under `key`.
pub(super) async fn put<S>(
    s3: &S3,
    key: &Key,
    stream: S,
    part_bytes: u64,
) -> Result<Written, StoreError>
where
    S: Stream<Item = Result<Bytes, StoreError>> + Send,
{
    let mut parts = Parts { stream: pin!(stream), rest: Bytes::new(), part_bytes };
    let (first, more) = parts.next().await?;
    if !more {
        return put_whole(s3, key, first).await;
    }
    let mut upload = Upload::begin(s3, key).await?;
    let sent = send_parts(&mut upload, &mut parts, first).await;
    upload.finish(sent).await
}

/// Store what fits one request.
pub(super) async fn put_whole(
    s3: &S3,
    key: &Key,
    payload: PutPayload,
) -> Result<Written, StoreError> {
    let size_bytes = payload.content_length() as u64;
    let options = PutOptions { attributes: S3::attributes(key), ..PutOptions::default() };
    let put = s3.client.put_opts(&s3.path(key), payload, options).await;
    let put = put.map_err(|e| explain("write", key, e))?;
    Ok(Written { size_bytes, etag: put.e_tag })
}

async fn send_parts<S>(
    upload: &mut Upload,
    parts: &mut Parts<S>,
    first: PutPayload,
) -> Result<u64, StoreError>
where
    S: Stream<Item = Result<Bytes, StoreError>> + Unpin,
{
    let mut size_bytes = first.content_length() as u64;
    upload.send(first).await?;
    loop {
        let (part, more) = parts.next().await?;
        if part.content_length() > 0 {
            size_bytes += part.content_length() as u64;
            upload.send(part).await?;
        }
        if !more {
            upload.settle(0).await?;
            return Ok(size_bytes);
        }
    }
}

/// Cuts a stream of chunks into parts of one size, without copying the bytes.
struct Parts<S> {
    stream: S,
    rest: Bytes,
    part_bytes: u64,
}

impl<S> Parts<S>
where
    S: Stream<Item = Result<Bytes, StoreError>> + Unpin,
{
    /// The next part, and whether there may be another.
    async fn next(&mut self) -> Result<(PutPayload, bool), StoreError> {
        let most = usize::try_from(self.part_bytes).unwrap_or(usize::MAX);
        let mut part = PutPayloadMut::new();
        loop {
            if self.rest.is_empty() {
                match self.stream.try_next().await? {
                    Some(chunk) => self.rest = chunk,
                    None => return Ok((part.freeze(), false)),
                }
            }
            let room = most - part.content_length();
            part.push(self.rest.split_to(room.min(self.rest.len())));
            if part.content_length() == most {
                return Ok((part.freeze(), true));
            }
        }
    }
}

/// A multipart upload that is completed, or given back.
struct Upload {
    key: Key,
    /// Taken when the upload is completed or given back.
    open: Option<Box<dyn MultipartUpload>>,
    sending: JoinSet<object_store::Result<()>>,
}

impl Upload {
    async fn begin(s3: &S3, key: &Key) -> Result<Self, StoreError> {
        let options = PutMultipartOptions { attributes: S3::attributes(key), ..Default::default() };
        let open = s3.client.put_multipart_opts(&s3.path(key), options).await;
        let open = open.map_err(|e| explain("begin writing", key, e))?;
        Ok(Self { key: key.clone(), open: Some(open), sending: JoinSet::new() })
    }

    fn part(&mut self, payload: PutPayload) -> Option<UploadPart> {
        self.open.as_mut().map(|upload| upload.put_part(payload))
    }

    /// Send a part, once fewer than the allowed number are under way.
    async fn send(&mut self, payload: PutPayload) -> Result<(), StoreError> {
        self.settle(PARTS_AT_ONCE - 1).await?;
        if let Some(part) = self.part(payload) {
            self.sending.spawn(part);
        }
        Ok(())
    }

    /// Wait until at most `left` parts are under way.
    async fn settle(&mut self, left: usize) -> Result<(), StoreError> {
        while self.sending.len() > left {
            match self.sending.join_next().await {
                Some(Ok(sent)) => sent.map_err(|e| explain("write", &self.key, e))?,
                Some(Err(_)) => return Err(StoreError::Stopped { what: self.key.to_string() }),
                None => return Ok(()),
            }
        }
        Ok(())
    }

    /// Complete what was sent, or give it back.
    async fn finish(mut self, sent: Result<u64, StoreError>) -> Result<Written, StoreError> {
        // No part may arrive after the upload was given back: it would stay and cost.
        self.sending.shutdown().await;
        let Some(upload) = self.open.as_mut() else {
            return Err(StoreError::Stopped { what: self.key.to_string() });
        };
        let finished = match sent {
            Ok(size_bytes) => match upload.complete().await {
                Ok(put) => Ok(Written { size_bytes, etag: put.e_tag }),
                Err(e) => Err(explain("finish writing", &self.key, e)),
            },
            Err(e) => Err(e),
        };
        if finished.is_err() {
            give_back(upload.as_mut(), &self.key).await;
        }
        // Only now: had the caller gone away above, the drop would still have to clean up.
        self.open = None;
        finished
    }
}

impl Drop for Upload {
    /// The caller went away in the middle.
    fn drop(&mut self) {
        let (Some(mut upload), Ok(runtime)) =
            (self.open.take(), tokio::runtime::Handle::try_current())
        else {
            return;
        };
        let (key, mut sending) = (self.key.clone(), std::mem::take(&mut self.sending));
        // The one task nobody holds: a drop cannot wait, and one request ends it.
        runtime.spawn(async move {
            sending.shutdown().await;
            give_back(upload.as_mut(), &key).await;
        });
    }
}

async fn give_back(upload: &mut dyn MultipartUpload, key: &Key) {
    if let Err(e) = upload.abort().await {
        tracing::warn!(
            key = %key,
            error = %e,
            "could not give back the parts of a failed upload; the bucket's lifecycle rule has to"
        );
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_are_few_enough_and_large_enough() {
        for size in [0, 1, 8 * MIB, 64 << 30, 78 << 30, 1 << 40, 5 << 40] {
            let part = part_bytes(Some(size));
            assert!(part >= 5 * MIB && size.div_ceil(part) <= MAX_PARTS, "{size}: {part}");
        }
    }

    proptest! {
        #[test]
        fn parts_are_the_stream_cut_at_even_places(
            chunks in proptest::collection::vec(0_usize..40, 0..20),
            part_bytes in 1_u64..50,
        ) {
            let total: usize = chunks.iter().sum();
            let bytes: Bytes = (0..total).map(|i| i as u8).collect::<Vec<_>>().into();
            let mut rest = bytes.clone();
            let chunks: Vec<_> = chunks.iter().map(|&n| Ok(rest.split_to(n))).collect();
            let stream = futures::stream::iter(chunks);
            let mut parts = Parts { stream, rest: Bytes::new(), part_bytes };
            let mut got = Vec::new();
            let cut = async {
                loop {
                    let (part, more) = parts.next().await.unwrap();
                    let length = part.content_length() as u64;
                    assert!(if more { length == part_bytes } else { length < part_bytes });
                    got.extend_from_slice(&Bytes::from(part));
                    if !more { break }
                }
            };
            tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(cut);
            prop_assert_eq!(&got[..], &bytes[..]);
        }
    }
}
