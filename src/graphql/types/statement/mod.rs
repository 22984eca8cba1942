//! Statements: what all kinds have in common, and lists of them.

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

use async_graphql::{Context, ID, Object};
use entity::statement::Model;

pub use interface::Statement;
pub use types::{
    AgreementStatement, ConcernStatement, CountStatement, DenialStatement, FundingStatement,
    LegalStatement, PressureStatement, StanceStatement, TransferStatement,
};

use crate::error::{Error, Result};
use crate::graphql::connection::arguments::PageArguments;
use crate::graphql::connection::{Cursor, Length, connection, load_page};
use crate::graphql::inputs::moment::{MomentInput, moment};
use crate::graphql::loaders::list::{List, WholeOf};
use crate::graphql::loaders::statement::{About, Said, Statements};
use crate::graphql::loaders::{history::FactOf, loaders, row::StatementId};
use crate::graphql::pagination::keyset::Way;
use crate::model::cursor::SortKey;
use crate::model::statement::{Standing, StatementKind};
use crate::model::{moment::Moment, position};
use filter::StatementFilter;

connection!(
    /// A page of statements.
    StatementConnection, StatementEdge of Statement
);

/// The statement of an id that a row names.
pub async fn load(ctx: &Context<'_>, id: i64) -> Result<Statement> {
    let statement = find(ctx, id).await?;
    statement.ok_or_else(|| Error::internal(format!("statement {id} is missing")))
}

pub async fn find(ctx: &Context<'_>, id: i64) -> Result<Option<Statement>> {
    let row = loaders(ctx).load_one(StatementId(id)).await?;
    row.map(Statement::from_row).transpose()
}

/// A page of statements below a parent: all that were ever recorded, or those visible at the moment.
pub async fn list(
    ctx: &Context<'_>,
    parent: Option<SortKey>,
    list: Statements,
    at: Option<&MomentInput>,
    page: PageArguments,
) -> Result<StatementConnection> {
    let page = page.page(false)?;
    let (rows, length) = if let Some(moment) = moment(at)? {
        let rows = list_whole(ctx, parent, list.clone(), Some(moment)).await?;
        let length = Length::Known(rows.len());
        let slice = page.pick(rows, Way::Ascending, |row| list.place(row));
        (slice, length)
    } else {
        load_page(ctx, parent, list.clone(), page).await?
    };
    let edges = rows.try_map(|row| {
        Ok(StatementEdge {
            cursor: Cursor::Page(list.place(&row)),
            node: Statement::from_row(row)?,
        })
    })?;
    Ok(StatementConnection::new(edges, length))
}

/// The whole of a list. With a moment, what stands is judged by the whole history of the subjects, whatever else the
/// list asks for: what replaces a statement may be of another kind or by another claimant.
pub async fn list_whole(
    ctx: &Context<'_>,
    parent: Option<SortKey>,
    mut list: Statements,
    moment: Option<Moment>,
) -> Result<Vec<Model>> {
    let Some(moment) = moment else {
        let rows = loaders(ctx).load_one(WholeOf { parent, list }).await?;
        return Ok(rows.unwrap_or_default());
    };
    let said: Said = std::mem::take(&mut list.said);
    let rows = loaders(ctx)
        .load_one(WholeOf { parent, list })
        .await?
        .unwrap_or_default();
    let ids = rows.iter().map(|row| FactOf(row.id));
    let facts = loaders(ctx).load_many(ids).await?;
    let mut history: Vec<_> = facts.into_values().collect();
    history.sort_by_key(|fact| fact.id);
    let visible = position::visible(&history, &moment);
    let is_visible = |row: &Model| {
        visible
            .binary_search_by_key(&row.id, |fact| fact.id)
            .is_ok()
    };
    Ok(rows
        .into_iter()
        .filter(|row| is_visible(row) && said.holds(row))
        .collect())
}

/// Statements of one kind about a parent that stand, now or at the moment.
pub async fn list_standing(
    ctx: &Context<'_>,
    parent: SortKey,
    about: About,
    kind: StatementKind,
    at: Option<&MomentInput>,
) -> Result<Vec<Statement>> {
    let mut list = Statements::all(about);
    list.said.kinds = Some(vec![kind]);
    // With a moment, what stands follows from it, and not from what is known now.
    list.said.standing = at.is_none().then(|| vec![Standing::Standing]);
    let rows = list_whole(ctx, Some(parent), list, moment(at)?).await?;
    rows.into_iter().map(Statement::from_row).collect()
}

/// Root fields.
#[derive(Default)]
pub struct StatementQuery;

#[Object]
impl StatementQuery {
    /// All statements that pass the filter, in the order of recording. Without `at`, everything ever recorded, with its
    /// standing.
    #[expect(
        clippy::too_many_arguments,
        reason = "they are the arguments of the field"
    )]
    async fn statements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions on the statements.")] filter: Option<StatementFilter>,
        #[graphql(desc = "Only what was recorded, public and standing at the moment.")] at: Option<
            MomentInput,
        >,
        #[graphql(desc = "So many from the start: 0 to 100, 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<StatementConnection> {
        let statements = match filter {
            Some(filter) => filter.resolve(ctx).await?,
            None => Statements::all(About::Anything),
        };
        let page = PageArguments {
            first,
            after,
            last,
            before,
        };
        list(ctx, None, statements, at.as_ref(), page).await
    }

    /// A statement by its number, as citations and permanent links give it; null where there is none.
    async fn statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its number: the seq of the ledger entry that recorded it.")] number: ID,
    ) -> Result<Option<Statement>> {
        match number.parse() {
            Ok(id) => find(ctx, id).await,
            Err(_) => Ok(None),
        }
    }
}
