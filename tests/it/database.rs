//! The database of one test: a file of SQLite in a directory of its own. `tests/postgres` has another module in this place.

use std::path::Path;

use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, Statement};
use tokio::sync::OnceCell;

use crate::app::{fill, operate};

/// The shipped data, recorded once for all tests: a debug build takes seconds for it.
static SHIPPED: OnceCell<Vec<u8>> = OnceCell::const_new();

/// What the database itself must refuse.
pub const ALTERATIONS: &[&str] = &[
    "UPDATE ledger_entry SET actor = 'x' WHERE seq = 7",
    "DELETE FROM ledger_entry WHERE seq = 7",
    "DELETE FROM ledger_entry",
    "INSERT OR REPLACE INTO ledger_entry SELECT * FROM ledger_entry WHERE seq = 7",
    "REPLACE INTO ledger_entry SELECT 999, kind, payload, actor, idempotency_key, recorded_at, prev_hash, hash
     FROM ledger_entry WHERE seq = 7",
    "INSERT INTO ledger_entry SELECT * FROM ledger_entry WHERE seq = 7 ON CONFLICT (seq) DO UPDATE SET actor = 'x'",
];
/// Takes away what refuses them.
pub const UNGUARD: &[&str] = &[
    "DROP TRIGGER ledger_entry_no_update",
    "DROP TRIGGER ledger_entry_no_delete",
    "DROP TRIGGER ledger_entry_no_replace",
];
/// From now on a row may refer to nothing.
pub const UNTIE: &str = "PRAGMA foreign_keys = OFF";
/// What is written of a row of the index.
pub const SEARCH_COLUMNS: &str = "kind, ref, title, body";

pub struct Home(tempfile::TempDir);

impl Home {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub async fn empty() -> Self {
        Self::new()
    }

    /// With the shipped data.
    pub async fn shipped() -> Self {
        let home = Self::empty().await;
        let bytes = SHIPPED.get_or_init(ship).await;
        std::fs::write(home.path().join("demarche.db"), bytes).unwrap();
        home
    }

    /// A copy made while it is used.
    pub async fn back_up(&self) -> Self {
        let copy = Self::new();
        let file = copy.path().join("demarche.db");
        operate(self, &["backup", file.to_str().unwrap()]).await;
        copy
    }

    /// Has cursors of before refused.
    pub async fn renew(&self) {
        operate(self, &["migrate", "--new-generation"]).await;
    }

    /// A directory for the test's own files.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn url(&self) -> String {
        format!("sqlite://{}/demarche.db", self.path().display())
    }

    /// One connection of somebody who does not use our program.
    pub async fn connect(&self) -> DatabaseConnection {
        connect(self.url()).await
    }

    /// Every byte that is stored.
    pub async fn content(&self) -> Vec<u8> {
        let db = self.connect().await;
        let flush = "PRAGMA wal_checkpoint(TRUNCATE)";
        db.execute_unprepared(flush).await.unwrap();
        let files = std::fs::read_dir(self.path()).unwrap();
        files
            .flat_map(|file| std::fs::read(file.unwrap().path()).unwrap())
            .collect()
    }

    /// Each table with its rows, and their rowids, which say in which order they were added.
    pub async fn rows(&self) -> Vec<(String, Vec<String>)> {
        let db = self.connect().await;
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
            AND name NOT LIKE 'search_text_%' AND name <> 'seaql_migrations'";
        let mut all = Vec::new();
        for table in texts(&db, sql).await {
            let names = format!("SELECT name FROM pragma_table_info('{table}')");
            let names = texts(&db, &names).await.join("\", \"");
            let sql = format!("SELECT json_array(rowid, \"{names}\") FROM {table} ORDER BY rowid");
            all.push((table, texts(&db, &sql).await));
        }
        all
    }
}

async fn texts(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let query = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(query).await.unwrap();
    let texts = rows.iter().map(|row| row.try_get_by_index(0).unwrap());
    texts.collect()
}

async fn ship() -> Vec<u8> {
    let home = Home::empty().await;
    fill(&home.url()).await;
    // Not the file as it lies there: what was written last may still be in the file beside it.
    let whole = home.path().join("whole.db");
    let copy = format!("VACUUM INTO '{}'", whole.display());
    home.connect()
        .await
        .execute_unprepared(&copy)
        .await
        .unwrap();
    std::fs::read(whole).unwrap()
}

async fn connect(url: String) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1);
    sea_orm::Database::connect(options).await.unwrap()
}
