//! Writing the rows of a batch, each table in as few statements as it takes.

use entity::{relationship, statement};
use sea_orm::{ConnectionTrait, EntityTrait, IdenStatic, Iterable, ModelTrait};

use super::{Batch, Known, New};
use crate::error::{Error, Result};
use crate::ledger::bulk_insert::{insert, insert_words};
use crate::ledger::head;

impl Batch {
    /// Writes every row that is not stored yet; gives what may be kept for the next batch, if this one is committed.
    /// # Errors
    /// Those of the database: past the checks nothing is a command's own fault.
    pub(in crate::ledger) async fn write(mut self, txn: &impl ConnectionTrait) -> Result<Known> {
        if !self.new.entries.is_empty() {
            self.write_all(txn).await.map_err(|error| {
                if error.is_of_database() {
                    return error;
                }
                Error::internal(error)
            })?;
        }
        Ok(self.known)
    }

    /// In the order in which the tables refer to each other.
    async fn write_all(&mut self, txn: &impl ConnectionTrait) -> Result<()> {
        let New {
            entries,
            initiatives,
            sources,
            evidence,
            contradictions,
            changes,
            words,
        } = std::mem::take(&mut self.new);
        add::<entity::ledger_entry::Entity>(txn, &entries).await?;
        head::store(txn, &self.known.head).await?;
        add::<entity::initiative::Entity>(txn, &initiatives).await?;
        add::<entity::source::Entity>(txn, &sources).await?;
        self.write_relationships(txn).await?;
        self.write_statements(txn).await?;
        add::<entity::evidence::Entity>(txn, &evidence).await?;
        add::<entity::contradiction::Entity>(txn, &contradictions).await?;
        add::<entity::stance_change::Entity>(txn, &changes).await?;
        insert_words(txn, &words).await
    }

    /// A relationship has the id of the entry that it came into being with, so those that are stored have a lower one.
    async fn write_relationships(&mut self, txn: &impl ConnectionTrait) -> Result<()> {
        use relationship::Column;
        let (mut new, mut changed) = (Vec::new(), Vec::new());
        for id in std::mem::take(&mut self.changed_relationships) {
            let row = self.known.relationship(id)?.row.clone();
            let rows = if id > self.begun {
                &mut new
            } else {
                &mut changed
            };
            rows.push(row);
        }
        add::<relationship::Entity>(txn, &new).await?;
        let position = [
            Column::Stance,
            Column::StanceRank,
            Column::Since,
            Column::SinceDay,
            Column::Certain,
            Column::Disputed,
            Column::Basis,
            Column::ChangedSeq,
            Column::ChangedAt,
        ];
        update::<relationship::Entity>(txn, &changed, &position).await
    }

    async fn write_statements(&mut self, txn: &impl ConnectionTrait) -> Result<()> {
        use statement::Column;
        let mut stored = std::mem::take(&mut self.statements);
        let new: Vec<_> = stored.split_off(&(self.begun + 1)).into_values().collect();
        let changed = std::mem::take(&mut self.changed_statements);
        let changed: Vec<_> = changed.iter().filter_map(|id| stored.remove(id)).collect();
        add::<statement::Entity>(txn, &new).await?;
        let standing = [
            Column::CorrectedBy,
            Column::RetractedAt,
            Column::RetractionReason,
            Column::PublishedOn,
        ];
        update::<statement::Entity>(txn, &changed, &standing).await
    }
}

async fn add<E: EntityTrait>(txn: &impl ConnectionTrait, rows: &[E::Model]) -> Result<()> {
    write_rows::<E>(txn, rows, "").await
}

/// Updates columns by inserting rows over those that are stored: many in one statement.
async fn update<E: EntityTrait>(
    txn: &impl ConnectionTrait,
    rows: &[E::Model],
    columns: &[E::Column],
) -> Result<()> {
    let columns = columns.iter().map(IdenStatic::as_str);
    let set: Vec<String> = columns
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    let over = format!(" ON CONFLICT (id) DO UPDATE SET {}", set.join(", "));
    write_rows::<E>(txn, rows, &over).await
}

async fn write_rows<E: EntityTrait>(
    txn: &impl ConnectionTrait,
    rows: &[E::Model],
    conflict: &str,
) -> Result<()> {
    let (entity, columns) = (E::default(), E::Column::iter());
    let names: Vec<&str> = columns.map(|column| column.as_str()).collect();
    let values = |row: &E::Model| E::Column::iter().map(|column| row.get(column)).collect();
    insert(txn, (entity.table_name(), &names), rows, values, conflict).await
}
