//! The server's doors: GraphQL over HTTP, WebSocket and server-sent events, the playground and two pages.
//!
//! What an operation means is in `graphql/`; here is who may send one, how large it may be, and how the answer travels.
//! Invariant: every refusal has the one shape `{"errors":[{"message","extensions":{"code"}}]}`.

pub mod backstage;
pub mod guard;
pub mod phase;
pub mod serve;

mod accept;
mod answer;
mod authorization;
mod broadcast;
mod client;
mod connections;
mod cors;
mod count;
mod documents;
mod etag;
mod execution;
mod graphql;
mod headers;
mod health;
mod heard;
mod kept;
mod live;
mod obligation;
mod operation;
mod origin;
mod pages;
mod params;
mod playground;
mod rate;
mod refusal;
mod shortcut;
mod sse;
mod traced;
mod trusted;
mod visit;
mod vitals;
mod websocket;
mod wire;

use std::sync::{Arc, atomic::AtomicU64};

use crate::{
    config::{Serve, doors::Doors, limits::Limits},
    database::Database,
    error::Result,
    feed::Feed,
    graphql::{Schema, cost::Tariff},
    model::request_id::RequestIds,
    telemetry::metrics::Metrics,
};
use answer::{Answer, Question};
use axum::{
    Router, extract::DefaultBodyLimit, http::header, middleware, response::IntoResponse,
    routing::get,
};
use backstage::Backstage;
use broadcast::Broadcast;
use connections::Connections;
use documents::Documents;
use kept::Kept;
use live::Live;
use phase::Phases;
use rate::Rates;
use refusal::Refusal;
use trusted::TrustedDocuments;
use vitals::Vitals;

/// What every handler works with.
pub struct App {
    schema: Schema,
    database: Database,
    /// Where clients find us, without a slash at the end, for example `https://demarche.example`.
    public_url: String,
    limits: Limits,
    doors: Doors,
    trusted: TrustedDocuments,
    documents: Documents,
    tariff: Tariff,
    rates: Rates,
    answers: Kept<Question, Answer>,
    broadcast: Arc<Broadcast>,
    feed: Feed,
    connections: Connections,
    /// Sockets and streams of those who come through a proxy that we trust.
    proxied: Connections,
    ids: RequestIds,
    phases: Phases,
    live: Live,
    metrics: Arc<Metrics>,
    vitals: Arc<Vitals>,
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
            tariff: Tariff::new(&crate::graphql::sdl()),
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
            live: Live::default(),
            metrics,
            vitals: Arc::new(vitals),
        })
    }

    /// Counts how often an event of the feed was executed, and its response written as JSON.
    pub fn executions(&self) -> Arc<AtomicU64> {
        self.broadcast.executions()
    }

    /// For whoever watches the server.
    pub fn backstage(&self) -> Backstage {
        Backstage(Arc::clone(&self.vitals))
    }
}

/// Every route of the server.
pub fn router(app: Arc<App>) -> Router {
    let body = DefaultBodyLimit::max(app.limits.transport.body_bytes);
    let api = Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/graphql/ws", get(websocket::upgrade))
        .route("/graphql/stream", get(sse::get).post(sse::post))
        // Before the layer, which would not be around it otherwise: a preflight is of no method of ours.
        .method_not_allowed_fallback(method_not_allowed)
        .layer(cors::layer(&app.doors));
    Router::new()
        .route("/", get(pages::start::page))
        .route("/style.css", get(pages::style))
        .route("/statements/{id}", get(pages::statement::page))
        .route("/health", get(health::health))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(api)
        .merge(explorable(&app.doors))
        .fallback(|| async { Refusal::not_found() })
        .method_not_allowed_fallback(method_not_allowed)
        .layer(body)
        .layer(middleware::from_fn(headers::secure))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            visit::identify,
        ))
        .with_state(app)
}

async fn method_not_allowed() -> Refusal {
    Refusal::method_not_allowed()
}

/// What shows the schema, as far as the operator wants it shown.
fn explorable(doors: &Doors) -> Router<Arc<App>> {
    let mut routes = Router::new();
    if !doors.no_introspection {
        let sdl = crate::graphql::sdl();
        let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
        let sdl = move || async move { (kind, sdl).into_response() };
        routes = routes.route("/schema.graphql", get(sdl));
    }
    if !doors.no_playground {
        routes = routes
            .route("/playground", get(playground::redirect))
            .route("/playground/", get(playground::index))
            .route("/playground/{*path}", get(playground::file));
    }
    routes
}
