//! Admin listener: metrics, liveness and readiness for operators, on a separate address.
//!
//! It responds until the process exits, and holds no resource that shutdown waits for.

pub(super) mod health;

use std::io;

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::net::TcpListener;

use super::{
    health_monitor::HealthMonitor,
    response::{
        accept::{Offer, accept_header, preference},
        error::HttpError,
    },
    state::AppState,
};
use crate::telemetry::metrics::TextFormat;
use health::{alive, ready};

/// State of the admin listener.
#[derive(Clone)]
pub struct Admin(HealthMonitor);

impl Admin {
    pub fn from_state(app: &AppState) -> Self {
        Self(app.health.clone())
    }
}

/// Serves until it is aborted.
/// # Errors
/// None at present: a failed accept is retried.
pub async fn serve(listener: TcpListener, admin: Admin) -> io::Result<()> {
    let routes = Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .fallback(|| async { HttpError::not_found() })
        .with_state(admin.0);
    axum::serve(listener, routes).await
}

async fn metrics(
    State(monitor): State<HealthMonitor>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    let format = negotiate_format(&headers);
    let text = monitor.render_metrics(format).await.map_err(|error| {
        tracing::error!(cause = %error.cause_chain(), "metrics could not be rendered");
        HttpError::from(&error)
    })?;
    let headers = [
        (header::CONTENT_TYPE, format.content_type()),
        (header::VARY, "Accept"),
    ];
    Ok((headers, text).into_response())
}

/// `OpenMetrics` unless the client prefers plain text.
fn negotiate_format(headers: &HeaderMap) -> TextFormat {
    let accept = accept_header(headers).unwrap_or_default();
    let plain = preference(&accept, Offer::of("text/plain"));
    if plain > preference(&accept, Offer::of("application/openmetrics-text")) {
        TextFormat::Prometheus
    } else {
        TextFormat::OpenMetrics
    }
}
