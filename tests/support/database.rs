//! A database of a test's own: a file for SQLite, a database of a running server for PostgreSQL.

use std::path::Path;

use farandole::db::{Db, DbSettings};
use sqlx::{Connection as _, Executor as _, PgConnection};

/// Names the PostgreSQL server the suite should run on.
pub const POSTGRES: &str = "FARANDOLE_TEST_POSTGRES";

/// Dropped, it is deleted.
pub struct TestDatabase {
    pub url: String,
    postgres: Option<(String, String)>,
}

impl TestDatabase {
    /// Makes an empty database.
    pub async fn create(folder: &Path) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the test run says which engine to use")]
        let Ok(server) = std::env::var(POSTGRES) else {
            let url = format!("sqlite:{}", folder.join("test.sqlite").display());
            return Self { url, postgres: None };
        };
        let name = format!("farandole_{}", uuid::Uuid::new_v4().simple());
        let mut conn = PgConnection::connect(&server).await.unwrap();
        conn.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        Self { url: format!("{base}/{name}"), postgres: Some((server, name)) }
    }

    /// Opens and migrates it.
    pub async fn open(&self) -> Db {
        Db::open(&DbSettings { url: self.url.clone(), max_connections: 4, backup_dir: None })
            .await
            .unwrap()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Some((server, name)) = self.postgres.take() else { return };
        // Drop is not async, and the test's runtime may be ending: a thread with its own.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let mut conn = PgConnection::connect(&server).await.unwrap();
                let text = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                conn.execute(sqlx::AssertSqlSafe(text)).await.unwrap();
            });
        });
        let _ = dropped.join();
    }
}
