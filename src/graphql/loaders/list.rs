//! Lists: the length or the whole of a list, for any number of parents in one statement; their pages are in `page`.

use std::collections::HashMap;
use std::hash::Hash;

use async_graphql::dataloader::Loader;
use sea_orm::sea_query::{Asterisk, Condition, Expr, ExprTrait, Func, IntoCondition};
use sea_orm::{
    ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, QueryTrait, Select,
};

use super::Reader;
use crate::cache::tag::Tag;
use crate::error::{Error, Result};
use crate::graphql::pagination::keyset::Sort;
use crate::model::cursor::{PageCursor, SortKey};

/// A list of rows that is paged by key. Two equal values are the same list.
pub trait List: Clone + Eq + Hash + Send + Sync + 'static {
    type Entity: EntityTrait<Model: Send + Sync>;

    /// The rows of the list, for all parents; without order and limit.
    fn select(&self) -> Select<Self::Entity>;

    /// What names the parent of a row.
    fn parent(&self) -> Expr;

    /// What rows below any of the parents fulfil, in a form that an index can answer.
    fn below(&self, parents: Vec<Expr>) -> Condition {
        self.parent().is_in(parents).into_condition()
    }

    fn sort(&self) -> Sort;

    /// What the list rests on below a parent: whatever may add, move or take away a row touches one of these.
    fn tags(&self, _parent: Option<&SortKey>) -> Vec<Tag> {
        vec![Tag::Everything]
    }

    /// What a row rests on besides.
    fn tag(&self, _row: &<Self::Entity as EntityTrait>::Model) -> Option<Tag> {
        None
    }

    /// Where a row stands in the list. Its id is the seq of the entry that the row came with.
    fn place(&self, row: &<Self::Entity as EntityTrait>::Model) -> PageCursor;
}

/// How many rows a list has.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LengthOf<L> {
    pub parent: Option<SortKey>,
    pub list: L,
}

/// All rows of a list, in its order. For lists that the domain bounds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WholeOf<L> {
    pub parent: Option<SortKey>,
    pub list: L,
}

pub(super) type Row<L> = <<L as List>::Entity as EntityTrait>::Model;
pub(super) type Parents = Vec<Option<SortKey>>;

impl<L: List> Loader<LengthOf<L>> for Reader {
    type Value = i64;
    type Error = Error;

    async fn load(&self, keys: &[LengthOf<L>]) -> Result<HashMap<LengthOf<L>, i64>> {
        let mut lengths = HashMap::new();
        for (list, parents) in group(keys.iter().map(|key| (&key.list, &key.parent))) {
            let mut select = below(list.select(), list, &parents)
                .select_only()
                .expr_as(Func::count(Expr::col(Asterisk)), "length");
            if parents != [None] {
                select = select
                    .expr_as(list.parent(), "parent")
                    .group_by(list.parent());
            }
            for row in self
                .db(tags(list, &parents))
                .query_all(select.as_query())
                .await?
            {
                let parent = parent_of(&row, &parents)?;
                let list = list.clone();
                lengths.insert(LengthOf { parent, list }, row.try_get("", "length")?);
            }
        }
        Ok(lengths)
    }
}

impl<L: List> Loader<WholeOf<L>> for Reader {
    type Value = Vec<Row<L>>;
    type Error = Error;

    async fn load(&self, keys: &[WholeOf<L>]) -> Result<HashMap<WholeOf<L>, Self::Value>> {
        let mut wholes: HashMap<WholeOf<L>, Vec<Row<L>>> = HashMap::new();
        for (list, parents) in group(keys.iter().map(|key| (&key.list, &key.parent))) {
            let Sort { key, id, way } = list.sort();
            let mut select = below(list.select(), list, &parents)
                .order_by(key, way.order())
                .order_by(id, way.order());
            if parents != [None] {
                select = select.expr_as(list.parent(), "parent");
            }
            for row in self
                .db(tags(list, &parents))
                .query_all(select.as_query())
                .await?
            {
                let parent = parent_of(&row, &parents)?;
                let list_of = list.clone();
                let key = WholeOf {
                    parent,
                    list: list_of,
                };
                let whole = wholes.entry(key).or_default();
                let row = FromQueryResult::from_query_result(&row, "")?;
                self.note(list.tag(&row));
                whole.push(row);
            }
        }
        Ok(wholes)
    }
}

/// Keys that differ in nothing but their parent are answered together.
pub(super) fn group<'k, K: Eq + Hash>(
    keys: impl Iterator<Item = (K, &'k Option<SortKey>)>,
) -> HashMap<K, Parents> {
    let mut groups: HashMap<K, Parents> = HashMap::new();
    for (key, parent) in keys {
        groups.entry(key).or_default().push(parent.clone());
    }
    groups
}

pub(super) fn tags<L: List>(list: &L, parents: &Parents) -> Vec<Tag> {
    let of = |parent: &Option<SortKey>| list.tags(parent.as_ref());
    parents.iter().flat_map(of).collect()
}

fn below<L: List>(select: Select<L::Entity>, list: &L, parents: &Parents) -> Select<L::Entity> {
    if parents == &[None] {
        return select;
    }
    let keys = parents.iter().flatten().map(|parent| match parent {
        SortKey::Number(number) => Expr::val(*number),
        SortKey::Text(text) => Expr::val(text.as_str()),
    });
    select.filter(list.below(keys.collect()))
}

pub(super) fn parent_of(row: &QueryResult, parents: &Parents) -> Result<Option<SortKey>> {
    Ok(match &parents[0] {
        None => None,
        Some(SortKey::Number(_)) => Some(SortKey::Number(row.try_get("", "parent")?)),
        Some(SortKey::Text(_)) => Some(SortKey::Text(row.try_get("", "parent")?)),
    })
}
