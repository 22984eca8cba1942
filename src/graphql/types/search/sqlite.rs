//! Full-text search on SQLite, with FTS5 over our tokens: <https://www.sqlite.org/fts5.html>.

use sea_orm::{ConnectionTrait, FromQueryResult, Statement};

use super::IndexRow;
use crate::error::Result;
use crate::model::tokenizer::Term;

/// The rank is compared in whole billionths, as on PostgreSQL.
const SELECT: &str = "SELECT kind, rowid AS id, coalesce((SELECT version_of FROM source WHERE id = search_index.rowid), rowid) \
    AS number, title, body FROM search_index WHERE search_index MATCH ? \
    AND rowid NOT IN (SELECT corrects FROM source WHERE corrects IS NOT NULL) \
    ORDER BY CAST(bm25(search_index) * 1000000000.0 AS INTEGER), rowid LIMIT ?";

pub(super) async fn find_rows(
    db: &impl ConnectionTrait,
    terms: &[Term],
    limit: u64,
) -> Result<Vec<IndexRow>> {
    let values = [match_expression(terms).into(), limit.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), SELECT, values);
    Ok(IndexRow::find_by_statement(statement).all(db).await?)
}

/// An FTS5 expression: every term must occur. A term contains no quotes.
pub(super) fn match_expression<'t>(terms: impl IntoIterator<Item = &'t Term>) -> String {
    let quote = |term: &Term| {
        let end = if term.is_prefix { "*" } else { "" };
        format!("\"{}\"{end}", term.folded)
    };
    let terms = terms.into_iter().map(quote);
    terms.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tokenizer::terms;

    #[test]
    fn a_text_is_words_and_never_syntax() {
        let is = |text, expected: &str| assert_eq!(match_expression(&terms(text, 16)), expected);
        is("rwanda", "\"rwanda\"*");
        is("a\" OR title:b*", "\"a\" \"or\" \"title\" \"b\"*");
        is("NEAR(x y, 2)", "\"near\" \"x\" \"y\" \"2\"*");
        is("达 x", "\"达\"* \"x\"*");
    }
}
