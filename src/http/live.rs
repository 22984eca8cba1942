//! Counts open sockets and streams, which axum's graceful shutdown does not wait for (tokio-rs/axum#3003).

use tokio::sync::watch;

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

/// Returns when the server is told to stop, or when nobody is left who could tell it.
pub(super) async fn stopped(mut shutdown: watch::Receiver<bool>) {
    let _ = shutdown.wait_for(|stop| *stop).await;
}
