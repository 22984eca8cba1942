//! The application state that every handler shares, and the identity of one run of the server.

use std::sync::{Arc, atomic::AtomicU64};

use tokio_util::task::TaskTracker;

use super::{
    documents::{cache::Documents, trusted::TrustedDocuments},
    fanout::Broadcast,
    health_monitor::Vitals,
    limits::cost::Rates,
    response::cached::{Answer, Question},
    tcp::connection_limiter::Connections,
};
use crate::{
    cache::tagged_cache::Kept,
    config::{Serve, access::Doors, limits::Limits},
    database::Database,
    error::Result,
    feed::Feed,
    graphql::{
        cost::Tariff,
        schema::{self, Schema},
    },
    lifecycle::Phases,
    model::request_id::RequestIds,
    telemetry::metrics::Metrics,
};

/// What every handler works with.
pub struct App {
    pub(super) schema: Schema,
    pub(super) database: Database,
    /// Where clients find us, without a slash at the end, for example `https://demarche.example`.
    pub(super) public_url: String,
    pub(super) limits: Limits,
    pub(super) doors: Doors,
    pub(super) trusted: TrustedDocuments,
    pub(super) documents: Documents,
    pub(super) tariff: Tariff,
    pub(super) rates: Rates,
    pub(super) answers: Kept<Question, Answer>,
    pub(super) broadcast: Arc<Broadcast>,
    pub(super) feed: Feed,
    pub(super) connections: Connections,
    /// Sockets and streams of those who come through a proxy that we trust.
    pub(super) proxied: Connections,
    pub(super) ids: RequestIds,
    pub(super) phases: Phases,
    pub(super) live: TaskTracker,
    pub(super) metrics: Arc<Metrics>,
    pub(super) vitals: Arc<Vitals>,
}

/// What is one run's own.
pub struct Run {
    /// Drawn at random; the ids of requests begin with it.
    pub id: [u8; 4],
    pub phases: Phases,
    pub metrics: Arc<Metrics>,
}

impl App {
    /// # Errors
    /// `Error::BadUserInput` if the trusted documents cannot be used.
    pub fn new(
        schema: Schema,
        database: Database,
        public_url: &str,
        config: &Serve,
        feed: Feed,
        run: Run,
    ) -> Result<Self> {
        let limits = config.limits.clone();
        let Run {
            id,
            phases,
            metrics,
        } = run;
        let connections = Connections::new(&limits.transport);
        let broadcast = Broadcast::new(schema.clone(), feed.clone(), &metrics);
        let vitals = Vitals::new(
            Arc::clone(&metrics),
            phases.clone(),
            database.clone(),
            feed.clone(),
            connections.clone(),
            broadcast.executions(),
        );
        Ok(Self {
            database,
            public_url: public_url.trim_end_matches('/').to_owned(),
            trusted: TrustedDocuments::load(&config.doors, &limits.document)?,
            documents: Documents::new(limits.memory.documents, metrics.documents.clone()),
            tariff: Tariff::new(&schema::sdl()),
            rates: Rates::new(&limits.rate),
            answers: Kept::new(limits.memory.answers, feed.clone(), metrics.answers.clone()),
            broadcast: Arc::new(broadcast),
            schema,
            feed,
            connections,
            proxied: Connections::new(&limits.transport),
            doors: config.doors.clone(),
            limits,
            ids: RequestIds::new(id),
            phases,
            live: TaskTracker::new(),
            metrics,
            vitals: Arc::new(vitals),
        })
    }

    /// Counts how often an event of the feed was executed, and its response written as JSON.
    pub fn executions(&self) -> Arc<AtomicU64> {
        self.broadcast.executions()
    }
}
