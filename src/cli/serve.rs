//! `demarche serve`.

use super::import::summary;
use super::say;
use crate::config::Serve;
use crate::error::{Error, Result};
use crate::server::{self, Server};

/// Serves until the process is told to end (Ctrl-C or SIGTERM).
pub(super) async fn serve(options: &Serve) -> Result<()> {
    let server = Server::start(options, server::clock()).await?;
    if let Some(seeded) = &server.seeded {
        say(&format!(
            "New database {}:\n{}\n",
            options.database.database_url,
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
    told_to_end().await?;
    tracing::info!("ending: sockets are told to come back");
    server.stop().await
}

async fn told_to_end() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::internal)?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.map_err(Error::internal),
        _ = terminate.recv() => Ok(()),
    }
}
