//! Which lists of watched words are there? Their heads; the words are in [`super::entries`].

use super::read_scope;
use crate::db::changes::{self, ChangeKind};
use crate::db::conn::like;
use crate::db::{Conn, DbError, Row, Tx, sql};
use crate::domain::moderation::{Action, Scope, Surface};
use crate::domain::{Millis, Window, sort_key};

/// What somebody says of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListTexts {
    /// Name, unique in its scope whatever the case.
    pub name: String,
    /// Language code.
    pub language: Option<String>,
    /// JSON: which evasions are seen through.
    pub options: String,
    /// What it does.
    pub action: Action,
    /// Where it looks; empty: everywhere.
    pub surfaces: Vec<Surface>,
    /// In force.
    pub enabled: bool,
    /// No longer in force from then on.
    pub expires_at: Option<Millis>,
    /// Served to everybody, signed.
    pub published: bool,
}

/// The head of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    /// `word_lists.id`.
    pub id: i64,
    /// Whose.
    pub scope: Scope,
    /// What was said of it.
    pub texts: ListTexts,
    /// Goes up with every change of what it finds or does.
    pub version: i64,
    /// Entries.
    pub entry_count: i64,
    /// Entries that are regular expressions.
    pub regex_count: i64,
    /// Address it follows.
    pub subscription_url: Option<String>,
    /// When it was made.
    pub created_at: Millis,
    /// Last change.
    pub updated_at: Millis,
}

const SELECT: &str = "SELECT l.id, l.scope, l.scope_id, l.name, l.language, l.options, l.action, \
    l.time_out_minutes, l.surfaces, l.enabled, l.expires_at, l.version, l.entry_count, \
    l.regex_count, l.published, l.created_at, l.updated_at, s.url AS subscription_url \
    FROM word_lists l LEFT JOIN list_subscriptions s ON s.list_id = l.id";

fn read(row: &Row) -> Result<ListRow, DbError> {
    let odd = |column: &str, wanted| DbError::Column { column: column.to_owned(), wanted };
    let minutes = u32::try_from(row.int("time_out_minutes")?).unwrap_or(u32::MAX);
    let action = Action::parse(&row.text("action")?, minutes);
    let surfaces: Vec<String> = serde_json::from_str(&row.text("surfaces")?)
        .map_err(|_| odd("surfaces", "list of surfaces"))?;
    Ok(ListRow {
        id: row.int("id")?,
        scope: read_scope(row)?,
        texts: ListTexts {
            name: row.text("name")?,
            language: row.text_opt("language")?,
            options: row.text("options")?,
            action: action.ok_or_else(|| odd("action", "action"))?,
            surfaces: surfaces.iter().filter_map(|name| Surface::parse(name)).collect(),
            enabled: row.flag("enabled")?,
            expires_at: row.int_opt("expires_at")?.map(Millis),
            published: row.flag("published")?,
        },
        version: row.int("version")?,
        entry_count: row.int("entry_count")?,
        regex_count: row.int("regex_count")?,
        subscription_url: row.text_opt("subscription_url")?,
        created_at: row.millis("created_at")?,
        updated_at: row.millis("updated_at")?,
    })
}

fn surfaces_json(surfaces: &[Surface]) -> String {
    let names: Vec<&str> = surfaces.iter().map(|surface| surface.name()).collect();
    serde_json::Value::from(names).to_string()
}

const fn minutes(action: Action) -> u32 {
    match action {
        Action::TimeOut { minutes } => minutes,
        _ => 0,
    }
}

/// Adds an empty list and returns its id.
///
/// # Errors
/// [`DbError::unique_violation`] when its scope has one of that name; else the engine's.
pub async fn insert(
    tx: &mut Tx,
    scope: Scope,
    texts: &ListTexts,
    now: Millis,
) -> Result<i64, DbError> {
    let id = sql("INSERT INTO word_lists (scope, scope_id, name, name_folded, language, options, \
         action, time_out_minutes, surfaces, enabled, expires_at, published, created_at, \
         updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13) \
         RETURNING id")
    .text(scope.name())
    .int(scope.id())
    .text(&texts.name)
    .text(sort_key(&texts.name))
    .text_opt(texts.language.as_deref())
    .text(&texts.options)
    .text(texts.action.name())
    .int(minutes(texts.action))
    .text(surfaces_json(&texts.surfaces))
    .int(texts.enabled)
    .int_opt(texts.expires_at.map(|at| at.0))
    .int(texts.published)
    .int(now.0)
    .one(tx)
    .await?
    .int("id")?;
    changes::record(tx, ChangeKind::WatchedWords, id, now).await?;
    Ok(id)
}

