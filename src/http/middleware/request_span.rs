//! OpenTelemetry span of a request, a child of the client's span if the request has a `traceparent` header.
//!
//! The exporter is in `telemetry/trace`.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, StatusCode},
};
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Level, Span, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::{model::request_id::RequestId, telemetry::trace::TARGET};

/// W3C Trace Context.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

struct Headers<'h>(&'h HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

/// Whether tracing is enabled and the client sent a `traceparent`.
pub(crate) fn has_remote_parent(headers: &HeaderMap) -> bool {
    tracing::enabled!(target: TARGET, Level::TRACE) && headers.contains_key(TRACEPARENT)
}

/// The span is disabled if tracing is.
pub(crate) fn request_span(request: &Request, id: &RequestId) -> Span {
    let span = tracing::trace_span!(
        target: TARGET,
        "http",
        otel.name = %request.method(),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = %request.method(),
        http.response.status_code = Empty,
        url.path = request.uri().path(),
        request = %id,
    );
    if has_remote_parent(request.headers()) {
        let context = TraceContextPropagator::new().extract(&Headers(request.headers()));
        if let Err(error) = span.set_parent(context) {
            tracing::debug!(%error, "invalid traceparent");
        }
    }
    span
}

/// Records the status of the response.
pub(crate) fn record_status(span: &Span, status: StatusCode) {
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
}
