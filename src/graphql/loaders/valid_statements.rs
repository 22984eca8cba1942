//! Lists of statements that were valid at a moment, from the histories; SQL is asked only for the rows that are shown.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::LoaderContext;
use super::statement::{StatementList, StatementParent};
use super::statement_criteria::StatementCriteria;
use super::work_budget::LOOKUP;
use crate::error::{Error, Result};
use crate::graphql::loaders::list::KeysetList;
use crate::graphql::pagination::keyset::SortDirection;
use crate::graphql::pagination::{Page, PageSlice};
use crate::model::cursor::{PageCursor, SortKey};
use crate::model::moment::Moment;
use crate::model::position::cutoff::Cutoff;
use crate::model::position::history::History;
use crate::model::position::packed_fact::PackedFact;
use crate::model::statement::Standing;
use crate::read_model::{HistoryKey, IndexKey, Indexes};

/// A list, of which only the statements that were valid at a moment count. Its criteria apply to those: the replacement of a
/// statement may have another kind or claimant.
#[derive(Clone, Debug)]
pub struct ValidStatements {
    pub parent: Option<SortKey>,
    pub list: StatementList,
    pub moment: Moment,
}

/// Statements that are checked under one lock, before other tasks have their turn.
const CHUNK: usize = 4_096;
/// The first chunk of a page; the next are twice as large.
const FIRST_CHUNK: usize = 64;

impl ValidStatements {
    /// The ids on one page.
    pub async fn page(&self, context: &LoaderContext, page: &Page) -> Result<PageSlice<i64>> {
        context.record_tags(self.list.list_tags(self.parent.as_ref()));
        let cursor = |id: &i64| PageCursor {
            key: SortKey::Number(*id),
            id: *id,
        };
        if let Some(keys) = self.histories(context)? {
            let ids = self.list_ids(context, keys).await?;
            return Ok(page.slice_of(ids, SortDirection::Ascending, cursor));
        }
        let size = usize::try_from(page.size).unwrap_or(usize::MAX);
        let ids = self.scan(context, page, size.saturating_add(1)).await?;
        Ok(page.trim(ids))
    }

    /// All ids, in ascending order.
    pub async fn all(&self, context: &LoaderContext) -> Result<Vec<i64>> {
        context.record_tags(self.list.list_tags(self.parent.as_ref()));
        match self.histories(context)? {
            Some(keys) => self.list_ids(context, keys).await,
            None => self.scan(context, &Page::whole(), usize::MAX).await,
        }
    }

    /// The subjects of the list; `None` if it is about all.
    fn histories(&self, context: &LoaderContext) -> Result<Option<Vec<HistoryKey>>> {
        let rows = context.read_model().read();
        let list = &self.list;
        Ok(Some(match (&list.parent, &self.parent) {
            (StatementParent::Relationship, Some(SortKey::Number(id))) => {
                vec![HistoryKey::Relationship(*id)]
            }
            (StatementParent::Initiative, Some(SortKey::Number(id))) => {
                vec![HistoryKey::Initiative(*id)]
            }
            (StatementParent::Country, Some(SortKey::Text(code))) => {
                let mut keys = vec![HistoryKey::Country(code.clone())];
                keys.extend(relationships(&rows, &IndexKey::Requested(code.clone())));
                keys
            }
            (StatementParent::Anything, None) => match (list.initiative, &list.countries) {
                (None, None) => return Ok(None),
                (Some(id), None) => {
                    let mut keys = vec![HistoryKey::Initiative(id)];
                    keys.extend(relationships(&rows, &IndexKey::Initiative(id)));
                    keys
                }
                (initiative, Some(codes)) => about_countries(&rows, initiative, codes),
            },
            _ => return Err(Error::internal("this list of statements has no moment")),
        }))
    }

    async fn list_ids(&self, context: &LoaderContext, keys: Vec<HistoryKey>) -> Result<Vec<i64>> {
        context.load_histories_of(&keys).await?;
        let cutoff = Cutoff::from(&self.moment);
        let mut ids = Vec::new();
        for keys in keys.chunks(CHUNK / 8) {
            let histories = keys.iter().filter_map(|key| context.find_history(key));
            for history in histories {
                context.work().spend(history.len() as u64 + LOOKUP)?;
                let check = Criteria::new(&self.list.criteria, &history);
                let valid = history.visible(&cutoff);
                let matches = valid.iter().filter(|fact| check.matches(fact));
                ids.extend(matches.map(|fact| fact.id));
            }
            tokio::task::yield_now().await;
        }
        ids.sort_unstable();
        Ok(ids)
    }

