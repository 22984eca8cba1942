//! Server: opens the database, starts the feed, the writer and the HTTP listeners, and stops them in order.
//!
//! `main` and the tests start the same server. Command-line output and signals are in `cli`, the
//! parts of a start in `startup`.

mod startup;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::Serve;
use crate::database::{Database, IfMissing, Purpose};
use crate::error::{Error, Result};
use crate::feed::Tailer;
use crate::http::{
    self,
    admin::Admin,
    queries::pinned_query::PinnedQuery,
    state::{AppState, Instance},
};
use crate::ledger::commit_queue::CommitQueue;
use crate::ledger::head::{self, Seed};
use crate::ledger::import::ImportSummary;
use crate::ledger::progress::Progress;
use crate::ledger::{reference_data, search_index, signing_key, tree_nodes};
use crate::lifecycle::{Lifecycle, Phase};
use crate::model::time::{ClockFn, Timestamp};
use crate::telemetry::metrics::Metrics;
use crate::webhooks::Webhooks;
use startup::{bind, build_schema, log_start, open_and_seed, public_url, start_writer};

/// How long shutdown waits for pending writes after the grace period.
const WRITER_DRAIN_TIMEOUT: Duration = Duration::from_secs(3);
/// How long shutdown waits for webhooks to finish a delivery and to give up their leases.
const WEBHOOKS_STOP_TIMEOUT: Duration = Duration::from_secs(1);
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
    webhooks: JoinHandle<()>,
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
        let commits = Arc::new(CommitQueue::default());
        let (feed, tailer) = Tailer::start(database.clone(), Arc::clone(&commits)).await?;
        database.follow_replica(feed.generation(), feed.watch_head());
        let (ledger, writer, write_health) = start_writer(config, &database, &clock, commits);
        let ledger = ledger.with_metrics(metrics.writes.clone());
        // Logs a clock that is behind.
        write_health.suspension(head.recorded_at);
        let schema_and_executor = build_schema(config, &database, ledger, &feed, &public_url);
        let (phase, lifecycle) = Lifecycle::new();
        let instance = Instance {
            id: random_bytes()?,
            lifecycle: lifecycle.clone(),
            metrics: Arc::clone(&metrics),
            write_health,
            clock,
        };
        log_start(config, address, &public_url, &head, seed_summary.is_some());
        let app = AppState::new(
            schema_and_executor,
            database.clone(),
            &public_url,
            config,
            feed.clone(),
            instance,
        )?;
        let executions = app.event_executions();
        let app = Arc::new(app);
        let admin_address = admin_listener.as_ref().map(|(_, address)| *address);
        let admin = admin_listener.map(|(listener, _)| {
            tokio::spawn(http::admin::serve(listener, Admin::from_state(&app)))
        });
        let webhooks = Webhooks {
            database: database.clone(),
            feed,
            query: PinnedQuery::of_server(&app),
            public_url,
            config: config.webhooks.clone(),
            clock: self::clock(),
            metrics,
            lifecycle,
            owner: new_generation()?,
            random,
        };
        let webhooks = webhooks.start();
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
            webhooks,
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
    /// It takes at most the grace period and five seconds, even if clients or the database hang.
    pub async fn stop(self) -> Result<()> {
        self.phase.send_replace(Phase::Stopping);
        self.http
            .await
            .map_err(Error::internal)?
            .map_err(Error::internal)?;
        // They hold senders of the writer, as connections do.
        let stopped = tokio::time::timeout(WEBHOOKS_STOP_TIMEOUT, self.webhooks).await;
        if stopped.is_err() {
            tracing::warn!("the webhooks did not stop in time; their leases expire");
        }
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

/// Opens a database and brings its tables, reference data and ledger head up to date. A database that it creates is not
/// seeded later.
pub async fn open(url: &str, missing: IfMissing) -> Result<Database> {
    open_for(url, missing, Purpose::Command, Seed::None, &()).await
}

/// As [`open`], and puts triggers back that another tool has removed. Reports the rows that it indexes for search, which takes
/// most of the time.
pub async fn open_and_migrate(url: &str, progress: &impl Progress) -> Result<Database> {
    let purpose = Purpose::Migrate;
    open_for(url, IfMissing::Create, purpose, Seed::None, progress).await
}

/// As [`open`]; `seed` is stored in a database that has no ledger yet.
async fn open_for(
    url: &str,
    missing: IfMissing,
    purpose: Purpose,
    seed: Seed,
    progress: &impl Progress,
) -> Result<Database> {
    let database = Database::open(url, missing, purpose).await?;
    head::check_end(database.writer()).await?;
    reference_data::refresh(database.writer()).await?;
    search_index::refresh(database.writer(), progress).await?;
    head::initialise(database.writer(), &new_generation()?, seed).await?;
    tree_nodes::refresh(database.writer()).await?;
    signing_key::initialise(database.writer(), &random_bytes()?).await?;
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

/// A random number from 0 to 1; 0 if the system has none.
fn random() -> f64 {
    let number = random_bytes().map_or(0, u32::from_ne_bytes);
    f64::from(number) / f64::from(u32::MAX)
}
