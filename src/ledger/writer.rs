//! The one task that writes. Requests hand it commands and wait; a client that hangs up tears nothing, because the
//! write is not part of its request.

use entity::ledger_entry;
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;
use tracing::{Instrument, trace_span};

use std::collections::BTreeMap;
use std::sync::Arc;

use super::append::append;
use super::batch::{Batch, KNOWN, Known};
use super::command::Command;
use crate::database;
use crate::error::{Error, Result};
use crate::model::time::Instant;
use crate::telemetry::{operation_metrics::Executed, trace::TARGET};

/// Reads the time; given from outside, so that tests can hold it.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// Commands that may wait for the writer before senders wait themselves.
const QUEUE: usize = 256;
/// Commands that share one transaction, and so one sync of the disk.
const GROUP: usize = 64;

struct Job {
    command: Command,
    reply: oneshot::Sender<Result<ledger_entry::Model>>,
}

/// Where commands are handed in. Clones share one writer task, which ends when the last clone is dropped and the
/// queue is empty.
#[derive(Clone)]
pub struct Ledger {
    jobs: mpsc::Sender<Job>,
    clock: Clock,
    /// Counts what is recorded, where somebody counts.
    writes: Option<Executed>,
}

impl Ledger {
    /// `written` is notified after every commit.
    pub fn start(
        writer: DatabaseConnection,
        clock: Clock,
        written: Arc<Notify>,
    ) -> (Self, JoinHandle<()>) {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let task = tokio::spawn(run(writer, Arc::clone(&clock), queue, written));
        (
            Self {
                jobs,
                clock,
                writes: None,
            },
            task,
        )
    }

    /// From now on `writes` counts what is recorded.
    #[must_use]
    pub fn counted(self, writes: Executed) -> Self {
        let writes = Some(writes);
        Self { writes, ..self }
    }

    pub fn now(&self) -> Instant {
        (self.clock)()
    }

    /// Gives the entry once it is on disk; the first entry again for a command recorded before.
    /// # Errors
    /// What the command is refused for; nothing is written then.
    pub async fn record(&self, command: Command) -> Result<ledger_entry::Model> {
        let begun = std::time::Instant::now();
        let span = trace_span!(target: TARGET, "ledger.record");
        let answer = self.hand_in(command).instrument(span).await;
        if let Some(writes) = &self.writes {
            let code = answer.as_ref().err().map(Error::code);
            writes.note(begun.elapsed(), code);
        }
        answer
    }

    async fn hand_in(&self, command: Command) -> Result<ledger_entry::Model> {
        let (reply, answer) = oneshot::channel();
        let gone = |()| Error::internal("the writer has stopped");
        self.jobs
            .send(Job { command, reply })
            .await
            .map_err(|_| gone(()))?;
        answer.await.map_err(|_| gone(()))?
    }
}

async fn run(
    database: DatabaseConnection,
    clock: Clock,
    mut queue: mpsc::Receiver<Job>,
    written: Arc<Notify>,
) {
    let mut jobs = Vec::with_capacity(GROUP);
    let mut writer = Writer {
        database,
        clock,
        known: None,
    };
    while queue.recv_many(&mut jobs, GROUP).await > 0 {
        let commands: Vec<&Command> = jobs.iter().map(|job| &job.command).collect();
        let mut answers = writer.write(&commands).await;
        // While the database is away, each would wait as long as all of them together.
        let is_one_at_fault = |error: &Error| !matches!(error, Error::Unavailable(_));
        if commands.len() > 1 && answers.as_ref().is_err_and(is_one_at_fault) {
            answers = Ok(writer.write_one_by_one(&commands).await);
        }
        // Ring after the commit: nobody may hear of a change that a crash can undo.
        written.notify_waiters();
        let answers = answers.unwrap_or_else(|error| vec![Err(error); jobs.len()]);
        for (job, answer) in jobs.drain(..).zip(answers) {
            // The client may have gone; what it asked for is done all the same.
            drop(job.reply.send(answer));
        }
    }
}

struct Writer {
    database: DatabaseConnection,
    clock: Clock,
    /// From the last group, for the next.
    known: Option<Known>,
}

impl Writer {
    /// One transaction for all. A refusal is one command's own; an error of the database undoes the whole group.
    async fn write(&mut self, commands: &[&Command]) -> Result<Vec<Result<ledger_entry::Model>>> {
        let txn = database::begin(&self.database).await?;
        match fill(&txn, self.known.take(), commands, &self.clock).await {
            Ok((answers, known)) => {
                database::commit(&self.database, txn).await?;
                self.known = known.within(KNOWN);
                Ok(answers)
            }
            Err(error) => {
                // SQLite may have undone it already, and it is the first error that the client can act on.
                drop(txn.rollback().await);
                Err(error)
            }
        }
    }

    async fn write_one_by_one(
        &mut self,
        commands: &[&Command],
    ) -> Vec<Result<ledger_entry::Model>> {
        let mut answers = Vec::with_capacity(commands.len());
        for command in commands {
            let answer = self.write(&[*command]).await;
            answers.push(answer.and_then(|mut answers| answers.remove(0)));
        }
        answers
    }
}

async fn fill(
    txn: &DatabaseTransaction,
    known: Option<Known>,
    commands: &[&Command],
    clock: &Clock,
) -> Result<(Vec<Result<ledger_entry::Model>>, Known)> {
    let mut batch = Batch::begin(txn, known).await?;
    let mut keys: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for command in commands {
        let keys = keys.entry(&command.actor).or_default();
        keys.push(&command.idempotency_key);
    }
    for (actor, keys) in keys {
        batch.load_recorded(txn, actor, &keys).await?;
    }
    let payloads = commands.iter().map(|command| &command.payload);
    batch.load_references(txn, payloads).await?;
    let mut answers = Vec::with_capacity(commands.len());
    for command in commands {
        match append(&mut batch, command, clock()) {
            Err(error) if error.is_of_database() => return Err(error),
            answer => answers.push(answer.cloned()),
        }
    }
    Ok((answers, batch.write(txn).await?))
}
