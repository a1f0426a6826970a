//! `farandole backup` and `restore`: what was there is there again, and what is missing is named.

use farandole::db::{Db, DbSettings, instance};
use farandole::transact;
use farandole_storage::{DiskConfig, Key, Store, StoreConfig};

use super::{farandole, text};

async fn fill(data: &std::path::Path) {
    let url = format!("sqlite:{}", data.join("farandole.sqlite").display());
    let db = Db::open(&DbSettings { url, max_connections: 1, backup_dir: None }).await.unwrap();
    transact!(&db, tx => { instance::set_value(tx, "colour", "green").await }).unwrap();
    db.close().await;
    put(data, "images/a/one.jpg", b"picture").await;
}

async fn put(data: &std::path::Path, key: &str, bytes: &'static [u8]) {
    let root = data.join("storage");
    let store = Store::open(&StoreConfig::Disk(DiskConfig { root })).await.unwrap();
    store.put_bytes(&Key::parse(key).unwrap(), bytes).await.unwrap();
}

#[tokio::test]
async fn a_restored_server_has_what_the_saved_one_had() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    std::fs::create_dir_all(&old).unwrap();
    fill(&old).await;
    let copy = folder.path().join("backup");
    let copy = copy.to_str().unwrap();
    let saved = farandole(&old, &["backup", copy]);
    assert!(saved.status.success(), "{}", text(&saved));

    let incomplete = farandole(&new, &["restore", copy]);
    assert!(!incomplete.status.success());
    assert!(text(&incomplete).contains("missing: images/a/one.jpg"), "{}", text(&incomplete));

    let twice = farandole(&new, &["restore", copy]);
    assert!(text(&twice).contains("exists already"), "{}", text(&twice));

    std::fs::remove_file(new.join("farandole.sqlite")).unwrap();
    put(&new, "images/a/one.jpg", b"picture").await;
    let restored = farandole(&new, &["restore", copy]);
    assert!(restored.status.success(), "{}", text(&restored));
    let url = format!("sqlite:{}", new.join("farandole.sqlite").display());
    let db = Db::open(&DbSettings { url, max_connections: 1, backup_dir: None }).await.unwrap();
    let mut conn = db.read().await.unwrap();
    assert_eq!(instance::value(&mut conn, "colour").await.unwrap().as_deref(), Some("green"));
}

#[test]
fn a_folder_that_is_no_backup_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let from = folder.path().to_str().unwrap();
    let output = farandole(&folder.path().join("data"), &["restore", from]);
    assert!(!output.status.success());
    assert!(text(&output).contains("is no backup"), "{}", text(&output));
}