/// Changes what is said of a list; its version goes up.
///
/// # Errors
/// As for [`insert`].
pub async fn update(tx: &mut Tx, id: i64, texts: &ListTexts, now: Millis) -> Result<(), DbError> {
    sql("UPDATE word_lists SET name = $1, name_folded = $2, language = $3, options = $4, \
         action = $5, time_out_minutes = $6, surfaces = $7, enabled = $8, expires_at = $9, \
         published = $10 WHERE id = $11")
    .text(&texts.name)
    .text(sort_key(&texts.name))
    .text_opt(texts.language.as_deref())
    .text(&texts.options)
    .text(texts.action.name())
    .int(minutes(texts.action))
    .text(surfaces_json(&texts.surfaces))
    .int(texts.enabled)
    .int_opt(texts.expires_at.map(|at| at.0))
    .int(texts.published)
    .int(id)
    .run(tx)
    .await?;
    touch(tx, id, now).await
}

/// A list changed: its version goes up, its counts are made anew, and every node hears of it.
///
/// # Errors
/// The engine's.
pub async fn touch(tx: &mut Tx, id: i64, now: Millis) -> Result<(), DbError> {
    sql("UPDATE word_lists SET version = version + 1, updated_at = $1, \
         entry_count = (SELECT COUNT(*) FROM word_entries e WHERE e.list_id = word_lists.id), \
         regex_count = (SELECT COUNT(*) FROM word_entries e WHERE e.list_id = word_lists.id \
         AND e.mode = 'regex') WHERE id = $2")
    .int(now.0)
    .int(id)
    .run(tx)
    .await?;
    changes::record(tx, ChangeKind::WatchedWords, id, now).await
}

/// Removes a list with its words.
///
/// # Errors
/// The engine's.
pub async fn delete(tx: &mut Tx, id: i64, now: Millis) -> Result<(), DbError> {
    sql("DELETE FROM word_lists WHERE id = $1").int(id).run(tx).await?;
    changes::record(tx, ChangeKind::WatchedWords, id, now).await
}

/// One list.
///
/// # Errors
/// The engine's.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Option<ListRow>, DbError> {
    let text = format!("{SELECT} WHERE l.id = $1");
    sql(text).int(id).optional(conn).await?.as_ref().map(read).transpose()
}

/// Every list that is switched on, of every scope, by id.
///
/// # Errors
/// The engine's.
pub async fn enabled(conn: &mut Conn) -> Result<Vec<ListRow>, DbError> {
    let text = format!("{SELECT} WHERE l.enabled = 1 AND l.entry_count > 0 ORDER BY l.id");
    sql(text).all(conn).await?.iter().map(read).collect()
}

/// Lists of a scope by name, those whose name holds `search`; and how many there are.
///
/// # Errors
/// The engine's.
pub async fn page(
    conn: &mut Conn,
    scope: Scope,
    search: Option<&str>,
    window: Window,
) -> Result<(i64, Vec<ListRow>), DbError> {
    let filter = "WHERE l.scope = $1 AND l.scope_id = $2 AND l.name_folded LIKE $3 ESCAPE '!'";
    let pattern = like(&sort_key(search.unwrap_or_default()));
    let total = sql(format!("SELECT COUNT(*) AS n FROM word_lists l {filter}"))
        .text(scope.name())
        .int(scope.id())
        .text(&pattern)
        .one(conn)
        .await?
        .int("n")?;
    let text = format!("{SELECT} {filter} ORDER BY l.name_folded, l.id LIMIT $4 OFFSET $5");
    let rows = sql(text)
        .text(scope.name())
        .int(scope.id())
        .text(&pattern)
        .int(window.count)
        .int(window.start)
        .all(conn)
        .await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}
