//! A server of one test: random port, own database, a clock that stands still unless told.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use demarche::config::doors::Doors;
use demarche::config::limits::{Limits, MemoryLimits, RateLimits};
use demarche::config::operating::Operating;
use demarche::config::{Database, Serve};
use demarche::database::Missing;
use demarche::ledger::token;
use demarche::ledger::writer::Clock;
use demarche::model::role::Role;
use demarche::model::time::Instant;
use demarche::server::{Server, open, random};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::socket::Socket;

/// 2026-11-23T12:00:00Z.
pub const NOW: i64 = 1_795_435_200_000_000;

/// The database file with the shipped data, filled once for all tests: a debug build takes seconds for it.
static SHIPPED: OnceCell<Vec<u8>> = OnceCell::const_new();

pub struct TestApp {
    pub server: Server,
    pub token: String,
    directory: Arc<tempfile::TempDir>,
    clock: Arc<AtomicI64>,
    http: reqwest::Client,
}

impl TestApp {
    /// With the shipped data.
    pub async fn start() -> Self {
        Self::start_with(limits()).await
    }

    /// With the shipped data and other doors than usual.
    pub async fn start_behind(doors: Doors) -> Self {
        Self::start_as(limits(), doors).await
    }

    /// With the shipped data and other limits of transport than usual.
    pub async fn start_with(limits: Limits) -> Self {
        Self::start_as(limits, Doors::default()).await
    }

    /// With the shipped data, other limits and other doors than usual.
    pub async fn start_as(limits: Limits, doors: Doors) -> Self {
        let directory = tempfile::tempdir().unwrap();
        ship(directory.path()).await;
        let clock = hold(NOW);
        let read = read(&clock);
        Self::start_in(Arc::new(directory), clock, read, limits, doors).await
    }

    /// With the shipped data and a clock of the test's own.
    pub async fn start_with_clock(now: Clock) -> Self {
        let directory = tempfile::tempdir().unwrap();
        ship(directory.path()).await;
        let directory = Arc::new(directory);
        Self::start_in(directory, hold(NOW), now, limits(), Doors::default()).await
    }

    /// With countries only.
    pub async fn start_empty() -> Self {
        let directory = Arc::new(tempfile::tempdir().unwrap());
        let clock = hold(NOW);
        let read = read(&clock);
        Self::start_in(directory, clock, read, limits(), Doors::default()).await
    }

    async fn start_in(
        directory: Arc<tempfile::TempDir>,
        clock: Arc<AtomicI64>,
        now: Clock,
        limits: Limits,
        doors: Doors,
    ) -> Self {
        let url = url_in(directory.path());
        let database = open(&url, Missing::Make).await.unwrap();
        let name = format!(
            "test-{}",
            token::list(database.reader()).await.unwrap().len()
        );
        let token = token::create(
            database.writer(),
            Role::Editor,
            &name,
            random().unwrap(),
            Instant(NOW),
        )
        .await
        .unwrap();
        database.close().await.unwrap();
        let config = Serve {
            limits,
            doors,
            ..config(url, true)
        };
        let server = Server::start(&config, now).await.unwrap();
        Self {
            server,
            token,
            directory,
            clock,
            http: reqwest::Client::new(),
        }
    }

    /// Another server on the same database, with a token of its own.
    pub async fn another(&self, limits: Limits) -> Self {
        let (directory, clock) = (Arc::clone(&self.directory), Arc::clone(&self.clock));
        let read = read(&clock);
        Self::start_in(directory, clock, read, limits, Doors::default()).await
    }

    /// Ends the server and starts another on the same database.
    pub async fn restart(self) -> Self {
        let (directory, clock) = (Arc::clone(&self.directory), Arc::clone(&self.clock));
        self.server.stop().await.unwrap();
        let read = read(&clock);
        Self::start_in(directory, clock, read, limits(), Doors::default()).await
    }

    /// Ends the server in order.
    pub async fn stop(self) {
        self.server.stop().await.unwrap();
    }

