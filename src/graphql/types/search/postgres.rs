//! The index of PostgreSQL: `tsvector`s of words that the program cuts (`model::words`), ranked as FTS5 ranks.

use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use serde::Serialize;

use super::{MARKS, Row};
use crate::error::{Error, Result};
use crate::model::tokenizer::words as cut;

/// BM25 with the constants of FTS5 (<https://www.sqlite.org/fts5.html#the_bm25_function>): the rank of a row is the sum,
/// over the words looked for, of how rare the word is, times how often it is there for the length of the row. Rarity is found
/// once, not for each row.
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

/// A word that is looked for.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Wanted {
    number: usize,
    query: String,
    word: String,
    /// Whether it may go on.
    begins: bool,
}

pub(super) async fn find(
    db: &impl ConnectionTrait,
    words: &[&str],
    limit: u64,
) -> Result<Vec<Row>> {
    let wanted = wanted(words);
    let queries: Vec<&str> = wanted.iter().map(|wanted| wanted.query.as_str()).collect();
    let all = queries.join(" & ");
    let list = serde_json::to_string(&wanted).map_err(Error::internal)?;
    let values = [list.into(), all.into(), limit.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), SELECT, values);
    let mut rows = Row::find_by_statement(statement).all(db).await?;
    for row in &mut rows {
        row.title = mark(&row.title, &wanted);
        row.body = mark(&row.body, &wanted);
    }
    Ok(rows)
}

/// Folded as the index is. Only letters and digits are left, so that quotes are enough; in some scripts a word has
/// several parts, which must follow each other, and the last stands for it.
fn wanted(words: &[&str]) -> Vec<Wanted> {
    let last = words.len().saturating_sub(1);
    let wanted = words.iter().enumerate().filter_map(|(number, word)| {
        let parts: Vec<String> = cut(word).map(|part| part.folded).collect();
        let begins = number == last;
        let end = if begins { ":*" } else { "" };
        let quoted: Vec<String> = parts.iter().map(|part| format!("'{part}'")).collect();
        Some(Wanted {
            number,
            query: format!("({}{end})", quoted.join(" <-> ")),
            word: parts.last()?.clone(),
            begins,
        })
    });
    wanted.collect()
}

/// The text with what matches between [`MARKS`].
fn mark(text: &str, wanted: &[Wanted]) -> String {
    let matches = |folded: &str| {
        wanted.iter().any(|wanted| {
            folded == wanted.word || (wanted.begins && folded.starts_with(&wanted.word))
        })
    };
    let mut marked = String::with_capacity(text.len());
    let mut done = 0;
    for word in cut(text).filter(|word| matches(&word.folded)) {
        marked.push_str(&text[done..word.place.start]);
        marked.push(MARKS[0]);
        marked.push_str(&text[word.place.clone()]);
        marked.push(MARKS[1]);
        done = word.place.end;
    }
    marked.push_str(&text[done..]);
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_words_and_never_syntax() {
        let wanted = wanted(&["Côte", "d", "Iv"]);
        let queries: Vec<&str> = wanted.iter().map(|wanted| wanted.query.as_str()).collect();
        assert_eq!(queries, ["('cote')", "('d')", "('iv':*)"]);
    }

    #[test]
    fn what_matches_is_marked() {
        let wanted = wanted(&["cote", "iv"]);
        assert_eq!(
            mark("Côte d’Ivoire: coted, iv", &wanted),
            "\u{E000}Côte\u{E001} d’\u{E000}Ivoire\u{E001}: coted, \u{E000}iv\u{E001}"
        );
        assert_eq!(mark("Peru", &wanted), "Peru");
    }
}
