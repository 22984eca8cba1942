//! Loader of list pages, for any number of parents in one SQL statement.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use sea_orm::sea_query::{
    Cond, Expr, ExprTrait, Func, FunctionCall, JoinType, Query, SelectStatement,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityName, EntityTrait, FromQueryResult, Iterable,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};

use super::LoaderContext;
use super::list::{KeysetList, Parents, Row, group_by_parents, list_tags, parent_of};
use crate::database::value_set::ValueSet;
use crate::error::{Error, Result};
use crate::graphql::pagination::{Page, PageSlice};
use crate::model::cursor::SortKey;

/// Key: one page of a list. Without a parent, it is a list of the root.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageOf<L> {
    pub parent: Option<SortKey>,
    pub list: L,
    pub page: Page,
}

impl<L: KeysetList> Loader<PageOf<L>> for LoaderContext {
    type Value = PageSlice<Row<L>>;
    type Error = Error;

    async fn load(&self, keys: &[PageOf<L>]) -> Result<HashMap<PageOf<L>, Self::Value>> {
        let mut pages = HashMap::new();
        let groups = group_by_parents(keys.iter().map(|key| ((&key.list, &key.page), &key.parent)));
        for ((list, page), parents) in groups {
            let mut rows = list_pages(self, list, page, &parents).await?;
            for parent in parents {
                let slice = page.trim(rows.remove(&parent).unwrap_or_default());
                let (list, page) = (list.clone(), page.clone());
                pages.insert(PageOf { parent, list, page }, slice);
            }
        }
        Ok(pages)
    }
}

/// The rows of one page per parent in scan order, with one extra row if the list goes on.
async fn list_pages<L: KeysetList>(
    context: &LoaderContext,
    list: &L,
    page: &Page,
    parents: &Parents,
) -> Result<HashMap<Option<SortKey>, Vec<Row<L>>>> {
    let db = context.db(list_tags(list, parents));
    let query = if parents == &[None] {
        first_rows(context.select(list), list, page).into_query()
    } else {
        let select = context.select(list);
        first_rows_of_each(db.get_database_backend(), (list, select), page, parents)
    };
    let (mut pages, mut newest) = (HashMap::<_, Vec<_>>::new(), 0);
    for row in db.query_all(&query).await? {
        let rows = pages.entry(parent_of(&row, parents)?).or_default();
        let row = FromQueryResult::from_query_result(&row, "")?;
        context.record_tags(list.row_tag(&row));
        newest = Ord::max(newest, list.cursor(&row).id);
        context.work().spend(L::ROW_WORK)?;
        rows.push(L::restore_row(context, row).await?);
    }
    context.wait_for_feed(newest).await;
    Ok(pages)
}

/// Selects the page and one extra row.
fn first_rows<L: KeysetList>(
    select: Select<L::Entity>,
    list: &L,
    page: &Page,
) -> Select<L::Entity> {
    let sort = list.sort();
    let order = page.scan_direction(sort.direction).order();
    select
        .filter(page.condition(&sort))
        .order_by(sort.key, order.clone())
        .order_by(sort.id, order)
        .limit(page.size + 1)
}

/// Selects the same for each parent. It joins the parents with a limited subquery: a window function would number all
/// rows of all parents and discard most of them, so that a page would cost as much as the whole history.
fn first_rows_of_each<L: KeysetList>(
    backend: DbBackend,
    (list, select): (&L, Select<L::Entity>),
    page: &Page,
    parents: &Parents,
) -> SelectStatement {
    let (sort, parent) = (list.sort(), Parent::new(backend, parents));
    let of_parent = select.filter(list.parent_filter(&ValueSet::One(parent.value.clone())));
    let rows = first_rows(of_parent, list, page);
    let columns = <L::Entity as EntityTrait>::Column::iter();
    let order = page.scan_direction(sort.direction).order();
    let mut select = Query::select();
    select
        .columns(columns.map(|column| column.as_column_ref()))
        .expr_as(parent.value, PARENT)
        .from_function(parent.rows, PARENT);
    if backend == DbBackend::Postgres {
        // The alias is the table's name, so that column references stay valid.
        let name = L::Entity::default().table_name();
        select.join_lateral(JoinType::InnerJoin, rows.into_query(), name, Cond::all());
    } else {
        // SQLite does not reorder a cross join; it takes no ON condition.
        let ids = rows.select_only().expr_as(sort.id.clone(), "id");
        let is_on_page = sort.id.clone().in_subquery(ids.into_query());
        select
            .cross_join(L::Entity::default())
            .and_where(is_on_page);
    }
    select
        .order_by_expr(sort.key, order.clone())
        .order_by_expr(sort.id, order)
        .take()
}

/// The parents as a table. One JSON array is bound for any number of parents, so that the statement is prepared once.
struct Parent {
    rows: FunctionCall,
    /// The parent in a row of that table.
    value: Expr,
}

const PARENT: &str = "parent";

impl Parent {
    fn new(backend: DbBackend, parents: &Parents) -> Self {
        let list = parents.iter().flatten().collect::<Vec<_>>();
        let list = serde_json::to_string(&list).expect("numbers and strings have a JSON form");
        let value = Expr::col((PARENT, "value"));
        if backend != DbBackend::Postgres {
            let rows = Func::cust("json_each").arg(list);
            return Self { rows, value };
        }
        let list = Expr::val(list).cast_as("json");
        let is_number = matches!(parents.first(), Some(Some(SortKey::Number(_))));
        Self {
            rows: Func::cust("json_array_elements_text").arg(list),
            value: value.cast_as(if is_number { "bigint" } else { "text" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::stance_change::Changes;
    use super::*;
    use crate::graphql::loaders::stance_change::ChangeFilter;

    fn sql(backend: DbBackend, parents: std::ops::Range<i64>) -> String {
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
        let select = first_rows_of_each(backend, (&list, list.select()), &page, &parents);
        backend.build(&select).sql
    }

    #[test]
    fn one_prepared_statement_loads_pages_of_any_number_of_parents() {
        for (backend, join) in [
            (DbBackend::Sqlite, "CROSS JOIN \"stance_change\" WHERE"),
            (DbBackend::Postgres, "INNER JOIN LATERAL (SELECT"),
        ] {
            assert_eq!(sql(backend, 0..2), sql(backend, 0..40));
            assert!(sql(backend, 0..2).contains(join), "{}", sql(backend, 0..2));
        }
    }
}
