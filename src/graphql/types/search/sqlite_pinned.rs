//! Pinned full-text search on SQLite: the texts up to a seq, ranked as FTS5 ranked them then.
//!
//! `bm25()` uses the totals of the whole index, so the rank is computed here from those of earlier texts, by the same formula in
//! the same order of operations (<https://www.sqlite.org/fts5.html#the_bm25_function>).

use std::cmp::Reverse;

use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};

use super::IndexRow;
use super::matches::Matches;
use super::sqlite::match_expression;
use crate::error::{Error, Result};
use crate::model::pin::Pin;
use crate::model::tokenizer::Term;

/// Constants of FTS5.
const K1: f64 = 1.2;
const B: f64 = 0.75;
const LEAST_RARITY: f64 = 1e-6;

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
    matches: &Matches<'_>,
    limit: u64,
    pin: &Pin,
) -> Result<Vec<IndexRow>> {
    let ranking = Ranking::new(matches, load_totals(db, pin).await?);
    let sql =
        "SELECT rowid AS id, words FROM search_index WHERE search_index MATCH ? AND rowid <= ?
         AND rowid NOT IN (SELECT corrects FROM source WHERE corrects IS NOT NULL AND id <= ?)";
    let expression = match_expression(matches.of_each.iter().map(|(term, _)| *term));
    let values = [expression.into(), pin.seq.into(), pin.seq.into()];
    let mut ranked: Vec<(Reverse<i64>, i64)> = all::<Match>(db, sql, values)
        .await?
        .iter()
        .map(|one| (Reverse(ranking.billionths(&one.words)), one.id))
        .collect();
    ranked.sort_unstable();
    ranked.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let ids: Vec<i64> = ranked.into_iter().map(|(_, id)| id).collect();
    load_rows(db, &ids).await
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
    let sql = "SELECT kind, rowid AS id, coalesce((SELECT version_of FROM source WHERE id = search_index.rowid), rowid) AS number,
        title, body FROM search_index WHERE rowid IN (SELECT value FROM json_each(?))";
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
    fn new(matches: &Matches<'t>, totals: Totals) -> Self {
        let rarity = |found: i64| {
            let rarity = (((totals.texts - found) as f64 + 0.5) / (found as f64 + 0.5)).ln();
            if rarity <= 0.0 { LEAST_RARITY } else { rarity }
        };
        let terms = matches.of_each.iter();
        Self {
            terms: terms.map(|(term, found)| (*term, rarity(*found))).collect(),
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
