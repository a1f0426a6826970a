//! `/api/v1/users/me/blocklist/…`, `/api/v1/server/blocklist/…`, `/api/v1/blocklist/status` and
//! `/api/v1/moderation/blocks`.

mod effects;
mod files;
mod instance;
mod mine;

use farandole::db::sql;
use farandole::transact;
use serde_json::Value;

use crate::support::{Person, TestApp};

const MINE: &str = "/api/v1/users/me/blocklist";
const SERVER: &str = "/api/v1/server/blocklist";

async fn page(by: &Person, path: &str) -> Value {
    let answer = by.get(path).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.unwrap()
}

/// Names of blocked accounts, or hosts, of a list in its order.
async fn names(by: &Person, path: &str) -> Vec<String> {
    let page = page(by, path).await;
    let data = page["data"].as_array().unwrap();
    let name = |one: &Value| {
        let name = one["blockedAccount"]["name"].as_str().or(one["blockedServer"]["host"].as_str());
        name.unwrap().to_owned()
    };
    data.iter().map(name).collect()
}

/// Makes an account on another server known here, and returns its `actors.id`.
async fn stranger(app: &TestApp, name: &str, host: &str) -> i64 {
    let now = app.app.now();
    transact!(app.app.db(), tx => {
        let url = format!("https://{host}/accounts/{name}");
        let actor = sql("INSERT INTO actors (kind, name, name_folded, host, ap_url, created_at, \
             updated_at) VALUES ('account', $1, $1, $2, $3, $4, $4) RETURNING id")
        .text(name)
        .text(host)
        .text(url)
        .int(now.0)
        .one(tx)
        .await?
        .int("id")?;
        farandole::db::accounts::insert(tx, actor, None, name, now).await?;
        Ok::<i64, farandole::db::DbError>(actor)
    })
    .unwrap()
}
