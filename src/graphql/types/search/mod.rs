//! Full-text search over countries, statements and sources.
//!
//! A user's text never reaches a full-text engine as syntax: it is cut into words, and each word is quoted. What the
//! engines find, in which order, is the same: all words must be there, the last may go on, and ranks are BM25.

mod postgres;
mod sqlite;

use std::cmp::Reverse;

use async_graphql::{Context, Object, SimpleObject};
use futures_util::future::try_join_all;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult};

use super::node::{self, Node};
use crate::cache::tag::Tag;
use crate::error::{Error, Result};
use crate::graphql::loaders::loaders;
use crate::model::id::GlobalId;

/// Something found.
#[derive(SimpleObject)]
pub struct SearchHit {
    /// A country, a statement or a source.
    node: Node,
    /// The line in which it was found best, cut where the match begins and ends; joined, they are the whole line.
    fragments: Vec<Fragment>,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct Fragment {
    /// The piece.
    text: String,
    /// Whether it matches what was searched for.
    matched: bool,
}

/// What the index holds of something found.
pub struct Hit {
    pub id: GlobalId,
    pub fragments: Vec<Fragment>,
}

/// Hits where the client does not say.
const DEFAULT: i32 = 10;
/// Hits at most.
const LIMIT: i32 = 50;
/// Words of a search that count; the rest is ignored.
const WORDS: usize = 16;
/// Around what matches, from Unicode's private use area: no text of ours holds them.
const MARKS: [char; 2] = ['\u{E000}', '\u{E001}'];

/// A row of the index that is found, with what matches between [`MARKS`].
#[derive(FromQueryResult)]
struct Row {
    kind: String,
    key: String,
    title: String,
    body: String,
}

/// What the text finds, countries first, then by relevance. One statement.
pub async fn hits(db: &impl ConnectionTrait, text: &str, limit: u64) -> Result<Vec<Hit>> {
    let words = words(text);
    if words.is_empty() {
        return Err(Error::bad_input("text", "holds no letter and no digit"));
    }
    let rows = match db.get_database_backend() {
        DbBackend::Postgres => postgres::find(db, &words, limit).await?,
        _ => sqlite::find(db, &words, limit).await?,
    };
    rows.iter().map(hit).collect()
}

fn hit(row: &Row) -> Result<Hit> {
    let seq = || row.key.parse().map_err(Error::internal);
    let id = match row.kind.as_str() {
        "Country" => GlobalId::Country(row.key.clone()),
        "Statement" => GlobalId::Statement(seq()?),
        "Source" => GlobalId::Source(seq()?),
        other => return Err(Error::internal(format!("the index holds a `{other}`"))),
    };
    let lines = std::iter::once(row.title.as_str()).chain(row.body.lines());
    let fragments = fragments(best(lines));
    Ok(Hit { id, fragments })
}

/// The line with the most matches, the first of such: a word may also be in other lines than the rest.
fn best<'r>(lines: impl Iterator<Item = &'r str>) -> &'r str {
    let matches = |line: &&str| Reverse(line.matches(MARKS[0]).count());
    lines.min_by_key(matches).unwrap_or_default()
}

/// What the text looks for.
fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(WORDS)
        .collect()
}

/// Cuts a highlighted line at its marks.
fn fragments(line: &str) -> Vec<Fragment> {
    let mut fragments = Vec::new();
    let mut matched = false;
    for text in line.split(MARKS) {
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
    /// Countries by any name or alias, statements and sources that hold every word of the text; countries first, then
    /// by relevance. Accents and case do not matter, and the last word may be the beginning of one.
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Words. Signs between them are ignored, and words after the 16th.")]
        text: String,
        #[graphql(desc = "So many: 1 to 50, 10 if left out.")] first: Option<i32>,
    ) -> Result<Vec<SearchHit>> {
        let first = first.unwrap_or(DEFAULT);
        let limit = u64::try_from(first)
            .ok()
            .filter(|_| (1..=LIMIT).contains(&first));
        let limit = limit.ok_or_else(|| {
            Error::bad_input("first", format!("{first} is not between 1 and {LIMIT}"))
        })?;
        let hits = hits(loaders(ctx).loader().db([Tag::Everything]), &text, limit).await?;
        let hits = try_join_all(hits.into_iter().map(|hit| find(ctx, hit))).await?;
        Ok(hits.into_iter().flatten().collect())
    }
}

/// None for something that this release no longer knows.
async fn find(ctx: &Context<'_>, hit: Hit) -> Result<Option<SearchHit>> {
    let node = node::find(ctx, &hit.id).await?;
    let fragments = hit.fragments;
    Ok(node.map(|node| SearchHit { node, fragments }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_where_it_matches() {
        let cut = fragments("The \u{E000}Gambia\u{E001}, The");
        let shown: Vec<_> = cut
            .iter()
            .map(|part| (part.text.as_str(), part.matched))
            .collect();
        assert_eq!(shown, [("The ", false), ("Gambia", true), (", The", false)]);
        assert_eq!(fragments("\u{E000}x\u{E001}").len(), 1);
    }
}
