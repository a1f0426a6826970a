//! `scope`, `channel` and `account` of a query: whose lists, queue or log?

use serde::Deserialize;

use crate::app::App;
use crate::db::{accounts, channels};
use crate::domain::Principal;
use crate::domain::moderation::Scope;
use crate::http::Problem;
use crate::http::v1::wire::Site;

/// Whose.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ScopeQuery {
    /// `instance` (as long as nothing else is said), `channel` or `account`.
    scope: Option<String>,
    /// Handle of the channel.
    channel: Option<String>,
    /// Handle of the account; one's own when not given.
    account: Option<String>,
}

impl ScopeQuery {
    /// As written in a body.
    pub fn said(scope: Option<String>, channel: Option<String>, account: Option<String>) -> Self {
        Self { scope, channel, account }
    }

    /// The scope that is named.
    ///
    /// # Errors
    /// 400 for a scope that is none, 404 for a channel or account that is not here.
    pub async fn find(&self, app: &App, who: &Principal) -> Result<Scope, Problem> {
        let implied = if self.channel.is_some() { "channel" } else { "instance" };
        match self.scope.as_deref().unwrap_or(implied) {
            "instance" => Ok(Scope::Instance),
            "channel" => {
                let handle = self.channel.as_deref();
                let problem = "Should be the handle of the channel.";
                let handle = handle.ok_or_else(|| Problem::invalid_param("channel", problem))?;
                Ok(Scope::Channel(channel(app, handle).await?))
            }
            "account" => match self.account.as_deref() {
                None => Ok(Scope::Account(who.account_id)),
                Some(handle) => Ok(Scope::Account(account(app, handle).await?)),
            },
            _ => {
                let problem = "Should be instance, channel or account.";
                Err(Problem::invalid_param("scope", problem))
            }
        }
    }
}

/// `channels.id` of a local channel.
pub(super) async fn channel(app: &App, handle: &str) -> Result<i64, Problem> {
    let site = Site::of(app);
    let (name, host) = site.split_handle(handle);
    let mut conn = app.db().read().await?;
    let found = channels::by_handle(&mut conn, name, host).await?;
    found
        .filter(|channel| channel.actor.host.is_empty())
        .map(|channel| channel.id)
        .ok_or_else(|| Problem::not_found("Video channel not found"))
}

/// `accounts.id` of a local account.
pub(in crate::http::v1) async fn account(app: &App, handle: &str) -> Result<i64, Problem> {
    let site = Site::of(app);
    let (name, host) = site.split_handle(handle);
    let mut conn = app.db().read().await?;
    let found = accounts::by_handle(&mut conn, name, host).await?;
    found
        .filter(|account| account.actor.host.is_empty())
        .map(|account| account.id)
        .ok_or_else(|| Problem::not_found("Account not found"))
}
