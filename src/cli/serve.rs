//! `demarche serve`.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

use super::import::summary;
use super::say;
use crate::config::Serve;
use crate::database::hidden;
use crate::error::{Error, Result};
use crate::server::{self, Server};

/// Serves until the process is told to end (Ctrl-C or SIGTERM).
pub(super) async fn serve(options: &Serve) -> Result<()> {
    let server = Server::start(options, server::clock()).await?;
    // Before anybody is told that it serves, and so may end it.
    let mut signals = Signals::new()?;
    if let Some(seeded) = &server.seeded {
        say(&format!(
            "New database {}:\n{}\n",
            hidden(&options.database.database_url),
            summary(seeded)
        ))?;
    }
    let address = server.address;
    say(&format!(
        "Démarche is listening.\n\
         \n  Playground     http://{address}/playground/\
         \n  GraphQL        http://{address}/graphql\
         \n  Subscriptions  ws://{address}/graphql/ws  (graphql-transport-ws)\
         \n                 http://{address}/graphql/stream  (server-sent events)\
         \n  Schema         http://{address}/schema.graphql\n"
    ))?;
    if let Some(address) = server.metrics_address {
        say(&format!("  Metrics        http://{address}/metrics\n"))?;
    }
    signals.next().await;
    let delay = *options.operating.drain_delay;
    if !delay.is_zero() {
        server.drain();
        tracing::info!(
            ?delay,
            "draining: no socket or stream begins; a second signal ends it"
        );
        // Who is in a hurry says so again.
        drop(timeout(delay, signals.next()).await);
    }
    tracing::info!("ending: sockets are told to come back");
    server.stop().await
}

/// Ctrl-C and SIGTERM.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).map_err(Error::internal)?,
            terminate: signal(SignalKind::terminate()).map_err(Error::internal)?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
