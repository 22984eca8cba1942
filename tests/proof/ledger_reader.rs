//! Reads the ledger directly in the database and verifies the chain entry by entry.

use std::collections::HashMap;

use demarche::ledger::hash;
use entity::{ledger_entry, ledger_head};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::TestResult;
use crate::editor::Acknowledgement;

/// The last entry that was read and verified.
#[derive(Clone, Debug)]
pub struct LedgerReader {
    pub seq: i64,
    hash: String,
}

impl LedgerReader {
    pub async fn at_genesis(db: &DatabaseConnection) -> Self {
        let head = ledger_head::Entity::find_by_id(1).one(db).await.unwrap();
        let generation = head.expect("the server has created it").generation;
        Self {
            seq: 0,
            hash: hash::genesis(&generation),
        }
    }

    /// Reads and verifies the new entries; returns (seq, hash) by idempotency key.
    /// # Errors
    /// The first entry that is missing or does not follow its predecessor.
    pub async fn read_new(
        &mut self,
        db: &DatabaseConnection,
    ) -> TestResult<HashMap<String, (i64, String)>> {
        let mut entries = HashMap::new();
        loop {
            let page = ledger_entry::Entity::find()
                .filter(ledger_entry::Column::Seq.gt(self.seq))
                .order_by_asc(ledger_entry::Column::Seq)
                .limit(1_000);
            let page = page.all(db).await.map_err(|error| error.to_string())?;
            if page.is_empty() {
                return Ok(entries);
            }
            for entry in page {
                self.verify_next(&entry)?;
                entries.insert(entry.idempotency_key, (entry.seq, entry.hash));
            }
        }
    }

    fn verify_next(&mut self, entry: &ledger_entry::Model) -> TestResult {
        let (seq, expected) = (entry.seq, self.seq + 1);
        if seq != expected {
            return Err(format!("found entry {seq} instead of {expected}"));
        }
        let computed_hash = hash::hash_entry(entry).map_err(|error| error.to_string())?;
        if entry.prev_hash != self.hash || entry.hash != computed_hash {
            return Err(format!("the chain is broken at entry {seq}"));
        }
        (self.seq, self.hash) = (seq, computed_hash);
        Ok(())
    }
}

/// Checks that every acknowledged write is in the ledger, as it was acknowledged.
/// # Errors
/// The first that is not.
pub async fn check_acknowledged(
    db: &DatabaseConnection,
    acknowledged: &[Acknowledgement],
    new_entries: &HashMap<String, (i64, String)>,
) -> TestResult {
    for Acknowledgement { key, seq, hash } in acknowledged {
        let stored = match new_entries.get(key) {
            Some(stored) => Some(stored.clone()),
            // A repeated write, acknowledged in an earlier round.
            None => find_by_key(db, key).await?,
        };
        if stored.as_ref() != Some(&(*seq, hash.clone())) {
            let stored = stored.map_or("nothing".to_owned(), |(seq, _)| format!("entry {seq}"));
            return Err(format!(
                "{key} was acknowledged as entry {seq}, but the ledger has {stored}"
            ));
        }
    }
    Ok(())
}

async fn find_by_key(db: &DatabaseConnection, key: &str) -> TestResult<Option<(i64, String)>> {
    let select = ledger_entry::Entity::find().filter(ledger_entry::Column::IdempotencyKey.eq(key));
    let entry = select.one(db).await.map_err(|error| error.to_string())?;
    Ok(entry.map(|entry| (entry.seq, entry.hash)))
}
