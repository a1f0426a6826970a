//! Judging one text, before the transaction that keeps it.

use super::ModerationError;
use super::rules::{self, Rules};
use crate::app::App;
use crate::db::moderation::policies::Target;
use crate::domain::moderation::{Action, Format, Judgement, Place, Reason, Scope, Source, Surface};
use crate::domain::{Millis, Role};

/// A text from outside, and where it is to stand.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    /// Where.
    pub surface: Surface,
    /// The text.
    pub text: &'a str,
    /// How it is written.
    pub format: Format,
    /// `actors.id` of who wrote it.
    pub author_actor_id: Option<i64>,
    /// Their role, when they have an account here.
    pub author_role: Option<Role>,
    /// `channels.id`: the channel itself, or that of the video it is about.
    pub channel_id: Option<i64>,
    /// `accounts.id` of who owns that channel.
    pub owner_account_id: Option<i64>,
    /// Language code, when it is known.
    pub language: Option<&'a str>,
}

impl Item<'_> {
    fn place(&self) -> Place {
        Place {
            surface: self.surface,
            format: self.format,
            channel_id: self.channel_id,
            owner_account_id: self.owner_account_id,
            language: self.language.map(str::to_owned),
        }
    }

    /// The scopes whose rules count, widest first.
    fn scopes(&self) -> Vec<Scope> {
        let mut scopes = vec![Scope::Instance];
        scopes.extend(self.channel_id.map(Scope::Channel));
        scopes.extend(self.owner_account_id.map(Scope::Account));
        scopes
    }
}

/// Judges a text. Call it before the transaction that keeps the text, never inside.
///
/// # Errors
/// The database cannot be read: the caller refuses the text then. Lists that cannot be built hold
/// it for a human.
pub async fn judge(app: &App, item: &Item<'_>) -> Result<Judgement, ModerationError> {
    let rules = rules::current(app).await?;
    let mut judgement = Judgement::clear(item.place());
    let scopes = item.scopes();
    let now = app.now();
    refuse_blocked(&rules, item, &scopes, now, &mut judgement);
    hold_tagged(&rules, item, &mut judgement);
    count(item, &judgement);
    Ok(judgement)
}

/// Staff is never blocked: somebody must be able to lift blocks.
fn is_staff(item: &Item<'_>) -> bool {
    item.author_role.is_some_and(Role::moderates)
}

fn refuse_blocked(
    rules: &Rules,
    item: &Item<'_>,
    scopes: &[Scope],
    now: Millis,
    judgement: &mut Judgement,
) {
    let Some(author) = item.author_actor_id.filter(|_| !is_staff(item)) else { return };
    if let Some(block) = rules.block(author, scopes, now) {
        let label = if block.until.is_some() { "time-out" } else { "blocked" };
        let instance = block.scope == Scope::Instance;
        let reason = Reason::plain(Source::Block, label, Action::Reject);
        judgement.add(reason.of_instance(instance));
    }
}

/// PeerTube's policies: of the account over comments on its videos, of the server over videos.
/// Moderators are not held by them, as there.
fn hold_tagged(rules: &Rules, item: &Item<'_>, judgement: &mut Judgement) {
    if is_staff(item) || judgement.tags.is_empty() {
        return;
    }
    let held = match (item.surface, item.owner_account_id) {
        (Surface::Comment, Some(owner)) => {
            let account = rules.holding(Scope::Account(owner), Target::Comments);
            [(account, false), (rules.holding(Scope::Instance, Target::Comments), true)]
        }
        (surface, _) if surface.of_video() => {
            [(rules.holding(Scope::Instance, Target::Videos), true), (&[][..], true)]
        }
        _ => return,
    };
    for (tags, instance) in held {
        for tag in tags {
            if judgement.tags.contains(tag) {
                let reason = Reason::plain(Source::Tag, tag.clone(), Action::Hold);
                judgement.add(reason.of_instance(instance));
            }
        }
    }
}

/// Texts that nothing was found in are counted only.
fn count(item: &Item<'_>, judgement: &Judgement) {
    let (surface, verdict) = (item.surface.name(), judgement.verdict.name());
    let found = if judgement.remarkable() { "yes" } else { "no" };
    metrics::counter!("moderation_judged_total", "surface" => surface, "verdict" => verdict,
        "found" => found)
    .increment(1);
}
