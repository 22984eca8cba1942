//! Stream permit: admission of a WebSocket or event stream, with its connection limit, its gauge and its shutdown
//! tracking.
//!
//! The permit is held while the stream is open. hyper does not wait for upgraded connections, so shutdown waits for the
//! tracker instead.

use std::sync::Arc;

use tokio_util::task::task_tracker::TaskTrackerToken;

use prometheus_client::metrics::gauge::Gauge;

use crate::telemetry::metrics::GaugeGuard;
use crate::{
    http::{
        clients::{client_ip, resource_limiter::ResourcePermit},
        middleware::request_context::RequestContext,
        response::error::HttpError,
        state::AppState,
    },
    lifecycle::Phase,
};

/// Held by a WebSocket or event stream as long as it is open.
#[derive(Debug)]
pub(crate) struct StreamPermit {
    _tracked: TaskTrackerToken,
    _connection: Option<Arc<ResourcePermit>>,
    _gauge: GaugeGuard,
}

/// Admits one more WebSocket or event stream. A client behind a trusted proxy is counted here, by its own address: the
/// connection that was counted on accept is the proxy's. `gauge` counts streams of this kind.
/// # Errors
/// 503 while draining or stopping, or if the client has too many.
pub(crate) fn admit_stream(
    app: &AppState,
    context: &RequestContext,
    gauge: &Gauge,
) -> Result<StreamPermit, HttpError> {
    if app.lifecycle.phase() > Phase::Serving {
        return Err(HttpError::shutting_down());
    }
    let connection = if client_ip::is_trusted(context.peer, &app.access.proxies) {
        let permit = app.proxied.reserve(context.client_ip, 1);
        Some(Arc::new(permit.map_err(HttpError::resource_exceeded)?))
    } else {
        context.permit.clone()
    };
    Ok(StreamPermit {
        _tracked: app.streams.token(),
        _connection: connection,
        _gauge: GaugeGuard::in_gauge(gauge),
    })
}
