//! `demarche serve`.

use serde_json::json;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

use super::document_report::summary;
use super::print_line;
use super::scratch::Scratch;
use crate::config::{self, Serve, telemetry::LogFormat};
use crate::database::redact_password;
use crate::error::{Error, Result};
use crate::ledger::import::ImportSummary;
use crate::server::{self, Server};
use crate::telemetry::log::json_line;

/// Serves until the process receives Ctrl-C or SIGTERM.
pub(super) async fn serve(options: &Serve) -> Result<()> {
    config::check::check(options)?;
    if !options.scratch {
        return serve_until_signal(options).await;
    }
    let scratch = Scratch::copy(options).await?;
    print_scratch_notice(options)?;
    serve_until_signal(&scratch.options(options)).await
}

async fn serve_until_signal(options: &Serve) -> Result<()> {
    let server = Server::start(options, server::clock()).await?;
    // Installed before the start message: from then on a signal may arrive.
    let mut signals = Signals::new()?;
    match options.telemetry.log_format {
        LogFormat::Text => print_start(options, &server)?,
        LogFormat::Json => print_line(&start_line(&server))?,
    }
    signals.next().await;
    let delay = *options.drain_delay;
    if !delay.is_zero() {
        server.drain();
        tracing::info!(
            ?delay,
            "draining: rejecting new subscriptions; send the signal again to stop now"
        );
        // A second signal skips the rest of the delay.
        drop(timeout(delay, signals.next()).await);
    }
    tracing::info!("shutting down: closing WebSockets with 1012 (clients reconnect)");
    server.stop().await
}

fn print_scratch_notice(options: &Serve) -> Result<()> {
    let url = redact_password(&options.database.database_url);
    let notice = format!(
        "this is a scratch copy of {url}: what is written is deleted when the server stops"
    );
    match options.telemetry.log_format {
        LogFormat::Text => print_line(&format!("{notice}\n")),
        LogFormat::Json => {
            let fields = serde_json::Map::new();
            print_line(&json_line(server::clock()(), "INFO", &notice, fields))
        }
    }
}

fn print_start(options: &Serve, server: &Server) -> Result<()> {
    if let Some(seeded) = &server.seed_summary {
        print_line(&format!(
            "New database {}:\n{}\n",
            redact_password(&options.database.database_url),
            summary(seeded)
        ))?;
    }
    if server.entries == 0 {
        print_line(
            "The ledger is empty. `demarche import --bundled` imports the bundled data set.\n",
        )?;
    }
    let address = server.address;
    print_line(&format!(
        "Démarche is listening.\n\
         \n  Playground     http://{address}/playground/\
         \n  GraphQL        http://{address}/graphql\
         \n  Subscriptions  ws://{address}/graphql/ws  (graphql-transport-ws)\
         \n                 http://{address}/graphql/stream  (server-sent events)\
         \n  Schema         http://{address}/schema.graphql\n"
    ))?;
    if let Some(address) = server.admin_address {
        print_line(&format!("  Metrics        http://{address}/metrics\n"))?;
    }
    Ok(())
}

/// The start message as one JSON object.
fn start_line(server: &Server) -> String {
    let address = server.address;
    let recorded = |summary: &ImportSummary| summary.recorded.values().sum::<u32>();
    let fields = json!({
        "playground": format!("http://{address}/playground/"),
        "graphql": format!("http://{address}/graphql"),
        "subscriptions": format!("ws://{address}/graphql/ws"),
        "stream": format!("http://{address}/graphql/stream"),
        "schema": format!("http://{address}/schema.graphql"),
        "metrics": server.admin_address.map(|address| format!("http://{address}/metrics")),
        "entries": server.entries,
        "seeded": server.seed_summary.as_ref().map_or(0, recorded),
    });
    let fields = fields.as_object().cloned().unwrap_or_default();
    json_line(server::clock()(), "INFO", "listening", fields)
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
