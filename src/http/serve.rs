//! Runs the routes on a listener until it is told to stop.

use std::{io, pin::pin};

use axum::serve::ListenerExt;
use tokio::{net::TcpListener, sync::watch, time::timeout};

use super::{App, live::stopped, router};

/// Serves until `shutdown` turns true, then lets what is open end for `app.limits.grace`.
/// # Errors
/// If the listener fails.
pub async fn serve(
    listener: TcpListener,
    app: App,
    shutdown: watch::Receiver<bool>,
) -> io::Result<()> {
    let (live, grace) = (app.live.clone(), app.limits.grace);
    // A change is one small frame: do not let the kernel hold it back for more.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection without TCP_NODELAY");
        }
    });
    let server =
        axum::serve(listener, router(app)).with_graceful_shutdown(stopped(shutdown.clone()));
    let mut server = pin!(server.into_future());
    tokio::select! {
        result = &mut server => return result,
        () = stopped(shutdown) => {}
    }
    let drained = async {
        let result = server.await;
        live.ended().await;
        result
    };
    timeout(grace, drained).await.unwrap_or_else(|_| {
        tracing::warn!("connections still open after {grace:?}; they are cut");
        Ok(())
    })
}
