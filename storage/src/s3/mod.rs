//! How are objects kept in a bucket of an S3-compatible service?
//!
//! Requests, signatures and retries are `object_store`'s; this decides on parts, timeouts, what
//! a failure means in our words, and what is cleaned up. [`put`] sends, [`fault`] explains,
//! [`resolve`] finds names of this machine.

mod fault;
mod put;
mod resolve;

use std::ops::Range;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt, TryStreamExt};
use http::Method;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::signer::{SignedUrlOptions, Signer};
use object_store::{
    Attribute, Attributes, ClientOptions, CopyOptions, GetOptions, GetRange, ObjectMeta,
    ObjectStore, RetryConfig,
};
use url::Url;

use self::fault::explain;
use crate::{BoxError, Key, LocalFile, S3Config, Stat, StoreError, Written};

/// Largest object that one CopyObject request takes (S3's user guide: 5 GB).
const MAX_COPY_BYTES: u64 = 5_000_000_000;

/// Deletes in flight, one request each: several compatible services have no DeleteObjects.
const DELETES_AT_ONCE: usize = 16;

/// A store in one bucket.
#[derive(Clone, Debug)]
pub(crate) struct S3 {
    client: AmazonS3,
    prefix: Option<Key>,
    max_url_life: Duration,
}

impl S3 {
    pub(crate) fn open(config: &S3Config) -> Result<Self, StoreError> {
        config.validate()?;
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&config.bucket)
            .with_region(&config.region)
            .with_access_key_id(&config.access_key)
            .with_secret_access_key(&config.secret_key)
            .with_virtual_hosted_style_request(!config.path_style)
            .with_disable_bulk_delete(true)
            .with_retry(RetryConfig {
                max_retries: 4,
                retry_timeout: Duration::from_secs(60),
                ..RetryConfig::default()
            })
            .with_client_options(client_options(config));
        if let Some(endpoint) = &config.endpoint {
            builder = builder.with_endpoint(bucket_endpoint(endpoint, config)?);
        }
        let client = builder.build().map_err(|e| StoreError::Config(e.to_string()))?;
        Ok(Self {
            client,
            prefix: config.key_prefix.clone(),
            max_url_life: Duration::from_secs(config.signed_url_max_age_seconds),
        })
    }

    /// Keys have no character that the path type or the service would encode.
    fn path(&self, key: &Key) -> Path {
        match &self.prefix {
            Some(prefix) => Path::from(format!("{prefix}/{key}")),
            None => Path::from(key.as_str()),
        }
    }

    fn attributes(key: &Key) -> Attributes {
        Attributes::from_iter([(Attribute::ContentType, key.content_type())])
    }

    pub(crate) async fn put_file(&self, key: &Key, path: &FilePath) -> Result<Written, StoreError> {
        let file = LocalFile::open(path).await?;
        let size_bytes = file.stat().size_bytes;
        put::put(self, key, file.read_stream(0..size_bytes), put::part_bytes(Some(size_bytes)))
            .await
    }

    pub(crate) async fn put_bytes(&self, key: &Key, bytes: Bytes) -> Result<Written, StoreError> {
        put::put_whole(self, key, bytes.into()).await
    }

    pub(crate) async fn put_stream<S, E>(&self, key: &Key, stream: S) -> Result<Written, StoreError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: Into<BoxError>,
    {
        let stream = stream.map_err(|e| StoreError::Input { key: key.clone(), source: e.into() });
        put::put(self, key, stream, put::part_bytes(None)).await
    }

    pub(crate) async fn stat(&self, key: &Key) -> Result<Option<Stat>, StoreError> {
        let options = GetOptions { head: true, ..GetOptions::default() };
        match self.client.get_opts(&self.path(key), options).await {
            Ok(found) => Ok(Some(stat_of(found.meta))),
            Err(e) => match explain("look at", key, e) {
                StoreError::NotFound { .. } => Ok(None),
                other => Err(other),
            },
        }
    }

    pub(crate) async fn get_range(
        &self,
        key: &Key,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, StoreError>>, StoreError> {
        if range.start >= range.end {
            // HTTP has no empty range to ask for.
            let size_bytes = self.size_of(key).await?;
            crate::check_range(key, &range, size_bytes)?;
            return Ok(futures::stream::empty().boxed());
        }
        let asked = Some(GetRange::Bounded(range.clone()));
        let options = GetOptions { range: asked, ..GetOptions::default() };
        let got = match self.client.get_opts(&self.path(key), options).await {
            Ok(got) => got,
            Err(e) => {
                let error = explain("read", key, e);
                if !matches!(error, StoreError::NotFound { .. }) {
                    // Services word a range past the end in many ways: the size decides.
                    crate::check_range(key, &range, self.size_of(key).await?)?;
                }
                return Err(error);
            }
        };
        crate::check_range(key, &range, got.meta.size)?;
        let key = key.clone();
        Ok(got.into_stream().map_err(move |e| explain("read", &key, e)).boxed())
    }

    async fn size_of(&self, key: &Key) -> Result<u64, StoreError> {
        let stat = self.stat(key).await?;
        Ok(stat.ok_or_else(|| StoreError::NotFound { what: key.to_string() })?.size_bytes)
    }

    pub(crate) async fn copy(&self, from: &Key, to: &Key) -> Result<Written, StoreError> {
        let size_bytes = self.size_of(from).await?;
        if size_bytes > MAX_COPY_BYTES {
            let bytes = self.get_range(from, 0..size_bytes).await?;
            return put::put(self, to, bytes, put::part_bytes(Some(size_bytes))).await;
        }
        let options = CopyOptions::default();
        let copied = self.client.copy_opts(&self.path(from), &self.path(to), options).await;
        copied.map_err(|e| explain("copy", from, e))?;
        Ok(Written { size_bytes, etag: None })
    }

    pub(crate) async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        let one = futures::stream::iter([Ok(self.path(key))]).boxed();
        match self.client.delete_stream(one).try_collect::<Vec<_>>().await {
            Ok(_) => Ok(()),
            Err(e) => match explain("delete", key, e) {
                StoreError::NotFound { .. } => Ok(()),
                other => Err(other),
            },
        }
    }

    pub(crate) async fn delete_prefix(&self, prefix: &Key) -> Result<u64, StoreError> {
        // Listed to the end first: deleting below a listing in progress may skip objects.
        let found: Vec<_> = self.list(Some(prefix)).try_collect().await?;
        let count = found.len() as u64;
        futures::stream::iter(found.into_iter().map(Ok))
            .try_for_each_concurrent(
                DELETES_AT_ONCE,
                |(key, _)| async move { self.delete(&key).await },
            )
            .await?;
        Ok(count)
    }

    pub(crate) fn list(
        &self,
        prefix: Option<&Key>,
    ) -> impl Stream<Item = Result<(Key, Stat), StoreError>> + Send + use<> {
        let under = match prefix {
            Some(key) => Some(self.path(key)),
            None => self.prefix.as_ref().map(|own| Path::from(own.as_str())),
        };
        let own = self.prefix.clone();
        self.client.list(under.as_ref()).filter_map(move |item| {
            // What others put into the bucket under names that are no keys is not ours.
            let item = match item {
                Ok(meta) => {
                    key_of(own.as_ref(), &meta.location).map(|key| Ok((key, stat_of(meta))))
                }
                Err(e) => Some(Err(explain("list", "the objects", e))),
            };
            std::future::ready(item)
        })
    }

    pub(crate) async fn signed_url(
        &self,
        key: &Key,
        life: Duration,
        disposition: Option<&str>,
    ) -> Result<Url, StoreError> {
        let life = life.clamp(Duration::from_secs(1), self.max_url_life);
        let query = disposition.map(|value| ("response-content-disposition", value));
        let options = SignedUrlOptions::default().with_query(query);
        let signed =
            self.client.signed_url_opts(Method::GET, &self.path(key), life, &options).await;
        signed.map_err(|e| explain("sign a URL for", key, e))
    }
}

