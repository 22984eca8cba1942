//! Pages of lists, for any number of parents in one statement.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, Iterable, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};

use super::Reader;
use super::list::{List, Parents, Row, group, parent_of, tags};
use crate::error::{Error, Result};
use crate::graphql::paging::{Page, Slice};
use crate::model::cursor::SortKey;

/// One page of a list. Without a parent, the list is the root's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageOf<L> {
    pub parent: Option<SortKey>,
    pub list: L,
    pub page: Page,
}

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
