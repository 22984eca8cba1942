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
    response::{content_negotiation, error::HttpError},
    state::AppState,
};
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
    let format = content_negotiation::negotiate_metrics(&headers);
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
