//! Rows into a table, in as few statements as it takes.

use std::fmt::Write;

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use crate::error::Result;
use crate::model::tokenizer;

/// Rows in one statement. Few different lengths are few different texts, each prepared once and then kept; at twenty
/// columns the longest has 2,560 parameters.
const LENGTHS: [usize; 3] = [128, 16, 1];

/// What something is found by.
pub(super) struct Words {
    /// The name of its GraphQL type.
    pub(super) kind: &'static str,
    /// A country's code, or the id of a statement or source.
    pub(super) key: String,
    pub(super) title: String,
    pub(super) body: String,
}

/// `end` closes each statement, for example to say what becomes of a row that is there.
pub(super) async fn insert<R>(
    txn: &impl ConnectionTrait,
    (table, columns): (&str, &[&str]),
    rows: &[R],
    values: impl Fn(&R) -> Vec<Value>,
    end: &str,
) -> Result<()> {
    let backend = txn.get_database_backend();
    for rows in pieces(rows) {
        let sql = text(backend, table, columns, rows.len()) + end;
        let values = rows.iter().flat_map(&values);
        txn.execute_raw(Statement::from_sql_and_values(backend, sql, values))
            .await?;
    }
    Ok(())
}

/// SQLite cuts the texts itself.
pub(super) async fn insert_words(txn: &impl ConnectionTrait, rows: &[Words]) -> Result<()> {
    let is_postgres = txn.get_database_backend() == DbBackend::Postgres;
    let values = |row: &Words| -> Vec<Value> {
        let mut values = vec![
            row.kind.into(),
            row.key.as_str().into(),
            row.title.as_str().into(),
            row.body.as_str().into(),
        ];
        if is_postgres {
            let (vector, size) = tokenizer::vector(&row.title, &row.body);
            values.extend([vector.into(), size.into()]);
        }
        values
    };
    let columns: &[&str] = &["kind", "ref", "title", "body", VECTOR, "size"];
    let columns = &columns[..if is_postgres { 6 } else { 4 }];
    insert(txn, ("search_text", columns), rows, values, "").await
}

/// The one column whose values are not sent in its own type.
const VECTOR: &str = "words";

/// Written here because sea-query makes an expression of each value first: at fifty values an entry that shows.
fn text(backend: DbBackend, table: &str, columns: &[&str], rows: usize) -> String {
    let mut sql = format!("INSERT INTO {table} ({}) VALUES ", columns.join(","));
    let places =
        (0..rows).flat_map(|row| columns.iter().enumerate().map(move |place| (row, place)));
    for (number, (row, (at, column))) in (1..).zip(places) {
        sql += match (row, at) {
            (0, 0) => "(",
            (_, 0) => "),(",
            _ => ",",
        };
        match (backend, *column) {
            (DbBackend::Postgres, VECTOR) => drop(write!(sql, "${number}::text::tsvector")),
            (DbBackend::Postgres, _) => drop(write!(sql, "${number}")),
            _ => sql.push('?'),
        }
    }
    sql.push(')');
    sql
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_has_a_place_for_each_value() {
        let sql = |backend| text(backend, "search_text", &["kind", VECTOR], 2);
        assert_eq!(
            sql(DbBackend::Sqlite),
            "INSERT INTO search_text (kind,words) VALUES (?,?),(?,?)"
        );
        assert_eq!(
            sql(DbBackend::Postgres),
            "INSERT INTO search_text (kind,words) VALUES ($1,$2::text::tsvector),($3,$4::text::tsvector)"
        );
    }
}
