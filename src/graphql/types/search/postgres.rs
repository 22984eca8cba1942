//! Full-text search on PostgreSQL: `tsvector`s of our tokens, ranked by the BM25 formula of FTS5.

use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};
use serde::Serialize;

use super::IndexRow;
use super::matches::Matches;
use crate::error::{Error, Result};
use crate::model::pin::Pin;
use crate::model::tokenizer::Term;

/// BM25 with the constants, and the order of operations, of FTS5 (<https://www.sqlite.org/fts5.html#the_bm25_function>): the rank
/// of a row is the sum, over the search terms, of the rarity of the term times its frequency relative to the length of the row.
/// The rarity is computed once per term, not once per row, from the number of rows that contain it.
const SELECT: &str = "WITH word AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1::text::json)
        AS word(number integer, word text, is_prefix boolean, found bigint)
), rarity AS MATERIALIZED (
    SELECT number, word, is_prefix,
        greatest(ln((rows - found + 0.5)::float8 / (found + 0.5)::float8), 0.000001::float8) AS rarity
    FROM word, search_total
), total AS MATERIALIZED (
    SELECT words::float8 / rows::float8 AS mean FROM search_total WHERE rows > 0
), hit AS (
    SELECT search_index.*, (
        SELECT sum(rarity * (often * 2.2::float8
            / (often + 1.2::float8 * (0.25::float8 + 0.75::float8 * size::float8 / mean))) ORDER BY number)
        FROM rarity, LATERAL (
            SELECT coalesce(sum(cardinality(positions)), 0)::float8 AS often FROM unnest(search_index.words)
            WHERE CASE WHEN is_prefix THEN starts_with(lexeme, word) ELSE lexeme = word END
        ) AS there
    ) AS rank
    FROM search_index, total WHERE search_index.words @@ $2::text::tsquery
    AND search_index.id NOT IN (SELECT corrects FROM source WHERE corrects IS NOT NULL)
)
SELECT kind, id, coalesce((SELECT version_of FROM source WHERE source.id = hit.id), hit.id) AS number, title, body
FROM hit ORDER BY trunc(rank * 1000000000.0::float8) DESC, hit.id LIMIT $3";

/// The same over the rows up to the seq `$4`, whose totals shadow those of the table.
fn pinned_select() -> String {
    let totals = "WITH search_total AS MATERIALIZED (
    SELECT count(*) AS rows, coalesce(sum(size), 0)::bigint AS words FROM search_index WHERE id <= $4::bigint
), word AS";
    SELECT
        .replacen("WITH word AS", totals, 1)
        .replace(
            "@@ $2::text::tsquery",
            "@@ $2::text::tsquery AND search_index.id <= $4::bigint",
        )
        .replace(
            "WHERE corrects IS NOT NULL",
            "WHERE corrects IS NOT NULL AND id <= $4::bigint",
        )
}

/// A term of a search, as [`SELECT`] reads it from JSON.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct SearchTerm<'t> {
    number: usize,
    word: &'t str,
    is_prefix: bool,
    /// Rows that contain it.
    found: i64,
}

/// The most relevant rows, now or just after the entry of a pin.
pub(super) async fn find_rows(
    db: &impl ConnectionTrait,
    matches: &Matches<'_>,
    limit: u64,
    pin: Option<&Pin>,
) -> Result<Vec<IndexRow>> {
    let terms = matches.of_each.iter().enumerate();
    let terms = terms.map(|(number, (term, found))| SearchTerm {
        number,
        word: &term.folded,
        is_prefix: term.is_prefix,
        found: *found,
    });
    let list = serde_json::to_string(&terms.collect::<Vec<_>>()).map_err(Error::internal)?;
    let all = query(matches.of_each.iter().map(|(term, _)| *term));
    let mut values: Vec<Value> = vec![list.into(), all.into(), limit.into()];
    values.extend(pin.map(|pin| Value::from(pin.seq)));
    let sql = pin.map_or_else(|| SELECT.to_owned(), |_| pinned_select());
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(IndexRow::find_by_statement(statement).all(db).await?)
}

/// A `tsquery`: every term must occur. A term contains no quotes and no backslashes.
pub(super) fn query<'t>(terms: impl IntoIterator<Item = &'t Term>) -> String {
    let quote = |term: &Term| {
        let end = if term.is_prefix { ":*" } else { "" };
        format!("'{}'{end}", term.folded)
    };
    let terms = terms.into_iter().map(quote);
    terms.collect::<Vec<_>>().join(" & ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tokenizer::terms;

    #[test]
    fn a_text_is_words_and_never_syntax() {
        assert_eq!(query(&terms("Côte d'Iv", 16)), "'cote' & 'd' & 'iv':*");
    }

    #[test]
    fn a_pinned_search_restricts_hits_and_totals() {
        assert_eq!(pinned_select().matches("id <= $4::bigint").count(), 3);
    }
}
