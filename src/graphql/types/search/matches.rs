//! Counts the rows that a search matches, and charges them before they are ranked.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};

use super::{postgres, sqlite};
use crate::error::{Error, Result};
use crate::graphql::loaders::work_budget::WorkBudget;
use crate::model::pin::Pin;
use crate::model::tokenizer::Term;

/// Facts that could be folded in the time in which one match is ranked.
const RANKED_MATCH: u64 = 16;
/// The same for a row that contains one of several terms.
const COUNTED_ROW: u64 = 1;

/// Numbers of rows, exact.
pub(super) struct Matches<'t> {
    /// Each term with the number of rows that contain it.
    pub(super) of_each: Vec<(&'t Term, i64)>,
    /// Rows that contain every term.
    pub(super) of_all: i64,
}

#[derive(FromQueryResult)]
struct Count {
    /// The place of the expression in the list.
    place: i32,
    found: i64,
}

/// Counts as far as the budget reaches, and charges what it counted.
/// # Errors
/// `Error::TooComplex` if there are more.
pub(super) async fn count_matches<'t>(
    db: &impl ConnectionTrait,
    terms: &'t [Term],
    pin: Option<&Pin>,
    work: &WorkBudget,
) -> Result<Matches<'t>> {
    let rest = work.rest();
    let (max_of_each, max_of_all) = (rest / COUNTED_ROW, rest / RANKED_MATCH);
    let each = terms.iter();
    let each = each.map(|term| (std::slice::from_ref(term), max_of_each));
    let counted: Vec<(&[Term], u64)> = each.chain([(terms, max_of_all)]).collect();
    let found = count(db, &counted, pin).await?;
    let (of_all, of_each) = found.split_last().unwrap_or((&0, &[]));
    let ranked = RANKED_MATCH.saturating_mul(of_all.unsigned_abs());
    let rows: u64 = of_each.iter().map(|rows| rows.unsigned_abs()).sum();
    work.spend(ranked.saturating_add(COUNTED_ROW * rows))
        .map_err(|_| too_many(*of_all))?;
    Ok(Matches {
        of_each: terms.iter().zip(of_each.iter().copied()).collect(),
        of_all: *of_all,
    })
}

fn too_many(found: i64) -> Error {
    Error::TooComplex(format!(
        "the search matches {found} statements and sources or more, and ranking them costs more than is left of the limit (--max-cost); search for more or rarer words"
    ))
}

/// The number of rows that contain every term of each list, but at most one more than its maximum.
async fn count(
    db: &impl ConnectionTrait,
    counted: &[(&[Term], u64)],
    pin: Option<&Pin>,
) -> Result<Vec<i64>> {
    let backend = db.get_database_backend();
    let until = pin.map_or(i64::MAX, |pin| pin.seq);
    let selects = (0..counted.len()).map(|place| select(backend, place));
    let sql = selects.collect::<Vec<_>>().join(" UNION ALL ");
    let values = counted.iter().flat_map(|(terms, max)| {
        let expression = match backend {
            DbBackend::Postgres => postgres::query(*terms),
            _ => sqlite::match_expression(*terms),
        };
        let max = max.saturating_add(1);
        [Value::from(expression), until.into(), max.into()]
    });
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let mut counts = Count::find_by_statement(statement).all(db).await?;
    counts.sort_unstable_by_key(|count| count.place);
    Ok(counts.into_iter().map(|count| count.found).collect())
}

/// Its parameters are an expression, the largest ID and a limit.
fn select(backend: DbBackend, place: usize) -> String {
    let condition = match backend {
        DbBackend::Postgres => {
            let [query, id, limit] = [1, 2, 3].map(|number| 3 * place + number);
            format!("words @@ ${query}::text::tsquery AND id <= ${id} LIMIT ${limit}")
        }
        _ => "search_index MATCH ? AND rowid <= ? LIMIT ?".to_owned(),
    };
    format!(
        "SELECT {place} AS place, count(*) AS found FROM (SELECT 1 AS one FROM search_index WHERE {condition}) AS hit"
    )
}
