//! Writer: the only task that writes. Requests send it commands and wait for the result. The write is not part of the
//! request, so a client that disconnects cannot interrupt it.

use sea_orm::DatabaseConnection;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tracing::{Instrument, trace_span};

use std::sync::Arc;
use std::time::Duration;

use super::batch::BatchCache;
use super::command::Command;
use super::commit_queue::CommitQueue;
use super::dry_run::{Outcome, dry_run};
use super::head;
use super::write_group::{Recorded, WrittenGroup, apply_commands};
use super::write_health::{ClockCheck, WriteHealth};
use crate::database;
use crate::error::{Error, Result};
use crate::input_errors::InputErrors;
use crate::model::time::{ClockFn, Timestamp};
use crate::telemetry::{operation_metrics::OperationMetrics, trace::TARGET};

/// Commands in the queue; if it is full, senders wait.
const QUEUE_CAPACITY: usize = 256;
/// Commands that share one transaction, and so one sync of the disk.
const MAX_GROUP: usize = 64;

/// Between two checks whether a database can be written again.
const STORAGE_CHECK_INTERVAL: Duration = Duration::from_secs(1);

struct WriteRequest {
    command: Command,
    reply: oneshot::Sender<Result<Recorded>>,
}

/// Handle for recording commands. Clones share one writer task, which stops when the last clone is dropped and the queue is
/// empty.
#[derive(Clone)]
pub struct LedgerHandle {
    requests: mpsc::Sender<WriteRequest>,
    clock: ClockFn,
    clock_check: ClockCheck,
    /// Metrics of writes, if they are collected.
    metrics: Option<OperationMetrics>,
}

impl LedgerHandle {
    /// `commits` receives every commit.
    pub fn start(
        writer: DatabaseConnection,
        clock: ClockFn,
        commits: Arc<CommitQueue>,
    ) -> (Self, JoinHandle<()>) {
        let health = WriteHealth::new(Arc::clone(&clock), ClockCheck::Refuse);
        Self::start_with(writer, clock, health, commits)
    }

    /// As [`LedgerHandle::start`], with the conditions under which new entries are accepted.
    pub fn start_with(
        writer: DatabaseConnection,
        clock: ClockFn,
        health: WriteHealth,
        commits: Arc<CommitQueue>,
    ) -> (Self, JoinHandle<()>) {
        let (requests, queue) = mpsc::channel(QUEUE_CAPACITY);
        let clock_check = health.clock_check();
        let writer = Writer {
            database: writer,
            clock: Arc::clone(&clock),
            health,
            commits,
            cache: None,
        };
        let task = tokio::spawn(run(writer, queue));
        (
            Self {
                requests,
                clock,
                clock_check,
                metrics: None,
            },
            task,
        )
    }

    /// Sets the metrics of writes.
    #[must_use]
    pub fn with_metrics(self, metrics: OperationMetrics) -> Self {
        let metrics = Some(metrics);
        Self { metrics, ..self }
    }

    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Records a command and returns its entry once it is on disk; for a command recorded before, its first entry.
    /// # Errors
    /// The reason why the command is rejected; nothing is written then.
    pub async fn record(&self, command: Command) -> Result<Recorded> {
        let started = std::time::Instant::now();
        let span = trace_span!(target: TARGET, "ledger.record");
        let result = self.submit(command).instrument(span).await;
        if let Some(metrics) = &self.metrics {
            let code = result.as_ref().err().map(Error::code);
            metrics.record(started.elapsed(), code);
        }
        result
    }

    /// Does what [`LedgerHandle::record`] would do, on a snapshot in memory. `errors` has those that were found before.
    pub async fn dry_run(
        &self,
        reader: &DatabaseConnection,
        command: &Command,
        errors: InputErrors,
    ) -> Outcome {
        dry_run(reader, command, self.now(), self.clock_check, errors).await
    }

    async fn submit(&self, command: Command) -> Result<Recorded> {
        let (reply, response) = oneshot::channel();
        let stopped = |()| Error::internal("the writer has stopped");
        self.requests
            .send(WriteRequest { command, reply })
            .await
            .map_err(|_| stopped(()))?;
        response.await.map_err(|_| stopped(()))?
    }
}

