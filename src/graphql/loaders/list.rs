//! Lists: a page, the length or the whole of a list, for any number of parents in one statement.

use std::collections::HashMap;
use std::hash::Hash;

use async_graphql::dataloader::Loader;
use sea_orm::sea_query::{
    Alias, Asterisk, Condition, Expr, ExprTrait, Func, IntoCondition, Order, OverStatement, Query,
    WindowStatement,
};
use sea_orm::{
    ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, QueryTrait, Select,
};

use super::Reader;
use crate::error::{Error, Result};
use crate::feed::touched::Tag;
use crate::graphql::paging::{Page, Slice, Way};
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

    /// Where a row stands in the list.
    fn place(&self, row: &<Self::Entity as EntityTrait>::Model) -> PageCursor;
}

/// The order of a list: by `key`, and within equal keys by the unique `id`.
#[derive(Clone, Debug)]
pub struct Sort {
    pub key: Expr,
    pub id: Expr,
    pub way: Way,
}

/// One page of a list. Without a parent, the list is the root's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageOf<L> {
    pub parent: Option<SortKey>,
    pub list: L,
    pub page: Page,
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

type Row<L> = <<L as List>::Entity as EntityTrait>::Model;
type Parents = Vec<Option<SortKey>>;

impl<L: List> Loader<PageOf<L>> for Reader {
    type Value = Slice<Row<L>>;
    type Error = Error;

    async fn load(&self, keys: &[PageOf<L>]) -> Result<HashMap<PageOf<L>, Self::Value>> {
        let mut pages = HashMap::new();
        let groups = group(keys.iter().map(|key| ((&key.list, &key.page), &key.parent)));
        for ((list, page), parents) in groups {
            let mut rows = list_pages(self, list, page, &parents).await?;
            for parent in parents {
                let slice = page.cut(rows.remove(&parent).unwrap_or_default());
                let (list, page) = (list.clone(), page.clone());
                pages.insert(PageOf { parent, list, page }, slice);
            }
        }
        Ok(pages)
    }
}

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
fn group<'k, K: Eq + Hash>(
    keys: impl Iterator<Item = (K, &'k Option<SortKey>)>,
) -> HashMap<K, Parents> {
    let mut groups: HashMap<K, Parents> = HashMap::new();
    for (key, parent) in keys {
        groups.entry(key).or_default().push(parent.clone());
    }
    groups
}

/// The rows of one page per parent, in the order of the walk, with one row more where there is more.
async fn list_pages<L: List>(
    reader: &Reader,
    list: &L,
    page: &Page,
    parents: &Parents,
) -> Result<HashMap<Option<SortKey>, Vec<Row<L>>>> {
    let sort = list.sort();
    let order = page.walk(sort.way).order();
    let select = below(list.select(), list, parents).filter(page.condition(&sort));
    let query = if parents == &[None] {
        let select = select
            .order_by(sort.key, order.clone())
            .order_by(sort.id, order);
        select.limit(page.size + 1).into_query()
    } else {
        let mut window = WindowStatement::new();
        window.add_partition_by(list.parent());
        window
            .order_by_expr(sort.key, order.clone())
            .order_by_expr(sort.id, order);
        let mut ranked = select.expr_as(list.parent(), "parent").into_query();
        ranked.expr_window_as(Func::cust("ROW_NUMBER"), window, "place");
        Query::select()
            .column(Asterisk)
            .from_subquery(ranked, "ranked")
            .and_where(Expr::col(Alias::new("place")).lte(page.size + 1))
            .order_by("parent", Order::Asc)
            .order_by("place", Order::Asc)
            .take()
    };
    let mut pages: HashMap<_, Vec<_>> = HashMap::new();
    for row in reader.db(tags(list, parents)).query_all(&query).await? {
        let rows = pages.entry(parent_of(&row, parents)?).or_default();
        let row = FromQueryResult::from_query_result(&row, "")?;
        reader.note(list.tag(&row));
        rows.push(row);
    }
    Ok(pages)
}

fn tags<L: List>(list: &L, parents: &Parents) -> Vec<Tag> {
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

fn parent_of(row: &QueryResult, parents: &Parents) -> Result<Option<SortKey>> {
    Ok(match &parents[0] {
        None => None,
        Some(SortKey::Number(_)) => Some(SortKey::Number(row.try_get("", "parent")?)),
        Some(SortKey::Text(_)) => Some(SortKey::Text(row.try_get("", "parent")?)),
    })
}
