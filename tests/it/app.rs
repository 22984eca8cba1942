//! A server of one test: random port, own database, a clock that stands still unless told.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use demarche::config::access::Doors;
use demarche::config::limits::{Limits, MemoryLimits, RateLimits};
use demarche::config::telemetry::Operating;
use demarche::config::{Database, Serve};
use demarche::database::Missing;
use demarche::ledger::api_tokens;
use demarche::ledger::writer::Clock;
use demarche::model::role::Role;
use demarche::model::time::Instant;
use demarche::server::{Server, open, random};
use serde_json::{Value, json};

use crate::database::Home;
use crate::socket::Socket;

/// 2026-11-23T12:00:00Z.
pub const NOW: i64 = 1_795_435_200_000_000;

pub struct TestApp {
    pub server: Server,
    pub token: String,
    home: Arc<Home>,
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
        let home = Arc::new(Home::shipped().await);
        let clock = hold(NOW);
        let read = read(&clock);
        Self::start_in(home, clock, read, |serve| Serve {
            limits,
            doors,
            ..serve
        })
        .await
    }

    /// With the shipped data and a clock of the test's own.
    pub async fn start_with_clock(now: Clock) -> Self {
        let home = Arc::new(Home::shipped().await);
        Self::start_in(home, hold(NOW), now, usual).await
    }

    /// With countries only.
    pub async fn start_empty() -> Self {
        let home = Arc::new(Home::empty().await);
        let clock = hold(NOW);
        let read = read(&clock);
        Self::start_in(home, clock, read, usual).await
    }

    /// On a database that is there already.
    pub async fn start_on(home: Home) -> Self {
        let clock = hold(NOW);
        let read = read(&clock);
        Self::start_in(Arc::new(home), clock, read, usual).await
    }

    async fn start_in(
        home: Arc<Home>,
        clock: Arc<AtomicI64>,
        now: Clock,
        set: impl FnOnce(Serve) -> Serve,
    ) -> Self {
        let url = home.url();
        let database = open(&url, Missing::Make).await.unwrap();
        let name = format!(
            "test-{}",
            api_tokens::list(database.reader()).await.unwrap().len()
        );
        let token = api_tokens::create(
            database.writer(),
            Role::Editor,
            &name,
            random().unwrap(),
            Instant(NOW),
        )
        .await
        .unwrap();
        database.close().await.unwrap();
        let config = set(config(url, true));
        let server = Server::start(&config, now).await.unwrap();
        Self {
            server,
            token,
            home,
            clock,
            http: reqwest::Client::new(),
        }
    }

    /// Another server on the same database, with a token of its own.
    pub async fn another(&self, limits: Limits) -> Self {
        self.another_as(|serve| Serve { limits, ..serve }).await
    }

    /// The same, with anything else than usual.
    pub async fn another_as(&self, set: impl FnOnce(Serve) -> Serve) -> Self {
        let (home, clock) = (Arc::clone(&self.home), Arc::clone(&self.clock));
        let read = read(&clock);
        Self::start_in(home, clock, read, set).await
    }

    /// Ends the server and starts another on the same database.
    pub async fn restart(self) -> Self {
        self.restart_after(async |_| ()).await.0
    }

    /// The same, with something done to the database in between.
    pub async fn restart_after<T>(self, act: impl AsyncFnOnce(&Home) -> T) -> (Self, T) {
        let (home, clock) = (Arc::clone(&self.home), Arc::clone(&self.clock));
        self.server.stop().await.unwrap();
        let done = act(&home).await;
        let read = read(&clock);
        (Self::start_in(home, clock, read, usual).await, done)
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
        self.home.path()
    }

    pub fn home(&self) -> &Home {
        &self.home
    }

    pub fn database_url(&self) -> String {
        self.home.url()
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

/// Has the program do something with a database, as its operator does; it must succeed.
pub async fn operate(home: &Home, arguments: &[&str]) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_demarche"));
    command.args(arguments).current_dir(home.path());
    command.env("DEMARCHE_DATABASE_URL", home.url());
    // Others go on meanwhile.
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = output.await.unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
}

/// Records the shipped data in a new database.
pub async fn fill(url: &str) {
    let config = config(url.to_owned(), false);
    let server = Server::start(&config, still()).await.unwrap();
    server.stop().await.unwrap();
}

/// The clock that stands still.
pub fn still() -> Clock {
    read(&hold(NOW))
}

fn usual(serve: Serve) -> Serve {
    Serve {
        limits: limits(),
        ..serve
    }
}

pub fn config(database_url: String, empty: bool) -> Serve {
    Serve {
        database: Database { database_url },
        read_database_url: None,
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

fn hold(micros: i64) -> Arc<AtomicI64> {
    Arc::new(AtomicI64::new(micros))
}

fn read(clock: &Arc<AtomicI64>) -> Clock {
    let clock = Arc::clone(clock);
    Arc::new(move || Instant(clock.load(Ordering::SeqCst)))
}
