//! Pinned full-text search on SQLite: the texts up to a seq, ranked as FTS5 ranked them then.
//!
//! `bm25()` uses the totals of the whole index, so the rank is computed here from those of earlier texts, by the same formula in
//! the same order of operations (<https://www.sqlite.org/fts5.html#the_bm25_function>).

use std::cmp::Reverse;

use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};

use super::IndexRow;
use super::sqlite::match_expression;
use crate::error::{Error, Result};
use crate::graphql::loaders::work_budget::WorkBudget;
use crate::model::pin::Pin;
use crate::model::tokenizer::Term;

/// Facts that could be folded in the time in which one match is read and ranked.
const WORK_PER_MATCH: u64 = 16;
/// Constants of FTS5.
const K1: f64 = 1.2;
const B: f64 = 0.75;
const LEAST_RARITY: f64 = 1e-6;

#[derive(FromQueryResult)]
struct Found {
    found: i64,
}

#[derive(FromQueryResult)]
struct Match {
    id: i64,
    words: String,
}

/// The texts up to the seq.
#[derive(Clone, Copy, Debug, FromQueryResult)]
struct Totals {
    texts: i64,
    /// Tokens of all of them.
    words: i64,
}

pub(super) async fn find_rows(
    db: &impl ConnectionTrait,
    terms: &[Term],
    limit: usize,
    (pin, work): (&Pin, &WorkBudget),
) -> Result<Vec<IndexRow>> {
    let mut found = count_matches(db, terms, pin).await?;
    let matches = found.pop().unwrap_or(0);
    charge(work, matches)?;
    if matches == 0 {
        return Ok(Vec::new());
    }
    let ranking = Ranking::new(terms, &found, load_totals(db, pin).await?);
    let sql =
        "SELECT rowid AS id, words FROM search_index WHERE search_index MATCH ? AND rowid <= ?";
    let values = [match_expression(terms).into(), pin.seq.into()];
    let mut ranked: Vec<(Reverse<i64>, i64)> = all::<Match>(db, sql, values)
        .await?
        .iter()
        .map(|one| (Reverse(ranking.billionths(&one.words)), one.id))
        .collect();
    ranked.sort_unstable();
    ranked.truncate(limit);
    let ids: Vec<i64> = ranked.into_iter().map(|(_, id)| id).collect();
    load_rows(db, &ids).await
}

/// # Errors
/// `Error::TooComplex` if there are very many.
fn charge(work: &WorkBudget, matches: i64) -> Result<()> {
    let cost = WORK_PER_MATCH.saturating_mul(matches.unsigned_abs());
    work.spend(cost).map_err(|_| {
        Error::TooComplex(format!(
            "the pinned search matches {matches} texts, more than the limit of cost (--max-cost) allows to rank; search for more or rarer words"
        ))
    })
}

/// The number of texts with each term, and at last of those with all terms.
async fn count_matches(db: &impl ConnectionTrait, terms: &[Term], pin: &Pin) -> Result<Vec<i64>> {
    let each = terms.iter().map(std::slice::from_ref);
    let expressions: Vec<String> = each.chain([terms]).map(match_expression).collect();
    let select =
        "SELECT count(*) AS found FROM search_index WHERE search_index MATCH ? AND rowid <= ?";
    let sql = vec![select; expressions.len()].join(" UNION ALL ");
    let values = expressions.into_iter();
    let values = values.flat_map(|expression| [Value::from(expression), pin.seq.into()]);
    let found = all::<Found>(db, &sql, values).await?;
    Ok(found.into_iter().map(|one| one.found).collect())
}

/// From the lengths that FTS5 stores: a varint per column, of which only the last is indexed. Two million tokens fit into the
/// three bytes that are read, and the limits of texts are far below.
async fn load_totals(db: &impl ConnectionTrait, pin: &Pin) -> Result<Totals> {
    let digit =
        |index: usize| format!("(instr('0123456789ABCDEF', substr(hex(sz), {index}, 1)) - 1)");
    let byte = |index: usize| format!("({} * 16 + {})", digit(2 * index - 1), digit(2 * index));
    let (first, second, third) = (byte(4), byte(5), byte(6));
    let sql = format!(
        "SELECT count(*) AS texts, coalesce(sum(CASE length(sz) WHEN 4 THEN {first}
            WHEN 5 THEN ({first} - 128) * 128 + {second}
            ELSE (({first} - 128) * 128 + {second} - 128) * 128 + {third} END), 0) AS words
         FROM search_index_docsize WHERE id <= ?"
    );
    let totals = all::<Totals>(db, &sql, [pin.seq.into()]).await?.pop();
    totals.ok_or_else(|| Error::internal("a count returned no row"))
}

/// In the order of the ids.
async fn load_rows(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<IndexRow>> {
    let list = serde_json::to_string(ids).map_err(Error::internal)?;
    let sql = "SELECT kind, rowid AS id, title, body FROM search_index WHERE rowid IN (SELECT value FROM json_each(?))";
    let mut rows = all::<IndexRow>(db, sql, [list.into()]).await?;
    rows.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
    Ok(rows)
}

async fn all<T: FromQueryResult>(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<T>> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(T::find_by_statement(statement).all(db).await?)
}

struct Ranking<'t> {
    /// Each with its rarity.
    terms: Vec<(&'t Term, f64)>,
    mean_size: f64,
}

#[expect(
    clippy::cast_precision_loss,
    reason = "FTS5 counts in floating point, too"
)]
impl<'t> Ranking<'t> {
    /// `found` are the numbers of texts with each term.
    fn new(terms: &'t [Term], found: &[i64], totals: Totals) -> Self {
        let rarity = |found: i64| {
            let rarity = (((totals.texts - found) as f64 + 0.5) / (found as f64 + 0.5)).ln();
            if rarity <= 0.0 { LEAST_RARITY } else { rarity }
        };
        Self {
            terms: terms
                .iter()
                .zip(found.iter().map(|one| rarity(*one)))
                .collect(),
            mean_size: totals.words as f64 / totals.texts as f64,
        }
    }

    /// The rank of a text by its tokens, in whole billionths, as live searches compare it.
    #[expect(clippy::cast_possible_truncation, reason = "ranks are below a hundred")]
    fn billionths(&self, words: &str) -> i64 {
        let size = words.split(' ').count() as f64;
        let mut rank = 0.0;
        for (term, rarity) in &self.terms {
            let often = words.split(' ').filter(|word| term.matches(word)).count() as f64;
            rank += rarity
                * ((often * (K1 + 1.0)) / (often + K1 * (1.0 - B + B * size / self.mean_size)));
        }
        (rank * 1_000_000_000.0) as i64
    }
}
