//! Full-text search over countries, statements and sources.
//!
//! The search text never reaches the full-text engine as syntax: it is split into words, and each word is quoted. SQLite
//! and PostgreSQL return the same rows in the same order: every word must occur, the last one may be a prefix, and rows
//! are ranked by BM25.

mod postgres;
mod sqlite;

use std::cmp::Reverse;

use async_graphql::{Context, Object, SimpleObject};
use futures_util::future::try_join_all;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult};

use super::node::{Node, find_node};
use crate::cache::tag::CacheTag;
use crate::error::{Error, Result};
use crate::graphql::loaders::loaders;
use crate::model::id::GlobalId;

/// A search result.
#[derive(SimpleObject)]
pub struct SearchHit {
    /// The matching country, statement or source.
    node: Node,
    /// The best matching line, split at the start and end of each match. Concatenated, the fragments are the whole
    /// line.
    fragments: Vec<Fragment>,
}

/// Part of a line of text.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct Fragment {
    /// The text of this part.
    text: String,
    /// Whether this part matches the search text.
    matched: bool,
}

/// A match in the search index: the object and the line to show.
pub struct Hit {
    pub id: GlobalId,
    pub fragments: Vec<Fragment>,
}

/// Number of hits if `first` is omitted.
const DEFAULT_HITS: i32 = 10;
/// Maximum number of hits.
const MAX_HITS: i32 = 50;
/// Words of a search text that are used; further words are ignored.
const MAX_WORDS: usize = 16;
/// Delimiters of a match, from Unicode's private use area: no stored text contains them.
const MATCH_DELIMITERS: [char; 2] = ['\u{E000}', '\u{E001}'];

/// A matching row of the index, with each match between [`MATCH_DELIMITERS`].
#[derive(FromQueryResult)]
struct IndexRow {
    kind: String,
    key: String,
    title: String,
    body: String,
}

/// Searches the index: countries first, then by relevance. One SQL statement.
/// # Errors
/// `Error::BadUserInput` if the text contains no word.
pub async fn search_index(db: &impl ConnectionTrait, text: &str, limit: u64) -> Result<Vec<Hit>> {
    let words = split_words(text);
    if words.is_empty() {
        return Err(Error::bad_input(
            "text",
            "must contain at least one letter or digit",
        ));
    }
    let rows = match db.get_database_backend() {
        DbBackend::Postgres => postgres::find_rows(db, &words, limit).await?,
        _ => sqlite::find_rows(db, &words, limit).await?,
    };
    rows.iter().map(to_hit).collect()
}

fn to_hit(row: &IndexRow) -> Result<Hit> {
    let seq = || row.key.parse().map_err(Error::internal);
    let id = match row.kind.as_str() {
        "Country" => GlobalId::Country(row.key.clone()),
        "Statement" => GlobalId::Statement(seq()?),
        "Source" => GlobalId::Source(seq()?),
        other => {
            return Err(Error::internal(format!(
                "unknown kind `{other}` in the search index"
            )));
        }
    };
    let lines = std::iter::once(row.title.as_str()).chain(row.body.lines());
    let fragments = split_fragments(best_line(lines));
    Ok(Hit { id, fragments })
}

/// The line with the most matches, the first of several. The words of one search may occur in different lines.
fn best_line<'r>(lines: impl Iterator<Item = &'r str>) -> &'r str {
    let matches = |line: &&str| Reverse(line.matches(MATCH_DELIMITERS[0]).count());
    lines.min_by_key(matches).unwrap_or_default()
}

/// The words of a search text.
fn split_words(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(MAX_WORDS)
        .collect()
}

/// Splits a highlighted line at its delimiters.
fn split_fragments(line: &str) -> Vec<Fragment> {
    let mut fragments = Vec::new();
    let mut matched = false;
    for text in line.split(MATCH_DELIMITERS) {
        if !text.is_empty() {
            let text = text.to_owned();
            fragments.push(Fragment { text, matched });
        }
        matched = !matched;
    }
    fragments
}

/// Root fields.
#[derive(Default)]
pub struct SearchQuery;

#[Object]
impl SearchQuery {
    /// Searches countries (by any name or alias), statements and sources for all words of the text. Countries come
    /// first, then the others by relevance. Case and accents are ignored; the last word also matches as a prefix.
    /// Errors: `BAD_USER_INPUT` if the text contains no letter or digit.
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Search words; punctuation and words after the 16th are ignored.")]
        text: String,
        #[graphql(desc = "Number of hits (1–50, default 10).")] first: Option<i32>,
    ) -> Result<Vec<SearchHit>> {
        let first = first.unwrap_or(DEFAULT_HITS);
        let limit = u64::try_from(first)
            .ok()
            .filter(|_| (1..=MAX_HITS).contains(&first));
        let limit = limit.ok_or_else(|| {
            Error::bad_input("first", format!("{first} is not between 1 and {MAX_HITS}"))
        })?;
        let hits = search_index(loaders(ctx).loader().db([CacheTag::Any]), &text, limit).await?;
        let hits = try_join_all(hits.into_iter().map(|hit| load_hit(ctx, hit))).await?;
        Ok(hits.into_iter().flatten().collect())
    }
}

/// `None` if this release does not know the object, for example a country that was removed from its list.
async fn load_hit(ctx: &Context<'_>, hit: Hit) -> Result<Option<SearchHit>> {
    let node = find_node(ctx, &hit.id).await?;
    let fragments = hit.fragments;
    Ok(node.map(|node| SearchHit { node, fragments }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_highlighted_line_is_split_at_its_matches() {
        let split = split_fragments("The \u{E000}Gambia\u{E001}, The");
        let shown: Vec<_> = split
            .iter()
            .map(|part| (part.text.as_str(), part.matched))
            .collect();
        assert_eq!(shown, [("The ", false), ("Gambia", true), (", The", false)]);
        assert_eq!(split_fragments("\u{E000}x\u{E001}").len(), 1);
    }
}
