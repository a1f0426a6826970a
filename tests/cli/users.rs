//! `farandole users`: a user made or let in again can sign in.

use std::path::Path;

use farandole::db::{Db, DbSettings, users};

use super::{farandole, text};

async fn hash(data: &Path, username: &str) -> Option<String> {
    let url = format!("sqlite:{}", data.join("farandole.sqlite").display());
    let db = Db::connect(&DbSettings { url, max_connections: 1, backup_dir: None }).await.unwrap();
    let mut conn = db.read().await.unwrap();
    users::by_login(&mut conn, username).await.unwrap().map(|user| user.password_hash)
}

#[tokio::test]
async fn a_user_is_made_and_gets_a_new_password() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let made = farandole(data, &["users", "create", "ada", "--email", "ada@example.org"]);
    assert!(made.status.success(), "{}", text(&made));
    assert!(text(&made).contains("username: ada\npassword: "), "{}", text(&made));
    let first = hash(data, "ada").await.unwrap();

    let args = ["users", "reset-password", "ada", "--password", "a new password"];
    let reset = farandole(data, &args);
    assert!(reset.status.success(), "{}", text(&reset));
    assert!(!text(&reset).contains("a new password"), "a given password is not repeated");
    assert_ne!(hash(data, "ada").await.unwrap(), first);

    let twice = farandole(data, &["users", "create", "Ada", "--email", "b@example.org"]);
    assert!(!twice.status.success(), "{}", text(&twice));
    let nobody = farandole(data, &["users", "reset-password", "nobody"]);
    assert!(text(&nobody).contains("not found"), "{}", text(&nobody));
}
