//! Startup: the parts that [`super::Server::start`] puts together.

use std::net::SocketAddr;
use std::sync::Arc;

use entity::ledger_head;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::open_for;
use crate::config::Serve;
use crate::database::{Database, IfMissing, Purpose, redact_password};
use crate::error::{Error, Result};
use crate::feed::Feed;
use crate::graphql::execution::QueryExecutor;
use crate::graphql::loaders::LoaderContext;
use crate::graphql::public_url::PublicUrl;
use crate::graphql::schema::{self, Schema};
use crate::graphql::types::webhook::WebhookAdministration;
use crate::ledger::commit_queue::CommitQueue;
use crate::ledger::head::Seed;
use crate::ledger::import::ImportSummary;
use crate::ledger::seed;
use crate::ledger::write_health::{ClockCheck, WriteHealth};
use crate::ledger::writer::LedgerHandle;
use crate::model::time::ClockFn;

/// Opens the database with its replica, and seeds it if it is new.
pub(super) async fn open_and_seed(
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
        &(),
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
    if seed_summary.is_some() {
        database.analyze().await;
    }
    Ok((database, seed_summary))
}

/// Starts the writer. `commits` receives every commit.
pub(super) fn start_writer(
    config: &Serve,
    database: &Database,
    clock: &ClockFn,
    commits: Arc<CommitQueue>,
) -> (LedgerHandle, JoinHandle<()>, WriteHealth) {
    let clock_check = ClockCheck::new(config.allow_clock_behind);
    let health = WriteHealth::new(Arc::clone(clock), clock_check);
    let health = health.with_files(database.files().clone());
    let (ledger, task) = LedgerHandle::start_with(
        database.writer().clone(),
        Arc::clone(clock),
        health.clone(),
        commits,
    );
    (ledger, task, health)
}

/// The one line that says what runs, and how.
pub(super) fn log_start(
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
pub(super) fn public_url(config: &Serve, address: SocketAddr) -> String {
    let configured = config.public_url.clone();
    let url = configured.unwrap_or_else(|| format!("http://{address}"));
    url.trim_end_matches('/').to_owned()
}

/// The schema, and what executes its queries.
pub(super) fn build_schema(
    config: &Serve,
    database: &Database,
    ledger: LedgerHandle,
    feed: &Feed,
    public_url: &str,
) -> (Schema, QueryExecutor) {
    let changes_bytes = config.limits.memory.stance_changes;
    let context = LoaderContext::new(database.clone(), feed, changes_bytes);
    let introspection = !config.access.no_introspection;
    let webhooks = WebhookAdministration {
        database: database.clone(),
        loopback: config.webhooks.targets.loopback(),
        random: super::random_bytes,
    };
    let schema = schema::build(
        webhooks,
        ledger,
        feed.clone(),
        context.clone(),
        PublicUrl::new(public_url),
        &config.limits,
        introspection,
    );
    let executor = QueryExecutor::new(&schema, context, introspection);
    (schema, executor)
}

/// Binds a listener. An error names `option`, which sets the address.
pub(super) async fn bind(option: &str, address: SocketAddr) -> Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await.map_err(|error| {
        Error::bad_input(option, format!("cannot listen on {address}: {error}"))
    })?;
    let address = listener.local_addr().map_err(Error::internal)?;
    Ok((listener, address))
}
