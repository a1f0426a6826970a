//! How does one statement run? Typed binds and typed columns over `sqlx::Any`.
//!
//! Any cannot bind a NULL double, and PostgreSQL keeps the types of a statement's first call:
//! hence only the five bind types below, each with one fixed SQL type.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};

use sqlx::any::{AnyArguments, AnyRow};
use sqlx::pool::PoolConnection;
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Executor as _, Row as _, Transaction};

use super::DbError;
use super::changes::Change;

/// The engine behind a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, one writer.
    Sqlite,
    /// A server, several nodes.
    Postgres,
}

impl Engine {
    /// A sub-select of the whole numbers in the JSON array bound at `placeholder`.
    #[must_use]
    pub fn ints_in(self, placeholder: &str) -> String {
        match self {
            Self::Sqlite => format!("(SELECT value FROM json_each({placeholder}))"),
            Self::Postgres => format!(
                "(SELECT value::bigint FROM jsonb_array_elements_text({placeholder}::jsonb))"
            ),
        }
    }

    /// A sub-select of the texts in the JSON array bound at `placeholder`.
    #[must_use]
    pub fn texts_in(self, placeholder: &str) -> String {
        match self {
            Self::Sqlite => format!("(SELECT value FROM json_each({placeholder}))"),
            Self::Postgres => {
                format!("(SELECT value FROM jsonb_array_elements_text({placeholder}::jsonb))")
            }
        }
    }

    /// What a claiming sub-select ends with, so that two nodes never wait for one row.
    #[must_use]
    pub const fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE SKIP LOCKED",
        }
    }
}

enum Inner {
    Pooled(PoolConnection<Any>),
    Transaction(Transaction<'static, Any>),
}

/// A connection that reads.
pub struct Conn {
    inner: Inner,
    engine: Engine,
}

impl Conn {
    pub(super) fn pooled(inner: PoolConnection<Any>, engine: Engine) -> Self {
        Self { inner: Inner::Pooled(inner), engine }
    }

    /// Which engine answers.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    fn raw(&mut self) -> &mut AnyConnection {
        match &mut self.inner {
            Inner::Pooled(conn) => conn,
            Inner::Transaction(tx) => tx,
        }
    }
}

/// A write transaction. Dropped without commit it rolls back.
pub struct Tx {
    conn: Conn,
    /// What its change rows name.
    noted: Vec<Change>,
}

impl Tx {
    pub(super) fn begun(inner: Transaction<'static, Any>, engine: Engine) -> Self {
        Self { conn: Conn { inner: Inner::Transaction(inner), engine }, noted: Vec::new() }
    }

    /// Remembers a change row, to be announced on this node once it is committed.
    pub(super) fn note(&mut self, change: Change) {
        self.noted.push(change);
    }

    /// Runs a script of several statements inside the transaction (migrations).
    pub(super) async fn script(&mut self, text: &'static str) -> Result<(), DbError> {
        self.conn.raw().execute(sqlx::raw_sql(text)).await?;
        Ok(())
    }

    /// Commits, and says what changed.
    pub(super) async fn commit(self) -> Result<Vec<Change>, DbError> {
        if let Inner::Transaction(tx) = self.conn.inner {
            tx.commit().await?;
        }
        Ok(self.noted)
    }
}

impl Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

/// A statement with its bound values, `$1` onwards in the order of the calls.
pub struct Sql {
    query: Query<'static, Any, AnyArguments>,
}

/// Starts a statement. `text` is never built from outside input.
pub fn sql(text: impl Into<Cow<'static, str>>) -> Sql {
    Sql { query: sqlx::query(AssertSqlSafe(text.into().into_owned())) }
}

/// The pattern of `LIKE … ESCAPE '!'` that finds `text` anywhere.
pub(super) fn like(text: &str) -> String {
    let plain = text.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{plain}%")
}

/// PostgreSQL's TEXT holds no NUL: a request with one would fail there, and only there.
fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{FFFD}") } else { text }
}

impl Sql {
    /// Binds a whole number (BIGINT; booleans too, as 0 or 1).
    #[must_use]
    pub fn int(mut self, value: impl Into<i64>) -> Self {
        self.query = self.query.bind(value.into());
        self
    }

    /// Binds a whole number or NULL.
    #[must_use]
    pub fn int_opt(mut self, value: Option<i64>) -> Self {
        self.query = self.query.bind(value);
        self
    }

    /// Binds a text.
    #[must_use]
    pub fn text(mut self, value: impl Into<String>) -> Self {
        self.query = self.query.bind(without_nul(value.into()));
        self
    }