    /// What this and every later restart read as the time.
    pub fn set_clock(&self, rfc3339: &str) {
        self.clock
            .store(Instant::parse(rfc3339).unwrap().0, Ordering::SeqCst);
    }

    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    pub fn database_url(&self) -> String {
        url_in(self.directory())
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address)
    }

    /// What is told to whoever runs the server.
    pub async fn watch(&self, path: &str) -> reqwest::Response {
        let address = self.server.metrics_address.unwrap();
        let url = format!("http://{address}{path}");
        self.http.get(url).send().await.unwrap()
    }

    pub fn ws_url(&self) -> String {
        format!("ws://{}/graphql/ws", self.server.address)
    }

    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// What is at a path.
    pub async fn get(&self, path: &str) -> reqwest::Response {
        self.http.get(self.url(path)).send().await.unwrap()
    }

    /// The whole answer, as an anonymous reader.
    pub async fn answer(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        self.http
            .post(self.url("/graphql"))
            .json(&body)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// The data of an operation that must succeed.
    pub async fn query(&self, query: &str) -> Value {
        data(self.answer(query, json!({})).await)
    }

    /// The whole answer, as an editor.
    pub async fn write(&self, mutation: &str, variables: Value) -> Value {
        self.write_as(&self.token, mutation, variables).await
    }

    /// The whole answer, as the bearer of a token.
    pub async fn write_as(&self, token: &str, mutation: &str, variables: Value) -> Value {
        let body = json!({ "query": mutation, "variables": variables });
        let request = self
            .http
            .post(self.url("/graphql"))
            .bearer_auth(token)
            .json(&body);
        request.send().await.unwrap().json().await.unwrap()
    }

    /// A socket, connected and acknowledged.
    pub async fn socket(&self) -> Socket {
        Socket::open(&self.ws_url()).await
    }

    /// A subscription on a socket of its own.
    pub async fn subscribe(&self, query: &str, variables: Value) -> Socket {
        let mut socket = self.socket().await;
        socket.subscribe("1", query, variables).await;
        socket
    }

    /// How many SQL statements a query costs.
    pub async fn statements_of(&self, query: &str) -> u64 {
        let before = self.server.statements();
        self.query(query).await;
        self.server.statements() - before
    }
}

#[track_caller]
pub fn data(mut answer: Value) -> Value {
    assert!(answer.get("errors").is_none(), "{answer:#}");
    answer["data"].take()
}

/// (code, field) of the only error.
#[track_caller]
pub fn refusal(answer: &Value) -> (String, String) {
    let errors = answer["errors"]
        .as_array()
        .unwrap_or_else(|| panic!("no refusal in {answer:#}"));
    assert_eq!(errors.len(), 1, "{answer:#}");
    let text = |key: &str| {
        errors[0]["extensions"][key]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    (text("code"), text("field"))
}

/// Puts a database with the shipped data into a directory.
pub async fn ship(directory: &Path) {
    let bytes = SHIPPED.get_or_init(fill).await;
    std::fs::write(directory.join("demarche.db"), bytes).unwrap();
}

async fn fill() -> Vec<u8> {
    let directory = tempfile::tempdir().unwrap();
    let config = config(url_in(directory.path()), false);
    let server = Server::start(&config, read(&hold(NOW)));
    server.await.unwrap().stop().await.unwrap();
    // Not the file as it lies there: what was written last may still be in the file beside it.
    let whole = directory.path().join("whole.db");
    let database = sea_orm::Database::connect(url_in(directory.path())).await;
    let copy = format!("VACUUM INTO '{}'", whole.display());
    database.unwrap().execute_unprepared(&copy).await.unwrap();
    std::fs::read(whole).unwrap()
}

fn config(database_url: String, empty: bool) -> Serve {
    Serve {
        database: Database { database_url },
        listen: ([127, 0, 0, 1], 0).into(),
        public_url: Some("https://demarche.example".to_owned()),
        empty,
        doors: Doors::default(),
        limits: Limits::default(),
        operating: Operating {
            metrics_listen: Some(([127, 0, 0, 1], 0).into()),
            ..Operating::default()
        },
    }
}

/// As by default, but for the rate: a test asks more in a moment than anybody else.
pub fn limits() -> Limits {
    Limits {
        rate: RateLimits {
            per_second: 0,
            ..RateLimits::default()
        },
        ..Limits::default()
    }
}

/// As [`limits`], and nothing is answered from memory.
pub fn forgetful() -> Limits {
    Limits {
        memory: MemoryLimits {
            answers: 0,
            changes: 0,
            ..MemoryLimits::default()
        },
        ..limits()
    }
}

pub fn url_in(directory: &Path) -> String {
    format!("sqlite://{}/demarche.db", directory.display())
}

fn hold(micros: i64) -> Arc<AtomicI64> {
    Arc::new(AtomicI64::new(micros))
}

fn read(clock: &Arc<AtomicI64>) -> Clock {
    let clock = Arc::clone(clock);
    Arc::new(move || Instant(clock.load(Ordering::SeqCst)))
}
