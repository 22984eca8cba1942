//! Writing the rows of a batch, each table in as few statements as it takes.

use entity::{relationship, statement};
use sea_orm::{
    ConnectionTrait, EntityTrait, IdenStatic, Iterable, ModelTrait, Statement as Sql, Value,
};

use super::super::head;
use super::{Batch, Known, New, Words};
use crate::error::{Error, Result};

/// Rows in one statement. Few different lengths are few different texts, each prepared once and then kept; at twenty
/// columns the longest has 2,560 parameters.
const LENGTHS: [usize; 3] = [128, 16, 1];

impl Batch {
    /// Writes every row that is not stored yet; gives what may be kept for the next batch, if this one is committed.
    /// # Errors
    /// `Error::Internal` or `Error::StorageFull`: past the checks nothing is a command's own fault.
    pub(in crate::ledger) async fn write(mut self, txn: &impl ConnectionTrait) -> Result<Known> {
        if !self.new.entries.is_empty() {
            self.write_all(txn).await.map_err(|error| match error {
                ours @ (Error::Internal(_) | Error::StorageFull) => ours,
                refusal => Error::internal(refusal),
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
        insert::<entity::ledger_entry::Entity>(txn, &entries).await?;
        head::store(txn, &self.known.head).await?;
        insert::<entity::initiative::Entity>(txn, &initiatives).await?;
        insert::<entity::source::Entity>(txn, &sources).await?;
        self.write_relationships(txn).await?;
        self.write_statements(txn).await?;
        insert::<entity::evidence::Entity>(txn, &evidence).await?;
        insert::<entity::contradiction::Entity>(txn, &contradictions).await?;
        insert::<entity::stance_change::Entity>(txn, &changes).await?;
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
        insert::<relationship::Entity>(txn, &new).await?;
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
        insert::<statement::Entity>(txn, &new).await?;
        let standing = [
            Column::CorrectedBy,
            Column::RetractedAt,
            Column::RetractionReason,
            Column::PublishedOn,
        ];
        update::<statement::Entity>(txn, &changed, &standing).await
    }
}

async fn insert<E: EntityTrait>(txn: &impl ConnectionTrait, rows: &[E::Model]) -> Result<()> {
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
    for rows in pieces(rows) {
        let values = rows
            .iter()
            .flat_map(|row| E::Column::iter().map(|column| row.get(column)));
        let sql = insert_into(entity.table_name(), &names, rows.len()) + conflict;
        execute(txn, sql, values).await?;
    }
    Ok(())
}

async fn insert_words(txn: &impl ConnectionTrait, rows: &[Words]) -> Result<()> {
    for rows in pieces(rows) {
        let values = rows.iter().flat_map(|row| {
            let values: [Value; 4] = [
                row.kind.into(),
                row.id.to_string().into(),
                row.title.as_str().into(),
                row.body.as_str().into(),
            ];
            values
        });
        let columns = ["kind", "ref", "title", "body"];
        let sql = insert_into("search_text", &columns, rows.len());
        execute(txn, sql, values).await?;
    }
    Ok(())
}

/// Written here because sea-query makes an expression of each value first: at fifty values an entry that shows.
fn insert_into(table: &str, columns: &[&str], rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns.len()].join(","));
    let rows = vec![row.as_str(); rows].join(",");
    format!("INSERT INTO {table} ({}) VALUES {rows}", columns.join(","))
}

async fn execute(
    txn: &impl ConnectionTrait,
    sql: String,
    values: impl Iterator<Item = Value>,
) -> Result<()> {
    let backend = txn.get_database_backend();
    txn.execute_raw(Sql::from_sql_and_values(backend, sql, values))
        .await?;
    Ok(())
}

/// Rows in pieces of the [`LENGTHS`].
fn pieces<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let length = LENGTHS.into_iter().find(|length| *length <= rows.len())?;
        let (piece, rest) = rows.split_at(length);
        rows = rest;
        Some(piece)
    })
}
