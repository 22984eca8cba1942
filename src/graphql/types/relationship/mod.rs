//! Relationships: a requesting state, a requested state and an initiative, with the position of the requested state.

pub mod filter;
pub mod list;

use async_graphql::{Context, ID, Object};
use entity::relationship::Model;
use std::sync::Arc;

use super::country::{Country, stored_country};
use super::initiative::{Initiative, load_initiative};
use super::position::{Period, Position};
use super::stance::Stance;
use super::stance_change::{StanceChangeConnection, load_change_page};
use super::statement::{StatementConnection, enums::StatementKind, load_statement_page};
use crate::cache::tag::CacheTag;
use crate::error::{Error, Result, parse_stored};
use crate::graphql::connection::arguments::PageArguments;
use crate::graphql::connection::connection;
use crate::graphql::inputs::moment::{MomentInput, moment};
use crate::graphql::inputs::scalars::Edtf;
use crate::graphql::loaders::relationship::RelationshipParent;
use crate::graphql::loaders::statement::{StatementCriteria, StatementList, StatementParent};
use crate::graphql::loaders::{history::HistoryOf, loader_context, loaders, row::RelationshipId};
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::model::cursor::SortKey;
use crate::model::position::{self as fold, Fact};
use crate::model::{id::GlobalId, stance};
use filter::{RelationshipArguments, RelationshipFilter, RelationshipOrder};
use list::load_relationship_page;

pub struct Relationship(pub Arc<Model>);

connection!(
    /// A page of relationships.
    RelationshipConnection, RelationshipEdge of DirectJson<Relationship>
);

/// A requesting state, a requested state and the initiative between them: directed, and one of a kind. Its `stance`,
/// `since` and `disputed` are always those of now; ask `position` for another moment.
#[Object]
impl Relationship {
    /// Global identifier, for `node`.
    pub async fn id(&self) -> ID {
        GlobalId::Relationship(self.0.id).to_string().into()
    }

    /// The matter on which the request is made.
    async fn initiative(&self, ctx: &Context<'_>) -> Result<DirectJson<Initiative>> {
        let initiative = load_initiative(ctx, self.0.initiative_id).await;
        initiative.map(DirectJson)
    }

    /// The state that asks.
    async fn requesting_state(&self) -> Result<DirectJson<Country>> {
        stored_country(&self.0.requesting_state).map(DirectJson)
    }

    /// The state that is asked.
    async fn requested_state(&self) -> Result<DirectJson<Country>> {
        stored_country(&self.0.requested_state).map(DirectJson)
    }

    /// Where the requested state stands now, by all that we know.
    async fn stance(&self) -> Result<Stance> {
        parse_stored::<stance::Stance>(&self.0.stance).map(Into::into)
    }

    /// When the unbroken run of the present stance began; null while the stance is UNKNOWN.
    async fn since(&self) -> Option<Edtf> {
        self.0.since.clone().map(Edtf)
    }

    /// Whether statements that stand contradict each other and the world has not moved on since.
    async fn disputed(&self) -> bool {
        self.0.disputed
    }

    /// What the statements add up to at a moment.
    async fn position(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Now, with all that we know, if left out.")] at: Option<MomentInput>,
    ) -> Result<DirectJson<Position>> {
        let moment = moment(at.as_ref())?.unwrap_or_default();
        let history = load_history(ctx, self.0.id).await?;
        Ok(DirectJson(Position(fold::position(&history, &moment))))
    }

    /// The stances in the order of the world, as known at a moment.
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Now, with all that we know, if left out.")] at: Option<MomentInput>,
    ) -> Result<DirectJsonList<DirectJson<Period>>> {
        let moment = moment(at.as_ref())?.unwrap_or_default();
        let history = load_history(ctx, self.0.id).await?;
        Ok(fold::timeline(&history, &moment)
            .into_iter()
            .map(Period)
            .map(DirectJson)
            .collect())
    }

    /// The stance changes that we published, in the order of publication.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start: 0 to 100, 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<DirectJson<StanceChangeConnection>> {
        let page = PageArguments {
            first,
            after,
            last,
            before,
        };
        load_change_page(ctx, self.0.id, page).await
    }

    /// What is said about it, in the order of recording. Without `at`, everything ever recorded, with its standing.
    #[expect(
        clippy::too_many_arguments,
        reason = "they are the arguments of the field"
    )]
    async fn statements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these kinds.")] kinds: Option<Vec<StatementKind>>,
        #[graphql(desc = "Only what was recorded, public and standing at the moment.")] at: Option<
            MomentInput,
        >,
        #[graphql(desc = "So many from the start: 0 to 100, 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<StatementConnection> {
        let mut statements = StatementList::all(StatementParent::Relationship);
        statements.criteria = StatementCriteria {
            kinds: kinds.map(|kinds| kinds.into_iter().map(Into::into).collect()),
            ..StatementCriteria::default()
        };
        let page = PageArguments {
            first,
            after,
            last,
            before,
        };
        let parent = Some(SortKey::Number(self.0.id));
        load_statement_page(ctx, parent, statements, at.as_ref(), page).await
    }
}

/// The relationship with an id that a stored row refers to.
/// # Errors
/// `Error::Internal` if it does not exist.
pub async fn load_relationship(ctx: &Context<'_>, id: i64) -> Result<Relationship> {
    let relationship = find_relationship(ctx, id).await?;
    relationship.ok_or_else(|| Error::internal(format!("relationship {id} is missing")))
}

/// Reads from the read model or, for a relationship that the feed has not reached yet, from the database.
pub async fn find_relationship(ctx: &Context<'_>, id: i64) -> Result<Option<Relationship>> {
    let context = loader_context(ctx);
    let cached = context.read_model().read().find_relationship(id).cloned();
    if let Some(row) = cached {
        context.record_tags([CacheTag::Relationship(id)]);
        return Ok(Some(Relationship(row)));
    }
    let row = loaders(ctx).load_one(RelationshipId(id)).await?;
    Ok(row.map(|row| Relationship(Arc::new(row))))
}

pub async fn load_history(ctx: &Context<'_>, id: i64) -> Result<Arc<[Fact]>> {
    let history = loaders(ctx).load_one(HistoryOf(id)).await?;
    Ok(history.unwrap_or_default())
}

/// Root fields.
#[derive(Default)]
pub struct RelationshipQuery;

#[Object]
impl RelationshipQuery {
    /// All relationships that pass the filter.
    #[expect(
        clippy::too_many_arguments,
        reason = "they are the arguments of the field"
    )]
    async fn relationships(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions on the relationships.")] filter: Option<RelationshipFilter>,
        #[graphql(desc = "Lists what had been said at the moment, by the position then.")]
        at: Option<MomentInput>,
        #[graphql(desc = "By the requested state's code, ascending, if left out.")]
        order_by: Option<RelationshipOrder>,
        #[graphql(desc = "So many from the start: 0 to 100, 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<DirectJson<RelationshipConnection>> {
        let search = RelationshipArguments {
            filter,
            at,
            order_by,
        };
        let page = PageArguments {
            first,
            after,
            last,
            before,
        };
        load_relationship_page(ctx, RelationshipParent::Root, search, page).await
    }
}
