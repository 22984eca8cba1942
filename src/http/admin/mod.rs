//! Admin listener: metrics, liveness and readiness for operators, on a separate address.
//!
//! It responds until the process exits, and holds no resource that shutdown waits for.

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

use super::{health_monitor::HealthMonitor, response::error::HttpError, state::AppState};
use health::{alive, json_response};

/// State of the admin listener.
#[derive(Clone)]
pub struct Admin(Arc<HealthMonitor>);

impl Admin {
    pub fn from_state(app: &AppState) -> Self {
        Self(Arc::clone(&app.health))
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

async fn metrics(State(monitor): State<Arc<HealthMonitor>>) -> Result<Response, HttpError> {
    let text = monitor.render_metrics().await?;
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, content_type)], text).into_response())
}

/// 200 if all checks pass, otherwise 503. The body names the result of each check.
pub(super) async fn ready(State(monitor): State<Arc<HealthMonitor>>) -> Response {
    let report = monitor.check().await;
    let status = if report.is_ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    json_response(status, serde_json::to_string(&report).unwrap_or_default())
}
