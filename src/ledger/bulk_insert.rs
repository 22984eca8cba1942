//! Bulk insert: rows into a table, in few statements.

use std::fmt::Write;

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use crate::error::Result;

/// Rows of the longest statement; with twenty columns it has 2,560 parameters. Other statements have a power of two of rows, so
/// that any number of rows takes few statements, of few different texts, each prepared once and cached.
const MAX_CHUNK_LENGTH: usize = 128;

/// Inserts rows. `suffix` ends each statement, for example with a conflict clause.
pub(super) async fn insert<R>(
    txn: &impl ConnectionTrait,
    (table, columns): (&str, &[&str]),
    rows: &[R],
    values: impl Fn(&R) -> Vec<Value>,
    suffix: &str,
) -> Result<()> {
    let backend = txn.get_database_backend();
    for rows in chunks(rows) {
        let sql = insert_statement(backend, table, columns, rows.len()) + suffix;
        let values = rows.iter().flat_map(&values);
        txn.execute_raw(Statement::from_sql_and_values(backend, sql, values))
            .await?;
    }
    Ok(())
}

/// The only column whose values are sent as another type and cast.
pub(super) const VECTOR: &str = "words";

/// The statement's text. Not by sea-query, which creates an expression per value: with fifty values per entry that is slow.
fn insert_statement(backend: DbBackend, table: &str, columns: &[&str], rows: usize) -> String {
    let mut sql = format!("INSERT INTO {table} ({}) VALUES ", columns.join(","));
    let cells =
        (0..rows).flat_map(|row| columns.iter().enumerate().map(move |column| (row, column)));
    for (number, (row, (index, column))) in (1..).zip(cells) {
        sql += match (row, index) {
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

/// Splits rows into chunks whose lengths are powers of two, the longest first.
fn chunks<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let power_of_two = 1 << rows.len().checked_ilog2()?;
        let (chunk, rest) = rows.split_at(MAX_CHUNK_LENGTH.min(power_of_two));
        rows = rest;
        Some(chunk)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_rows_takes_few_statements_of_few_lengths() {
        let lengths = |rows: usize| -> Vec<usize> {
            let rows = vec![0_u8; rows];
            chunks(&rows).map(<[u8]>::len).collect()
        };
        assert!(lengths(0).is_empty());
        assert_eq!(lengths(1), [1]);
        assert_eq!(lengths(63), [32, 16, 8, 4, 2, 1]);
        assert_eq!(lengths(300), [128, 128, 32, 8, 4]);
    }

    #[test]
    fn a_statement_has_a_placeholder_for_each_value() {
        let sql = |backend| insert_statement(backend, "search_index", &["kind", VECTOR], 2);
        assert_eq!(
            sql(DbBackend::Sqlite),
            "INSERT INTO search_index (kind,words) VALUES (?,?),(?,?)"
        );
        assert_eq!(
            sql(DbBackend::Postgres),
            "INSERT INTO search_index (kind,words) VALUES ($1,$2::text::tsvector),($3,$4::text::tsvector)"
        );
    }
}
