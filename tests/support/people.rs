//! A signed-in person is one call: `app.root().await`, `app.user("alice").await`.
//!
//! Users are made through the rooms, not over HTTP, so that a test of videos does not fail
//! because the users API does.

use farandole::accounts::{self, NewAccount};
use farandole::auth::tokens;
use farandole::db::tokens::Caller;
use farandole::db::{channels, users};
use farandole::domain::Role;
use reqwest::{Method, RequestBuilder, Response};
use serde::Serialize;

use super::TestApp;

/// The password of everybody in tests, root included.
pub const PASSWORD: &str = "correct horse battery";

/// Somebody with a session.
#[derive(Clone)]
pub struct Person {
    pub username: String,
    pub token: String,
    pub refresh_token: String,
    pub user_id: i64,
    pub account_id: i64,
    pub channel_id: i64,
    pub channel_name: String,
    client: reqwest::Client,
    base: String,
}

impl Person {
    /// A request with the session's token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub async fn delete(&self, path: &str) -> Response {
        self.request(Method::DELETE, path).send().await.unwrap()
    }

    /// POST without a body.
    pub async fn post(&self, path: &str) -> Response {
        self.request(Method::POST, path).send().await.unwrap()
    }

    pub async fn post_json(&self, path: &str, body: &(impl Serialize + ?Sized)) -> Response {
        self.request(Method::POST, path).json(body).send().await.unwrap()
    }

    pub async fn put_json(&self, path: &str, body: &(impl Serialize + ?Sized)) -> Response {
        self.request(Method::PUT, path).json(body).send().await.unwrap()
    }

    pub async fn post_multipart(&self, path: &str, form: reqwest::multipart::Form) -> Response {
        self.request(Method::POST, path).multipart(form).send().await.unwrap()
    }
}

impl TestApp {
    /// The administrator made at the first start.
    pub async fn root(&self) -> Person {
        self.sign_in(accounts::ROOT).await
    }

    /// A new user without limits.
    pub async fn user(&self, username: &str) -> Person {
        self.person(username, Role::User).await
    }

    /// A new moderator.
    pub async fn moderator(&self, username: &str) -> Person {
        self.person(username, Role::Moderator).await
    }

    /// A new administrator beside root.
    pub async fn administrator(&self, username: &str) -> Person {
        self.person(username, Role::Administrator).await
    }

    async fn person(&self, username: &str, role: Role) -> Person {
        self.user_with(username, |new| new.role = role).await
    }

    /// A new user, changed by `change` before they are made.
    pub async fn user_with(&self, username: &str, change: impl FnOnce(&mut NewAccount)) -> Person {
        let mut new = NewAccount {
            username: username.to_owned(),
            email: format!("{username}@example.org"),
            password: PASSWORD.to_owned(),
            role: Role::User,
            admin_flags: 0,
            channel_name: None,
            video_quota: None,
            video_quota_daily: None,
        };
        change(&mut new);
        accounts::create(&self.app, new).await.unwrap();
        self.sign_in(username).await
    }

    /// A new session of somebody who is there already.
    pub async fn sign_in(&self, username: &str) -> Person {
        let mut conn = self.app.db().read().await.unwrap();
        let user = users::by_login(&mut conn, username).await.unwrap().unwrap();
        let channels = channels::of_accounts(&mut conn, &[user.account_id]).await.unwrap();
        drop(conn);
        let caller = Caller { device: Some("tests".to_owned()), address: None };
        let issued = tokens::open_session(&self.app, user.id, &caller).await.unwrap();
        Person {
            username: user.username,
            token: issued.access_token,
            refresh_token: issued.refresh_token,
            user_id: user.id,
            account_id: user.account_id,
            channel_id: channels[0].id,
            channel_name: channels[0].actor.name.clone(),
            client: self.client.clone(),
            base: self.url(""),
        }
    }
}
