//! Write group: the commands that share one transaction.

use std::collections::BTreeMap;

use entity::{ledger_entry, stance_change, statement};
use sea_orm::DatabaseTransaction;

use super::append::append;
use super::batch::{Batch, BatchCache};
use super::command::Command;
use super::commit_queue::CommittedGroup;
use super::write_health::ClockCheck;
use crate::error::Result;
use crate::model::time::ClockFn;

/// A recorded command.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub entry: ledger_entry::Model,
    /// What it wrote; `None` for a command that had been recorded before.
    pub rows: Option<RecordedRows>,
}

/// Rows of an entry in the state just after it was committed.
#[derive(Clone, Debug)]
pub struct RecordedRows {
    /// The statement that the entry records.
    pub statement: Option<statement::Model>,
    /// The stance change that it caused.
    pub change: Option<stance_change::Model>,
}

/// The result of each command of a group.
pub(super) struct WrittenGroup {
    pub(super) results: Vec<Result<Recorded>>,
    pub(super) has_new_entries: bool,
    /// For the feed, once the transaction is committed.
    pub(super) committed: Option<CommittedGroup>,
}

/// Applies the commands in their order. A rejected command does not affect the others.
/// # Errors
/// A failure of the database.
pub(super) async fn apply_commands(
    txn: &DatabaseTransaction,
    cache: Option<BatchCache>,
    commands: &[&Command],
    clock: &ClockFn,
    clock_check: ClockCheck,
) -> Result<(WrittenGroup, BatchCache)> {
    let mut batch = Batch::begin(txn, cache).await?;
    batch.collect_new_facts();
    let start_seq = batch.cache.head.seq;
    let mut keys: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for command in commands {
        let keys = keys.entry(&command.actor).or_default();
        keys.push(&command.idempotency_key);
    }
    for (actor, keys) in keys {
        batch.load_existing(txn, actor, &keys).await?;
    }
    let payloads = commands.iter().map(|command| &command.payload);
    batch.load_references(txn, payloads).await?;
    let mut entries = Vec::with_capacity(commands.len());
    for command in commands {
        match append(&mut batch, command, clock(), clock_check) {
            Err(error) if error.is_database_failure() => return Err(error),
            result => entries.push(result.cloned()),
        }
    }
    let recorded = |entry: ledger_entry::Model| Recorded {
        rows: batch.recorded_rows(&entry),
        entry,
    };
    let entries = entries.into_iter();
    let results = entries.map(|result| result.map(recorded)).collect();
    let committed = batch.committed_group();
    let cache = batch.write(txn).await?;
    let written = WrittenGroup {
        results,
        has_new_entries: cache.head.seq > start_seq,
        committed,
    };
    Ok((written, cache))
}
