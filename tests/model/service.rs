//! The service, started as the program starts it, with a controlled clock, and the administrative commands.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use demarche::config::access::AccessConfig;
use demarche::config::limits::{Limits, RateLimits, TransportLimits};
use demarche::config::telemetry::TelemetryConfig;
use demarche::config::webhooks::WebhookConfig;
use demarche::config::{Database as DatabaseOptions, Serve};
use demarche::database::{Database, IfMissing};
use demarche::ledger::write_health::{ClockCheck, WriteHealth};
use demarche::ledger::{
    api_tokens, export,
    import::{self, document},
    restore, verify,
};
use demarche::model::role::Role;
use demarche::model::time::{ClockFn, Timestamp};
use demarche::server::{self, Server};
use serde_json::Value;

use crate::TestResult;
use crate::backend::Backend;
use crate::client::{Client, EDITORS, Tokens};
use crate::test_database::TestDatabase;

/// 2025-06-15T12:00:00Z, the start of each case.
pub const BEGINNING: i64 = 1_749_988_800_000_000;

pub struct Service {
    test_database: TestDatabase,
    server: Server,
    /// A separate connection, like that of another process.
    operator: Database,
    tokens: Tokens,
    clock: Arc<AtomicI64>,
    pub client: Client,
}

impl Service {
    /// Starts on a new database.
    pub async fn start(backend: &Backend) -> TestResult<Self> {
        let test_database = TestDatabase::new(backend).await;
        let operator = open_database(&test_database).await?;
        Self::start_in(test_database, operator, Arc::new(AtomicI64::new(BEGINNING))).await
    }

    async fn start_in(
        test_database: TestDatabase,
        operator: Database,
        clock: Arc<AtomicI64>,
    ) -> TestResult<Self> {
        let now = Timestamp(clock.load(Ordering::SeqCst));
        let mut tokens = Tokens::default();
        for (token, name) in tokens.iter_mut().zip(EDITORS) {
            let random = server::random_bytes().map_err(describe_error)?;
            let created =
                api_tokens::create(operator.writer(), Role::Editor, name, random, now).await;
            *token = created.map_err(describe_error)?;
        }
        let server = start_server(&test_database, &clock).await?;
        let client = Client::new(server.address, &tokens);
        Ok(Self {
            test_database,
            server,
            operator,
            tokens,
            clock,
            client,
        })
    }

    pub fn now(&self) -> i64 {
        self.clock.load(Ordering::SeqCst)
    }

    /// Moves the clock forward or back, but never before the start.
    pub fn move_clock(&self, micros: i64) {
        let then = self.now() + micros;
        self.clock.store(then.max(BEGINNING), Ordering::SeqCst);
    }

    /// The error code if the import is rejected.
    pub async fn import(&self, text: &Value) -> TestResult<Option<&'static str>> {
        let document = document::parse(&text.to_string());
        let document = document.map_err(|faults| format!("{text}: {faults:?}"))?;
        let clock = clock_fn(&self.clock);
        // Commands also move the clock back.
        let writer = self.operator.writer();
        let health = WriteHealth::new(Arc::clone(&clock), ClockCheck::Allow);
        let imported = import::import_with(writer, &document, &health, &()).await;
        Ok(imported.err().map(|error| error.code()))
    }

    /// Stops the server while `concurrent` runs, and starts it again.
    pub async fn restart(self, concurrent: impl Future<Output = TestResult>) -> TestResult<Self> {
        let (stopped, drained) = tokio::join!(self.server.stop(), concurrent);
        stopped.map_err(describe_error)?;
        drained?;
        let server = start_server(&self.test_database, &self.clock).await?;
        let client = Client::new(server.address, &self.tokens);
        Ok(Self {
            server,
            client,
            ..self
        })
    }

    /// Stops the server and continues with a new database, restored from an export of the old one.
    pub async fn restore(
        self,
        backend: &Backend,
        entries: i64,
        concurrent: impl Future<Output = TestResult>,
    ) -> TestResult<Self> {
        let mut text = Vec::new();
        let entry_count = export::export(self.operator.reader(), &mut text).await;
        expect_equal(
            "entries exported",
            &entry_count.map_err(describe_error)?,
            &entries,
        )?;
        let clock = Arc::clone(&self.clock);
        self.stop(backend, entries, concurrent).await?;
        let test_database = TestDatabase::new(backend).await;
        let operator = open_database(&test_database).await?;
        for (recorded, present) in [(entries, 0), (0, entries)] {
            let restored = restore::restore(operator.writer(), || Ok(text.as_slice())).await;
            let restored = restored.map_err(describe_error)?;
            let counts = (restored.recorded, restored.present);
            expect_equal("entries restored", &counts, &(recorded, present))?;
        }
        Self::start_in(test_database, operator, clock).await
    }

    /// Stops the server, verifies the ledger and drops the database.
    pub async fn stop(
        self,
        backend: &Backend,
        entries: i64,
        concurrent: impl Future<Output = TestResult>,
    ) -> TestResult {
        let (stopped, drained) = tokio::join!(self.server.stop(), concurrent);
        let report = verify::verify(self.operator.reader()).await;
        self.operator.close().await.map_err(describe_error)?;
        self.test_database.drop_database(backend).await;
        stopped.map_err(describe_error)?;
        drained?;
        let report = report.map_err(describe_error)?;
        expect_equal("faults", &report.discrepancies, &Vec::new())?;
        expect_equal("entries verified", &report.entries, &entries)
    }
}

/// # Errors
/// The values differ.
fn expect_equal<T: PartialEq + std::fmt::Debug>(
    subject: &str,
    actual: &T,
    expected: &T,
) -> TestResult {
    if actual == expected {
        return Ok(());
    }
    Err(format!("{subject}: got {actual:?}, expected {expected:?}"))
}

async fn open_database(test_database: &TestDatabase) -> TestResult<Database> {
    let database = server::open(&test_database.url, IfMissing::Create).await;
    database.map_err(describe_error)
}

async fn start_server(test_database: &TestDatabase, clock: &Arc<AtomicI64>) -> TestResult<Server> {
    let limits = Limits {
        transport: TransportLimits {
            messages: 1_000.try_into().expect("above zero"),
            ..TransportLimits::default()
        },
        rate: RateLimits {
            per_second: 0,
            ..RateLimits::default()
        },
        ..Limits::default()
    };
    let config = Serve {
        database: DatabaseOptions {
            database_url: test_database.url.clone(),
        },
        read_database_url: None,
        listen: ([127, 0, 0, 1], 0).into(),
        public_url: None,
        no_seed: true,
        scratch: false,
        allow_clock_behind: true,
        drain_delay: std::time::Duration::ZERO.into(),
        access: AccessConfig::default(),
        limits,
        telemetry: TelemetryConfig::default(),
        webhooks: WebhookConfig::default(),
    };
    Server::start(&config, clock_fn(clock))
        .await
        .map_err(describe_error)
}

fn clock_fn(clock: &Arc<AtomicI64>) -> ClockFn {
    let clock = Arc::clone(clock);
    Arc::new(move || Timestamp(clock.load(Ordering::SeqCst)))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "`map_err` passes the error by value"
)]
fn describe_error(error: demarche::error::Error) -> String {
    error.cause_chain()
}
