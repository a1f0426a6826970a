//! What does a caller learn when something went wrong? RFC 9457 problem documents with
//! PeerTube's fields; the HTTP status of every room's error is decided in this folder.

mod accounts;
mod auth;
mod moderation;
mod notify;
mod plugins;
mod publish;
mod social;
mod storage;
pub(super) mod uploads;
mod videos;

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use crate::db::DbError;

/// A problem document (RFC 9457; PeerTube adds `code` and repeats `detail` as `error`).
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: Option<&'static str>,
    detail: String,
    fields: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem with a sentence for people: what happened, what to do.
    #[must_use]
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, code: None, detail: detail.into(), fields: Map::new(), headers: Vec::new() }
    }

    /// 400.
    #[must_use]
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 400 that names the parameter, in PeerTube's `invalid-params`.
    #[must_use]
    pub fn invalid_param(param: &str, problem: &str) -> Self {
        let shown = serde_json::json!({ param: { "msg": problem, "path": param } });
        Self::bad_request(format!("Incorrect request parameters: {param}. {problem}"))
            .field("invalid-params", shown)
    }

    /// 404.
    #[must_use]
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// 403.
    #[must_use]
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// 500, for what is no fault of the caller; the cause belongs in the log, not here.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The server could not do this. Nothing was changed; try again, and tell the \
             administrator if it stays so.",
        )
    }

    /// Adds PeerTube's machine-readable `code`.
    #[must_use]
    pub fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// Adds a field beside the standard ones (PeerTube's `invalid-params` and others).
    #[must_use]
    pub fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a response header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = self.fields;
        body.insert("type".to_owned(), "about:blank".into());
        body.insert("title".to_owned(), self.status.canonical_reason().unwrap_or("Error").into());
        body.insert("status".to_owned(), self.status.as_u16().into());
        body.insert("error".to_owned(), self.detail.clone().into());
        body.insert("detail".to_owned(), self.detail.into());
        if let Some(code) = self.code {
            body.insert("code".to_owned(), code.into());
        }
        let mut response = (self.status, Json(Value::Object(body))).into_response();
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json; charset=utf-8"),
        );
        response.headers_mut().extend(self.headers);
        response
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        if error.disk_full() {
            return Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "The server's disk is full. Nothing was changed; tell the administrator.",
            );
        }
        tracing::error!(error = %error, cause = ?error, "a request failed on the database");
        Self::internal()
    }
}
