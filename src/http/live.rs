//! Counts open sockets and streams, which no server waits for when it ends.

use std::sync::Arc;

use tokio::sync::watch;

use prometheus_client::metrics::gauge::Gauge;

use super::{App, client, connections::Connection, phase::Phase, refusal::Refusal, visit::Visit};
use crate::telemetry::metrics::Counted;

#[derive(Clone, Debug)]
pub(super) struct Live(watch::Sender<usize>);

impl Default for Live {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Live {
    /// One more, until the guard is dropped.
    pub(super) fn enter(&self) -> Guard {
        self.0.send_modify(|count| *count += 1);
        Guard(self.clone())
    }

    /// Returns when nothing is open.
    pub(super) async fn ended(&self) {
        // Cannot fail: we hold the sender.
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}

#[derive(Debug)]
pub(super) struct Guard(Live);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}

/// What a socket or stream holds for as long as it is open.
#[derive(Debug)]
pub(super) struct Place {
    _live: Guard,
    _connection: Option<Arc<Connection>>,
    _counted: Counted,
}

/// A place for one more socket or stream. Whoever comes through a proxy of ours is counted here, because the connection
/// is the proxy's. `gauge` counts its kind.
/// # Errors
/// 503 once we are about to stop, or if the client has too many.
pub(super) fn enter(app: &App, visit: &Visit, gauge: &Gauge) -> Result<Place, Refusal> {
    if app.phases.now() > Phase::Serving {
        return Err(Refusal::stopping());
    }
    let connection = if client::is_trusted(visit.peer, &app.doors.proxies) {
        let entered = app.proxied.enter(Some(visit.client));
        Some(Arc::new(entered.ok_or_else(Refusal::crowded)?))
    } else {
        visit.connection.clone()
    };
    Ok(Place {
        _live: app.live.enter(),
        _connection: connection,
        _counted: Counted::in_gauge(gauge),
    })
}
