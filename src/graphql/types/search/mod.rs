//! Full-text search over countries, statements and sources.
//!
//! Texts and search texts are split into the same tokens by `model::tokenizer`; the databases only store and find tokens, so that
//! SQLite and PostgreSQL return the same rows in the same order, and no search text is ever interpreted as syntax. Every word
//! must occur, and the last one may be a prefix. Countries are found in memory, rows are ranked by BM25. Matches are counted and
//! charged before they are ranked, because each costs time, whether or not it is returned.

mod countries;
mod fragments;
mod matches;
mod postgres;
mod sqlite;
mod sqlite_pinned;

use async_graphql::{Context, Object, SimpleObject};
use futures_util::future::try_join_all;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult};

use super::node::{Node, find_node};
use crate::cache::tag::CacheTag;
use crate::error::{Error, Result};
use crate::graphql::loaders::loader_context;
use crate::graphql::loaders::work_budget::{SQL_STATEMENT, WorkBudget};
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::model::id::GlobalId;
use crate::model::pin::Pin;
use crate::model::tokenizer::{self, Term};
use countries::{CountryMatch, find_countries};
use fragments::{Fragment, best_fragments};
use matches::count_matches;

/// A search result.
#[derive(SimpleObject)]
pub struct SearchHit {
    /// The matching country, statement or source.
    node: DirectJson<Node>,
    /// The best matching line, split at the start and end of each match. Concatenated, the fragments are the whole
    /// line.
    fragments: DirectJsonList<DirectJson<Fragment>>,
}

ready_fields!(SearchHit {
    "node" => node of DirectJson<Node>,
    "fragments" => fragments of DirectJsonList<DirectJson<Fragment>>,
});

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
const MAX_TERMS: usize = 16;

/// A matching row of the index.
#[derive(FromQueryResult)]
struct IndexRow {
    kind: String,
    id: i64,
    /// That of the node; of a source, that of its first version.
    number: i64,
    title: String,
    body: String,
}

/// Searches, now or as just after the entry of a pin: countries first, then statements and sources by relevance.
/// # Errors
/// `Error::BadUserInput` if the text contains no word, `Error::TooComplex` for very many matches.
pub async fn search_index(
    db: &impl ConnectionTrait,
    text: &str,
    limit: u64,
    (pin, work): (Option<&Pin>, &WorkBudget),
) -> Result<Vec<Hit>> {
    let terms = tokenizer::terms(text, MAX_TERMS);
    if terms.is_empty() {
        return Err(Error::bad_input(
            "text",
            "must contain at least one letter or digit",
        ));
    }
    let countries = find_countries(text, &terms).into_iter();
    let countries = countries.take(usize::try_from(limit).unwrap_or(usize::MAX));
    let mut hits: Vec<Hit> = countries.map(|found| country_hit(&found, &terms)).collect();
    let limit = limit.saturating_sub(hits.len() as u64);
    if limit > 0 {
        for row in &find_rows(db, &terms, limit, (pin, work)).await? {
            hits.push(row_hit(row, &terms)?);
        }
    }
    Ok(hits)
}

/// The most relevant rows, at most `limit`.
async fn find_rows(
    db: &impl ConnectionTrait,
    terms: &[Term],
    limit: u64,
    (pin, work): (Option<&Pin>, &WorkBudget),
) -> Result<Vec<IndexRow>> {
    let matches = count_matches(db, terms, pin, work).await?;
    if matches.of_all == 0 {
        return Ok(Vec::new());
    }
    work.add(SQL_STATEMENT);
    match (db.get_database_backend(), pin) {
        (DbBackend::Postgres, pin) => postgres::find_rows(db, &matches, limit, pin).await,
        (_, None) => sqlite::find_rows(db, terms, limit).await,
        (_, Some(pin)) => sqlite_pinned::find_rows(db, &matches, limit, pin).await,
    }
}

fn country_hit(found: &CountryMatch, terms: &[Term]) -> Hit {
    Hit {
        id: GlobalId::Country(found.code.to_owned()),
        fragments: best_fragments(found.names.iter().copied(), terms),
    }
}

fn row_hit(row: &IndexRow, terms: &[Term]) -> Result<Hit> {
    let id = match row.kind.as_str() {
        "Statement" => GlobalId::Statement(row.number),
        "Source" => GlobalId::Source(row.number),
        other => {
            return Err(Error::internal(format!(
                "unknown kind `{other}` in the search index"
            )));
        }
    };
    let lines = std::iter::once(row.title.as_str()).chain(row.body.lines());
    let fragments = best_fragments(lines, terms);
    Ok(Hit { id, fragments })
}

/// Root fields.
#[derive(Default)]
pub struct SearchQuery;

#[Object]
impl SearchQuery {
    /// Searches countries (by any name or alias), statements and sources for all words of the text. Countries come
    /// first: by exact name, exact alias, beginning of a name, words of a name; then the others by relevance. Case,
    /// accents and points are ignored in every script; the last word also matches as a prefix, and in scripts without
    /// spaces every part of a word.
    /// Every match is ranked and counts towards the cost, also if it is not returned.
    /// Errors: `BAD_USER_INPUT` if the text contains no letter or digit; `QUERY_TOO_COMPLEX` if very many statements and
    /// sources match.
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Search words; punctuation and words after the 16th are ignored.")]
        text: String,
        #[graphql(desc = "Number of hits (1–50, default 10).")] first: Option<i32>,
    ) -> Result<DirectJsonList<DirectJson<SearchHit>>> {
        let first = first.unwrap_or(DEFAULT_HITS);
        let limit = u64::try_from(first)
            .ok()
            .filter(|_| (1..=MAX_HITS).contains(&first));
        let limit = limit.ok_or_else(|| {
            Error::bad_input("first", format!("{first} is not between 1 and {MAX_HITS}"))
        })?;
        let context = loader_context(ctx);
        let db = context.db([CacheTag::Any]);
        let hits = search_index(db, &text, limit, (context.pin(), context.work())).await?;
        let hits = try_join_all(hits.into_iter().map(|hit| load_hit(ctx, hit))).await?;
        Ok(hits.into_iter().flatten().map(DirectJson).collect())
    }
}

/// `None` if this release does not know the object, for example a country that was removed from its list.
async fn load_hit(ctx: &Context<'_>, hit: Hit) -> Result<Option<SearchHit>> {
    let node = find_node(ctx, &hit.id).await?;
    Ok(node.map(|node| SearchHit {
        node: DirectJson(node),
        fragments: hit.fragments.into_iter().map(DirectJson).collect(),
    }))
}
