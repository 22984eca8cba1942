//! Bulk insert: texts of statements that insert rows into a table.

use std::fmt::Write;

use sea_orm::DbBackend;

/// Rows of the longest statement; with twenty columns it has 2,560 parameters. Other statements have a power of two of rows, so
/// that any number of rows takes few statements, of few different texts, each prepared once and cached.
const MAX_CHUNK_LENGTH: usize = 128;

/// The only column whose values are sent as another type and cast.
pub(super) const VECTOR: &str = "words";

/// Adds a parameter to a statement whose parameters have the order of their numbers. On SQLite it has no number: SQLite looks up
/// `$4` among all names, which takes three quarters of an import, and with `?4` sqlx 0.9.0 miscounts over several statements in one
/// text.
pub(super) fn push_parameter(sql: &mut String, backend: DbBackend, number: usize) {
    match backend {
        // Writing into a string does not fail.
        DbBackend::Postgres => drop(write!(sql, "${number}")),
        _ => sql.push('?'),
    }
}

/// The statement's text, with parameters numbered from `first`. Not by sea-query, which creates an expression per value: with fifty
/// values per entry that is slow.
pub(super) fn insert_statement(
    backend: DbBackend,
    (table, columns): (&str, &[&str]),
    rows: usize,
    first: usize,
) -> String {
    let mut sql = format!("INSERT INTO {table} ({}) VALUES ", columns.join(","));
    let cells =
        (0..rows).flat_map(|row| columns.iter().enumerate().map(move |column| (row, column)));
    for (number, (row, (index, column))) in (first..).zip(cells) {
        sql += match (row, index) {
            (0, 0) => "(",
            (_, 0) => "),(",
            _ => ",",
        };
        push_parameter(&mut sql, backend, number);
        if backend == DbBackend::Postgres && *column == VECTOR {
            sql += "::text::tsvector";
        }
    }
    sql.push(')');
    sql
}

/// Splits rows into chunks whose lengths are powers of two, the longest first.
pub(super) fn chunks<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
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
        let sql = |backend| insert_statement(backend, ("search_index", &["kind", VECTOR]), 2, 5);
        assert_eq!(
            sql(DbBackend::Sqlite),
            "INSERT INTO search_index (kind,words) VALUES (?,?),(?,?)"
        );
        assert_eq!(
            sql(DbBackend::Postgres),
            "INSERT INTO search_index (kind,words) VALUES ($5,$6::text::tsvector),($7,$8::text::tsvector)"
        );
    }
}
