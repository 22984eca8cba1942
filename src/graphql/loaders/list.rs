//! Keyset lists: the trait of a list, and loaders of its length and of all its rows, for any number of parents in one
//! SQL statement. Pages are loaded in `page`.

use std::collections::HashMap;
use std::hash::Hash;

use async_graphql::dataloader::Loader;
use sea_orm::sea_query::{Asterisk, Condition, Expr, ExprTrait, Func, IntoCondition};
use sea_orm::{
    ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, QueryTrait, Select,
};

use super::LoaderContext;
use super::work_budget::{COMPARED_ROWS, SQL_ROW};
use crate::cache::tag::CacheTag;
use crate::database::value_set::ValueSet;
use crate::error::{Error, Result};
use crate::graphql::pagination::keyset::KeysetOrder;
use crate::model::cursor::{PageCursor, SortKey};
use crate::model::pin::Pin;

/// A list of rows with keyset pagination. Equal values are the same list.
pub trait KeysetList: Clone + Eq + Hash + Send + Sync + 'static {
    type Entity: EntityTrait<Model: Send + Sync>;

    /// The work that reading a row takes, in facts.
    const ROW_WORK: u64 = SQL_ROW;

    /// The rows of the list for all parents, without order and limit.
    fn select(&self) -> Select<Self::Entity>;

    /// The column or expression that identifies the parent of a row.
    fn parent(&self) -> Expr;

    /// The condition for rows of any of the parents, in a form that can use an index.
    fn parent_filter(&self, parents: &ValueSet) -> Condition {
        parents.contains(self.parent()).into_condition()
    }

    fn sort(&self) -> KeysetOrder;

    /// The rows of [`KeysetList::select`] as they were at a pin.
    fn select_pinned(&self, pin: &Pin) -> Select<Self::Entity> {
        self.select().filter(self.sort().id.lte(pin.seq))
    }

    /// A row as it was at the pin of an execution, if later entries change rows of this kind.
    fn restore_row(
        _context: &LoaderContext,
        row: Row<Self>,
    ) -> impl Future<Output = Result<Row<Self>>> + Send {
        std::future::ready(Ok(row))
    }

    /// The tags that the list of a parent depends on: an entry that adds, moves or removes a row invalidates one of
    /// them.
    fn list_tags(&self, _parent: Option<&SortKey>) -> Vec<CacheTag> {
        vec![CacheTag::Any]
    }

    /// The tag that a row itself depends on, besides those of the list.
    fn row_tag(&self, _row: &<Self::Entity as EntityTrait>::Model) -> Option<CacheTag> {
        None
    }

    /// The sort position of a row. Its id is the seq of the entry that created the row.
    fn cursor(&self, row: &<Self::Entity as EntityTrait>::Model) -> PageCursor;
}

/// Key: the number of rows of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CountOf<L> {
    pub parent: Option<SortKey>,
    pub list: L,
}

/// Key: all rows of a list, in its order. Only for lists whose length is limited by the domain.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AllOf<L> {
    pub parent: Option<SortKey>,
    pub list: L,
}

pub(super) type Row<L> = <<L as KeysetList>::Entity as EntityTrait>::Model;
pub(super) type Parents = Vec<Option<SortKey>>;

impl<L: KeysetList> Loader<CountOf<L>> for LoaderContext {
    type Value = i64;
    type Error = Error;

    async fn load(&self, keys: &[CountOf<L>]) -> Result<HashMap<CountOf<L>, i64>> {
        let mut counts = HashMap::new();
        for (list, parents) in group_by_parents(keys.iter().map(|key| (&key.list, &key.parent))) {
            let mut select = filter_by_parents(self.select(list), list, &parents)
                .select_only()
                .expr_as(Func::count(Expr::col(Asterisk)), "length");
            if parents != [None] {
                select = select
                    .expr_as(list.parent(), "parent")
                    .group_by(list.parent());
            }
            for row in self
                .db(list_tags(list, &parents))
                .query_all(select.as_query())
                .await?
            {
                let parent = parent_of(&row, &parents)?;
                let list = list.clone();
                let length: i64 = row.try_get("", "length")?;
                self.work().add(length.unsigned_abs() / COMPARED_ROWS);
                counts.insert(CountOf { parent, list }, length);
            }
        }
        Ok(counts)
    }
}

