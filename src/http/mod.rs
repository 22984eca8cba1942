//! The server's doors: GraphQL over HTTP, WebSocket and server-sent events, the playground and two pages.
//!
//! What an operation means is in `graphql/`; here is who may send one, how large it may be, and how the answer travels.
//! Invariant: every refusal has the one shape `{"errors":[{"message","extensions":{"code"}}]}`.

pub mod limits;
pub mod serve;

mod accept;
mod authorization;
mod expansion;
mod graphql;
mod guard;
mod headers;
mod health;
mod live;
mod operation;
mod origin;
mod pages;
mod params;
mod playground;
mod refusal;
mod sse;
mod websocket;

use std::sync::Arc;

use axum::{
    Router, extract::DefaultBodyLimit, http::header, middleware, response::IntoResponse,
    routing::get,
};
use tokio::sync::watch;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{database::Database, graphql::Schema};
use limits::Limits;
use live::Live;
use refusal::Refusal;

/// What every handler works with.
pub struct App {
    pub schema: Schema,
    pub database: Database,
    /// Where clients find us, without a slash at the end, for example `https://demarche.example`.
    pub public_url: String,
    pub limits: Limits,
    /// Turns true once. A dropped sender counts as true: nobody is left who could stop us.
    shutdown: watch::Receiver<bool>,
    live: Live,
}

impl App {
    pub fn new(
        schema: Schema,
        database: Database,
        public_url: &str,
        shutdown: watch::Receiver<bool>,
    ) -> Self {
        Self {
            schema,
            database,
            public_url: public_url.trim_end_matches('/').to_owned(),
            limits: Limits::default(),
            shutdown,
            live: Live::default(),
        }
    }

    fn is_stopping(&self) -> bool {
        *self.shutdown.borrow() || self.shutdown.has_changed().is_err()
    }
}

/// Every route of the server.
pub fn router(app: App) -> Router {
    let sdl = crate::graphql::sdl();
    let sdl = move || async move { ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], sdl) };
    Router::new()
        .route("/", get(pages::start::page))
        .route("/style.css", get(pages::style))
        .route("/statements/{id}", get(pages::statement::page))
        .route("/schema.graphql", get(sdl))
        .route("/health", get(health::health))
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/graphql/ws", get(websocket::upgrade))
        .route("/graphql/stream", get(sse::get).post(sse::post))
        .route("/playground", get(playground::redirect))
        .route("/playground/", get(playground::index))
        .route("/playground/{*path}", get(playground::file))
        .fallback(|| async { Refusal::not_found() })
        .method_not_allowed_fallback(|| async { Refusal::method_not_allowed() })
        .layer(DefaultBodyLimit::max(limits::BODY))
        .layer(CatchPanicLayer::custom(|_| {
            Refusal::internal().into_response()
        }))
        .layer(middleware::from_fn(headers::secure))
        .with_state(Arc::new(app))
}
