//! Lists of statements by parent, filter and moment, from the histories; SQL is asked only for the rows that are shown.
//!
//! A filter that few statements match is scanned in memory, and charged by what it scans: in SQL it could read everything at
//! the price of a page.

use std::collections::BTreeSet;

use super::LoaderContext;
use super::seq_range::SeqRange;
use super::statement::{StatementList, StatementParent};
use super::statement_check::Checker;
use super::work_budget::{LOOKUP, SCANNED_ROWS};
use crate::error::Result;
use crate::graphql::pagination::keyset::SortDirection;
use crate::graphql::pagination::{Page, PageSlice};
use crate::model::cursor::{PageCursor, SortKey};
use crate::model::moment::Moment;
use crate::model::statement::facets::Facets;
use crate::read_model::{FoundStatement, HistoryKey, IndexKey, Indexes, Verdict};

/// A list; with a moment only the statements that were valid then. Its criteria apply to those: the replacement of a statement
/// may have another kind or claimant.
#[derive(Clone, Debug)]
pub struct FilteredStatements {
    pub list: StatementList,
    pub moment: Option<Moment>,
}

/// Statements that are checked under one lock, before other tasks have their turn: about a quarter of a millisecond.
const CHUNK: usize = 32_768;
/// The first chunk of a page; the next are twice as large.
const FIRST_CHUNK: usize = 64;
/// Subjects whose histories are read before other tasks have their turn.
const SUBJECTS: usize = 512;

impl FilteredStatements {
    /// The ids on one page.
    /// # Errors
    /// `Error::TooComplex` if it would take long; `Error::Loading` if histories are still being loaded.
    pub async fn page(&self, context: &LoaderContext, page: &Page) -> Result<PageSlice<i64>> {
        context.record_tags(self.list.tags());
        if let Some(keys) = self.subjects(context) {
            let ids = self.list_ids(context, keys).await?;
            return Ok(page.slice_of(ids, SortDirection::Ascending, |id| cursor(*id)));
        }
        let size = usize::try_from(page.size).unwrap_or(usize::MAX);
        let ids = self.scan(context, page, size.saturating_add(1)).await?;
        Ok(page.trim(ids))
    }

    /// All ids, in ascending order.
    /// # Errors
    /// As [`FilteredStatements::page`].
    pub async fn all(&self, context: &LoaderContext) -> Result<Vec<i64>> {
        context.record_tags(self.list.tags());
        match self.subjects(context) {
            Some(keys) => self.list_ids(context, keys).await,
            None => self.scan(context, &Page::whole(), usize::MAX).await,
        }
    }

    /// The subjects of the list; `None` if it is about all.
    fn subjects(&self, context: &LoaderContext) -> Option<Vec<HistoryKey>> {
        let rows = context.read_model().read();
        let list = &self.list;
        Some(match &list.parent {
            StatementParent::Relationship(id) => vec![HistoryKey::Relationship(*id)],
            StatementParent::Initiative(id) => vec![HistoryKey::Initiative(*id)],
            StatementParent::Country(code) => {
                let mut keys = vec![HistoryKey::Country(code.clone())];
                keys.extend(relationships(&rows, &IndexKey::Requested(code.clone())));
                keys
            }
            StatementParent::Anything => match (list.initiative, &list.countries) {
                (None, None) => return None,
                (Some(id), None) => {
                    let mut keys = vec![HistoryKey::Initiative(id)];
                    keys.extend(relationships(&rows, &IndexKey::Initiative(id)));
                    keys
                }
                (initiative, Some(codes)) => about_countries(&rows, initiative, codes),
            },
        })
    }