async fn run(mut writer: Writer, mut queue: mpsc::Receiver<WriteRequest>) {
    let mut requests = Vec::with_capacity(MAX_GROUP);
    while writer.receive(&mut queue, &mut requests).await {
        let commands: Vec<&Command> = requests.iter().map(|request| &request.command).collect();
        let mut results = writer.write(&commands).await;
        // While the database is unreachable, each retry would wait as long as the whole group did.
        let is_command_error = |error: &Error| {
            !matches!(
                error,
                Error::Unavailable(_)
                    | Error::ReadOnly(_)
                    | Error::Contended(_)
                    | Error::FileReplaced
            )
        };
        if commands.len() > 1 && results.as_ref().is_err_and(is_command_error) {
            results = Ok(writer.write_one_by_one(&commands).await);
        }
        let results = results.unwrap_or_else(|error| vec![Err(error); requests.len()]);
        for (request, result) in requests.drain(..).zip(results) {
            // The client may have disconnected; its command is recorded all the same.
            drop(request.reply.send(result));
        }
    }
}

struct Writer {
    database: DatabaseConnection,
    clock: ClockFn,
    health: WriteHealth,
    commits: Arc<CommitQueue>,
    /// The cache of the last group, for the next one.
    cache: Option<BatchCache>,
}

impl Writer {
    /// Waits for requests; false after the last sender was dropped. While storage is full or the database read-only, it checks
    /// regularly whether it can be written again, so that the state does not depend on the next request.
    async fn receive(
        &self,
        queue: &mut mpsc::Receiver<WriteRequest>,
        requests: &mut Vec<WriteRequest>,
    ) -> bool {
        loop {
            let received = queue.recv_many(requests, MAX_GROUP);
            if !self.health.needs_trial() {
                return received.await > 0;
            }
            if let Ok(count) = tokio::time::timeout(STORAGE_CHECK_INTERVAL, received).await {
                return count > 0;
            }
            let result = head::touch(&self.database).await;
            self.health.observe(result.as_ref().err());
        }
    }

    /// Writes a group in one transaction and records the outcome in the write health.
    async fn write(&mut self, commands: &[&Command]) -> Result<Vec<Result<Recorded>>> {
        let mut result = self.write_group(commands).await;
        if let Err(Error::Contended(_)) = result {
            // The database undid the whole transaction, so it can run again.
            result = self.write_group(commands).await;
        }
        let result = result.map_err(|error| self.health.classify(error));
        match &result {
            Err(error) => self.health.observe(Some(error)),
            Ok(written) => {
                let rejections = written
                    .results
                    .iter()
                    .filter_map(|result| result.as_ref().err());
                let clock = rejections
                    .into_iter()
                    .find(|error| matches!(error, Error::ClockBehind(_)));
                if clock.is_some() || written.has_new_entries {
                    self.health.observe(clock);
                }
            }
        }
        result.map(|written| written.results)
    }

    /// Writes a group in one transaction. A rejected command does not affect the others; a database error undoes the group.
    async fn write_group(&mut self, commands: &[&Command]) -> Result<WrittenGroup> {
        let txn = database::begin(&self.database).await?;
        let cache = self.cache.take();
        let clock_check = self.health.clock_check();
        match apply_commands(&txn, cache, commands, &self.clock, clock_check).await {
            Ok((mut written, cache)) => {
                if let Err(error) = self.health.check_files() {
                    drop(txn.rollback().await);
                    return Err(error);
                }
                database::commit(&self.database, txn).await?;
                // After the commit: no subscriber may receive a change that a crash can undo.
                self.commits.push(written.committed.take());
                self.cache = cache.if_within_limit();
                Ok(written)
            }
            Err(error) => {
                // SQLite may have rolled back already; the first error is the one that the client can act on.
                drop(txn.rollback().await);
                Err(error)
            }
        }
    }

    async fn write_one_by_one(&mut self, commands: &[&Command]) -> Vec<Result<Recorded>> {
        let mut results = Vec::with_capacity(commands.len());
        for command in commands {
            let result = self.write(&[*command]).await;
            results.push(result.and_then(|mut results| results.remove(0)));
        }
        results
    }
}
