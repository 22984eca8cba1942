//! Database of one test in PostgreSQL: on the server that `DEMARCHE_TEST_POSTGRES_URL` names, or on one started by
//! `tests/postgres/serve`, which ends with this process. Without either, the tests are skipped with a message.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock, Weak};

use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use tokio::sync::Mutex;

use crate::app::{run_demarche, seed_database};

/// The template database with the bundled data set; dropped with the last database copied from it.
static BUNDLED: Mutex<Weak<Template>> = Mutex::const_new(Weak::new());

/// Statements that the triggers of the database must reject.
pub const ALTERATIONS: &[&str] = &[
    "UPDATE ledger_entry SET actor = 'x' WHERE seq = 7",
    "DELETE FROM ledger_entry WHERE seq = 7",
    "DELETE FROM ledger_entry",
    "TRUNCATE ledger_entry",
    "TRUNCATE ledger_entry CASCADE",
    "INSERT INTO ledger_entry SELECT * FROM ledger_entry WHERE seq = 7 ON CONFLICT (seq) DO UPDATE SET actor = 'x'",
    "MERGE INTO ledger_entry AS old USING ledger_entry AS new ON old.seq = new.seq
     WHEN MATCHED THEN UPDATE SET actor = 'x'",
];
/// Removes the triggers that reject them.
pub const DROP_TRIGGERS: &[&str] = &[
    "DROP TRIGGER ledger_entry_append_only ON ledger_entry",
    "DROP TRIGGER ledger_entry_no_truncate ON ledger_entry",
];
/// Creates a trigger that is not one of ours.
pub const CREATE_FOREIGN_TRIGGER: &str =
    "CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
    CREATE TRIGGER audit AFTER INSERT ON source FOR EACH ROW EXECUTE FUNCTION audit()";
/// Gives a trigger of ours another definition.
pub const ALTER_TRIGGER: &str =
    "CREATE OR REPLACE FUNCTION ledger_entry_refuse() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RETURN NEW; END $$";
/// Disables foreign keys on a connection.
pub const DISABLE_FOREIGN_KEYS: &str = "SET session_replication_role = replica";
/// The columns of the search index besides its ID.
pub const SEARCH_COLUMNS: &str = "kind, title, body, words, size";
pub const SEARCH_ID: &str = "id";
/// The ID of an indexed statement.
pub const SEARCHED_STATEMENT: &str = "SELECT max(id) FROM search_index WHERE kind = 'Statement'";
/// Statements that bring the tables back to those before the migration of the search index.
pub const UNDO_SEARCH_INDEX: &[&str] = &[
    "DROP TABLE search_index",
    "DROP TABLE search_tokenizer",
    "ALTER TABLE source DROP COLUMN publisher_folded, DROP COLUMN title_folded",
    "CREATE TABLE search_text (kind text, ref text)",
    "UPDATE search_total SET rows = 7, words = 77",
    "ALTER TABLE statement DROP COLUMN keeps_disputes",
    "ALTER TABLE evidence DROP COLUMN published_on",
    "DROP INDEX ledger_entry_recorded_at",
    "DROP TABLE source_publication",
    "DROP INDEX source_derived_from",
    "ALTER TABLE source DROP COLUMN number, DROP COLUMN version_of, DROP COLUMN corrects, DROP COLUMN correction_reason",
    "DROP TABLE review",
    "DROP TABLE edition",
    "DROP TABLE tree_node",
    "DROP TABLE signing_key",
    "DROP TABLE webhook_delivery",
    "DROP TABLE webhook",
    "DELETE FROM seaql_migrations WHERE version >= 'm20261128_000011'",
];

pub struct TestDatabase {
    directory: tempfile::TempDir,
    name: String,
    /// The template that it was copied from.
    template: Option<Arc<Template>>,
}

struct Template(String);

impl TestDatabase {
    pub async fn empty() -> Self {
        Self::create_from("TEMPLATE template0 ENCODING 'UTF8'").await
    }

    /// With the bundled data set.
    pub async fn with_bundled_data() -> Self {
        let template = seeded_template().await;
        let mut test_db = Self::create_from(&format!("TEMPLATE {}", template.0)).await;
        test_db.template = Some(template);
        test_db
    }

    /// A copy of a database; ends all connections to the original.
    pub async fn copy(of: &Self) -> Self {
        end_connections(&of.name).await;
        Self::create_from(&format!("TEMPLATE {}", of.name)).await
    }

    /// A backup made while the database is in use, as docs/operating.md describes.
    pub async fn back_up(&self) -> Self {
        let copy = Self::empty().await;
        let script = format!(
            "set -o pipefail; PATH=$PATH:$(echo /usr/lib/postgresql/*/bin | tr ' ' :); \
             pg_dump --format=custom --no-owner '{}' | pg_restore --exit-on-error --no-owner --dbname='{}'",
            self.url(),
            copy.url()
        );
        let dump = move || Command::new("bash").args(["-c", &script]).output().unwrap();
        let output = tokio::task::spawn_blocking(dump).await.unwrap();
        assert!(output.status.success(), "{output:?}");
        copy.rotate_generation().await;
        copy
    }

    /// Starts a new generation, so that all earlier cursors are rejected.
    pub async fn rotate_generation(&self) {
        run_demarche(self, &["migrate", "--new-generation"]).await;
    }

