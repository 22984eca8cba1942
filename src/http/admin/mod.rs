//! What is told to whoever runs the server, at an address of its own: metrics, and whether it lives and can serve.
//!
//! It goes on to the very end, and holds nothing that the end waits for.

pub(super) mod health;

use std::{io, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::net::TcpListener;

use super::{health_monitor::Vitals, response::error::Refusal, state::App};
use health::{alive, told};

/// What is there to be watched of a server.
#[derive(Clone)]
pub struct Backstage(Arc<Vitals>);

impl Backstage {
    pub fn of(app: &App) -> Self {
        Self(Arc::clone(&app.vitals))
    }
}

/// Serves until it is aborted.
/// # Errors
/// None at present: a connection that cannot be accepted is tried again.
pub async fn serve(listener: TcpListener, backstage: Backstage) -> io::Result<()> {
    let routes = Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .fallback(|| async { Refusal::not_found() })
        .with_state(backstage.0);
    axum::serve(listener, routes).await
}

async fn metrics(State(vitals): State<Arc<Vitals>>) -> Result<Response, Refusal> {
    let text = vitals.text().await?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// 200 if all is well, otherwise 503 with what is not.
pub(super) async fn ready(State(vitals): State<Arc<Vitals>>) -> Response {
    let report = vitals.report().await;
    let status = if report.is_ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    told(status, serde_json::to_string(&report).unwrap_or_default())
}
