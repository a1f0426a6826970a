//! Who is mentioned? Living accounts and channels behind the names in comments.

use std::collections::HashMap;

use crate::db::{Conn, DbError, sql};
use crate::domain::comment::Mention;

/// An actor that can be mentioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mentioned {
    /// `actors.id`.
    pub actor_id: i64,
    /// ActivityPub id, which is a page too.
    pub ap_url: String,
    /// A channel, rather than an account.
    pub channel: bool,
    /// Lives here.
    pub local: bool,
}

/// The actors behind these names; the host of a local one is empty.
///
/// # Errors
/// The engine's.
pub async fn known(
    conn: &mut Conn,
    names: &[Mention],
) -> Result<HashMap<Mention, Mentioned>, DbError> {
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let folded: Vec<String> = names.iter().map(|mention| mention.name.clone()).collect();
    let text = format!(
        "SELECT id, name_folded, host, ap_url, kind FROM actors WHERE name_folded IN {} \
         AND deleted_at IS NULL AND kind IN ('account', 'channel') ORDER BY id",
        conn.engine().texts_in("$1")
    );
    let mut found = HashMap::new();
    for row in sql(text).texts(&folded).all(conn).await? {
        let host = row.text("host")?;
        let local = host.is_empty();
        let mention = Mention { name: row.text("name_folded")?, host: host.to_ascii_lowercase() };
        if names.contains(&mention) {
            let mentioned = Mentioned {
                actor_id: row.int("id")?,
                ap_url: row.text("ap_url")?,
                channel: row.text("kind")? == "channel",
                local,
            };
            found.insert(mention, mentioned);
        }
    }
    Ok(found)
}
