//! Merge join of the rows that the ledger determines with those of a table, both in the order of their keys.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use entity::{country, statement, tree_node};
use futures_util::TryStreamExt;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, Statement};

use super::findings::Findings;
use super::replay::{Replay, StoredStatuses};
use super::tables::{
    Contradictions, Countries, Editions, EvidenceItems, Initiatives, Relationships, Reviews,
    SearchTexts, SeqRange, SourcePublications, Sources, StanceChanges, Statements, Table,
    TreeNodes,
};
use crate::error::Result;
use crate::ledger::batch::ReplayedRows;
use crate::ledger::search_index::SearchRow;
use crate::model::country::ATLAS;

/// Compares the rows of a page; returns the stored status of its statements.
pub(super) async fn compare_page(
    db: &DatabaseTransaction,
    range: SeqRange,
    rows: &ReplayedRows,
    replay: &Replay,
    findings: &mut Findings,
) -> Result<StoredStatuses> {
    let new = &rows.new;
    let search_rows = new.search_texts.iter().map(SearchRow::of_text);
    compare::<Initiatives>(db, range, &new.initiatives, findings).await?;
    compare::<Sources>(db, range, &new.sources, findings).await?;
    compare::<SourcePublications>(db, range, &new.source_publications, findings).await?;
    compare::<EvidenceItems>(db, range, &new.evidence, findings).await?;
    compare::<Contradictions>(db, range, &new.contradictions, findings).await?;
    compare::<StanceChanges>(db, range, &new.changes, findings).await?;
    compare::<Reviews>(db, range, &new.reviews, findings).await?;
    compare::<Editions>(db, range, &new.editions, findings).await?;
    compare::<SearchTexts>(db, range, search_rows, findings).await?;
    compare_statements(db, range, &rows.new_statements, replay, findings).await
}

async fn compare_statements(
    db: &DatabaseTransaction,
    range: SeqRange,
    expected: &[statement::Model],
    replay: &Replay,
    findings: &mut Findings,
) -> Result<StoredStatuses> {
    let mut actual = BTreeMap::new();
    let has_same_content = |expected: &statement::Model, row: statement::Model| {
        let status = replay.statements().statuses.of_row(&row);
        let row = statement::Model {
            corrected_by: expected.corrected_by,
            retracted_at: expected.retracted_at,
            retraction_reason: expected.retraction_reason.clone(),
            published_on: expected.published_on.clone(),
            ..row
        };
        let is_same = row == *expected;
        if is_same {
            actual.insert(row.id, status);
        }
        is_same
    };
    merge::<Statements>(db, range, expected, has_same_content, findings).await?;
    Ok(actual)
}

/// Compares the rows that do not depend on an entry.
pub(super) async fn compare_countries(
    db: &DatabaseTransaction,
    findings: &mut Findings,
) -> Result<()> {
    let mut expected: Vec<country::Model> = ATLAS
        .countries
        .iter()
        .map(|country| country::Model {
            code: country.code.clone(),
            name: country.name.clone(),
            region: country.region.clone(),
        })
        .collect();
    expected.sort_unstable_by(|one, two| one.code.cmp(&two.code));
    compare::<Countries>(db, SeqRange::default(), expected, findings).await
}

/// Compares the nodes of the Merkle tree, in ascending order of level and position.
pub(super) async fn compare_tree(
    db: &DatabaseTransaction,
    expected: &[tree_node::Model],
    findings: &mut Findings,
) -> Result<()> {
    compare::<TreeNodes>(db, SeqRange::default(), expected, findings).await
}

/// Compares what is only known after the last entry: positions, the status of statements, and rows of no entry.
pub(super) async fn compare_rest(
    db: &DatabaseTransaction,
    rest: SeqRange,
    replay: &Replay,
    findings: &mut Findings,
) -> Result<()> {
    compare::<Relationships>(db, SeqRange::default(), replay.relationships(), findings).await?;
    for statement in replay.statements().statuses.differing() {
        findings.add_altered(Statements::NAME, statement.get().into());
    }
    compare_rest_of::<Initiatives>(db, rest, findings).await?;
    compare_rest_of::<Sources>(db, rest, findings).await?;
    compare_rest_of::<SourcePublications>(db, rest, findings).await?;
    compare_rest_of::<EvidenceItems>(db, rest, findings).await?;
    compare_rest_of::<Contradictions>(db, rest, findings).await?;
    compare_rest_of::<StanceChanges>(db, rest, findings).await?;
    compare_rest_of::<Reviews>(db, rest, findings).await?;
    compare_rest_of::<Editions>(db, rest, findings).await?;
    compare_rest_of::<SearchTexts>(db, rest, findings).await?;
    compare_rest_of::<Statements>(db, rest, findings).await?;
    if !has_search_total(db).await? {
        let what = "the totals in search_total are not those of search_index";
        findings.add(0, what.to_owned());
    }
    Ok(())
}

/// Finds rows of entries that are not in the ledger.
async fn compare_rest_of<T: Table>(
    db: &DatabaseTransaction,
    rest: SeqRange,
    findings: &mut Findings,
) -> Result<()> {
    compare::<T>(db, rest, std::iter::empty::<T::Row>(), findings).await
}

async fn compare<T: Table>(
    db: &DatabaseTransaction,
    range: SeqRange,
    expected: impl IntoIterator<Item: Borrow<T::Row>>,
    findings: &mut Findings,
) -> Result<()> {
    merge::<T>(
        db,
        range,
        expected,
        |expected, row| *expected == row,
        findings,
    )
    .await
}

async fn merge<T: Table>(
    db: &DatabaseTransaction,
    range: SeqRange,
    expected: impl IntoIterator<Item: Borrow<T::Row>>,
    mut is_same: impl FnMut(&T::Row, T::Row) -> bool,
    findings: &mut Findings,
) -> Result<()> {
    let mut expected = expected.into_iter().peekable();
    let select = T::select(db.get_database_backend(), range);
    let mut rows = T::Row::find_by_statement(select).stream(db).await?;
    while let Some(row) = rows.try_next().await? {
        let key = T::key(&row);
        while let Some(missing) = expected.next_if(|expected| T::key(expected.borrow()) < key) {
            findings.add_missing(T::NAME, T::seq(missing.borrow()));
        }
        let seq = T::seq(&row);
        match expected.next_if(|expected| T::key(expected.borrow()) == key) {
            None => findings.add_unexpected(T::NAME, seq),
            Some(expected) if is_same(expected.borrow(), row) => {}
            Some(_) => findings.add_altered(T::NAME, seq),
        }
    }
    for missing in expected {
        findings.add_missing(T::NAME, T::seq(missing.borrow()));
    }
    Ok(())
}

/// Whether the totals, which only PostgreSQL has, are those of the search texts.
async fn has_search_total(db: &DatabaseTransaction) -> Result<bool> {
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(true);
    }
    let sql = "SELECT 1 AS one FROM search_total WHERE rows = (SELECT count(*) FROM search_index)
        AND words = (SELECT coalesce(sum(size), 0) FROM search_index)";
    let query = Statement::from_string(DbBackend::Postgres, sql);
    Ok(db.query_one_raw(query).await?.is_some())
}
