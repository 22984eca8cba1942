//! The database of one test, in PostgreSQL: the server that `DEMARCHE_TEST_POSTGRES_URL` names, or one of our own that ends
//! with this process (`tests/postgres/serve`). Without either, nothing here is tested, and that is said.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock, Weak};

use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use tokio::sync::Mutex;

use crate::app::{fill, operate};

/// The database with the shipped data, which others are copied from; gone with the last of them.
static SHIPPED: Mutex<Weak<Template>> = Mutex::const_new(Weak::new());

/// What the database itself must refuse.
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
/// Takes away what refuses them.
pub const UNGUARD: &[&str] = &["DROP TRIGGER ledger_entry_append_only ON ledger_entry"];
/// From now on a row may refer to nothing.
pub const UNTIE: &str = "SET session_replication_role = replica";
/// What is written of a row of the index.
pub const SEARCH_COLUMNS: &str = "kind, ref, title, body, words, size";

pub struct Home {
    directory: tempfile::TempDir,
    name: String,
    /// What it was copied from.
    template: Option<Arc<Template>>,
}

struct Template(String);

impl Home {
    pub async fn empty() -> Self {
        Self::make("TEMPLATE template0 ENCODING 'UTF8'").await
    }

    /// With the shipped data.
    pub async fn shipped() -> Self {
        let template = ship().await;
        let mut home = Self::make(&format!("TEMPLATE {}", template.0)).await;
        home.template = Some(template);
        home
    }

    /// A copy of a database that nobody uses at the moment.
    pub async fn copy(of: &Self) -> Self {
        end_connections(&of.name).await;
        Self::make(&format!("TEMPLATE {}", of.name)).await
    }

    /// A copy made while it is used, as docs/operating.md says.
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
        copy.renew().await;
        copy
    }

    /// Has cursors of before refused.
    pub async fn renew(&self) {
        operate(self, &["migrate", "--new-generation"]).await;
    }

    /// From now on nobody can read it.
    pub async fn shut(&self) {
        let name = &self.name;
        administer(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
        end_connections(name).await;
    }

    /// Ends what [`Home::shut`] began.
    pub async fn unshut(&self) {
        let name = &self.name;
        administer(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;
    }

    async fn make(like: &str) -> Self {
        let name = draw_name();
        administer(&format!("CREATE DATABASE {name} {like}")).await;
        let directory = tempfile::tempdir().unwrap();
        Self {
            directory,
            name,
            template: None,
        }
    }

    /// A directory for the test's own files.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn url(&self) -> String {
        url_of(&self.name)
    }

    /// The same for another role.
    pub fn url_as(&self, role: &str) -> String {
        let mut url = url::Url::parse(&self.url()).unwrap();
        url.set_username(role).unwrap();
        url.to_string()
    }

    /// One connection of somebody who does not use our program.
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

    /// Everything that is stored, as text.
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

/// It leaves nothing behind on a server that is not ours.
impl Drop for Home {
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
    // A test that failed has said why already.
    drop(dropping.join());
}

/// Of nobody else on this server.
fn draw_name() -> String {
    format!(
        "demarche_test_{}_{:08x}",
        std::process::id(),
        fastrand::u32(..)
    )
}

async fn ship() -> Arc<Template> {
    let mut shipped = SHIPPED.lock().await;
    if let Some(template) = shipped.upgrade() {
        return template;
    }
    let template = Arc::new(Template(fill_new().await));
    *shipped = Arc::downgrade(&template);
    if server().own.is_some() {
        // That server goes with this process, and until then it is needed again and again.
        std::mem::forget(Arc::clone(&template));
    }
    template
}

async fn fill_new() -> String {
    let name = draw_name();
    administer(&format!(
        "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"
    ))
    .await;
    fill(&url_of(&name)).await;
    end_connections(&name).await;
    name
}

/// They end a moment after those who held them.
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
    /// Ends when its standard input does, which is when this process ends.
    own: Option<Child>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program's options say nothing of tests"
)]
fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| match std::env::var("DEMARCHE_TEST_POSTGRES_URL") {
        Ok(url) => Server { url, own: None },
        Err(_) => start().unwrap_or_else(|| leave_out()),
    })
}

fn start() -> Option<Server> {
    let mut own = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/postgres/serve"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut url = String::new();
    let mut said = BufReader::new(own.stdout.take()?);
    said.read_line(&mut url).ok().filter(|bytes| *bytes > 0)?;
    let url = url.trim().to_owned();
    Some(Server {
        url,
        own: Some(own),
    })
}

/// Ends the process before any test could pass that tested nothing.
fn leave_out() -> ! {
    let word = "\nThe tests on PostgreSQL are LEFT OUT: DEMARCHE_TEST_POSTGRES_URL names no server, and there is no \
                initdb to start one.\n";
    // Past the capture of tests' output.
    drop(std::io::stderr().write_all(word.as_bytes()));
    std::process::exit(i32::from(
        std::env::var_os("DEMARCHE_TEST_POSTGRES_REQUIRED").is_some(),
    ))
}
