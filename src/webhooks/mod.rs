//! Webhooks: sends stance changes to the URLs that operators have added, in ledger order, one at a time for each URL.
//!
//! Every server looks for webhooks that no server sends, leases them in the database and runs a [`sender`] for each. The cursor
//! of a webhook moves in the database after its receiver has accepted a change, so that a restart repeats a change at most and
//! skips none. Operators change the rows by `demarche webhook`; a running sender reads them again each second.

mod client;
mod filter;
mod message;
mod sender;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

use crate::config::webhooks::WebhookConfig;
use crate::database::Database;
use crate::feed::Feed;
use crate::http::queries::pinned_query::PinnedQuery;
use crate::ledger::webhooks::sending;
use crate::lifecycle::Lifecycle;
use crate::model::time::ClockFn;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::repeated_failure::RepeatedFailure;
use client::Client;

/// How often the rows of webhooks are read.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// What all senders share.
pub(crate) struct Webhooks {
    pub(crate) database: Database,
    pub(crate) feed: Feed,
    /// Executes the document of a message.
    pub(crate) query: PinnedQuery,
    pub(crate) public_url: String,
    pub(crate) config: WebhookConfig,
    /// The time of this machine, which receivers compare with theirs.
    pub(crate) clock: ClockFn,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) lifecycle: Lifecycle,
    /// Random name of this run of the server.
    pub(crate) owner: String,
    /// A random number from 0 to 1.
    pub(crate) random: fn() -> f64,
}

impl Webhooks {
    /// Sends until the server stops.
    pub(crate) fn start(self) -> JoinHandle<()> {
        tokio::spawn(self.run())
    }

    /// Waits, at most until the server stops.
    async fn pause(&self, duration: Duration) {
        drop(timeout(duration, self.lifecycle.clone().stopping()).await);
    }

    async fn run(self) {
        let mut stopping = Box::pin(self.lifecycle.clone().stopping());
        let client = Client::new(*self.config.timeout, self.config.targets.loopback());
        let (context, client) = (Arc::new(self), Arc::new(client));
        let mut senders: HashMap<i64, AbortOnDropHandle<()>> = HashMap::new();
        let reads = RepeatedFailure::new("reads of webhooks");
        loop {
            senders.retain(|_, sender| !sender.is_finished());
            match sending::list_unleased(context.database.tail_connection()).await {
                Ok(rows) => {
                    reads.ends();
                    for row in rows {
                        let start = || {
                            let (context, client) = (Arc::clone(&context), Arc::clone(&client));
                            AbortOnDropHandle::new(tokio::spawn(sender::send(
                                context, client, row.id,
                            )))
                        };
                        senders.entry(row.id).or_insert_with(start);
                    }
                }
                Err(error) if reads.begins() => {
                    tracing::warn!(cause = %error.cause_chain(), "webhooks cannot be read; retrying");
                }
                Err(_) => {}
            }
            tokio::select! {
                () = &mut stopping => break,
                () = sleep(POLL_INTERVAL) => {}
            }
        }
        for (_, sender) in senders {
            // Each has noticed the stop, and gives up its lease.
            drop(sender.await);
        }
    }
}
