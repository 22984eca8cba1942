//! The ledger, read past the program, link by link.

use std::collections::HashMap;

use demarche::ledger::hash;
use entity::{ledger_entry, ledger_head};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::Proven;
use crate::editor::Acknowledgement;

/// How far a ledger was read and found whole.
#[derive(Clone, Debug)]
pub struct Walk {
    pub seq: i64,
    hash: String,
}

impl Walk {
    pub async fn begin(db: &DatabaseConnection) -> Self {
        let head = ledger_head::Entity::find_by_id(1).one(db).await.unwrap();
        let generation = head.expect("a server has opened it").generation;
        Self {
            seq: 0,
            hash: hash::genesis(&generation),
        }
    }

    /// Reads on to the end; gives what it read as (seq, hash) by idempotency key.
    /// # Errors
    /// The first entry that is missing or does not follow.
    pub async fn go_on(
        &mut self,
        db: &DatabaseConnection,
    ) -> Proven<HashMap<String, (i64, String)>> {
        let mut read = HashMap::new();
        loop {
            let page = ledger_entry::Entity::find()
                .filter(ledger_entry::Column::Seq.gt(self.seq))
                .order_by_asc(ledger_entry::Column::Seq)
                .limit(1_000);
            let page = page.all(db).await.map_err(|error| error.to_string())?;
            if page.is_empty() {
                return Ok(read);
            }
            for entry in page {
                self.step(&entry)?;
                read.insert(entry.idempotency_key, (entry.seq, entry.hash));
            }
        }
    }

    fn step(&mut self, entry: &ledger_entry::Model) -> Proven {
        let (seq, expected) = (entry.seq, self.seq + 1);
        if seq != expected {
            return Err(format!("entry {seq} comes where {expected} should"));
        }
        let hashed = hash::of(entry).map_err(|error| error.to_string())?;
        if entry.prev_hash != self.hash || entry.hash != hashed {
            return Err(format!("the chain breaks at entry {seq}"));
        }
        (self.seq, self.hash) = (seq, hashed);
        Ok(())
    }
}

/// Whether everything that was acknowledged is in the ledger, as it was acknowledged.
/// # Errors
/// The first that is not.
pub async fn find_all(
    db: &DatabaseConnection,
    acknowledged: &[Acknowledgement],
    read: &HashMap<String, (i64, String)>,
) -> Proven {
    for Acknowledgement { key, seq, hash } in acknowledged {
        let found = match read.get(key) {
            Some(found) => Some(found.clone()),
            // It was acknowledged before, too.
            None => find(db, key).await?,
        };
        if found.as_ref() != Some(&(*seq, hash.clone())) {
            let found = found.map_or("nothing".to_owned(), |(seq, _)| format!("entry {seq}"));
            return Err(format!(
                "{key} was acknowledged as entry {seq}; there is {found}"
            ));
        }
    }
    Ok(())
}

async fn find(db: &DatabaseConnection, key: &str) -> Proven<Option<(i64, String)>> {
    let select = ledger_entry::Entity::find().filter(ledger_entry::Column::IdempotencyKey.eq(key));
    let entry = select.one(db).await.map_err(|error| error.to_string())?;
    Ok(entry.map(|entry| (entry.seq, entry.hash)))
}
