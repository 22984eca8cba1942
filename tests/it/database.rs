//! Database of one test: a SQLite file in a temporary directory. `tests/postgres` replaces this module by one for PostgreSQL.

use std::path::Path;

use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, Statement};
use tokio::sync::OnceCell;

use crate::app::{run_demarche, seed_database};

/// A database with the bundled data set, created once for all tests: a debug build takes seconds for it.
static BUNDLED: OnceCell<Vec<u8>> = OnceCell::const_new();

/// Statements that the triggers of the database must reject.
pub const ALTERATIONS: &[&str] = &[
    "UPDATE ledger_entry SET actor = 'x' WHERE seq = 7",
    "DELETE FROM ledger_entry WHERE seq = 7",
    "DELETE FROM ledger_entry",
    "INSERT OR REPLACE INTO ledger_entry SELECT * FROM ledger_entry WHERE seq = 7",
    "REPLACE INTO ledger_entry SELECT 999, kind, payload, actor, idempotency_key, recorded_at, prev_hash, hash
     FROM ledger_entry WHERE seq = 7",
    "INSERT INTO ledger_entry SELECT * FROM ledger_entry WHERE seq = 7 ON CONFLICT (seq) DO UPDATE SET actor = 'x'",
];
/// Removes the triggers that reject them.
pub const DROP_TRIGGERS: &[&str] = &[
    "DROP TRIGGER ledger_entry_no_update",
    "DROP TRIGGER ledger_entry_no_delete",
    "DROP TRIGGER ledger_entry_no_replace",
];
/// Creates a trigger that is not one of ours.
pub const CREATE_FOREIGN_TRIGGER: &str =
    "CREATE TRIGGER audit AFTER INSERT ON source BEGIN SELECT 1; END";
/// Gives a trigger of ours another definition.
pub const ALTER_TRIGGER: &str = "DROP TRIGGER ledger_entry_no_update;
    CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE OF actor ON ledger_entry BEGIN SELECT 1; END";
/// Disables foreign keys on a connection.
pub const DISABLE_FOREIGN_KEYS: &str = "PRAGMA foreign_keys = OFF";
/// The columns of the search index besides its ID.
pub const SEARCH_COLUMNS: &str = "kind, title, body, words";
pub const SEARCH_ID: &str = "rowid";
/// The ID of an indexed statement.
pub const SEARCHED_STATEMENT: &str = "SELECT max(rowid) FROM search_index WHERE kind = 'Statement'";
/// Statements that bring the tables back to those before the migration of the search index.
pub const UNDO_SEARCH_INDEX: &[&str] = &[
    "DROP TABLE search_index",
    "DROP TABLE search_tokenizer",
    "ALTER TABLE source DROP COLUMN publisher_folded",
    "ALTER TABLE source DROP COLUMN title_folded",
    "CREATE VIRTUAL TABLE search_text USING fts5(kind, ref)",
    "ALTER TABLE statement DROP COLUMN keeps_disputes",
    "ALTER TABLE evidence DROP COLUMN published_on",
    "DROP INDEX ledger_entry_recorded_at",
    "DROP TABLE source_publication",
    "DROP INDEX source_number",
    "DROP INDEX source_derived_from",
    "ALTER TABLE source DROP COLUMN number",
    "DROP INDEX source_corrects",
    "ALTER TABLE source DROP COLUMN version_of",
    "ALTER TABLE source DROP COLUMN corrects",
    "ALTER TABLE source DROP COLUMN correction_reason",
    "DROP TABLE review",
    "DROP TABLE edition",
    "DROP TABLE tree_node",
    "DROP TABLE signing_key",
    "DROP TABLE webhook_delivery",
    "DROP TABLE webhook",
    "DELETE FROM seaql_migrations WHERE version >= 'm20261128_000011'",
];

pub struct TestDatabase(tempfile::TempDir);

impl TestDatabase {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub async fn empty() -> Self {
        Self::new()
    }

    /// With the bundled data set.
    pub async fn with_bundled_data() -> Self {
        let test_db = Self::empty().await;
        let bytes = BUNDLED.get_or_init(seed_bytes).await;
        std::fs::write(test_db.path().join("demarche.db"), bytes).unwrap();
        test_db
    }

    /// A backup, made while the database is in use.
    pub async fn back_up(&self) -> Self {
        let copy = Self::new();
        let file = copy.path().join("demarche.db");
        run_demarche(self, &["backup", file.to_str().unwrap()]).await;
        copy
    }

    /// Starts a new generation, so that all earlier cursors are rejected.
    pub async fn rotate_generation(&self) {
        run_demarche(self, &["migrate", "--new-generation"]).await;
    }

    /// A directory for the test's own files.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn url(&self) -> String {
        format!("sqlite://{}/demarche.db", self.path().display())
    }

    /// One direct connection, which bypasses the server.
    pub async fn connect(&self) -> DatabaseConnection {
        connect(self.url()).await
    }

    /// All stored bytes.
    pub async fn content(&self) -> Vec<u8> {
        let db = self.connect().await;
        let flush = "PRAGMA wal_checkpoint(TRUNCATE)";
        db.execute_unprepared(flush).await.unwrap();
        let files = std::fs::read_dir(self.path()).unwrap();
        files
            .flat_map(|file| std::fs::read(file.unwrap().path()).unwrap())
            .collect()
    }

    /// Each table with its rows and their rowids, which show the order of insertion.
    pub async fn rows(&self) -> Vec<(String, Vec<String>)> {
        let db = self.connect().await;
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
            AND name NOT LIKE 'search_index_%' AND name <> 'seaql_migrations'";
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

async fn seed_bytes() -> Vec<u8> {
    let test_db = TestDatabase::empty().await;
    seed_database(&test_db.url()).await;
    // Not the file itself: the last writes may still be in the WAL.
    let copy_path = test_db.path().join("copy.db");
    let copy = format!("VACUUM INTO '{}'", copy_path.display());
    test_db
        .connect()
        .await
        .execute_unprepared(&copy)
        .await
        .unwrap();
    std::fs::read(copy_path).unwrap()
}

async fn connect(url: String) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1);
    sea_orm::Database::connect(options).await.unwrap()
}
