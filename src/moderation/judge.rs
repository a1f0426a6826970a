//! Judging one text, before the transaction that keeps it.

use std::sync::Arc;

use farandole_word_filter::Visible;

use super::rules::{self, Group, Rules};
use super::{ModerationError, matchers};
use crate::app::App;
use crate::db::moderation::lists::ListRow;
use crate::db::moderation::policies::Target;
use crate::domain::moderation::{
    Action, Effect, Format, Judgement, Place, Reason, ReasonList, Scope, Source, Surface,
};
use crate::domain::{Millis, Role};

/// PeerTube's tag of a text with links to elsewhere.
pub const EXTERNAL_LINK: &str = "external-link";

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

/// A text as a reader sees it.
#[must_use]
pub fn visible(text: &str, format: Format) -> Visible {
    match format {
        Format::Plain => Visible::plain(text),
        Format::Markdown => Visible::markdown(text),
        Format::Html => Visible::html(text),
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
    let visible = Arc::new(visible(item.text, item.format));
    for scope in &scopes {
        for group in rules.groups(*scope) {
            watch(app, group, item, &visible, now, &mut judgement).await;
        }
    }
    mark_links(app, item, &visible, &mut judgement);
    super::plugins::ask(app, item, &mut judgement).await;
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
    if rules.on_blocked_server(author) {
        let reason = Reason::plain(Source::Block, "server", Action::Reject);
        judgement.add(reason.of_instance(true));
    }
    if let Some(block) = rules.block(author, scopes, now) {
        let label = if block.until.is_some() { "time-out" } else { "blocked" };
        let instance = block.scope == Scope::Instance;
        let reason = Reason::plain(Source::Block, label, Action::Reject);
        judgement.add(reason.of_instance(instance));
    }
}

/// A list looks at a text: it is in force, and about such texts. Lists of channels and accounts
/// are about comments unless they say otherwise: nobody is surprised by their own titles.
pub(super) fn looks_at(list: &ListRow, surface: Surface, now: Millis) -> bool {
    let texts = &list.texts;
    let about = match (texts.surfaces.is_empty(), list.scope) {
        (true, Scope::Instance) => true,
        (true, _) => matches!(surface, Surface::Comment | Surface::Chat),
        (false, _) => texts.surfaces.contains(&surface),
    };
    about && texts.enabled && texts.expires_at.is_none_or(|end| end > now)
}

async fn watch(
    app: &App,
    group: &Group,
    item: &Item<'_>,
    visible: &Arc<Visible>,
    now: Millis,
    judgement: &mut Judgement,
) {
    if !group.lists.iter().any(|list| looks_at(list, item.surface, now)) {
        return;
    }
    let looked = match matchers::find(app, group, visible, item.text.len()).await {
        Ok(looked) => looked,
        Err(error) => {
            tracing::error!(error = %error, "watched words cannot be looked for: texts are held");
            judgement.add(Reason::policy("watched words could not be looked for"));
            return;
        }
    };
    if !looked.whole {
        judgement.add(Reason::policy("the text is too tangled to look at all of it"));
    }
    for hit in looked.hits {
        let list = group.lists.iter().find(|list| list.id.unsigned_abs() == hit.list_id);
        let Some(list) = list.filter(|list| looks_at(list, item.surface, now)) else { continue };
        let reason = found(list, hit.entry_id).at(item.text, hit.start, hit.end);
        judgement.tag(&list.texts.name);
        judgement.add(reason);
        if let (Some(effect), false) = (effect(list), is_staff(item)) {
            judgement.follow(effect);
        }
    }
}

/// The reason of an entry that was found.
pub(super) fn found(list: &ListRow, entry_id: u64) -> Reason {
    let texts = &list.texts;
    let reason = Reason::plain(Source::WatchedWords, texts.name.clone(), texts.action);
    let mut reason = reason.of_instance(list.scope == Scope::Instance);
    reason.list = Some(ReasonList { id: list.id, name: texts.name.clone(), version: list.version });
    reason.entry_id = i64::try_from(entry_id).ok();
    reason
}

const fn effect(list: &ListRow) -> Option<Effect> {
    match list.texts.action {
        Action::BlockAuthor => Some(Effect { scope: list.scope, minutes: None }),
        Action::TimeOut { minutes } => Some(Effect { scope: list.scope, minutes: Some(minutes) }),
        Action::Tag | Action::Hold | Action::Reject => None,
    }
}

/// Links to this server are none to elsewhere.
fn mark_links(app: &App, item: &Item<'_>, visible: &Visible, judgement: &mut Judgement) {
    if !(item.surface == Surface::Comment || item.surface.of_video()) {
        return;
    }
    let own = app.config().public_host();
    let elsewhere = |link: &String| match url::Url::parse(link) {
        Ok(url) => {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            url.host_str().is_some_and(|host| format!("{host}{port}") != own)
        }
        // Without a scheme, such as `www.example.org`.
        Err(_) => !link.starts_with('/') && !link.starts_with('#'),
    };
    if visible.links().iter().any(elsewhere) {
        judgement.tag(EXTERNAL_LINK);
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
