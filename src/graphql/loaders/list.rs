//! Lists: a page, the length or the whole of a list, for any number of parents in one statement.

use std::collections::HashMap;
use std::hash::Hash;

use async_graphql::dataloader::Loader;
use sea_orm::sea_query::{
    Asterisk, Condition, Expr, ExprTrait, Func, IntoCondition, Query, SelectStatement,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, Iterable, QueryFilter, QueryOrder,
    QueryResult, QuerySelect, QueryTrait, Select,
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

    /// Where a row stands in the list. Its id is the seq of the entry that the row came with.
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
    let query = if parents == &[None] {
        first_rows(list.select(), list, page).into_query()
    } else {
        first_rows_of_each(list, page, parents)
    };
    let (mut pages, mut newest) = (HashMap::<_, Vec<_>>::new(), 0);
    for row in reader.db(tags(list, parents)).query_all(&query).await? {
        let rows = pages.entry(parent_of(&row, parents)?).or_default();
        let row = FromQueryResult::from_query_result(&row, "")?;
        reader.note(list.tag(&row));
        newest = Ord::max(newest, list.place(&row).id);
        rows.push(row);
    }
    reader.catch_up(newest).await;
    Ok(pages)
}

/// The page, and one row more.
fn first_rows<L: List>(select: Select<L::Entity>, list: &L, page: &Page) -> Select<L::Entity> {
    let sort = list.sort();
    let order = page.walk(sort.way).order();
    select
        .filter(page.condition(&sort))
        .order_by(sort.key, order.clone())
        .order_by(sort.id, order)
        .limit(page.size + 1)
}

/// The same of each parent. The parents come first, and of each so many rows are looked up: a window function would
/// number all rows of all parents to keep a few, so that a page would cost the whole history.
fn first_rows_of_each<L: List>(list: &L, page: &Page, parents: &Parents) -> SelectStatement {
    let (sort, of_each) = (list.sort(), Expr::col((PARENT, VALUE)));
    let below = list.select().filter(list.below(vec![of_each.clone()]));
    let ids = first_rows(below, list, page)
        .select_only()
        .expr_as(sort.id.clone(), "id")
        .into_query();
    let columns = <L::Entity as EntityTrait>::Column::iter();
    let order = page.walk(sort.way).order();
    Query::select()
        .columns(columns.map(|column| column.as_column_ref()))
        .expr_as(of_each, PARENT)
        .from_function(Func::cust("json_each").arg(values(parents)), PARENT)
        // SQLite keeps the order of a cross join, which has no condition of its own.
        .cross_join(L::Entity::default())
        .and_where(sort.id.clone().in_subquery(ids))
        .order_by_expr(sort.key, order.clone())
        .order_by_expr(sort.id, order)
        .take()
}

const PARENT: &str = "parent";
/// The column of SQLite's `json_each`.
const VALUE: &str = "value";

/// As a JSON list: one text to bind, whatever their number, so that the statement is prepared once.
fn values(parents: &Parents) -> String {
    let values = parents.iter().flatten().collect::<Vec<_>>();
    serde_json::to_string(&values).expect("numbers and texts have a JSON form")
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

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::SqliteQueryBuilder;

    use super::*;
    use crate::graphql::change_filter::ChangeFilter;
    use crate::graphql::loaders::change::Changes;

    fn sql(parents: std::ops::Range<i64>) -> String {
        let list = Changes {
            nested: true,
            filter: ChangeFilter::default(),
        };
        let page = Page {
            size: 2,
            backward: true,
            after: None,
            before: None,
        };
        let parents = parents.map(SortKey::Number).map(Some).collect();
        first_rows_of_each(&list, &page, &parents)
            .build(SqliteQueryBuilder)
            .0
    }

    #[test]
    fn pages_of_any_number_of_parents_are_one_statement_to_prepare() {
        assert_eq!(sql(0..2), sql(0..40));
        assert!(sql(0..2).contains("CROSS JOIN \"stance_change\" WHERE"));
    }
}
