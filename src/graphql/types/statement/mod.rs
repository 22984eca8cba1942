//! Statements: one GraphQL type per kind and the interface over them, with lists, filters and mutations.

pub mod enums;

pub mod body_enums;

pub mod claim;

mod kind;

pub mod interface;

pub mod types;

pub mod filter;

pub mod body_input;

pub mod input;

pub mod mutation;

pub mod revision;

pub mod recall;

use async_graphql::{Context, ID, Object};
use entity::statement::Model;

pub use interface::Statement;
pub use types::{
    AgreementStatement, ConcernStatement, CountStatement, DenialStatement, FundingStatement,
    LegalStatement, PressureStatement, ReturnStatement, StanceStatement, TransferStatement,
};

use crate::error::{Error, Result};
use crate::graphql::connection::arguments::PageArguments;
use crate::graphql::connection::{Cursor, Length, connection, load_page};
use crate::graphql::inputs::moment::{MomentInput, moment};
use crate::graphql::loaders::filtered_statements::{FilteredStatements, cursor};
use crate::graphql::loaders::statement::{StatementList, StatementParent};
use crate::graphql::loaders::{loader_context, loaders, row::StatementId};
use crate::graphql::output::direct_json::DirectJson;
use crate::graphql::pagination::{Page, PageSlice};
use crate::model::statement::{Standing, StatementKind};
use filter::StatementFilter;

connection!(
    /// A page of statements.
    StatementConnection, StatementEdge of DirectJson<Statement>
);

/// The statement with an id that a stored row refers to.
/// # Errors
/// `Error::Internal` if it does not exist.
pub async fn load_statement(ctx: &Context<'_>, id: i64) -> Result<Statement> {
    let statement = find_statement(ctx, id).await?;
    statement.ok_or_else(|| Error::internal(format!("statement {id} is missing")))
}

pub async fn find_statement(ctx: &Context<'_>, id: i64) -> Result<Option<Statement>> {
    let row = loaders(ctx).load_one(StatementId(id)).await?;
    row.map(Statement::from_row).transpose()
}

/// A page of a list of statements: all that were ever recorded or, with `at`, those that were valid at the moment.
pub async fn load_statement_page(
    ctx: &Context<'_>,
    list: StatementList,
    at: Option<&MomentInput>,
    page: PageArguments,
) -> Result<DirectJson<StatementConnection>> {
    let page = page.page(false)?;
    let moment = moment(at)?;
    let stored = list.stored().filter(|_| moment.is_none());
    let (rows, length) = match stored {
        Some((list, parent)) => load_page(ctx, parent, list, page).await?,
        None => load_filtered_page(ctx, FilteredStatements { list, moment }, &page).await?,
    };
    let edges = rows.try_map(|row| {
        Ok(StatementEdge {
            cursor: Cursor::Page(cursor(row.id)),
            node: DirectJson(Statement::from_row(row)?),
        })
    })?;
    Ok(DirectJson(StatementConnection::new(edges, length)))
}

async fn load_filtered_page(
    ctx: &Context<'_>,
    list: FilteredStatements,
    page: &Page,
) -> Result<(PageSlice<Model>, Length)> {
    let ids = list.page(loader_context(ctx), page).await?;
    let slice = PageSlice {
        rows: load_rows(ctx, ids.rows).await?,
        has_previous: ids.has_previous,
        has_next: ids.has_next,
    };
    Ok((slice, Length::FilteredStatements(Box::new(list))))
}

async fn load_rows(ctx: &Context<'_>, ids: Vec<i64>) -> Result<Vec<Model>> {
    let keys = ids.iter().copied().map(StatementId);
    let mut rows = loaders(ctx).load_many(keys).await?;
    let rows = ids.into_iter().map(|id| {
        let row = rows.remove(&StatementId(id));
        row.ok_or_else(|| Error::internal(format!("statement {id} is missing")))
    });
    rows.collect()
}

/// The statements of one kind about a parent that are valid, now or at the moment.
pub async fn list_standing(
    ctx: &Context<'_>,
    parent: StatementParent,
    kind: StatementKind,
    at: Option<&MomentInput>,
) -> Result<Vec<Statement>> {
    let mut list = StatementList::all(parent);
    list.criteria.kinds = Some(vec![kind]);
    let moment = moment(at)?;
    if moment.is_none() {
        list.criteria.standing = Some(vec![Standing::Standing]);
    }
    let list = FilteredStatements { list, moment };
    let ids = list.all(loader_context(ctx)).await?;
    let rows = load_rows(ctx, ids).await?;
    rows.into_iter().map(Statement::from_row).collect()
}

/// Root fields.
#[derive(Default)]
pub struct StatementQuery;

#[Object]
impl StatementQuery {
    /// Statements that match the filter, in order of recording. Without `at`, corrected and retracted statements are
    /// included; see `standing`.
    #[expect(
        clippy::too_many_arguments,
        reason = "they are the arguments of the field"
    )]
    async fn statements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter; omit it to list all statements.")] filter: Option<
            StatementFilter,
        >,
        #[graphql(
            desc = "Returns only statements that were recorded, public and valid at this moment."
        )]
        at: Option<MomentInput>,
        #[graphql(desc = "Number of items from the start (0–100, default 20).")] first: Option<i32>,
        #[graphql(desc = "Returns only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end (0–100); do not combine with `first`.")]
        last: Option<i32>,
        #[graphql(desc = "Returns only items before this cursor.")] before: Option<String>,
    ) -> Result<DirectJson<StatementConnection>> {
        let statements = match filter {
            Some(filter) => filter.resolve(ctx).await?,
            None => StatementList::all(StatementParent::Anything),
        };
        let page = PageArguments {
            first,
            after,
            last,
            before,
        };
        load_statement_page(ctx, statements, at.as_ref(), page).await
    }

    /// Fetches a statement by its number, as used in citations and permanent links; null if not found.
    async fn statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of the statement: the `seq` of the ledger entry that recorded it."
        )]
        number: ID,
    ) -> Result<Option<DirectJson<Statement>>> {
        match number.parse() {
            Ok(id) => Ok(find_statement(ctx, id).await?.map(DirectJson)),
            Err(_) => Ok(None),
        }
    }
}
