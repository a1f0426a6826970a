//! What does each plugin say about a text? One after another in their order; every reason is kept.

use std::sync::Arc;

use farandole_plugins::{Action as Proposed, Failure, Item as Shown, Verdict};

use super::{failures, host, set};
use crate::app::App;
use crate::domain::moderation::{Action, Judgement, Reason, Source};
use crate::moderation::Item;

/// Lets the plugins that serve the item's channel judge it, and adds what they say. Never called
/// inside a transaction: it waits for threads. When plugins cannot be asked the text is held.
pub(in crate::moderation) async fn ask(app: &App, item: &Item<'_>, judgement: &mut Judgement) {
    let set = match set::current(app).await {
        Ok(set) => set,
        Err(error) => {
            tracing::error!(error = %error, "plugins cannot be asked; texts are held");
            let label = "Plugins could not be asked";
            judgement.add(Reason::plain(Source::Plugin, label, Action::Hold));
            return;
        }
    };
    for ready in set.iter() {
        if !ready.serves(item.channel_id) || !ready.manifest.judges(item.surface.name()) {
            continue;
        }
        match answer(app, ready, item).await {
            Ok(verdict) => take(judgement, ready, item.text, &verdict),
            Err(failure) => {
                metrics::counter!("plugin_failures_total", "kind" => failure.kind()).increment(1);
                judgement.add(failed(ready));
                failures::note(app, &ready.row, &failure).await;
            }
        }
    }
}

async fn answer(app: &App, ready: &set::Ready, item: &Item<'_>) -> Result<Verdict, Failure> {
    let plugin = match &ready.plugin {
        Ok(plugin) => plugin,
        Err(problem) => return Err(Failure::Reported(problem.clone())),
    };
    let host = host(app).await.map_err(|problem| Failure::Host(problem.to_string()))?;
    let apart = item.channel_id.map(|id| id.to_string()).unwrap_or_default();
    host.judge(plugin, shown(item), &apart).await
}

/// What a plugin sees of an item.
fn shown(item: &Item<'_>) -> Shown {
    Shown {
        surface: item.surface.name().to_owned(),
        format: item.format.name().to_owned(),
        text: item.text.to_owned(),
        language: item.language.map(str::to_owned),
        author: item.author_actor_id.map(|id| format!("actor-{id}")),
        channel: item.channel_id.map(|id| format!("channel-{id}")),
    }
}

fn take(judgement: &mut Judgement, ready: &Arc<set::Ready>, text: &str, verdict: &Verdict) {
    for tag in &verdict.tags {
        judgement.tag(tag);
    }
    let action = match verdict.action {
        Proposed::Show => return,
        Proposed::Tag => Action::Tag,
        Proposed::Hold => Action::Hold,
        Proposed::Reject => Action::Reject,
    };
    for reason in &verdict.reasons {
        let mut added = Reason::plain(Source::Plugin, reason.text.clone(), action);
        added.plugin = Some(ready.row.name.clone());
        if let Some(span) = &reason.span {
            added = added.at(text, span.start as usize, span.end as usize);
        }
        judgement.add(added);
    }
}

/// A plugin that gives no true answer never lets a text through.
fn failed(ready: &set::Ready) -> Reason {
    let label = format!("{} could not judge it", ready.manifest.title);
    let mut reason = Reason::plain(Source::Plugin, label, Action::Hold);
    reason.plugin = Some(ready.row.name.clone());
    reason
}
