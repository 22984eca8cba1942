//! Test server: random port, separate database, and a clock that only the test moves.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use demarche::config::access::AccessConfig;
use demarche::config::limits::{CacheLimits, Limits, RateLimits};
use demarche::config::telemetry::TelemetryConfig;
use demarche::config::webhooks::{Targets, WebhookConfig};
use demarche::config::{Database, Serve};
use demarche::database::IfMissing;
use demarche::ledger::api_tokens;
use demarche::ledger::import::{document, import};
use demarche::model::role::Role;
use demarche::model::time::{ClockFn, Timestamp};
use demarche::server::{Server, open, random_bytes};
use serde_json::{Value, json};

use crate::database::TestDatabase;
use crate::websocket_client::WebSocketClient;

/// 2026-11-23T12:00:00Z.
pub const NOW: i64 = 1_795_435_200_000_000;

pub struct TestApp {
    pub server: Server,
    pub token: String,
    test_db: Arc<TestDatabase>,
    clock: Arc<AtomicI64>,
    http: reqwest::Client,
}

impl TestApp {
    /// With the bundled data set.
    pub async fn start() -> Self {
        Self::start_with_limits(limits()).await
    }

    /// With the bundled data set and another access configuration.
    pub async fn start_with_access(access: AccessConfig) -> Self {
        Self::start_with_limits_and_access(limits(), access).await
    }

    /// With the bundled data set and other limits.
    pub async fn start_with_limits(limits: Limits) -> Self {
        Self::start_with_limits_and_access(limits, AccessConfig::default()).await
    }

    /// With the bundled data set, other limits and another access configuration.
    pub async fn start_with_limits_and_access(limits: Limits, access: AccessConfig) -> Self {
        let test_db = Arc::new(TestDatabase::with_bundled_data().await);
        let clock = clock_at(NOW);
        let now = clock_fn(&clock);
        Self::start_in(test_db, clock, now, |serve| Serve {
            limits,
            access,
            ..serve
        })
        .await
    }

    /// With the bundled data set and another clock.
    pub async fn start_with_clock(now: ClockFn) -> Self {
        let test_db = Arc::new(TestDatabase::with_bundled_data().await);
        Self::start_in(test_db, clock_at(NOW), now, test_limits).await
    }

    /// With countries only.
    pub async fn start_empty() -> Self {
        let test_db = Arc::new(TestDatabase::empty().await);
        let clock = clock_at(NOW);
        let now = clock_fn(&clock);
        Self::start_in(test_db, clock, now, test_limits).await
    }

    /// On an existing database.
    pub async fn start_on(test_db: TestDatabase) -> Self {
        let clock = clock_at(NOW);
        let now = clock_fn(&clock);
        Self::start_in(Arc::new(test_db), clock, now, test_limits).await
    }

    async fn start_in(
        test_db: Arc<TestDatabase>,
        clock: Arc<AtomicI64>,
        now: ClockFn,
        set: impl FnOnce(Serve) -> Serve,
    ) -> Self {
        let url = test_db.url();
        let database = open(&url, IfMissing::Create).await.unwrap();
        let name = format!(
            "test-{}",
            api_tokens::list(database.reader()).await.unwrap().len()
        );
        let token = api_tokens::create(
            database.writer(),
            Role::Editor,
            &name,
            random_bytes().unwrap(),
            Timestamp(NOW),
        )
        .await
        .unwrap();
        database.close().await.unwrap();
        let config = set(config(url, true));
        let server = Server::start(&config, now).await.unwrap();
        Self {
            server,
            token,
            test_db,
            clock,
            http: reqwest::Client::new(),
        }
    }

    /// Another server on the same database, with another token.
    pub async fn start_another(&self, limits: Limits) -> Self {
        self.start_another_with(|serve| Serve { limits, ..serve })
            .await
    }

    /// As [`TestApp::start_another`], with a changed configuration.
    pub async fn start_another_with(&self, set: impl FnOnce(Serve) -> Serve) -> Self {
        let (test_db, clock) = (Arc::clone(&self.test_db), Arc::clone(&self.clock));
        let now = clock_fn(&clock);
        Self::start_in(test_db, clock, now, set).await
    }

