//! Bulk insert: texts of statements that insert rows into a table.

use sea_orm::DbBackend;

/// Rows of the longest statement; with twenty columns it has 2,560 parameters. Other statements have a power of two of rows, so
/// that any number of rows takes few statements, of few different texts, each prepared once and cached.
const MAX_CHUNK_LENGTH: usize = 128;

/// The only column whose values are sent as another type and cast.
pub(super) const VECTOR: &str = "words";

/// The parameters of a statement, in their order.
pub(super) struct Parameters {
    /// PostgreSQL numbers them. On SQLite, sqlx counts them over all statements of one text, which numbers would confuse.
    backend: DbBackend,
    before: usize,
}

impl Parameters {
    /// `before` is the number of parameters of the statements before it in the same text.
    pub(super) fn after(backend: DbBackend, before: usize) -> Self {
        Self { backend, before }
    }

    pub(super) fn next(&mut self) -> String {
        self.before += 1;
        match self.backend {
            DbBackend::Postgres => format!("${}", self.before),
            _ => "?".to_owned(),
        }
    }
}

/// The statement's text. Not by sea-query, which creates an expression per value: with fifty values per entry that is slow.
pub(super) fn insert_statement(
    mut parameters: Parameters,
    (table, columns): (&str, &[&str]),
    rows: usize,
) -> String {
    let mut sql = format!("INSERT INTO {table} ({}) VALUES ", columns.join(","));
    let cells =
        (0..rows).flat_map(|row| columns.iter().enumerate().map(move |column| (row, column)));
    for (row, (index, column)) in cells {
        sql += match (row, index) {
            (0, 0) => "(",
            (_, 0) => "),(",
            _ => ",",
        };
        sql += &parameters.next();
        if parameters.backend == DbBackend::Postgres && *column == VECTOR {
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
        let sql = |backend| {
            insert_statement(
                Parameters::after(backend, 4),
                ("search_index", &["kind", VECTOR]),
                2,
            )
        };
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
