//! Server: opens the database, starts the feed, the writer and the HTTP listeners, and stops them in order.
//!
//! `main` and the tests start the same server. Command-line output and signals are in `cli`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use entity::ledger_head;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::config::Serve;
use crate::database::{Database, IfMissing, Purpose, redact_password};
use crate::error::{Error, Result};
use crate::feed::{Feed, Tailer};
use crate::graphql::public_url::PublicUrl;
use crate::graphql::schema::{self, Schema};
use crate::http::{
    self,
    admin::Admin,
    state::{AppState, Instance},
};
use crate::ledger::head::{self, Seed};
use crate::ledger::import::ImportSummary;
use crate::ledger::seed;
use crate::ledger::write_health::{ClockCheck, WriteHealth};
use crate::ledger::writer::LedgerHandle;
use crate::ledger::{reference_data, search_index};
use crate::lifecycle::{Lifecycle, Phase};
use crate::model::time::{ClockFn, Timestamp};
use crate::telemetry::metrics::Metrics;

/// How long shutdown waits for pending writes after the grace period.
const WRITER_DRAIN_TIMEOUT: Duration = Duration::from_secs(3);
/// How long shutdown then waits for the database, which may not respond.
const DATABASE_CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

pub struct Server {
    pub address: SocketAddr,
    /// The address of the admin listener (metrics, probes), if there is one.
    pub admin_address: Option<SocketAddr>,
    /// What was imported into a new database; `None` for any other database.
    pub seed_summary: Option<ImportSummary>,
    /// Number of ledger entries at the start.
    pub entries: i64,
    database: Database,
    executions: Arc<AtomicU64>,
    phase: watch::Sender<Phase>,
    tailer: JoinHandle<()>,
    writer: JoinHandle<()>,
    http: JoinHandle<std::io::Result<()>>,
    admin: Option<JoinHandle<std::io::Result<()>>>,
}

impl Server {
    /// Opens the database, seeds it if it is new, and listens. It serves until [`Server::stop`].
    /// # Errors
    /// The reason why it cannot start; nothing is left running then.
    pub async fn start(config: &Serve, clock: ClockFn) -> Result<Self> {
        // Before the database: a start that fails for its address creates none.
        let (listener, address) = bind("listen", config.listen).await?;
        let admin_listener = match config.telemetry.admin_listen {
            Some(address) => Some(bind("admin-listen", address).await?),
            None => None,
        };
        let (database, seed_summary) = open_and_seed(config, &clock).await?;
        let head = head::load_head(database.writer()).await?;
        // The metrics use the system clock even if the ledger has another one.
        let metrics = Arc::new(Metrics::new(self::clock()()));
        let public_url = public_url(config, address);
        let committed = Arc::new(Notify::new());
        let (feed, tailer) = Tailer::start(database.clone(), Arc::clone(&committed)).await?;
        database.follow_replica(feed.generation(), feed.watch_head());
        let clock_check = ClockCheck::new(config.allow_clock_behind);
        let write_health = WriteHealth::new(Arc::clone(&clock), clock_check);
        let write_health = write_health.with_files(database.files().clone());
        let (ledger, writer) = LedgerHandle::start_with(
            database.writer().clone(),
            Arc::clone(&clock),
            write_health.clone(),
            committed,
        );
        let ledger = ledger.with_metrics(metrics.writes.clone());
        // Logs a clock that is behind.
        write_health.suspension(head.recorded_at);
        let schema = build_schema(config, &database, ledger, &feed, &public_url);
        let (phase, lifecycle) = Lifecycle::new();
        let instance = Instance {
            id: random_bytes()?,
            lifecycle,
            metrics,
            write_health,
            clock,
        };
        log_start(config, address, &public_url, &head, seed_summary.is_some());
        let app = AppState::new(
            schema,
            database.clone(),
            &public_url,
            config,
            feed,
            instance,
        )?;
        let executions = app.event_executions();
        let admin_address = admin_listener.as_ref().map(|(_, address)| *address);
        let admin = admin_listener.map(|(listener, _)| {
            tokio::spawn(http::admin::serve(listener, Admin::from_state(&app)))
        });
        let http = tokio::spawn(http::server::serve(listener, app));
        Ok(Self {
            address,
            admin_address,
            seed_summary,
            entries: head.seq,
            database,
            executions,
            phase,
            tailer,
            writer,
            http,
            admin,
        })
    }

    /// Number of SQL statements that were run for reads.
    pub fn sql_statements(&self) -> u64 {
        self.database.sql_statements()
    }

    /// Number of event executions for subscribers, each of which also serializes one response as JSON.
    pub fn event_executions(&self) -> u64 {
        self.executions.load(Ordering::Relaxed)
    }

    /// Rejects new WebSockets and event streams and reports not ready; everything else is served until
    /// [`Server::stop`].
    pub fn drain(&self) {
        self.phase.send_replace(Phase::Draining);
    }

