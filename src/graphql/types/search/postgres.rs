//! Full-text search on PostgreSQL: `tsvector`s of tokens from `model::tokenizer`, ranked by the BM25 formula of FTS5.

use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use serde::Serialize;

use super::{IndexRow, MATCH_DELIMITERS};
use crate::error::{Error, Result};
use crate::model::tokenizer::tokens;

/// BM25 with the constants of FTS5 (<https://www.sqlite.org/fts5.html#the_bm25_function>): the rank of a row is the sum,
/// over the search terms, of the rarity of the term times its frequency relative to the length of the row. The rarity is
/// computed once per term, not once per row.
const SELECT: &str = "WITH word AS MATERIALIZED (
    SELECT number, query::tsquery AS query, word, begins,
        (SELECT count(*) FROM search_text WHERE words @@ query::tsquery) AS found
    FROM json_to_recordset($1::text::json)
        AS word(number integer, query text, word text, begins boolean)
), rarity AS MATERIALIZED (
    SELECT number, word, begins, greatest(ln((rows - found + 0.5) / (found + 0.5)), 0.000001)::float8 AS rarity
    FROM word, search_total
), hit AS (
    SELECT search_text.*, (
        SELECT sum(rarity * often * 2.2 / (often + 1.2 * (0.25 + 0.75 * size * rows / total.words)) ORDER BY number)
        FROM rarity, LATERAL (
            SELECT coalesce(sum(cardinality(positions)), 0)::float8 AS often FROM unnest(search_text.words)
            WHERE CASE WHEN begins THEN starts_with(lexeme, word) ELSE lexeme = word END
        ) AS there
    ) AS rank
    FROM search_text, search_total AS total WHERE search_text.words @@ $2::text::tsquery
)
SELECT kind, ref AS key, title, body FROM hit ORDER BY kind <> 'Country', rank DESC, id LIMIT $3";

/// A term of a search, as [`SELECT`] reads it from JSON.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct SearchTerm {
    number: usize,
    query: String,
    word: String,
    /// Whether it matches as a prefix.
    begins: bool,
}

pub(super) async fn find_rows(
    db: &impl ConnectionTrait,
    words: &[&str],
    limit: u64,
) -> Result<Vec<IndexRow>> {
    let terms = search_terms(words);
    let queries: Vec<&str> = terms.iter().map(|term| term.query.as_str()).collect();
    let all = queries.join(" & ");
    let list = serde_json::to_string(&terms).map_err(Error::internal)?;
    let values = [list.into(), all.into(), limit.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), SELECT, values);
    let mut rows = IndexRow::find_by_statement(statement).all(db).await?;
    for row in &mut rows {
        row.title = highlight(&row.title, &terms);
        row.body = highlight(&row.body, &terms);
    }
    Ok(rows)
}

/// The terms of a search, normalised like the index. Tokens contain letters and digits only, so quotes suffice. In some
/// scripts a word has several tokens: they must follow each other, and the last one is used for ranking and highlighting.
fn search_terms(words: &[&str]) -> Vec<SearchTerm> {
    let last = words.len().saturating_sub(1);
    let terms = words.iter().enumerate().filter_map(|(number, word)| {
        let parts: Vec<String> = tokens(word).map(|part| part.folded).collect();
        let begins = number == last;
        let end = if begins { ":*" } else { "" };
        let quoted: Vec<String> = parts.iter().map(|part| format!("'{part}'")).collect();
        Some(SearchTerm {
            number,
            query: format!("({}{end})", quoted.join(" <-> ")),
            word: parts.last()?.clone(),
            begins,
        })
    });
    terms.collect()
}

/// The text with each match between [`MATCH_DELIMITERS`].
fn highlight(text: &str, terms: &[SearchTerm]) -> String {
    let matches = |folded: &str| {
        terms
            .iter()
            .any(|term| folded == term.word || (term.begins && folded.starts_with(&term.word)))
    };
    let mut highlighted = String::with_capacity(text.len());
    let mut done = 0;
    for word in tokens(text).filter(|word| matches(&word.folded)) {
        highlighted.push_str(&text[done..word.range.start]);
        highlighted.push(MATCH_DELIMITERS[0]);
        highlighted.push_str(&text[word.range.clone()]);
        highlighted.push(MATCH_DELIMITERS[1]);
        done = word.range.end;
    }
    highlighted.push_str(&text[done..]);
    highlighted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_words_and_never_syntax() {
        let terms = search_terms(&["Côte", "d", "Iv"]);
        let queries: Vec<&str> = terms.iter().map(|term| term.query.as_str()).collect();
        assert_eq!(queries, ["('cote')", "('d')", "('iv':*)"]);
    }

    #[test]
    fn matches_are_highlighted() {
        let terms = search_terms(&["cote", "iv"]);
        assert_eq!(
            highlight("Côte d’Ivoire: coted, iv", &terms),
            "\u{E000}Côte\u{E001} d’\u{E000}Ivoire\u{E001}: coted, \u{E000}iv\u{E001}"
        );
        assert_eq!(highlight("Peru", &terms), "Peru");
    }
}
