//! Lifecycle of the server: serving, draining, stopping. The server sets the phase, and everything else observes it.

use tokio::sync::watch;

/// In this order. A dropped sender counts as `Stopping`, because nothing could stop the server any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Serving,
    /// Requests are served, but new WebSockets and event streams are rejected, and the server reports that it is not
    /// ready, so that load balancers choose another one.
    Draining,
    /// WebSockets and event streams are closed in a way that makes clients reconnect.
    Stopping,
}

/// Observes the phase; clones observe the same one.
#[derive(Clone, Debug)]
pub struct Lifecycle(watch::Receiver<Phase>);

impl Lifecycle {
    pub fn new() -> (watch::Sender<Phase>, Self) {
        let (sender, receiver) = watch::channel(Phase::Serving);
        (sender, Self(receiver))
    }

    pub(crate) fn phase(&self) -> Phase {
        if self.0.has_changed().is_err() {
            return Phase::Stopping;
        }
        *self.0.borrow()
    }

    /// Returns when the phase is `Stopping`, or when its sender was dropped.
    pub(crate) async fn stopping(mut self) {
        let _ = self.0.wait_for(|phase| *phase == Phase::Stopping).await;
    }
}
