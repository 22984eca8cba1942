//! The service, started as the program starts it, and the commands that an operator runs beside it. Its clock is given.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use demarche::config::access::Doors;
use demarche::config::limits::{Limits, RateLimits, TransportLimits};
use demarche::config::telemetry::Operating;
use demarche::config::{Database as DatabaseOptions, Serve};
use demarche::database::{Database, Missing};
use demarche::ledger::writer::Clock;
use demarche::ledger::{
    api_tokens, export,
    import::{self, document},
    restore, verify,
};
use demarche::model::role::Role;
use demarche::model::time::Instant;
use demarche::server::{self, Server};
use serde_json::Value;

use crate::Proven;
use crate::backend::Backend;
use crate::client::{Client, EDITORS, Tokens};
use crate::place::Home;

/// 2025-06-15T12:00:00Z, where each case begins.
pub const BEGINNING: i64 = 1_749_988_800_000_000;

pub struct Service {
    home: Home,
    server: Server,
    /// A process of its own as far as the database can tell.
    operator: Database,
    tokens: Tokens,
    clock: Arc<AtomicI64>,
    pub client: Client,
}

impl Service {
    /// On a new database.
    pub async fn start(backend: &Backend) -> Proven<Self> {
        let home = Home::new(backend).await;
        let operator = open(&home).await?;
        Self::start_in(home, operator, Arc::new(AtomicI64::new(BEGINNING))).await
    }

    async fn start_in(home: Home, operator: Database, clock: Arc<AtomicI64>) -> Proven<Self> {
        let now = Instant(clock.load(Ordering::SeqCst));
        let mut tokens = Tokens::default();
        for (token, name) in tokens.iter_mut().zip(EDITORS) {
            let secret = server::random().map_err(told)?;
            let made = api_tokens::create(operator.writer(), Role::Editor, name, secret, now).await;
            *token = made.map_err(told)?;
        }
        let server = serve(&home, &clock).await?;
        let client = Client::new(server.address, &tokens);
        Ok(Self {
            home,
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

    /// Forward or back, but never to before the beginning.
    pub fn wait(&self, micros: i64) {
        let then = self.now() + micros;
        self.clock.store(then.max(BEGINNING), Ordering::SeqCst);
    }

    /// The code of the refusal, if it is refused.
    pub async fn import(&self, text: &Value) -> Proven<Option<&'static str>> {
        let document = document::parse(&text.to_string());
        let document = document.map_err(|faults| format!("{text}: {faults:?}"))?;
        let clock = read(&self.clock);
        let imported = import::import(self.operator.writer(), &document, &clock).await;
        Ok(imported.err().map(|error| error.code()))
    }

    /// The server ends while `meanwhile` goes on, and starts again.
    pub async fn restart(self, meanwhile: impl Future<Output = Proven>) -> Proven<Self> {
        let (ended, said) = tokio::join!(self.server.stop(), meanwhile);
        ended.map_err(told)?;
        said?;
        let server = serve(&self.home, &self.clock).await?;
        let client = Client::new(server.address, &self.tokens);
        Ok(Self {
            server,
            client,
            ..self
        })
    }

    /// The same with a new database, which holds what the old one exports.
    pub async fn restore(
        self,
        backend: &Backend,
        entries: i64,
        meanwhile: impl Future<Output = Proven>,
    ) -> Proven<Self> {
        let mut text = Vec::new();
        let exported = export::export(self.operator.reader(), &mut text).await;
        expect("entries exported", &exported.map_err(told)?, &entries)?;
        let clock = Arc::clone(&self.clock);
        self.end(backend, entries, meanwhile).await?;
        let home = Home::new(backend).await;
        let operator = open(&home).await?;
        for (recorded, present) in [(entries, 0), (0, entries)] {
            let restored = restore::restore(operator.writer(), || Ok(text.as_slice())).await;
            let restored = restored.map_err(told)?;
            let counts = (restored.recorded, restored.present);
            expect("entries restored", &counts, &(recorded, present))?;
        }
        Self::start_in(home, operator, clock).await
    }

    /// The server ends for good, the ledger is verified, and the database goes.
    pub async fn end(
        self,
        backend: &Backend,
        entries: i64,
        meanwhile: impl Future<Output = Proven>,
    ) -> Proven {
        let (ended, said) = tokio::join!(self.server.stop(), meanwhile);
        let report = verify::verify(self.operator.reader()).await;
        self.operator.close().await.map_err(told)?;
        self.home.remove(backend).await;
        ended.map_err(told)?;
        said?;
        let report = report.map_err(told)?;
        expect("faults", &report.faults, &Vec::new())?;
        expect("entries verified", &report.entries, &entries)
    }
}

/// # Errors
/// If they differ.
fn expect<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Proven {
    if found == expected {
        return Ok(());
    }
    Err(format!("{what}: {found:?}, not {expected:?}"))
}

async fn open(home: &Home) -> Proven<Database> {
    let database = server::open(&home.url, Missing::Make).await;
    database.map_err(told)
}

async fn serve(home: &Home, clock: &Arc<AtomicI64>) -> Proven<Server> {
    let limits = Limits {
        transport: TransportLimits {
            messages: 1_000.try_into().expect("it is above zero"),
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
            database_url: home.url.clone(),
        },
        read_database_url: None,
        listen: ([127, 0, 0, 1], 0).into(),
        public_url: None,
        empty: true,
        doors: Doors::default(),
        limits,
        operating: Operating::default(),
    };
    Server::start(&config, read(clock)).await.map_err(told)
}

fn read(clock: &Arc<AtomicI64>) -> Clock {
    let clock = Arc::clone(clock);
    Arc::new(move || Instant(clock.load(Ordering::SeqCst)))
}

#[expect(clippy::needless_pass_by_value, reason = "as errors are handed over")]
fn told(error: demarche::error::Error) -> String {
    error.causes()
}
