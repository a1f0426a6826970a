//! The very first start: who is there afterwards, and only once.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use farandole::accounts::{self, ensure_root};
use farandole::auth::password;
use farandole::db::{actors, channels, users};
use farandole::domain::Role;

use crate::support::people::PASSWORD;
use crate::support::{TestApp, TestDatabase};

#[tokio::test]
async fn root_is_made_once_with_account_and_channel() {
    let app = TestApp::start().await;
    assert_eq!(ensure_root(&app.app).await.unwrap(), None, "the second start makes nothing");
    let mut conn = app.app.db().read().await.unwrap();
    let root = users::by_login(&mut conn, accounts::ROOT).await.unwrap().unwrap();
    assert_eq!(root.role, Role::Administrator);
    assert!(password::verify(&app.app, PASSWORD, Some(&root.password_hash)).await.unwrap());
    assert!(!password::verify(&app.app, "not it", Some(&root.password_hash)).await.unwrap());
    let channels = channels::of_accounts(&mut conn, &[root.account_id]).await.unwrap();
    assert_eq!(channels.len(), 1);
    assert_eq!(channels[0].actor.name, "root_channel");
    assert!(actors::name_taken(&mut conn, "PeerTube").await.unwrap(), "the instance's own name");
}

/// Starts the real binary and reads what it prints until it is ready.
fn first_lines(data: &std::path::Path, database: &str, password: Option<&str>) -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_farandole"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data);
    command.env("FARANDOLE__DATABASE__URL", database).stdout(Stdio::piped());
    command.env_remove("FARANDOLE_ROOT_PASSWORD");
    if let Some(password) = password {
        command.env("FARANDOLE_ROOT_PASSWORD", password);
    }
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let mut lines = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let ready = line.contains("ready at");
        lines.push(line);
        if ready {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn the_random_password_is_printed_once_and_only_then() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(folder.path()).await;
    let lines = first_lines(folder.path(), &database.url, None);
    assert_eq!(lines[1], "username: root", "{lines:?}");
    let password = lines[2].strip_prefix("password: ").unwrap();
    assert_eq!(password.len(), 20, "{lines:?}");
    let again = first_lines(folder.path(), &database.url, None);
    assert_eq!(again.len(), 1, "the second start says the address only: {again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_password_is_not_printed() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(folder.path()).await;
    let lines = first_lines(folder.path(), &database.url, Some("chosen by hand"));
    assert!(lines.iter().any(|line| line == "username: root"), "{lines:?}");
    assert!(!lines.iter().any(|line| line.contains("chosen")), "{lines:?}");
}
