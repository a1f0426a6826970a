//! Which automatic tags are there, and which hold a text? PeerTube's policies.

use super::{EXTERNAL_LINK, ModerationError, require};
use crate::app::App;
use crate::db::moderation::audit::{self, Deed as Done, NewAudit};
use crate::db::moderation::lists;
use crate::db::moderation::policies::{self, Target};
use crate::domain::moderation::{Deed, Scope};
use crate::domain::{Principal, Window};
use crate::transact;

/// Lists named at most: more than a scope may have.
const ALL: Window = Window { start: 0, count: 1_000 };

/// Names of the lists that give a tag in a scope; beside them there is [`EXTERNAL_LINK`].
///
/// # Errors
/// [`ModerationError::Forbidden`]; the database's.
pub async fn available(
    app: &App,
    who: &Principal,
    scope: Scope,
) -> Result<Vec<String>, ModerationError> {
    require(app, who, Deed::SetPolicies(scope)).await?;
    let mut conn = app.db().read().await?;
    let (_, rows) = lists::page(&mut conn, scope, None, ALL).await?;
    Ok(rows.into_iter().map(|row| row.texts.name).collect())
}

/// The tags that hold a text in a scope.
///
/// # Errors
/// [`ModerationError::Forbidden`]; the database's.
pub async fn holding(
    app: &App,
    who: &Principal,
    scope: Scope,
    target: Target,
) -> Result<Vec<String>, ModerationError> {
    require(app, who, Deed::SetPolicies(scope)).await?;
    let mut conn = app.db().read().await?;
    Ok(policies::of(&mut conn, scope, target).await?)
}

/// Says which tags hold a text in a scope.
///
/// # Errors
/// [`ModerationError::Invalid`] for a tag that nothing gives; [`ModerationError::Forbidden`].
pub async fn hold(
    app: &App,
    who: &Principal,
    scope: Scope,
    target: Target,
    param: &'static str,
    tags: &[String],
) -> Result<(), ModerationError> {
    let known = available(app, who, scope).await?;
    if let Some(odd) = tags.iter().find(|tag| *tag != EXTERNAL_LINK && !known.contains(tag)) {
        let shown: String = odd.chars().take(100).collect();
        return Err(ModerationError::invalid(param, format!("There is no tag {shown}.")));
    }
    let now = app.now();
    transact!(app.db(), tx => {
        policies::set(tx, scope, target, tags, now).await?;
        let text = tags.join(", ");
        let new = NewAudit {
            by: Some(who.actor_id),
            note: Some("tags that hold a text"),
            text: &text,
            ..NewAudit::default()
        };
        audit::insert(tx, Done::RuleChanged, &new, now).await?;
        Ok(())
    })
}
