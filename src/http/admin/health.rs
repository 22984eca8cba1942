//! For whoever starts, watches or balances over us.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    http::{admin, state::App},
    lifecycle::Phase,
};

/// 200 while we take requests, 503 once we are about to stop. Nothing else is looked at.
pub(crate) async fn health(State(app): State<Arc<App>>) -> Response {
    match app.vitals.phases.now() {
        Phase::Serving => told(StatusCode::OK, r#"{"status":"ok"}"#),
        Phase::Draining | Phase::Stopping => {
            let body = r#"{"status":"stopping"}"#;
            told(StatusCode::SERVICE_UNAVAILABLE, body)
        }
    }
}

/// 200 for as long as anything is answered at all.
pub(crate) async fn alive() -> Response {
    told(StatusCode::OK, r#"{"status":"ok"}"#)
}

pub(crate) async fn ready(State(app): State<Arc<App>>) -> Response {
    admin::ready(State(Arc::clone(&app.vitals))).await
}

pub(crate) fn told(status: StatusCode, body: impl IntoResponse) -> Response {
    const HEADERS: [(HeaderName, &str); 2] = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, HEADERS, body).into_response()
}
