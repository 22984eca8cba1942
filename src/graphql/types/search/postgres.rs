//! Full-text search on PostgreSQL: `tsvector`s of our tokens, ranked by the BM25 formula of FTS5.

use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};
use serde::Serialize;

use super::IndexRow;
use crate::error::{Error, Result};
use crate::model::pin::Pin;
use crate::model::tokenizer::Term;

/// BM25 with the constants, and the order of operations, of FTS5 (<https://www.sqlite.org/fts5.html#the_bm25_function>): the rank
/// of a row is the sum, over the search terms, of the rarity of the term times its frequency relative to the length of the row.
/// The rarity is computed once per term, not once per row.
const SELECT: &str = "WITH word AS MATERIALIZED (
    SELECT number, query::tsquery AS query, word, is_prefix,
        (SELECT count(*) FROM search_index WHERE words @@ query::tsquery) AS found
    FROM json_to_recordset($1::text::json)
        AS word(number integer, query text, word text, is_prefix boolean)
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
)
SELECT kind, id, title, body FROM hit ORDER BY trunc(rank * 1000000000.0::float8) DESC, id LIMIT $3";

/// The same over the rows up to the seq `$4`, whose totals shadow those of the table.
fn pinned_select() -> String {
    let totals = "WITH search_total AS MATERIALIZED (
    SELECT count(*) AS rows, coalesce(sum(size), 0)::bigint AS words FROM search_index WHERE id <= $4::bigint
), word AS";
    SELECT
        .replacen("WITH word AS", totals, 1)
        .replace(
            "@@ query::tsquery)",
            "@@ query::tsquery AND id <= $4::bigint)",
        )
        .replace(
            "@@ $2::text::tsquery",
            "@@ $2::text::tsquery AND search_index.id <= $4::bigint",
        )
}

/// A term of a search, as [`SELECT`] reads it from JSON.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct SearchTerm<'t> {
    number: usize,
    query: String,
    word: &'t str,
    is_prefix: bool,
}

pub(super) async fn find_rows(
    db: &impl ConnectionTrait,
    terms: &[Term],
    limit: u64,
) -> Result<Vec<IndexRow>> {
    let values = search_values(terms, limit)?;
    let statement = Statement::from_sql_and_values(db.get_database_backend(), SELECT, values);
    Ok(IndexRow::find_by_statement(statement).all(db).await?)
}

/// The rows that [`find_rows`] found just after the entry of a pin.
pub(super) async fn find_pinned_rows(
    db: &impl ConnectionTrait,
    terms: &[Term],
    limit: u64,
    pin: &Pin,
) -> Result<Vec<IndexRow>> {
    let values = search_values(terms, limit)?;
    let values = values.into_iter().chain([pin.seq.into()]);
    let (backend, sql) = (db.get_database_backend(), pinned_select());
    let statement = Statement::from_sql_and_values(backend, sql, values);
    Ok(IndexRow::find_by_statement(statement).all(db).await?)
}

/// The terms, the query that all of them make, and the limit.
fn search_values(terms: &[Term], limit: u64) -> Result<[Value; 3]> {
    let terms = search_terms(terms);
    let queries: Vec<&str> = terms.iter().map(|term| term.query.as_str()).collect();
    let all = queries.join(" & ");
    let list = serde_json::to_string(&terms).map_err(Error::internal)?;
    Ok([list.into(), all.into(), limit.into()])
}

/// A token contains no quotes and no backslashes.
fn search_terms(terms: &[Term]) -> Vec<SearchTerm<'_>> {
    let terms = terms.iter().enumerate();
    let terms = terms.map(|(number, term)| SearchTerm {
        number,
        query: format!(
            "'{}'{}",
            term.folded,
            if term.is_prefix { ":*" } else { "" }
        ),
        word: &term.folded,
        is_prefix: term.is_prefix,
    });
    terms.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tokenizer::terms;

    #[test]
    fn a_text_is_words_and_never_syntax() {
        let terms = terms("Côte d'Iv", 16);
        let terms = search_terms(&terms);
        let queries: Vec<&str> = terms.iter().map(|term| term.query.as_str()).collect();
        assert_eq!(queries, ["'cote'", "'d'", "'iv':*"]);
    }

    #[test]
    fn a_pinned_search_restricts_hits_rarity_and_totals() {
        assert_eq!(pinned_select().matches("id <= $4::bigint").count(), 3);
    }
}