    /// Binds a text or NULL.
    #[must_use]
    pub fn text_opt(mut self, value: Option<impl Into<String>>) -> Self {
        self.query = self.query.bind(value.map(|text| without_nul(text.into())));
        self
    }

    /// Binds bytes.
    #[must_use]
    pub fn bytes(mut self, value: impl Into<Vec<u8>>) -> Self {
        self.query = self.query.bind(value.into());
        self
    }

    /// Binds numbers as a JSON array, for [`Engine::ints_in`].
    #[must_use]
    pub fn ints(self, values: &[i64]) -> Self {
        self.text(serde_json::Value::from(values).to_string())
    }

    /// Binds texts as a JSON array, for [`Engine::texts_in`].
    #[must_use]
    pub fn texts(self, values: &[String]) -> Self {
        let values: Vec<String> = values.iter().cloned().map(without_nul).collect();
        self.text(serde_json::Value::from(values).to_string())
    }

    /// Runs it; returns how many rows it changed.
    ///
    /// # Errors
    /// The engine's.
    pub async fn run(self, tx: &mut Tx) -> Result<u64, DbError> {
        Ok(self.query.execute(tx.raw()).await?.rows_affected())
    }

    /// Fetches the only row.
    ///
    /// # Errors
    /// The engine's; no row is one of them.
    pub async fn one(self, conn: &mut Conn) -> Result<Row, DbError> {
        Ok(Row(self.query.fetch_one(conn.raw()).await?))
    }

    /// Fetches the first row, if any.
    ///
    /// # Errors
    /// The engine's.
    pub async fn optional(self, conn: &mut Conn) -> Result<Option<Row>, DbError> {
        Ok(self.query.fetch_optional(conn.raw()).await?.map(Row))
    }

    /// Fetches every row.
    ///
    /// # Errors
    /// The engine's.
    pub async fn all(self, conn: &mut Conn) -> Result<Vec<Row>, DbError> {
        Ok(self.query.fetch_all(conn.raw()).await?.into_iter().map(Row).collect())
    }
}

/// One row of an answer.
pub struct Row(AnyRow);

impl Row {
    fn get<T>(&self, column: &str, wanted: &'static str) -> Result<T, DbError>
    where
        T: for<'r> sqlx::Decode<'r, Any> + sqlx::Type<Any>,
    {
        self.0.try_get(column).map_err(|_| DbError::Column { column: column.to_owned(), wanted })
    }

    /// A whole number.
    ///
    /// # Errors
    /// [`DbError::Column`], as for all of these.
    pub fn int(&self, column: &str) -> Result<i64, DbError> {
        self.get(column, "whole number")
    }

    /// A whole number or NULL.
    ///
    /// # Errors
    /// [`DbError::Column`].
    pub fn int_opt(&self, column: &str) -> Result<Option<i64>, DbError> {
        self.get(column, "whole number")
    }

    /// A boolean kept as 0 or 1.
    ///
    /// # Errors
    /// [`DbError::Column`].
    pub fn flag(&self, column: &str) -> Result<bool, DbError> {
        Ok(self.int(column)? != 0)
    }

    /// A text.
    ///
    /// # Errors
    /// [`DbError::Column`].
    pub fn text(&self, column: &str) -> Result<String, DbError> {
        self.get(column, "text")
    }

    /// A text or NULL.
    ///
    /// # Errors
    /// [`DbError::Column`].
    pub fn text_opt(&self, column: &str) -> Result<Option<String>, DbError> {
        self.get(column, "text")
    }

    /// Bytes.
    ///
    /// # Errors
    /// [`DbError::Column`].
    pub fn bytes(&self, column: &str) -> Result<Vec<u8>, DbError> {
        self.get(column, "bytes")
    }

    /// Bytes or NULL.
    ///
    /// # Errors
    /// [`DbError::Column`].
    pub fn bytes_opt(&self, column: &str) -> Result<Option<Vec<u8>>, DbError> {
        self.get(column, "bytes")
    }

    /// A UUID kept as text.
    ///
    /// # Errors
    /// [`DbError::Column`].
    pub fn uuid(&self, column: &str) -> Result<uuid::Uuid, DbError> {
        self.text(column)?
            .parse()
            .map_err(|_| DbError::Column { column: column.to_owned(), wanted: "UUID" })
    }

    /// A moment kept as epoch milliseconds.
    ///
    /// # Errors
    /// [`DbError::Column`].
    pub fn millis(&self, column: &str) -> Result<crate::domain::Millis, DbError> {
        Ok(crate::domain::Millis(self.int(column)?))
    }
}