    /// Stops the server and starts another on the same database.
    pub async fn restart(self) -> Self {
        self.restart_after(async |_| ()).await.0
    }

    /// As [`TestApp::restart`]; `act` runs on the database while no server does.
    pub async fn restart_after<T>(self, act: impl AsyncFnOnce(&TestDatabase) -> T) -> (Self, T) {
        let (test_db, clock) = (Arc::clone(&self.test_db), Arc::clone(&self.clock));
        self.server.stop().await.unwrap();
        let result = act(&test_db).await;
        let now = clock_fn(&clock);
        (
            Self::start_in(test_db, clock, now, test_limits).await,
            result,
        )
    }

    /// Graceful shutdown.
    pub async fn stop(self) {
        self.server.stop().await.unwrap();
    }

    /// Graceful shutdown; returns the database.
    pub async fn stop_and_keep(self) -> Arc<TestDatabase> {
        self.server.stop().await.unwrap();
        self.test_db
    }

    /// Sets the clock of this server and of every later restart.
    pub fn set_clock(&self, rfc3339: &str) {
        self.clock
            .store(Timestamp::parse(rfc3339).unwrap().0, Ordering::SeqCst);
    }

    /// Imports a document, as another process does while this server runs.
    pub async fn import(&self, document: &Value) {
        let document = document::parse(&document.to_string()).unwrap();
        let database = open(&self.database_url(), IfMissing::Fail).await.unwrap();
        let clock = clock_fn(&self.clock);
        import(database.writer(), &document, &clock).await.unwrap();
    }

    pub fn directory(&self) -> &Path {
        self.test_db.path()
    }

    pub fn test_db(&self) -> &TestDatabase {
        &self.test_db
    }

    pub fn database_url(&self) -> String {
        self.test_db.url()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address)
    }

    /// GET at the admin address.
    pub async fn get_admin(&self, path: &str) -> reqwest::Response {
        let address = self.server.admin_address.unwrap();
        let url = format!("http://{address}{path}");
        self.http.get(url).send().await.unwrap()
    }

    pub fn ws_url(&self) -> String {
        format!("ws://{}/graphql/ws", self.server.address)
    }

    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// GET at the public address.
    pub async fn get(&self, path: &str) -> reqwest::Response {
        self.http.get(self.url(path)).send().await.unwrap()
    }

    /// The whole response, without a token.
    pub async fn execute(&self, query: &str, variables: Value) -> Value {
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
        data(self.execute(query, json!({})).await)
    }

    /// The whole response, with the editor's token.
    pub async fn execute_as_editor(&self, mutation: &str, variables: Value) -> Value {
        self.execute_with_token(&self.token, mutation, variables)
            .await
    }

    /// The whole response, with a given token.
    pub async fn execute_with_token(&self, token: &str, mutation: &str, variables: Value) -> Value {
        let body = json!({ "query": mutation, "variables": variables });
        let request = self
            .http
            .post(self.url("/graphql"))
            .bearer_auth(token)
            .json(&body);
        request.send().await.unwrap().json().await.unwrap()
    }

    /// Makes the token of an admin, as an operator does.
    pub async fn create_admin_token(&self) -> String {
        let arguments = ["token", "create", "--name", "operator", "--role", "admin"];
        let (code, text) = try_demarche(self.test_db(), &arguments).await;
        assert_eq!(code, 0, "{text}");
        // Without the log.
        let mut lines = text.lines().filter(|line| !line.contains("Z  WARN "));
        lines.next().unwrap().to_owned()
    }

    /// A WebSocket, connected and acknowledged.
    pub async fn connect_websocket(&self) -> WebSocketClient {
        WebSocketClient::open(&self.ws_url()).await
    }

    /// A subscription on a new WebSocket.
    pub async fn subscribe(&self, query: &str, variables: Value) -> WebSocketClient {
        let mut socket = self.connect_websocket().await;
        socket.subscribe("1", query, variables).await;
        socket
    }

    /// Number of SQL statements that a query executes.
    pub async fn sql_statements_of(&self, query: &str) -> u64 {
        let before = self.server.sql_statements();
        self.query(query).await;
        self.server.sql_statements() - before
    }
}

