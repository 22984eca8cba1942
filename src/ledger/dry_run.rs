//! Dry run of one command: every check of the real write, and what it would change, determined in memory on a snapshot. Nothing
//! is written or locked, and no idempotency key is used. [`super::import::dry_run`] does the same for a document.

use entity::{ledger_head, stance_change};
use sea_orm::{DatabaseConnection, DatabaseTransaction};

use super::append::{append, check};
use super::batch::Batch;
use super::command::Command;
use super::head;
use super::write_health::ClockCheck;
use crate::database;
use crate::error::Result;
use crate::input_errors::InputErrors;
use crate::model::time::Timestamp;

/// What a write would do.
#[derive(Debug)]
pub struct DryRun {
    /// The head of the ledger that the command was checked against.
    pub head: ledger_head::Model,
    /// Whether the same command was recorded before, so that nothing would be written.
    pub is_recorded: bool,
    /// The seq is the one that the entry would have.
    pub change: Option<stance_change::Model>,
}

/// Most SQL statements of a dry run: the head, the entries of its key, and the referenced rows, histories and facts.
pub const MAX_SQL_STATEMENTS: u64 = 12;

/// The result of a dry run, and the number of facts that were loaded for it in any case.
pub struct Outcome {
    pub result: Result<DryRun>,
    pub facts: u64,
}

/// `errors` has those that were found before.
pub(super) async fn dry_run(
    reader: &DatabaseConnection,
    command: &Command,
    now: Timestamp,
    clock_check: ClockCheck,
    errors: InputErrors,
) -> Outcome {
    match load(reader, command).await {
        Err(error) => Outcome {
            result: Err(error),
            facts: 0,
        },
        Ok((head, mut batch)) => Outcome {
            facts: batch.loaded_facts(),
            result: apply(&mut batch, head, command, now, clock_check, errors),
        },
    }
}

async fn load(
    reader: &DatabaseConnection,
    command: &Command,
) -> Result<(ledger_head::Model, Batch)> {
    let snapshot = database::begin_snapshot(reader).await?;
    let loaded = load_from(&snapshot, command).await;
    snapshot.rollback().await?;
    loaded
}

async fn load_from(
    snapshot: &DatabaseTransaction,
    command: &Command,
) -> Result<(ledger_head::Model, Batch)> {
    let head = head::load_head(snapshot).await?;
    let mut batch = Batch::replay(head.clone());
    let keys = [command.idempotency_key.as_str()];
    batch.load_existing(snapshot, &command.actor, &keys).await?;
    batch.load_references(snapshot, [&command.payload]).await?;
    Ok((head, batch))
}

fn apply(
    batch: &mut Batch,
    head: ledger_head::Model,
    command: &Command,
    now: Timestamp,
    clock_check: ClockCheck,
    mut errors: InputErrors,
) -> Result<DryRun> {
    let is_recorded = check(batch, command, &command.payload.to_json()?, &mut errors);
    errors.into_result()?;
    append(batch, command, now, clock_check)?;
    Ok(DryRun {
        head,
        is_recorded,
        change: batch.new_rows().changes.pop(),
    })
}