    /// At most `limit` ids between the cursors of a page, in scan order, from all statements.
    async fn scan(&self, context: &LoaderContext, page: &Page, limit: usize) -> Result<Vec<i64>> {
        context.wait_for_histories().await?;
        let first = page.after.as_ref().map_or(i64::MIN, |cursor| cursor.id);
        let last = page.before.as_ref().map_or(i64::MAX, |cursor| cursor.id);
        let newest = context.pin().map_or(i64::MAX, |pin| pin.seq);
        let mut range = first.saturating_add(1)..=last.saturating_sub(1).min(newest);
        let (mut checker, mut ids) = (Checker::new(self), Vec::new());
        let mut size = limit.saturating_mul(2).clamp(FIRST_CHUNK, CHUNK);
        while !range.is_empty() && ids.len() < limit {
            let chunk = context
                .read_model()
                .list_statements(&range, page.backward, size);
            let Some((end, _)) = chunk.last() else { break };
            context.work().spend(LOOKUP * chunk.len() as u64)?;
            range = if page.backward {
                *range.start()..=end.saturating_sub(1)
            } else {
                end.saturating_add(1)..=*range.end()
            };
            let matches = chunk
                .iter()
                .filter(|(id, history)| checker.is_match(context, *id, history));
            ids.extend(matches.map(|(id, _)| id).take(limit - ids.len()));
            size = (size * 2).min(CHUNK);
            tokio::task::yield_now().await;
        }
        Ok(ids)
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

/// The criteria of a list for the statements of one history.
struct Criteria<'c> {
    criteria: &'c StatementCriteria,
    /// The statements that are valid now, if it matters.
    standing: Option<(&'c [Standing], BTreeSet<i64>)>,
}

impl<'c> Criteria<'c> {
    fn new(criteria: &'c StatementCriteria, history: &History) -> Self {
        let standing = criteria.standing.as_deref().map(|all| {
            let valid = history.visible(&Cutoff::from(&Moment::default()));
            (all, valid.iter().map(|fact| fact.id).collect())
        });
        Self { criteria, standing }
    }

    fn matches(&self, fact: &PackedFact) -> bool {
        let criteria = self.criteria;
        let kinds = criteria.kinds.as_ref();
        let claimants = criteria.claimants.as_ref();
        let has_standing = |(all, valid): &(&[Standing], BTreeSet<i64>)| {
            all.contains(&if fact.is_retracted() {
                Standing::Retracted
            } else if valid.contains(&fact.id) {
                Standing::Standing
            } else {
                Standing::Corrected
            })
        };
        kinds.is_none_or(|all| fact.kind.is_some_and(|one| all.contains(&one)))
            && claimants.is_none_or(|all| fact.claimant.is_some_and(|one| all.contains(&one)))
            && self.standing.as_ref().is_none_or(has_standing)
    }
}

/// Checks statements of many histories. What a history needs as a whole is computed once.
struct Checker<'l> {
    of: &'l ValidStatements,
    cutoff: Cutoff,
    whole: HashMap<i64, BTreeSet<i64>>,
    /// Histories as of the pin.
    pinned: HashMap<i64, Arc<History>>,
}

impl<'l> Checker<'l> {
    fn new(of: &'l ValidStatements) -> Self {
        Self {
            of,
            cutoff: Cutoff::from(&of.moment),
            whole: HashMap::new(),
            pinned: HashMap::new(),
        }
    }

    fn is_match(&mut self, context: &LoaderContext, id: i64, history: &Arc<History>) -> bool {
        if context.pin().is_none() {
            return self.matches(id, history);
        }
        let pinned = self.pinned.entry(history.first_id());
        let history = pinned.or_insert_with(|| context.as_recorded(history).unwrap_or_default());
        let history = Arc::clone(history);
        self.matches(id, &history)
    }

    fn matches(&mut self, id: i64, history: &History) -> bool {
        let Some(fact) = history.find(id) else {
            return false;
        };
        let criteria = &self.of.list.criteria;
        if fact.is_corrected() || criteria.standing.is_some() {
            let Self { whole, cutoff, .. } = self;
            let matches = whole.entry(history.first_id()).or_insert_with(|| {
                let check = Criteria::new(criteria, history);
                let valid = history.visible(cutoff);
                let matches = valid.iter().filter(|fact| check.matches(fact));
                matches.map(|fact| fact.id).collect()
            });
            return matches.contains(&id);
        }
        let check = Criteria {
            criteria,
            standing: None,
        };
        check.matches(fact) && history.is_present(fact, &self.cutoff)
    }
}
