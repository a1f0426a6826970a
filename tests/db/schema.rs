//! Migrations: both engines end with the same tables and columns, and a newer schema is refused.

use std::collections::BTreeMap;

use farandole::db::{Db, DbError, DbSettings, SCHEMA_VERSION};

use crate::support::TestDatabase;

/// Table → columns, read from the text of a migration file.
fn tables(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut tables = BTreeMap::new();
    let mut current: Option<(String, Vec<String>)> = None;
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with("--")) {
        if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
            current = Some((rest.trim_end_matches(" (").to_owned(), Vec::new()));
        } else if line == ");" {
            tables.extend(current.take());
        } else if let (Some((_, columns)), Some(word)) = (&mut current, line.split(' ').next()) {
            columns.push(word.to_owned());
        }
    }
    tables
}

#[test]
fn paired_migrations_make_the_same_tables_and_columns() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let names = |engine: &str| {
        let mut names: Vec<_> = std::fs::read_dir(root.join(engine))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
    for name in names("sqlite") {
        let read = |engine: &str| std::fs::read_to_string(root.join(engine).join(&name)).unwrap();
        let (sqlite, postgres) = (tables(&read("sqlite")), tables(&read("postgres")));
        assert!(!sqlite.is_empty() || !read("sqlite").contains("CREATE TABLE"), "{name}");
        assert_eq!(sqlite, postgres, "{name}");
    }
}

#[tokio::test]
async fn opening_twice_migrates_once() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(folder.path()).await;
    database.open().await.close().await;
    database.open().await.close().await;
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(folder.path()).await;
    let db = database.open().await;
    let newer = SCHEMA_VERSION + 1;
    farandole::transact!(&db, tx => {
        farandole::db::sql(
            "INSERT INTO schema_versions (version, name, applied_at) VALUES ($1, 'future', 0)",
        )
        .int(newer)
        .run(tx)
        .await
    })
    .unwrap();
    db.close().await;
    let settings = DbSettings { url: database.url.clone(), max_connections: 2, backup_dir: None };
    let refused = Db::open(&settings).await.unwrap_err();
    assert!(matches!(refused, DbError::NewerSchema { .. }), "{refused}");
}
