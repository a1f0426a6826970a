//! How do tests get a real S3 service?
//!
//! `s3s` with its file-system backend, in the test's own process, on a free port of this machine,
//! with signatures checked. Both ways to address a bucket work: `http://localhost:PORT/bucket`
//! and `http://bucket.localhost:PORT`. Only built with the feature `test-server`.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use http::{Method, Response, StatusCode, Uri};
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::host::{S3Host, VirtualHost};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, S3Result};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::{BoxError, S3Config};

/// The access key that the server knows.
pub const ACCESS_KEY: &str = "test-access-key";
/// Its secret.
pub const SECRET_KEY: &str = "test-secret-key";
/// The bucket that is there from the start.
pub const BUCKET: &str = "videos";

type Refusal = Box<dyn Fn(&Method, &Uri) -> bool + Send + Sync>;

/// A running S3 service; it stops when dropped.
pub struct S3Server {
    address: SocketAddr,
    folder: PathBuf,
    refusal: Arc<Mutex<Option<Refusal>>>,
    serving: JoinHandle<()>,
}

impl S3Server {
    /// Start a service that keeps its objects in `folder`, which must exist.
    ///
    /// # Errors
    /// When the folder cannot be used or no port is free.
    #[expect(clippy::disallowed_methods, reason = "the handle kept in the server ends the task")]
    pub async fn start(folder: &Path) -> Result<Self, BoxError> {
        tokio::fs::create_dir_all(folder.join(BUCKET)).await?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let files = s3s_fs::FileSystem::new(folder).map_err(|e| format!("S3 server: {e:?}"))?;
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        builder.set_host(Hosts { suffix: format!(".localhost:{}", address.port()) });
        let (service, refusal) = (builder.build(), Arc::new(Mutex::new(None)));
        let serving = tokio::spawn(serve(listener, service, refusal.clone()));
        Ok(Self { address, folder: folder.to_owned(), refusal, serving })
    }

    /// Settings for a store in the server's bucket, path-style.
    ///
    /// # Errors
    /// Never in practice: the address makes a URL.
    pub fn config(&self) -> Result<S3Config, BoxError> {
        Ok(S3Config {
            endpoint: Some(format!("http://localhost:{}", self.address.port()).parse()?),
            region: "us-east-1".to_owned(),
            bucket: BUCKET.to_owned(),
            access_key: ACCESS_KEY.to_owned(),
            secret_key: SECRET_KEY.to_owned(),
            path_style: true,
            key_prefix: None,
            allow_http: false,
            signed_url_max_age_seconds: 600,
        })
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on answer 403 to the requests that `refuses` picks.
    pub fn refuse(&self, refuses: impl Fn(&Method, &Uri) -> bool + Send + Sync + 'static) {
        *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(refuses));
    }

    /// Answer every request again.
    pub fn refuse_nothing(&self) {
        *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// How many files of unfinished multipart uploads (parts and markers) the server holds.
    ///
    /// # Errors
    /// When the server's folder cannot be read.
    pub fn unfinished_files(&self) -> std::io::Result<usize> {
        let mut count = 0;
        for entry in std::fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            let name = name.to_string_lossy();
            count += usize::from(name.starts_with(".upload") || name.contains(".upload-"));
        }
        Ok(count)
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// `bucket.localhost:PORT` names a bucket, any other host none.
struct Hosts {
    suffix: String,
}

impl S3Host for Hosts {
    fn parse_host_header<'a>(&'a self, host: &'a str) -> S3Result<VirtualHost<'a>> {
        Ok(match host.strip_suffix(&self.suffix) {
            Some(bucket) => VirtualHost::new(host).with_bucket(bucket),
            None => VirtualHost::new(host),
        })
    }
}

async fn serve(listener: TcpListener, service: S3Service, refusal: Arc<Mutex<Option<Refusal>>>) {
    // Dropped, and its connections closed, when the server is.
    let mut connections = JoinSet::new();
    while let Ok((socket, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        connections.spawn(converse(socket, service.clone(), refusal.clone()));
    }
}

async fn converse(socket: TcpStream, service: S3Service, refusal: Arc<Mutex<Option<Refusal>>>) {
    let answer = service_fn(move |request: http::Request<Incoming>| {
        let refused = {
            let refusal = refusal.lock().unwrap_or_else(PoisonError::into_inner);
            refusal.as_ref().is_some_and(|refuses| refuses(request.method(), request.uri()))
        };
        let service = service.clone();
        async move {
            if refused {
                Ok(refuse(request).await)
            } else {
                service.call(request.map(Body::from)).await
            }
        }
    });
    // A client that goes away in the middle is part of some tests.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(socket), answer)
        .await;
}

async fn refuse(request: http::Request<Incoming>) -> Response<Body> {
    // Read to the end: a client whose upload is cut off would not look at the answer.
    let mut body = request.into_body();
    while let Some(Ok(_)) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {}
    let text = "<Error><Code>AccessDenied</Code><Message>refused by the test</Message></Error>";
    let mut response = Response::new(Body::from(text.to_owned()));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
}
