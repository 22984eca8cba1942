//! Writes the rows of a batch, each table in few statements.

use entity::{relationship, statement};
use sea_orm::{ConnectionTrait, EntityTrait, IdenStatic, Iterable, ModelTrait};

use super::{Batch, BatchCache, NewRows};
use crate::error::{Error, Result};
use crate::ledger::row_writes::RowWrites;
use crate::ledger::{head, search_index, tree_nodes};

impl Batch {
    /// Writes every new or changed row; returns the cache for the next batch, for use if this one is committed.
    /// # Errors
    /// Database errors only: after the checks no error is a command's.
    pub(in crate::ledger) async fn write(
        mut self,
        txn: &impl ConnectionTrait,
    ) -> Result<BatchCache> {
        if !self.new.entries.is_empty() {
            self.write_all(txn).await.map_err(|error| {
                if error.is_database_failure() {
                    return error;
                }
                Error::internal(error)
            })?;
        }
        Ok(self.cache)
    }

    /// Writes the tables in the order of their foreign keys.
    async fn write_all(&mut self, txn: &impl ConnectionTrait) -> Result<()> {
        let NewRows {
            entries,
            initiatives,
            sources,
            source_publications,
            evidence,
            contradictions,
            changes,
            reviews,
            editions,
            search_texts,
        } = std::mem::take(&mut self.new);
        // Most groups have one entry.
        let mut new_writes = if entries.len() == 1 {
            RowWrites::together(txn)
        } else {
            RowWrites::one_by_one(txn)
        };
        let writes = &mut new_writes;
        add::<entity::ledger_entry::Entity>(writes, &entries).await?;
        head::store(writes, &self.cache.head).await?;
        add::<entity::initiative::Entity>(writes, &initiatives).await?;
        add::<entity::source::Entity>(writes, &sources).await?;
        add::<entity::source_publication::Entity>(writes, &source_publications).await?;
        self.write_relationships(writes).await?;
        self.write_statements(writes).await?;
        add::<entity::evidence::Entity>(writes, &evidence).await?;
        add::<entity::contradiction::Entity>(writes, &contradictions).await?;
        add::<entity::stance_change::Entity>(writes, &changes).await?;
        add::<entity::review::Entity>(writes, &reviews).await?;
        add::<entity::edition::Entity>(writes, &editions).await?;
        search_index::insert(writes, &search_texts).await?;
        new_writes.finish().await?;
        tree_nodes::store_new(txn, self.start_seq, self.cache.head.seq).await
    }

    /// A relationship has the seq of the entry that created it as its id, so stored ones have an id up to `start_seq`.
    async fn write_relationships<C: ConnectionTrait>(
        &mut self,
        writes: &mut RowWrites<'_, C>,
    ) -> Result<()> {
        use relationship::Column;
        let (mut new, mut changed) = (Vec::new(), Vec::new());
        for id in std::mem::take(&mut self.changed_relationships) {
            let row = self.cache.relationship(id)?.row.clone();
            let rows = if id > self.start_seq {
                &mut new
            } else {
                &mut changed
            };
            rows.push(row);
        }
        add::<relationship::Entity>(writes, &new).await?;
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
        update::<relationship::Entity>(writes, &changed, &position).await
    }

    async fn write_statements<C: ConnectionTrait>(
        &mut self,
        writes: &mut RowWrites<'_, C>,
    ) -> Result<()> {
        use statement::Column;
        let mut stored = std::mem::take(&mut self.statements);
        let new: Vec<_> = stored
            .split_off(&(self.start_seq + 1))
            .into_values()
            .collect();
        let changed = std::mem::take(&mut self.changed_statements);
        let changed: Vec<_> = changed.iter().filter_map(|id| stored.remove(id)).collect();
        add::<statement::Entity>(writes, &new).await?;
        let status = [
            Column::CorrectedBy,
            Column::RetractedAt,
            Column::RetractionReason,
            Column::PublishedOn,
        ];
        update::<statement::Entity>(writes, &changed, &status).await
    }
}

async fn add<E: EntityTrait>(
    writes: &mut RowWrites<'_, impl ConnectionTrait>,
    rows: &[E::Model],
) -> Result<()> {
    write_rows::<E>(writes, rows, "").await
}

/// Updates columns by inserting rows over those that are stored: many in one statement.
async fn update<E: EntityTrait>(
    writes: &mut RowWrites<'_, impl ConnectionTrait>,
    rows: &[E::Model],
    columns: &[E::Column],
) -> Result<()> {
    let columns = columns.iter().map(IdenStatic::as_str);
    let set: Vec<String> = columns
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    let conflict = format!(" ON CONFLICT (id) DO UPDATE SET {}", set.join(", "));
    write_rows::<E>(writes, rows, &conflict).await
}

async fn write_rows<E: EntityTrait>(
    writes: &mut RowWrites<'_, impl ConnectionTrait>,
    rows: &[E::Model],
    conflict: &str,
) -> Result<()> {
    let (entity, columns) = (E::default(), E::Column::iter());
    let names: Vec<&str> = columns.map(|column| column.as_str()).collect();
    let values = |row: &E::Model| E::Column::iter().map(|column| row.get(column)).collect();
    writes
        .insert((entity.table_name(), &names), rows, values, conflict)
        .await
}