    /// Makes the database unavailable: ends all connections and rejects new ones.
    pub async fn deny_connections(&self) {
        let name = &self.name;
        administer(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
        end_connections(name).await;
    }

    /// Makes the database available again after [`TestDatabase::deny_connections`].
    pub async fn allow_connections(&self) {
        let name = &self.name;
        administer(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;
    }

    async fn create_from(template: &str) -> Self {
        let name = draw_name();
        administer(&format!("CREATE DATABASE {name} {template}")).await;
        let directory = tempfile::tempdir().unwrap();
        Self {
            directory,
            name,
            template: None,
        }
    }

    /// A temporary directory for files of the test.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn url(&self) -> String {
        url_of(&self.name)
    }

    /// The URL for another role.
    pub fn url_as(&self, role: &str) -> String {
        let mut url = url::Url::parse(&self.url()).unwrap();
        url.set_username(role).unwrap();
        url.to_string()
    }

    /// One direct connection, which bypasses the server.
    pub async fn connect(&self) -> DatabaseConnection {
        connect(self.url()).await
    }

    /// Each table with its rows.
    pub async fn rows(&self) -> Vec<(String, Vec<String>)> {
        let db = self.connect().await;
        let sql = "SELECT tablename::text FROM pg_tables
            WHERE schemaname = current_schema() AND tablename <> 'seaql_migrations' ORDER BY 1";
        let mut all = Vec::new();
        for table in texts(&db, sql).await {
            let sql = format!("SELECT to_jsonb(one)::text FROM {table} AS one ORDER BY 1");
            all.push((table, texts(&db, &sql).await));
        }
        all
    }

    /// All stored data as text.
    pub async fn content(&self) -> Vec<u8> {
        let sql = "SELECT database_to_xml(true, false, '')::text";
        let query = Statement::from_string(DbBackend::Postgres, sql);
        let row = self.connect().await.query_one_raw(query).await.unwrap();
        let text: String = row.unwrap().try_get_by_index(0).unwrap();
        assert!(text.contains("api_token"));
        text.into_bytes()
    }
}

async fn texts(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let query = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(query).await.unwrap();
    let texts = rows.iter().map(|row| row.try_get_by_index(0).unwrap());
    texts.collect()
}

/// Leaves nothing behind on a server that other programs use.
impl Drop for TestDatabase {
    fn drop(&mut self) {
        drop_database(&self.name);
    }
}

impl Drop for Template {
    fn drop(&mut self) {
        drop_database(&self.0);
    }
}

fn drop_database(name: &str) {
    let sql = format!("DROP DATABASE {name} WITH (FORCE)");
    let dropping = std::thread::spawn(move || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().unwrap();
        runtime.block_on(administer(&sql));
    });
    // The failure of the test itself is already reported.
    drop(dropping.join());
}

/// A unique database name.
fn draw_name() -> String {
    format!(
        "demarche_test_{}_{:08x}",
        std::process::id(),
        fastrand::u32(..)
    )
}

async fn seeded_template() -> Arc<Template> {
    let mut template_slot = BUNDLED.lock().await;
    if let Some(template) = template_slot.upgrade() {
        return template;
    }
    let template = Arc::new(Template(create_seeded().await));
    *template_slot = Arc::downgrade(&template);
    if server().process.is_some() {
        // Our own server ends with this process; until then the template is reused.
        std::mem::forget(Arc::clone(&template));
    }
    template
}

async fn create_seeded() -> String {
    let name = draw_name();
    administer(&format!(
        "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"
    ))
    .await;
    seed_database(&url_of(&name)).await;
    end_connections(&name).await;
    name
}

/// Connections end a moment after the processes that held them, so they are terminated explicitly.
async fn end_connections(name: &str) {
    let end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname";
    administer(&format!("{end} = '{name}'")).await;
}

async fn administer(sql: &str) {
    let db = connect(server().url.clone()).await;
    db.execute_unprepared(sql).await.unwrap();
    db.close().await.unwrap();
}

pub async fn connect(url: String) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options).await.unwrap()
}

fn url_of(name: &str) -> String {
    let mut url = url::Url::parse(&server().url).unwrap();
    url.set_path(name);
    url.to_string()
}

struct Server {
    url: String,
    /// Ends when its standard input closes, which is when this process ends.
    process: Option<Child>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "an environment variable of the tests is no option of the program"
)]
fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| match std::env::var("DEMARCHE_TEST_POSTGRES_URL") {
        Ok(url) => Server { url, process: None },
        Err(_) => start().unwrap_or_else(|| skip_all()),
    })
}

fn start() -> Option<Server> {
    let mut process = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/postgres/serve"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut url = String::new();
    let mut stdout = BufReader::new(process.stdout.take()?);
    stdout.read_line(&mut url).ok().filter(|bytes| *bytes > 0)?;
    let url = url.trim().to_owned();
    Some(Server {
        url,
        process: Some(process),
    })
}

/// Exits the process before a test could pass without testing anything.
fn skip_all() -> ! {
    let message = "\nThe tests on PostgreSQL are LEFT OUT: DEMARCHE_TEST_POSTGRES_URL names no server, and there is no \
                initdb to start one.\n";
    // Bypasses the output capture of the test harness.
    drop(std::io::stderr().write_all(message.as_bytes()));
    std::process::exit(i32::from(
        std::env::var_os("DEMARCHE_TEST_POSTGRES_REQUIRED").is_some(),
    ))
}
