//! What is somebody to moderation, and may they do this? The rules themselves are
//! [`domain::moderation::rights`](crate::domain::moderation::rights).

use super::ModerationError;
use crate::app::App;
use crate::db::DbError;
use crate::db::moderation::people;
use crate::domain::Principal;
use crate::domain::moderation::{Answer, Deed, Standing};

/// What `who` is; nobody when there is none.
///
/// # Errors
/// The database's.
pub async fn standing(app: &App, who: Option<&Principal>) -> Result<Standing, DbError> {
    let Some(who) = who else { return Ok(Standing::default()) };
    let mut conn = app.db().read().await?;
    let (owns, moderates) = people::channels_of(&mut conn, who.account_id, who.actor_id).await?;
    Ok(Standing { role: Some(who.role), account_id: who.account_id, owns, moderates })
}

/// Lets `who` do `deed`, or says why not.
///
/// # Errors
/// [`ModerationError::Forbidden`]; the database's.
pub async fn require(app: &App, who: &Principal, deed: Deed) -> Result<(), ModerationError> {
    match standing(app, Some(who)).await?.may(deed) {
        Answer::Yes => Ok(()),
        Answer::SignIn => Err(ModerationError::SignInRequired),
        Answer::No => Err(ModerationError::Forbidden(refusal(deed))),
    }
}

const fn refusal(deed: Deed) -> &'static str {
    match deed {
        Deed::Contest(_) => "Only the author of a text may contest a decision on it.",
        Deed::NameModerators(_) => "Only the owner of a channel says who moderates it.",
        _ => "This is for the moderators of this instance, of this channel, or for its owner.",
    }
}