#[track_caller]
pub fn data(mut response: Value) -> Value {
    assert!(response.get("errors").is_none(), "{response:#}");
    response["data"].take()
}

/// (code, field) of the only error.
#[track_caller]
pub fn only_error(response: &Value) -> (String, String) {
    let errors = response["errors"]
        .as_array()
        .unwrap_or_else(|| panic!("no error in {response:#}"));
    assert_eq!(errors.len(), 1, "{response:#}");
    let text = |key: &str| {
        errors[0]["extensions"][key]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    (text("code"), text("field"))
}

/// Runs a `demarche` command on a database; it must succeed.
pub async fn run_demarche(test_db: &TestDatabase, arguments: &[&str]) {
    let (code, text) = try_demarche(test_db, arguments).await;
    assert_eq!(code, 0, "{arguments:?}: {text}");
}

/// Runs a `demarche` command on a database; returns its exit code and both outputs.
pub async fn try_demarche(test_db: &TestDatabase, arguments: &[&str]) -> (i32, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_demarche"));
    command.args(arguments).current_dir(test_db.path());
    command.env("DEMARCHE_DATABASE_URL", test_db.url());
    // The command must not block the runtime of the test.
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = output.await.unwrap();
    let text = [output.stdout, output.stderr].concat();
    let code = output.status.code().expect("no signal ended it");
    (code, String::from_utf8(text).unwrap())
}

/// Seeds a new database with the bundled data set.
pub async fn seed_database(url: &str) {
    let config = config(url.to_owned(), false);
    let server = Server::start(&config, fixed_clock()).await.unwrap();
    server.stop().await.unwrap();
}

/// A clock that always returns [`NOW`].
pub fn fixed_clock() -> ClockFn {
    clock_fn(&clock_at(NOW))
}

fn test_limits(serve: Serve) -> Serve {
    Serve {
        limits: limits(),
        ..serve
    }
}

pub fn config(database_url: String, no_seed: bool) -> Serve {
    Serve {
        database: Database { database_url },
        read_database_url: None,
        listen: ([127, 0, 0, 1], 0).into(),
        public_url: Some("https://demarche.example".to_owned()),
        no_seed,
        scratch: false,
        // Tests set the clock, also behind entries of other processes.
        allow_clock_behind: true,
        drain_delay: std::time::Duration::ZERO.into(),
        access: AccessConfig::default(),
        limits: Limits::default(),
        telemetry: TelemetryConfig {
            admin_listen: Some(([127, 0, 0, 1], 0).into()),
            ..TelemetryConfig::default()
        },
        webhooks: WebhookConfig {
            timeout: std::time::Duration::from_secs(2).into(),
            retry_delay: std::time::Duration::from_millis(20).into(),
            targets: Targets {
                allow_loopback: true,
            },
            ..WebhookConfig::default()
        },
    }
}

/// The default limits without rate limiting: a test sends more requests per second than a client.
pub fn limits() -> Limits {
    Limits {
        rate: RateLimits {
            per_second: 0,
            ..RateLimits::default()
        },
        ..Limits::default()
    }
}

/// As [`limits`], without caches of responses and stance changes.
pub fn uncached_limits() -> Limits {
    Limits {
        memory: CacheLimits {
            responses: 0,
            stance_changes: 0,
            ..CacheLimits::default()
        },
        ..limits()
    }
}

fn clock_at(micros: i64) -> Arc<AtomicI64> {
    Arc::new(AtomicI64::new(micros))
}

fn clock_fn(clock: &Arc<AtomicI64>) -> ClockFn {
    let clock = Arc::clone(clock);
    Arc::new(move || Timestamp(clock.load(Ordering::SeqCst)))
}
