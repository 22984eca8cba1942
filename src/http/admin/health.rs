//! Health check handlers: `/health` for load balancers, `/healthz` for liveness, `/readyz` for readiness.
//!
//! The checks themselves are in `http/health_monitor`.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    http::{admin, state::AppState},
    lifecycle::Phase,
};

/// 200 while the server accepts requests, 503 once it drains or stops. Nothing else is checked.
pub(crate) async fn health(State(app): State<Arc<AppState>>) -> Response {
    match app.health.lifecycle.phase() {
        Phase::Serving => json_response(StatusCode::OK, r#"{"status":"ok"}"#),
        Phase::Draining | Phase::Stopping => {
            let body = r#"{"status":"stopping"}"#;
            json_response(StatusCode::SERVICE_UNAVAILABLE, body)
        }
    }
}

/// Liveness: always 200.
pub(crate) async fn alive() -> Response {
    json_response(StatusCode::OK, r#"{"status":"ok"}"#)
}

/// Readiness on the public listener, as in [`admin::ready`].
pub(crate) async fn ready(State(app): State<Arc<AppState>>) -> Response {
    admin::ready(State(Arc::clone(&app.health))).await
}

pub(crate) fn json_response(status: StatusCode, body: impl IntoResponse) -> Response {
    const HEADERS: [(HeaderName, &str); 2] = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, HEADERS, body).into_response()
}
