//! Health check handlers: `/health` for load balancers, `/healthz` for liveness, `/readyz` for readiness.
//!
//! Both listeners use them. The checks themselves are in `http/health_monitor`.

use axum::{
    extract::State,
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{http::health_monitor::HealthMonitor, lifecycle::Phase};

/// 200 while the server accepts requests, 503 once it drains or stops. Nothing else is checked.
pub(crate) async fn health(State(monitor): State<HealthMonitor>) -> Response {
    match monitor.phase() {
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

/// 200 if all checks pass, otherwise 503. The body names the result of each check.
pub(crate) async fn ready(State(monitor): State<HealthMonitor>) -> Response {
    let report = monitor.check().await;
    let status = if report.is_ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    json_response(status, serde_json::to_string(&report).unwrap_or_default())
}

fn json_response(status: StatusCode, body: impl IntoResponse) -> Response {
    const HEADERS: [(HeaderName, &str); 2] = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, HEADERS, body).into_response()
}
