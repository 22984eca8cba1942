//! Application state that all handlers share, and the identity of one run of the server.
//!
//! The state is built once at startup and is shared behind an `Arc`.

use std::sync::{Arc, OnceLock, atomic::AtomicU64};

use axum::{body::Bytes, extract::FromRef};
use tokio_util::task::TaskTracker;

use super::{
    clients::resource_limiter::ResourceLimiter,
    documents::{cache::DocumentCache, trusted::TrustedDocuments},
    fanout::SubscriptionHub,
    health_monitor::HealthMonitor,
    limits::cost::CostLimiter,
    live::LiveHub,
    one_state::QueryRunner,
    response::cache::ResponseCache,
};
use crate::ledger::write_health::WriteHealth;
use crate::{
    config::{Serve, access::AccessConfig, limits::Limits},
    database::Database,
    error::Result,
    feed::Feed,
    graphql::{
        cost::CostModel,
        execution::QueryExecutor,
        schema::{self, Schema},
    },
    lifecycle::Lifecycle,
    model::{request_id::RequestIds, time::ClockFn},
    telemetry::metrics::Metrics,
};

/// Shared state of all handlers and connections.
pub struct AppState {
    pub(super) schema: Schema,
    pub(super) queries: Arc<QueryRunner>,
    pub(super) database: Database,
    /// Base URL for clients, without a trailing slash, for example `https://demarche.example`.
    pub(super) public_url: String,
    /// Description of the saved operations, written at the first request.
    pub(super) openapi: OnceLock<Bytes>,
    pub(super) limits: Limits,
    pub(super) access: AccessConfig,
    pub(super) trusted_documents: TrustedDocuments,
    pub(super) documents: DocumentCache,
    pub(super) cost_model: CostModel,
    pub(super) cost_limiter: Arc<CostLimiter>,
    pub(super) memory: ResourceLimiter,
    pub(super) responses: ResponseCache,
    /// For SQLite files that are being made or sent.
    pub(super) export_files: ResourceLimiter,
    pub(super) hub: Arc<SubscriptionHub>,
    pub(super) live: Arc<LiveHub>,
    pub(super) feed: Feed,
    pub(super) connections: ResourceLimiter,
    /// Limits WebSockets and event streams of clients behind a trusted proxy.
    pub(super) proxied: ResourceLimiter,
    pub(super) ids: RequestIds,
    pub(super) lifecycle: Lifecycle,
    pub(super) streams: TaskTracker,
    pub(super) metrics: Arc<Metrics>,
    pub(super) health: HealthMonitor,
    /// For the expiry of tokens.
    pub(super) clock: ClockFn,
}

/// Values that belong to one run of the server.
pub struct Instance {
    /// Random; the prefix of every request id.
    pub id: [u8; 4],
    pub lifecycle: Lifecycle,
    pub metrics: Arc<Metrics>,
    pub write_health: WriteHealth,
    pub clock: ClockFn,
}

impl AppState {
    /// # Errors
    /// `Error::BadUserInput` if the trusted documents cannot be used.
    pub fn new(
        (schema, executor): (Schema, QueryExecutor),
        database: Database,
        public_url: &str,
        config: &Serve,
        feed: Feed,
        instance: Instance,
    ) -> Result<Self> {
        let limits = config.limits.clone();
        let Instance {
            id,
            lifecycle,
            metrics,
            write_health,
            clock,
        } = instance;
        let connections = ResourceLimiter::of_connections(&limits.transport);
        let hub = SubscriptionHub::new(schema.clone(), feed.clone(), &metrics);
        let queries = QueryRunner::new((schema.clone(), executor), feed.clone(), database.clone());
        let queries = Arc::new(queries);
        let cost_limiter = Arc::new(CostLimiter::new(&limits.rate));
        let live = LiveHub::new(
            Arc::clone(&queries),
            feed.clone(),
            Arc::clone(&cost_limiter),
            &limits,
            Arc::clone(&metrics),
        );
        let health = HealthMonitor::new(
            Arc::clone(&metrics),
            lifecycle.clone(),
            write_health,
            database.clone(),
            feed.clone(),
            connections.clone(),
            hub.event_executions(),
        );
        Ok(Self {
            database,
            public_url: public_url.trim_end_matches('/').to_owned(),
            openapi: OnceLock::new(),
            trusted_documents: TrustedDocuments::load(&config.access, &limits.document)?,
            documents: DocumentCache::new(limits.memory.documents, metrics.documents.clone()),
            cost_model: CostModel::new(
                &schema::sdl_without_description(),
                feed.read_model().clone(),
            ),
            cost_limiter,
            memory: ResourceLimiter::of_held_bytes(&limits.transport),
            responses: ResponseCache::new(
                limits.memory.responses,
                feed.clone(),
                metrics.responses.clone(),
                metrics.requests.clone(),
            ),
            export_files: ResourceLimiter::of_export_files(&limits.transport),
            hub: Arc::new(hub),
            live,
            schema,
            queries,
            feed,
            connections,
            proxied: ResourceLimiter::of_connections(&limits.transport),
            access: config.access.clone(),
            limits,
            ids: RequestIds::new(id),
            lifecycle,
            streams: TaskTracker::new(),
            metrics,
            health,
            clock,
        })
    }

    /// Counter of executions of feed events, each including the serialisation of its payload.
    pub fn event_executions(&self) -> Arc<AtomicU64> {
        self.hub.event_executions()
    }
}

/// The health handlers need no more than this; both listeners have it.
impl FromRef<Arc<AppState>> for HealthMonitor {
    fn from_ref(app: &Arc<AppState>) -> Self {
        app.health.clone()
    }
}
