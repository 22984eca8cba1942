//! Write group: the commands that share one transaction.

use std::collections::BTreeMap;

use entity::ledger_entry;
use sea_orm::DatabaseTransaction;

use super::append::append;
use super::batch::{Batch, BatchCache};
use super::command::Command;
use super::write_health::ClockCheck;
use crate::error::Result;
use crate::model::time::ClockFn;

/// The result of each command of a group.
pub(super) struct WrittenGroup {
    pub(super) results: Vec<Result<ledger_entry::Model>>,
    pub(super) has_new_entries: bool,
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
    let mut results = Vec::with_capacity(commands.len());
    for command in commands {
        match append(&mut batch, command, clock(), clock_check) {
            Err(error) if error.is_database_failure() => return Err(error),
            result => results.push(result.cloned()),
        }
    }
    let cache = batch.write(txn).await?;
    let has_new_entries = cache.head.seq > start_seq;
    let written = WrittenGroup {
        results,
        has_new_entries,
    };
    Ok((written, cache))
}
