//! How far the server has come, from its start to its end.

use tokio::sync::watch;

/// They follow one another. A dropped sender counts as the last: nobody is left who could stop us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Serving,
    /// Everything is answered, but no socket or stream begins: whoever balances over us should look elsewhere.
    Draining,
    /// Sockets and streams are told to come back.
    Stopping,
}

/// Where to ask; clones are told the same.
#[derive(Clone, Debug)]
pub struct Phases(watch::Receiver<Phase>);

impl Phases {
    pub fn new() -> (watch::Sender<Phase>, Self) {
        let (sender, receiver) = watch::channel(Phase::Serving);
        (sender, Self(receiver))
    }

    pub(crate) fn now(&self) -> Phase {
        if self.0.has_changed().is_err() {
            return Phase::Stopping;
        }
        *self.0.borrow()
    }

    /// Returns when the server is told to stop, or when nobody is left who could tell it.
    pub(crate) async fn stopped(mut self) {
        let _ = self.0.wait_for(|phase| *phase == Phase::Stopping).await;
    }
}
