//! The ledger: the only module that writes. It appends entries and projects rows from them.
//!
//! A write becomes a [`command::Command`] and goes to the [`writer`] task. The task checks it against the recorded rows,
//! appends its entry and projects its rows in one transaction, and replies after the commit. Invariant: no other module
//! inserts, updates, deletes or starts a writing transaction.

pub mod payload;

pub mod command;

pub mod hash;

pub mod head;

pub mod tree_nodes;

pub mod signing_key;

mod bulk_insert;
mod row_writes;

pub mod search_index;

mod batch;

mod preconditions;

mod apply;

mod append;

pub mod dry_run;

pub mod projection;

pub mod history;

pub mod source_revisions;

pub mod commit_queue;

pub mod write_group;
pub mod write_health;

pub mod writer;

pub mod reference_data;

pub mod api_tokens;

pub mod webhooks;

pub mod day_ends;

pub mod export;

pub mod restore;

pub mod backup;

pub mod progress;

pub mod verify;

pub mod import;

pub mod seed;

/// An entry without content, for tests.
#[cfg(test)]
pub(crate) fn empty_entry(seq: i64) -> entity::ledger_entry::Model {
    entity::ledger_entry::Model {
        seq,
        kind: String::new(),
        payload: String::new(),
        actor: String::new(),
        idempotency_key: String::new(),
        recorded_at: 0,
        prev_hash: String::new(),
        hash: String::new(),
    }
}
