//! Every alteration of a ledger is found, and the first wrong entry is named.
//!
//! The alterations bypass the program: the triggers that reject them are dropped first.

use demarche::ledger::{hash, verify};
use entity::ledger_entry::{ActiveModel, Entity, Model};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseBackend, DatabaseConnection, EntityTrait,
    IntoActiveModel, QueryOrder,
};

use crate::deployment::Deployment;
use crate::document::document;
use crate::{Plan, TestResult};

/// Alters one field of an entry.
type Alteration = fn(&mut Model);

const FIELDS: [(&str, Alteration); 8] = [
    ("kind", |entry| {
        entry.kind = other_of(&entry.kind, "SOURCE_REGISTERED", "STATEMENT_RECORDED");
    }),
    ("payload", |entry| {
        entry.payload = entry.payload.replacen('2', "3", 1);
    }),
    ("actor", |entry| entry.actor.push('x')),
    ("idempotency_key", |entry| entry.idempotency_key.push('x')),
    ("recorded_at", |entry| entry.recorded_at += 1),
    ("prev_hash", |entry| {
        entry.prev_hash = change_last_digit(&entry.prev_hash);
    }),
    ("hash", |entry| entry.hash = change_last_digit(&entry.hash)),
    // With a recomputed hash, so that only the next link is wrong.
    ("actor and hash", |entry| {
        entry.actor.push('x');
        entry.hash = hash::hash_entry(entry).unwrap();
    }),
];

pub async fn run(plan: &Plan<'_>) -> TestResult<String> {
    let entries = plan.options.entries.unwrap_or(5);
    let deployment = Deployment::new(plan.backend).await;
    let file = deployment.file("document.json");
    std::fs::write(
        &file,
        document("requests", entries.saturating_sub(2)).to_string(),
    )
    .unwrap();
    deployment
        .run_checked(&["import", &file.display().to_string()])
        .await?;
    let db = deployment.connect_to_database().await;
    drop_triggers(&db).await;
    disable_sync(&db).await;
    let select = Entity::find().order_by_asc(entity::ledger_entry::Column::Seq);
    let ledger = TamperedLedger {
        db: &db,
        entries: select.all(&db).await.unwrap(),
    };
    ledger.expect_valid().await?;
    let mut alterations = 0;
    for entry in &ledger.entries {
        for (field, alter) in FIELDS {
            alterations += ledger.alter(entry, field, alter).await?;
        }
        alterations += ledger.delete(entry).await?;
        alterations += ledger.swap(entry).await?;
    }
    alterations += ledger.insert().await?;
    ledger.expect_valid().await?;
    Ok(format!(
        "{} entries, {alterations} alterations of fields and rows, all found, the first wrong entry named",
        ledger.entries.len()
    ))
}

async fn drop_triggers(db: &DatabaseConnection) {
    let sql = match db.get_database_backend() {
        DatabaseBackend::Postgres => "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
        _ => {
            "DROP TRIGGER ledger_entry_no_update; DROP TRIGGER ledger_entry_no_delete;
             DROP TRIGGER ledger_entry_no_replace;"
        }
    };
    db.execute_unprepared(sql).await.unwrap();
}

/// Alterations need not be durable.
async fn disable_sync(db: &DatabaseConnection) {
    let sql = match db.get_database_backend() {
        DatabaseBackend::Postgres => "SET synchronous_commit = off",
        _ => "PRAGMA synchronous = OFF",
    };
    db.execute_unprepared(sql).await.unwrap();
}

fn other_of(text: &str, one: &str, two: &str) -> String {
    if text == one { two } else { one }.to_owned()
}

/// Changes the last digit.
fn change_last_digit(hash: &str) -> String {
    let (start, last) = hash.split_at(hash.len() - 1);
    format!("{start}{}", other_of(last, "0", "1"))
}

/// A ledger that is restored after each alteration.
struct TamperedLedger<'d> {
    db: &'d DatabaseConnection,
    entries: Vec<Model>,
}

impl TamperedLedger<'_> {
    async fn alter(&self, entry: &Model, field: &str, alter: Alteration) -> TestResult<u64> {
        let mut altered = entry.clone();
        alter(&mut altered);
        assert_ne!(altered, *entry, "{field}");
        self.replace(&altered).await;
        // The last entry has no successor; there the stored head differs.
        let is_entry_valid = field == "actor and hash" && entry.seq < self.last();
        self.expect_discrepancy(entry.seq + i64::from(is_entry_valid), field)
            .await?;
        self.replace(entry).await;
        Ok(1)
    }

    async fn delete(&self, entry: &Model) -> TestResult<u64> {
        Entity::delete_by_id(entry.seq).exec(self.db).await.unwrap();
        self.expect_discrepancy(entry.seq, "a deleted row").await?;
        self.replace(entry).await;
        Ok(1)
    }

    /// Swaps the entry with the next.
    async fn swap(&self, entry: &Model) -> TestResult<u64> {
        let next = self.entries.iter().find(|next| next.seq == entry.seq + 1);
        let Some(next) = next else {
            return Ok(0);
        };
        for seq in [entry.seq, next.seq] {
            Entity::delete_by_id(seq).exec(self.db).await.unwrap();
        }
        self.replace(&Model {
            seq: next.seq,
            ..entry.clone()
        })
        .await;
        self.replace(&Model {
            seq: entry.seq,
            ..next.clone()
        })
        .await;
        self.expect_discrepancy(entry.seq, "two swapped rows")
            .await?;
        for seq in [entry.seq, next.seq] {
            Entity::delete_by_id(seq).exec(self.db).await.unwrap();
        }
        self.replace(entry).await;
        self.replace(next).await;
        Ok(1)
    }

    /// Appends a row that fits the chain.
    async fn insert(&self) -> TestResult<u64> {
        let last = self.entries.last().expect("the ledger has entries");
        let mut forged = Model {
            seq: last.seq + 1,
            prev_hash: last.hash.clone(),
            idempotency_key: "forged".to_owned(),
            recorded_at: last.recorded_at + 1,
            ..last.clone()
        };
        forged.hash = hash::hash_entry(&forged).unwrap();
        self.replace(&forged).await;
        self.expect_discrepancy(last.seq, "an appended row").await?;
        Entity::delete_by_id(forged.seq)
            .exec(self.db)
            .await
            .unwrap();
        Ok(1)
    }

    fn last(&self) -> i64 {
        self.entries.last().map_or(0, |entry| entry.seq)
    }

    async fn replace(&self, entry: &Model) {
        Entity::delete_by_id(entry.seq).exec(self.db).await.unwrap();
        let row: ActiveModel = entry.clone().into_active_model();
        row.reset_all().insert(self.db).await.unwrap();
    }

    async fn expect_discrepancy(&self, seq: i64, alteration: &str) -> TestResult {
        let report = verify::verify(self.db)
            .await
            .map_err(|error| error.to_string())?;
        match report.discrepancies.first() {
            Some(first) if first.seq == seq => Ok(()),
            Some(first) => Err(format!(
                "{alteration} at entry {seq}: verify names entry {}: {}",
                first.seq, first.what
            )),
            None => Err(format!("{alteration} at entry {seq} was not found")),
        }
    }

    async fn expect_valid(&self) -> TestResult {
        let report = verify::verify(self.db)
            .await
            .map_err(|error| error.to_string())?;
        match report.discrepancies.first() {
            None => Ok(()),
            Some(first) => Err(format!("verify reports an unaltered ledger: {first:?}")),
        }
    }
}