    /// Stops in order: no new requests, WebSockets closed with 1012, the writer's queue drained, the database closed.
    /// It takes at most the grace period and four seconds, even if clients or the database hang.
    pub async fn stop(self) -> Result<()> {
        self.phase.send_replace(Phase::Stopping);
        self.http
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)?;
        self.tailer.abort();
        // The task was aborted, so its result has no meaning.
        drop(self.tailer.await);
        // The writer ends when its last sender is dropped, with the last connection. A connection that is still open
        // after the grace period does not delay shutdown: none of its pending writes was acknowledged.
        let drained = tokio::time::timeout(WRITER_DRAIN_TIMEOUT, self.writer).await;
        if let Ok(result) = drained {
            result.map_err(Error::internal)?;
        } else {
            tracing::warn!(
                "a connection was still open at shutdown; its pending writes were abandoned"
            );
        }
        if let Some(admin) = self.admin {
            admin.abort();
        }
        // Closing waits for connections that are still in use.
        let closed = tokio::time::timeout(DATABASE_CLOSE_TIMEOUT, self.database.close()).await;
        closed.unwrap_or_else(|_| {
            tracing::warn!("the database did not close in time; exiting without closing it");
            Ok(())
        })
    }
}

/// Opens the database with its replica, and seeds it if it is new.
async fn open_and_seed(
    config: &Serve,
    clock: &ClockFn,
) -> Result<(Database, Option<ImportSummary>)> {
    let seed = if config.no_seed {
        Seed::None
    } else {
        Seed::Bundled
    };
    let mut database = open_for(
        &config.database.database_url,
        IfMissing::Create,
        Purpose::Serve,
        seed,
    )
    .await?;
    database.limit_statements(*config.limits.time.statement);
    if let Some(url) = &config.read_database_url {
        database.add_replica(url).await?;
    }
    let seed_summary = if config.no_seed {
        seed::decline(database.writer()).await?;
        None
    } else {
        seed::seed_new(database.writer(), clock).await?
    };
    Ok((database, seed_summary))
}

/// The one line that says what runs, and how.
fn log_start(
    config: &Serve,
    address: SocketAddr,
    public_url: &str,
    head: &ledger_head::Model,
    is_seeded_now: bool,
) {
    let admin_address = config
        .telemetry
        .admin_listen
        .map(|address| address.to_string());
    let is_postgres = !config.database.database_url.starts_with("sqlite:");
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        listen = %address,
        admin_listen = admin_address,
        public_url,
        database = if is_postgres { "postgresql" } else { "sqlite" },
        database_url = redact_password(&config.database.database_url),
        replica = config.read_database_url.is_some(),
        head = head.seq,
        seed = head.seed.as_deref().unwrap_or("UNKNOWN"),
        is_seeded_now,
        limits = config.limits.list_changed().join(" "),
        "demarche starts"
    );
}

/// The configured URL, or that of the listener; without a trailing slash.
fn public_url(config: &Serve, address: SocketAddr) -> String {
    let configured = config.public_url.clone();
    let url = configured.unwrap_or_else(|| format!("http://{address}"));
    url.trim_end_matches('/').to_owned()
}

fn build_schema(
    config: &Serve,
    database: &Database,
    ledger: LedgerHandle,
    feed: &Feed,
    public_url: &str,
) -> Schema {
    schema::build(
        database.clone(),
        ledger,
        feed.clone(),
        PublicUrl::new(public_url),
        &config.limits,
        !config.access.no_introspection,
    )
}

/// Binds a listener. An error names `option`, which sets the address.
async fn bind(option: &str, address: SocketAddr) -> Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await.map_err(|error| {
        Error::bad_input(option, format!("cannot listen on {address}: {error}"))
    })?;
    let address = listener.local_addr().map_err(Error::internal)?;
    Ok((listener, address))
}

/// Opens a database and brings its tables, reference data and ledger head up to date. A database that it creates is not
/// seeded later.
pub async fn open(url: &str, missing: IfMissing) -> Result<Database> {
    open_for(url, missing, Purpose::Command, Seed::None).await
}

/// As [`open`], and puts triggers back that another tool has removed.
pub async fn open_and_migrate(url: &str) -> Result<Database> {
    open_for(url, IfMissing::Create, Purpose::Migrate, Seed::None).await
}

/// As [`open`]; `seed` is stored in a database that has no ledger yet.
async fn open_for(url: &str, missing: IfMissing, purpose: Purpose, seed: Seed) -> Result<Database> {
    let database = Database::open(url, missing, purpose).await?;
    head::check_end(database.writer()).await?;
    reference_data::refresh(database.writer()).await?;
    search_index::refresh(database.writer()).await?;
    head::initialise(database.writer(), &new_generation()?, seed).await?;
    Ok(database)
}

/// The system clock. Everything else receives it as a parameter.
pub fn clock() -> ClockFn {
    #[expect(
        clippy::disallowed_methods,
        reason = "only this function reads the system clock"
    )]
    Arc::new(|| Timestamp::from(chrono::Utc::now()))
}

/// A new random generation: 32 hexadecimal digits.
pub fn new_generation() -> Result<String> {
    Ok(data_encoding::HEXLOWER.encode(&random_bytes::<16>()?))
}

/// Cryptographically secure random bytes.
pub fn random_bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
    Ok(bytes)
}