fn client_options(config: &S3Config) -> ClientOptions {
    ClientOptions::new()
        .with_allow_http(config.endpoint.as_ref().is_some_and(|url| url.scheme() == "http"))
        .with_connect_timeout(Duration::from_secs(10))
        // No limit on the whole: a slow viewer may take hours over one range. Two minutes without
        // a byte end a read, and an upload of a part (16 MiB at 1.2 Mbit/s).
        .with_timeout_disabled()
        .with_read_timeout(Duration::from_secs(120))
        .with_dns_resolver(Arc::new(resolve::Resolver))
}

/// The client wants the bucket in the host name already when requests are virtual-hosted.
fn bucket_endpoint(endpoint: &Url, config: &S3Config) -> Result<String, StoreError> {
    let mut url = endpoint.clone();
    if !config.path_style {
        let host = format!("{}.{}", config.bucket, endpoint.host_str().unwrap_or_default());
        url.set_host(Some(&host)).map_err(|e| {
            StoreError::Config(format!("bucket and endpoint make no host name: {e}"))
        })?;
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn key_of(own: Option<&Key>, location: &Path) -> Option<Key> {
    let text = location.as_ref();
    let text = match own {
        Some(own) => text.strip_prefix(own.as_str())?.strip_prefix('/')?,
        None => text,
    };
    Key::parse(text).ok()
}

fn stat_of(meta: ObjectMeta) -> Stat {
    Stat { size_bytes: meta.size, etag: meta.e_tag, modified: SystemTime::from(meta.last_modified) }
}
