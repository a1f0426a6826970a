//! Which promises do all stores keep? Every test here runs on each of them.

use std::io;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use farandole_storage::{Store, StoreError};
use futures::TryStreamExt;

use super::support::{self, Stage, get, key, keys, pattern};

/// One test per store from one body.
macro_rules! on_every_store {
    ($($name:ident),+ $(,)?) => {
        mod disk { $( #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(super::support::disk().await).await } )+ }
        mod s3 { $( #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(super::support::s3().await).await } )+ }
        mod s3_virtual_hosted_with_prefix { $( #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(super::support::s3_other().await).await } )+ }
    };
}

on_every_store! {
    bytes_come_back_as_they_were_put,
    a_put_replaces_the_whole_object,
    ranges_are_exact_and_refused_past_the_end,
    files_of_every_size_come_back_whole,
    a_finished_file_is_stored_and_stays_the_callers,
    streams_of_every_shape_come_back_whole,
    a_stream_that_fails_leaves_what_was_there,
    a_put_that_is_dropped_leaves_nothing,
    copies_stand_on_their_own,
    deleting_is_idempotent,
    a_prefix_is_deleted_with_all_under_it_and_nothing_beside,
    listing_goes_on_past_a_thousand_objects,
    puts_at_once_to_one_key_leave_one_whole_winner,
    a_reader_is_not_disturbed_by_replacement,
    reading_whole_has_a_limit,
    the_check_passes_and_leaves_nothing,
}

async fn bytes_come_back_as_they_were_put(stage: Stage) {
    let (store, key) = (&stage.store, key("images/3f6c/preview.jpg"));
    assert_eq!(store.stat(&key).await.unwrap(), None);
    for size in [0, 1, 70_000, 400_000] {
        let bytes = pattern(size, 1);
        let written = store.put_bytes(&key, bytes.clone()).await.unwrap();
        assert_eq!(written.size_bytes, size as u64);
        assert_eq!(store.read(&key, 1 << 20).await.unwrap(), bytes);
        let stat = store.stat(&key).await.unwrap().unwrap();
        assert_eq!(stat.size_bytes, size as u64);
        assert_eq!(stat.etag, written.etag);
        let etag = stat.etag.unwrap();
        assert!(etag.len() > 2 && etag.starts_with('"') && etag.ends_with('"'), "{etag}");
        let age = SystemTime::now().duration_since(stat.modified).unwrap_or_default();
        assert!(age < Duration::from_secs(3600), "{age:?}");
    }
    let missing = support::key("images/3f6c/other.jpg");
    let said = store.read(&missing, 10).await.unwrap_err();
    assert!(matches!(said, StoreError::NotFound { .. }), "{said:?}");
    let said = get(store, &missing, 0..1).await.unwrap_err();
    assert!(matches!(said, StoreError::NotFound { .. }), "{said:?}");
}

async fn a_put_replaces_the_whole_object(stage: Stage) {
    let (store, key) = (&stage.store, key("captions/3f6c/fr.vtt"));
    let first = store.put_bytes(&key, pattern(9_000, 1)).await.unwrap();
    let second = store.put_bytes(&key, pattern(9_000, 2)).await.unwrap();
    assert_ne!(first.etag, second.etag);
    store.put_bytes(&key, pattern(10, 3)).await.unwrap();
    assert_eq!(store.read(&key, 100).await.unwrap(), pattern(10, 3));
    assert_eq!(keys(store).await, ["captions/3f6c/fr.vtt"]);
}

async fn ranges_are_exact_and_refused_past_the_end(stage: Stage) {
    let (store, key) = (&stage.store, key("hls/3f6c/7e01/720p.mp4"));
    let bytes = pattern(600_000, 4);
    store.put_bytes(&key, bytes.clone()).await.unwrap();
    for range in [0..600_000, 0..1, 599_999..600_000, 65_530..70_000, 200_000..500_001, 7..7] {
        let want = &bytes[range.start as usize..range.end as usize];
        assert_eq!(get(store, &key, range.clone()).await.unwrap(), want, "{range:?}");
    }
    #[expect(clippy::reversed_empty_ranges, reason = "a wrong range is what is tried")]
    for range in [0..600_001, 600_000..600_001, 700_000..700_001, 9..3, 600_001..600_001] {
        let said = get(store, &key, range.clone()).await.unwrap_err();
        assert!(
            matches!(said, StoreError::BadRange { size_bytes: 600_000, .. }),
            "{range:?} {said:?}"
        );
    }
}

/// Below, at and above one part of 8 MiB, and a third part that is small.
async fn files_of_every_size_come_back_whole(stage: Stage) {
    const PART: usize = 8 << 20;
    let store = &stage.store;
    for size in [0, 100_000, PART - 1, PART, PART + 1, 2 * PART + 77] {
        let (key, bytes) = (key(&format!("originals/3f6c/7e01/{size}.mp4")), pattern(size, 5));
        let path = stage.folder.path().join("scratch");
        std::fs::write(&path, &bytes).unwrap();
        let written = store.put_file(&key, &path).await.unwrap();
        assert_eq!(written.size_bytes, size as u64);
        assert!(
            store.read(&key, 1 << 30).await.unwrap() == bytes,
            "{size} bytes came back changed"
        );
        assert_eq!(store.stat(&key).await.unwrap().unwrap().etag, written.etag);
        // The file is still the caller's own: what happens to it does not reach the object.
        std::fs::write(&path, "changed").unwrap();
        assert_eq!(store.stat(&key).await.unwrap().unwrap().size_bytes, size as u64);
    }
    let said = store.put_file(&key("a/b"), &stage.folder.path().join("none")).await.unwrap_err();
    assert!(matches!(said, StoreError::NotFound { .. }), "{said:?}");
    let said = store.put_file(&key("a/b"), stage.folder.path()).await.unwrap_err();
    assert!(matches!(said, StoreError::NotFound { .. }), "{said:?}");
}

async fn a_finished_file_is_stored_and_stays_the_callers(stage: Stage) {
    let (store, path) = (&stage.store, stage.folder.path().join("scratch"));
    let (key, bytes) = (key("hls/3f6c/7e01/480p.mp4"), pattern(300_000, 6));
    std::fs::write(&path, &bytes).unwrap();
    for _ in 0..2 {
        store.put_finished_file(&key, &path).await.unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }
    std::fs::remove_file(&path).unwrap();
    assert_eq!(store.read(&key, 1 << 20).await.unwrap(), bytes);
}

async fn streams_of_every_shape_come_back_whole(stage: Stage) {
    let store = &stage.store;
    // Nothing, empty chunks, many small ones, and more than one part of 16 MiB.
    let shapes: [&[usize]; 4] = [&[], &[0, 5, 0], &[3_000; 900], &[4 << 20, 1, 13 << 20, 9]];
    for (number, shape) in shapes.iter().enumerate() {
        let key = key(&format!("originals/3f6c/7e01/{number}"));
        let bytes = pattern(shape.iter().sum(), 7);
        let mut rest = bytes.clone();
        let chunks: Vec<_> = shape.iter().map(|&n| Ok::<_, io::Error>(rest.split_to(n))).collect();
        let written = store.put_stream(&key, futures::stream::iter(chunks)).await.unwrap();
        assert_eq!(written.size_bytes, bytes.len() as u64);
        assert!(
            store.read(&key, 1 << 30).await.unwrap() == bytes,
            "shape {number} came back changed"
        );
    }
}

fn failing_stream(size: usize) -> impl futures::Stream<Item = Result<Bytes, io::Error>> + Send {
    let chunks = (0..size.div_ceil(1 << 20)).map(|_| Ok(pattern(1 << 20, 8)));
    futures::stream::iter(chunks.chain([Err(io::Error::other("the sender hung up"))]))
}

async fn a_stream_that_fails_leaves_what_was_there(stage: Stage) {
    let (store, key) = (&stage.store, key("originals/3f6c/7e01/film.mkv"));
    for size in [0, 3 << 20, 35 << 20] {
        let said = store.put_stream(&key, failing_stream(size)).await.unwrap_err();
        assert!(matches!(said, StoreError::Input { .. }), "{said:?}");
        assert!(said.to_string().contains("the sender hung up"), "{said}");
        assert_eq!(store.stat(&key).await.unwrap(), None);
    }
    store.put_bytes(&key, "before").await.unwrap();
    store.put_stream(&key, failing_stream(20 << 20)).await.unwrap_err();
    assert_eq!(store.read(&key, 100).await.unwrap(), "before");
    stage.assert_nothing_half_written();
}

#[expect(clippy::disallowed_methods, reason = "the test aborts the task itself")]
async fn a_put_that_is_dropped_leaves_nothing(stage: Stage) {
    let (store, key) = (stage.store.clone(), key("originals/3f6c/7e01/film.mkv"));
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<Result<Bytes, io::Error>>(1);
    let stream = futures::stream::poll_fn(move |cx| receiver.poll_recv(cx));
    let put = tokio::spawn({
        let (store, key) = (store.clone(), key.clone());
        async move { store.put_stream(&key, stream).await }
    });
    // More than two parts, so that some are on the other side already.
    for _ in 0..40 {
        sender.send(Ok(pattern(1 << 20, 9))).await.unwrap();
    }
    put.abort();
    assert!(put.await.unwrap_err().is_cancelled());
    assert_eq!(store.stat(&key).await.unwrap(), None);
    // Giving the parts back takes a request after the future is gone.
    for _ in 0..200 {
        if stage.half_written() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    stage.assert_nothing_half_written();
}

async fn copies_stand_on_their_own(stage: Stage) {
    let store = &stage.store;
    let (from, to) = (key("hls/3f6c/7e01/720p.mp4"), key("hls/3f6c/9a02/720p.mp4"));
    store.put_bytes(&from, pattern(100_000, 10)).await.unwrap();
    store.put_bytes(&to, "in the way").await.unwrap();
    assert_eq!(store.copy(&from, &to).await.unwrap().size_bytes, 100_000);
    store.put_bytes(&from, "replaced").await.unwrap();
    assert_eq!(store.read(&to, 1 << 20).await.unwrap(), pattern(100_000, 10));
    store.delete(&from).await.unwrap();
    assert_eq!(store.read(&to, 1 << 20).await.unwrap(), pattern(100_000, 10));
    let said = store.copy(&from, &to).await.unwrap_err();
    assert!(matches!(said, StoreError::NotFound { .. }), "{said:?}");
    store.copy(&to, &to).await.unwrap();
    assert_eq!(store.read(&to, 1 << 20).await.unwrap(), pattern(100_000, 10));
}

async fn deleting_is_idempotent(stage: Stage) {
    let (store, key) = (&stage.store, key("actor-images/a.png"));
    store.delete(&key).await.unwrap();
    store.put_bytes(&key, "bytes").await.unwrap();
    for _ in 0..2 {
        store.delete(&key).await.unwrap();
        assert_eq!(store.stat(&key).await.unwrap(), None);
    }
    assert!(keys(store).await.is_empty());
}

async fn a_prefix_is_deleted_with_all_under_it_and_nothing_beside(stage: Stage) {
    let store = &stage.store;
    for text in ["hls/a/1/x.mp4", "hls/a/1/y.mp4", "hls/a/2/x.mp4", "hls/ab/1/x.mp4", "hls/b"] {
        store.put_bytes(&key(text), "bytes").await.unwrap();
    }
    assert_eq!(store.delete_prefix(&key("hls/a")).await.unwrap(), 3);
    assert_eq!(store.delete_prefix(&key("hls/a")).await.unwrap(), 0);
    assert_eq!(store.delete_prefix(&key("hls/b")).await.unwrap(), 0);
    assert_eq!(store.delete_prefix(&key("hls/b/c")).await.unwrap(), 0);
    assert_eq!(keys(store).await, ["hls/ab/1/x.mp4", "hls/b"]);
    stage.assert_nothing_half_written();
}

async fn listing_goes_on_past_a_thousand_objects(stage: Stage) {
    let store = &stage.store;
    let puts = (0..1_050).map(|n| {
        let key = key(&format!("images/{}/{n}.jpg", n % 7));
        async move { store.put_bytes(&key, "x").await }
    });
    futures::future::try_join_all(puts).await.unwrap();
    store.put_bytes(&key("images2/0/0.jpg"), "beside").await.unwrap();
    let listed: Vec<_> = store.list(Some(&key("images"))).try_collect().await.unwrap();
    assert_eq!(listed.len(), 1_050);
    assert!(
        listed
            .iter()
            .all(|(key, stat)| key.as_str().starts_with("images/") && stat.size_bytes == 1)
    );
    assert_eq!(
        store.list(Some(&key("images/3"))).try_collect::<Vec<_>>().await.unwrap().len(),
        150
    );
    assert_eq!(store.list(Some(&key("none"))).try_collect::<Vec<_>>().await.unwrap().len(), 0);
    assert_eq!(keys(store).await.len(), 1_051);
    assert_eq!(store.delete_prefix(&key("images")).await.unwrap(), 1_050);
    assert_eq!(keys(store).await, ["images2/0/0.jpg"]);
}

async fn puts_at_once_to_one_key_leave_one_whole_winner(stage: Stage) {
    let (store, key) = (&stage.store, key("images/3f6c/thumbnail.jpg"));
    let puts = (0..12).map(|seed| store.put_bytes(&key, pattern(50_000 + seed as usize, seed)));
    futures::future::try_join_all(puts).await.unwrap();
    let bytes = store.read(&key, 1 << 20).await.unwrap();
    let winner = bytes.len() - 50_000;
    assert_eq!(bytes, pattern(bytes.len(), winner as u64));
    stage.assert_nothing_half_written();
}

async fn a_reader_is_not_disturbed_by_replacement(stage: Stage) {
    let (store, key) = (&stage.store, key("images/3f6c/thumbnail.jpg"));
    let before = pattern(3 << 20, 11);
    store.put_bytes(&key, before.clone()).await.unwrap();
    let mut stream = store.get_range(&key, 0..before.len() as u64).await.unwrap();
    let mut got = stream.try_next().await.unwrap().unwrap().to_vec();
    store.put_bytes(&key, "after").await.unwrap();
    while let Some(more) = stream.try_next().await.unwrap() {
        got.extend_from_slice(&more);
    }
    assert!(got == before, "the reader got {} bytes, changed", got.len());
    assert_eq!(store.read(&key, 10).await.unwrap(), "after");
}

async fn reading_whole_has_a_limit(stage: Stage) {
    let (store, key) = (&stage.store, key("captions/3f6c/en.vtt"));
    store.put_bytes(&key, pattern(101, 12)).await.unwrap();
    assert_eq!(store.read(&key, 101).await.unwrap().len(), 101);
    let said = store.read(&key, 100).await.unwrap_err();
    assert!(
        matches!(said, StoreError::TooLarge { size_bytes: 101, limit_bytes: 100, .. }),
        "{said:?}"
    );
}

async fn the_check_passes_and_leaves_nothing(stage: Stage) {
    let store: &Store = &stage.store;
    store.check().await.unwrap();
    assert!(keys(store).await.is_empty());
}
