//! Counts open sockets and streams, which no server waits for when it ends.

use std::sync::Arc;

use tokio_util::task::task_tracker::TaskTrackerToken;

use prometheus_client::metrics::gauge::Gauge;

use crate::telemetry::metrics::Counted;
use crate::{
    http::{
        middleware::request_context::Visit,
        response::error::Refusal,
        state::App,
        tcp::{client_ip, connection_limiter::Connection},
    },
    lifecycle::Phase,
};

/// What a socket or stream holds for as long as it is open.
#[derive(Debug)]
pub(crate) struct Place {
    _live: TaskTrackerToken,
    _connection: Option<Arc<Connection>>,
    _counted: Counted,
}

/// A place for one more socket or stream. Whoever comes through a proxy of ours is counted here, because the connection
/// is the proxy's. `gauge` counts its kind.
/// # Errors
/// 503 once we are about to stop, or if the client has too many.
pub(crate) fn enter(app: &App, visit: &Visit, gauge: &Gauge) -> Result<Place, Refusal> {
    if app.phases.now() > Phase::Serving {
        return Err(Refusal::stopping());
    }
    let connection = if client_ip::is_trusted(visit.peer, &app.doors.proxies) {
        let entered = app.proxied.enter(Some(visit.client));
        Some(Arc::new(entered.ok_or_else(Refusal::crowded)?))
    } else {
        visit.connection.clone()
    };
    Ok(Place {
        _live: app.live.token(),
        _connection: connection,
        _counted: Counted::in_gauge(gauge),
    })
}
