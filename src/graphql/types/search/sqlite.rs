//! Full-text search on SQLite, with FTS5: <https://www.sqlite.org/fts5.html>.

use sea_orm::{ConnectionTrait, FromQueryResult, Statement};

use super::{IndexRow, MATCH_DELIMITERS};
use crate::error::Result;

const SELECT: &str = "SELECT kind, ref AS key, \
    highlight(search_text, 2, ?, ?) AS title, highlight(search_text, 3, ?, ?) AS body \
    FROM search_text WHERE search_text MATCH ? \
    ORDER BY kind <> 'Country', bm25(search_text), rowid LIMIT ?";

pub(super) async fn find_rows(
    db: &impl ConnectionTrait,
    words: &[&str],
    limit: u64,
) -> Result<Vec<IndexRow>> {
    let [open, close] = MATCH_DELIMITERS.map(String::from);
    let expression = match_expression(words);
    let values = [&open, &close, &open, &close, &expression].map(|text| text.clone().into());
    let values = values.into_iter().chain([limit.into()]);
    let statement = Statement::from_sql_and_values(db.get_database_backend(), SELECT, values);
    Ok(IndexRow::find_by_statement(statement).all(db).await?)
}

/// An FTS5 expression: every word must occur, the last one as a prefix.
fn match_expression(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    quoted.join(" ") + "*"
}

#[cfg(test)]
mod tests {
    use super::super::split_words;
    use super::*;

    #[test]
    fn a_text_is_words_and_never_syntax() {
        let is = |text, expected: &str| assert_eq!(match_expression(&split_words(text)), expected);
        is("rwanda", "\"rwanda\"*");
        is("  Côte d'Iv ", "\"Côte\" \"d\" \"Iv\"*");
        is("a\" OR title:b*", "\"a\" \"OR\" \"title\" \"b\"*");
        is("NEAR(x y, 2)", "\"NEAR\" \"x\" \"y\" \"2\"*");
        assert_eq!(split_words(" \"*-^: "), Vec::<&str>::new());
    }
}