    async fn list_ids(&self, context: &LoaderContext, keys: Vec<HistoryKey>) -> Result<Vec<i64>> {
        context.load_histories_of(&keys).await?;
        let checker = Checker::new(&self.list.criteria, self.moment.as_ref());
        let mut ids = Vec::new();
        for keys in keys.chunks(SUBJECTS) {
            let histories = keys.iter().filter_map(|key| context.find_history(key));
            for history in histories {
                context.work().spend(LOOKUP)?;
                ids.extend(checker.list_matches(context.work(), &history)?);
            }
            tokio::task::yield_now().await;
        }
        ids.sort_unstable();
        Ok(ids)
    }

    /// At most `limit` ids between the cursors of a page, in scan order, from all statements.
    async fn scan(&self, context: &LoaderContext, page: &Page, limit: usize) -> Result<Vec<i64>> {
        context.wait_for_histories().await?;
        let newest = context.pin().map_or(i64::MAX, |pin| pin.seq);
        let mut range = SeqRange::new(page, newest);
        let mut checker = Checker::new(&self.list.criteria, self.moment.as_ref());
        let mut ids = Vec::new();
        let mut size = limit.saturating_mul(2).clamp(FIRST_CHUNK, CHUNK);
        while let Some(rest) = range.rest().filter(|_| ids.len() < limit) {
            let check = self.facet_check(context.pin().is_some());
            let scan = context
                .read_model()
                .scan_statements(rest, range.backward, size, check);
            let lookups = scan.found.iter().filter(|(_, history)| history.is_some());
            let work = scan.checked as u64 / SCANNED_ROWS + LOOKUP * lookups.count() as u64;
            context.work().spend(work)?;
            for (id, history) in scan.found {
                if ids.len() < limit && is_match(&mut checker, context, &(id, history))? {
                    ids.push(id);
                }
            }
            range.pass(scan.last);
            size = (size * 2).min(CHUNK);
            tokio::task::yield_now().await;
        }
        Ok(ids)
    }

    /// What facets say of a statement. A moment always needs its history.
    fn facet_check(&self, is_pinned: bool) -> impl Fn(Facets) -> Verdict {
        let criteria = &self.list.criteria;
        let filter = criteria.facets();
        move |facets| match criteria.verdict(filter, facets, is_pinned) {
            Verdict::Match if self.moment.is_some() => Verdict::Undecided,
            verdict => verdict,
        }
    }
}

fn is_match(
    checker: &mut Checker<'_>,
    context: &LoaderContext,
    (id, history): &FoundStatement,
) -> Result<bool> {
    match history {
        Some(history) => checker.is_match(context, *id, history),
        None => Ok(true),
    }
}

/// The sort position of a statement.
pub fn cursor(id: i64) -> PageCursor {
    PageCursor {
        key: SortKey::Number(id),
        id,
    }
}

fn relationships<'r>(
    rows: &'r Indexes,
    key: &IndexKey,
) -> impl Iterator<Item = HistoryKey> + use<'r> {
    let of_key = rows.by_key(key).into_iter();
    let ids = of_key.flat_map(|rows| rows.values().map(|row| row.id));
    ids.map(HistoryKey::Relationship)
}

/// Countries, and relationships in which one of them is either end; with an initiative, only relationships in it.
fn about_countries(rows: &Indexes, initiative: Option<i64>, codes: &[String]) -> Vec<HistoryKey> {
    let codes: BTreeSet<&String> = codes.iter().collect();
    let ends = codes.iter().flat_map(|code| {
        let code = (*code).clone();
        [
            IndexKey::Requested(code.clone()),
            IndexKey::Requesting(code),
        ]
    });
    let found = ends.filter_map(|key| rows.by_key(&key));
    let found = found.flat_map(|rows| rows.values());
    let found = found.filter(|row| initiative.is_none_or(|id| row.initiative_id == id));
    let ids: BTreeSet<i64> = found.map(|row| row.id).collect();
    let countries = codes.iter().filter(|_| initiative.is_none());
    let countries = countries.map(|code| HistoryKey::Country((*code).clone()));
    countries
        .chain(ids.into_iter().map(HistoryKey::Relationship))
        .collect()
}