impl<L: KeysetList> Loader<AllOf<L>> for LoaderContext {
    type Value = Vec<Row<L>>;
    type Error = Error;

    async fn load(&self, keys: &[AllOf<L>]) -> Result<HashMap<AllOf<L>, Self::Value>> {
        let mut rows_by_key: HashMap<AllOf<L>, Vec<Row<L>>> = HashMap::new();
        for (list, parents) in group_by_parents(keys.iter().map(|key| (&key.list, &key.parent))) {
            let KeysetOrder { key, id, direction } = list.sort();
            let mut select = filter_by_parents(self.select(list), list, &parents)
                .order_by(key, direction.order())
                .order_by(id, direction.order());
            if parents != [None] {
                select = select.expr_as(list.parent(), "parent");
            }
            for row in self
                .db(list_tags(list, &parents))
                .query_all(select.as_query())
                .await?
            {
                let parent = parent_of(&row, &parents)?;
                let key = AllOf {
                    parent,
                    list: list.clone(),
                };
                let rows = rows_by_key.entry(key).or_default();
                let row = FromQueryResult::from_query_result(&row, "")?;
                self.record_tags(list.row_tag(&row));
                self.work().spend(L::ROW_WORK)?;
                rows.push(L::restore_row(self, row).await?);
            }
        }
        Ok(rows_by_key)
    }
}

impl LoaderContext {
    /// The rows of a list for all parents, now or as of the pin.
    pub(super) fn select<L: KeysetList>(&self, list: &L) -> Select<L::Entity> {
        match self.pin() {
            Some(pin) => list.select_pinned(pin),
            None => list.select(),
        }
    }
}

/// Groups keys that differ only in their parent, so that one statement loads them.
pub(super) fn group_by_parents<'k, K: Eq + Hash>(
    keys: impl Iterator<Item = (K, &'k Option<SortKey>)>,
) -> HashMap<K, Parents> {
    let mut groups: HashMap<K, Parents> = HashMap::new();
    for (key, parent) in keys {
        groups.entry(key).or_default().push(parent.clone());
    }
    groups
}

pub(super) fn list_tags<L: KeysetList>(list: &L, parents: &Parents) -> Vec<CacheTag> {
    let tags_of = |parent: &Option<SortKey>| list.list_tags(parent.as_ref());
    parents.iter().flat_map(tags_of).collect()
}

fn filter_by_parents<L: KeysetList>(
    select: Select<L::Entity>,
    list: &L,
    parents: &Parents,
) -> Select<L::Entity> {
    if parents == &[None] {
        return select;
    }
    select.filter(list.parent_filter(&parent_values(parents)))
}

/// Parents of a list are all numbers or all texts.
fn parent_values(parents: &Parents) -> ValueSet {
    let parents = parents.iter().flatten();
    let numbers = parents.clone().filter_map(|parent| match parent {
        SortKey::Number(number) => Some(*number),
        SortKey::Text(_) => None,
    });
    let mut texts = parents
        .filter_map(|parent| match parent {
            SortKey::Number(_) => None,
            SortKey::Text(text) => Some(text),
        })
        .peekable();
    if texts.peek().is_some() {
        ValueSet::of_texts(texts)
    } else {
        ValueSet::of_numbers(numbers)
    }
}

pub(super) fn parent_of(row: &QueryResult, parents: &Parents) -> Result<Option<SortKey>> {
    Ok(match &parents[0] {
        None => None,
        Some(SortKey::Number(_)) => Some(SortKey::Number(row.try_get("", "parent")?)),
        Some(SortKey::Text(_)) => Some(SortKey::Text(row.try_get("", "parent")?)),
    })
}
