//! Whatever is altered in a ledger is found, and the first entry at fault is named.
//!
//! In the hands of somebody who does not use the program: the triggers that refuse to alter are dropped first.

use demarche::ledger::{hash, verify};
use entity::ledger_entry::{ActiveModel, Entity, Model};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseBackend, DatabaseConnection, EntityTrait,
    IntoActiveModel, QueryOrder,
};

use crate::document::document;
use crate::place::Place;
use crate::{Plan, Proven};

/// An alteration of one entry, which is otherwise what it was.
type Alter = fn(&mut Model);

const FIELDS: [(&str, Alter); 8] = [
    ("kind", |entry| {
        entry.kind = other(&entry.kind, "SOURCE_REGISTERED", "STATEMENT_RECORDED");
    }),
    ("payload", |entry| {
        entry.payload = entry.payload.replacen('2', "3", 1);
    }),
    ("actor", |entry| entry.actor.push('x')),
    ("idempotency_key", |entry| entry.idempotency_key.push('x')),
    ("recorded_at", |entry| entry.recorded_at += 1),
    ("prev_hash", |entry| {
        entry.prev_hash = flip(&entry.prev_hash);
    }),
    ("hash", |entry| entry.hash = flip(&entry.hash)),
    // Its hash is made to fit, so that it is the next link that does not.
    ("actor and hash", |entry| {
        entry.actor.push('x');
        entry.hash = hash::of(entry).unwrap();
    }),
];

pub async fn prove(plan: &Plan<'_>) -> Proven<String> {
    let entries = plan.options.entries.unwrap_or(5);
    let place = Place::new(plan.backend).await;
    let file = place.file("document.json");
    std::fs::write(
        &file,
        document("asks", entries.saturating_sub(2)).to_string(),
    )
    .unwrap();
    place.say(&["import", &file.display().to_string()]).await?;
    let db = place.outsider().await;
    unguard(&db).await;
    be_quick(&db).await;
    let whole = Entity::find().order_by_asc(entity::ledger_entry::Column::Seq);
    let ledger = Ledger {
        db: &db,
        whole: whole.all(&db).await.unwrap(),
    };
    ledger.expect_whole().await?;
    let mut found = 0;
    for entry in &ledger.whole {
        for (field, alter) in FIELDS {
            found += ledger.alter(entry, field, alter).await?;
        }
        found += ledger.delete(entry).await?;
        found += ledger.swap(entry).await?;
    }
    found += ledger.insert().await?;
    ledger.expect_whole().await?;
    Ok(format!(
        "{} entries, {found} alterations of fields and rows, all found, the first entry at fault named",
        ledger.whole.len()
    ))
}

async fn unguard(db: &DatabaseConnection) {
    let sql = match db.get_database_backend() {
        DatabaseBackend::Postgres => "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
        _ => {
            "DROP TRIGGER ledger_entry_no_update; DROP TRIGGER ledger_entry_no_delete;
             DROP TRIGGER ledger_entry_no_replace;"
        }
    };
    db.execute_unprepared(sql).await.unwrap();
}

/// Whoever alters it waits for no disk.
async fn be_quick(db: &DatabaseConnection) {
    let sql = match db.get_database_backend() {
        DatabaseBackend::Postgres => "SET synchronous_commit = off",
        _ => "PRAGMA synchronous = OFF",
    };
    db.execute_unprepared(sql).await.unwrap();
}

fn other(text: &str, one: &str, two: &str) -> String {
    if text == one { two } else { one }.to_owned()
}

/// With another last digit.
fn flip(hash: &str) -> String {
    let (start, last) = hash.split_at(hash.len() - 1);
    format!("{start}{}", other(last, "0", "1"))
}

/// A ledger that is what it was between two alterations.
struct Ledger<'d> {
    db: &'d DatabaseConnection,
    whole: Vec<Model>,
}

impl Ledger<'_> {
    async fn alter(&self, entry: &Model, field: &str, alter: Alter) -> Proven<u64> {
        let mut altered = entry.clone();
        alter(&mut altered);
        assert_ne!(altered, *entry, "{field}");
        self.put(&altered).await;
        // The last link has no next: there it is the head that does not fit.
        let fits = field == "actor and hash" && entry.seq < self.last();
        self.expect_fault(entry.seq + i64::from(fits), field)
            .await?;
        self.put(entry).await;
        Ok(1)
    }

    async fn delete(&self, entry: &Model) -> Proven<u64> {
        Entity::delete_by_id(entry.seq).exec(self.db).await.unwrap();
        self.expect_fault(entry.seq, "a deleted row").await?;
        self.put(entry).await;
        Ok(1)
    }

    /// With the next.
    async fn swap(&self, entry: &Model) -> Proven<u64> {
        let next = self.whole.iter().find(|next| next.seq == entry.seq + 1);
        let Some(next) = next else {
            return Ok(0);
        };
        for seq in [entry.seq, next.seq] {
            Entity::delete_by_id(seq).exec(self.db).await.unwrap();
        }
        self.put(&Model {
            seq: next.seq,
            ..entry.clone()
        })
        .await;
        self.put(&Model {
            seq: entry.seq,
            ..next.clone()
        })
        .await;
        self.expect_fault(entry.seq, "two swapped rows").await?;
        for seq in [entry.seq, next.seq] {
            Entity::delete_by_id(seq).exec(self.db).await.unwrap();
        }
        self.put(entry).await;
        self.put(next).await;
        Ok(1)
    }

    /// At the end, where it fits the chain.
    async fn insert(&self) -> Proven<u64> {
        let last = self.whole.last().expect("it has entries");
        let mut forged = Model {
            seq: last.seq + 1,
            prev_hash: last.hash.clone(),
            idempotency_key: "forged".to_owned(),
            recorded_at: last.recorded_at + 1,
            ..last.clone()
        };
        forged.hash = hash::of(&forged).unwrap();
        self.put(&forged).await;
        self.expect_fault(last.seq, "a row that was added").await?;
        Entity::delete_by_id(forged.seq)
            .exec(self.db)
            .await
            .unwrap();
        Ok(1)
    }

    fn last(&self) -> i64 {
        self.whole.last().map_or(0, |entry| entry.seq)
    }

    async fn put(&self, entry: &Model) {
        Entity::delete_by_id(entry.seq).exec(self.db).await.unwrap();
        let row: ActiveModel = entry.clone().into_active_model();
        row.reset_all().insert(self.db).await.unwrap();
    }

    async fn expect_fault(&self, seq: i64, what: &str) -> Proven {
        let report = verify::verify(self.db)
            .await
            .map_err(|error| error.to_string())?;
        match report.faults.first() {
            Some(first) if first.seq == seq => Ok(()),
            Some(first) => Err(format!(
                "{what} at entry {seq}: entry {} is named, {}",
                first.seq, first.what
            )),
            None => Err(format!("{what} at entry {seq} is not found")),
        }
    }

    async fn expect_whole(&self) -> Proven {
        let report = verify::verify(self.db)
            .await
            .map_err(|error| error.to_string())?;
        match report.faults.first() {
            None => Ok(()),
            Some(first) => Err(format!("a whole ledger is at fault: {first:?}")),
        }
    }
}
