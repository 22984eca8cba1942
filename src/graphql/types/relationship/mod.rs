//! Relationships: a requesting state, a requested state and an initiative, with the position of the requested state.

pub mod filter;
pub mod list;

use async_graphql::{Context, ID, Object};
use entity::relationship::Model;
use std::sync::Arc;

use super::country::{Country, stored_country};
use super::initiative::{Initiative, load_initiative};
use super::position::{Period, Position};
use super::review::{Review, load_review};
use super::stance::Stance;
use super::stance_change::{StanceChangeConnection, load_change_page};
use super::statement::{StatementConnection, enums::StatementKind, load_statement_page};
use super::tally::periods::{PeriodClock, PositionPeriod, load_periods_of};
use crate::cache::tag::CacheTag;
use crate::error::{Error, Result, parse_stored};
use crate::graphql::connection::arguments::PageArguments;
use crate::graphql::connection::{Cursor, connection_without_edge};
use crate::graphql::inputs::moment::{MomentInput, moment};
use crate::graphql::inputs::scalars::{Date, Edtf};
use crate::graphql::loaders::relationship::RelationshipParent;
use crate::graphql::loaders::statement::{StatementList, StatementParent};
use crate::graphql::loaders::statement_criteria::StatementCriteria;
use crate::graphql::loaders::{loader_context, loaders, row::RelationshipId};
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::model::moment::Moment;
use crate::model::position::{self, history::History};
use crate::model::{id::GlobalId, review, stance};
use crate::read_model::HistoryKey;
use filter::{RelationshipArguments, RelationshipFilter, RelationshipOrder};
use list::load_relationship_page;

pub struct Relationship(pub Arc<Model>);

connection_without_edge!(
    /// A page of relationships.
    RelationshipConnection, RelationshipEdge of DirectJson<Relationship>
);

pub struct RelationshipEdge {
    pub cursor: Cursor,
    pub node: DirectJson<Relationship>,
    /// The position at the moment of the list; `None` for a list of now.
    pub position: Option<position::Position>,
}

/// A relationship in a list, with its cursor and its position.
#[Object]
impl RelationshipEdge {
    /// Opaque cursor of this item, for `after` and `before`.
    async fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    /// The item. Its `stance`, `since` and `disputed` are those of now, also in a list `at` another moment.
    async fn node(&self) -> &DirectJson<Relationship> {
        &self.node
    }

    /// The position at the moment of the list: that of its argument `at`, or now.
    async fn position(&self, ctx: &Context<'_>) -> Result<DirectJson<Position>> {
        let position = if let Some(position) = &self.position {
            position.clone()
        } else {
            let history = load_history(ctx, self.node.0.0.id).await?;
            history.position(&Moment::default())
        };
        Ok(DirectJson(Position(position, Arc::clone(&self.node.0.0))))
    }
}

ready_fields!(RelationshipEdge {
    "cursor" => cursor,
    "node" => node of DirectJson<Relationship>,
});

/// A requesting state, a requested state and the initiative that links them; unique per initiative and requested state.
/// `stance`, `since` and `disputed` always describe the current position; use `position` for another moment.
#[Object]
impl Relationship {
    /// Global ID, for `node`.
    pub async fn id(&self) -> ID {
        GlobalId::Relationship(self.0.id).to_string().into()
    }

    /// The initiative to which the request belongs.
    async fn initiative(&self, ctx: &Context<'_>) -> Result<DirectJson<Initiative>> {
        let initiative = load_initiative(ctx, self.0.initiative_id).await;
        initiative.map(DirectJson)
    }

    /// The state that makes the request.
    async fn requesting_state(&self) -> Result<DirectJson<Country>> {
        stored_country(&self.0.requesting_state).map(DirectJson)
    }

    /// The state that receives the request.
    async fn requested_state(&self) -> Result<DirectJson<Country>> {
        stored_country(&self.0.requested_state).map(DirectJson)
    }

    /// The requested state's current stance.
    async fn stance(&self) -> Result<Stance> {
        parse_stored::<stance::Stance>(&self.0.stance).map(Into::into)
    }

    /// Date since which the current stance has held without interruption; null for `UNKNOWN`.
    async fn since(&self) -> Option<Edtf> {
        self.0.since.clone().map(Edtf)
    }

    /// Whether valid statements contradict each other and have not been superseded.
    async fn disputed(&self) -> bool {
        self.0.disputed
    }

    /// The last day on which an editor checked the relationship, or the initiative as a whole, for anything new; null if no such
    /// review is recorded. Statements do not count: one that is recorded says nothing about what else is new.
    /// `at` counts the reviews that were recorded, and so public, by then, of days up to `validOn`.
    async fn reviewed_on(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Moment to query; defaults to now, with everything recorded so far.")] at: Option<MomentInput>,
    ) -> Result<Option<Date>> {
        let review = find_review(ctx, &self.0, at.as_ref())?;
        Ok(review.map(|review| Date::from(review.reviewed_on)))
    }

    /// The review that `reviewedOn` is the day of: of the relationship, or of the initiative as a whole.
    async fn last_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Moment to query; defaults to now, with everything recorded so far.")] at: Option<MomentInput>,
    ) -> Result<Option<DirectJson<Review>>> {
        match find_review(ctx, &self.0, at.as_ref())? {
            Some(review) => load_review(ctx, review.seq).await.map(DirectJson).map(Some),
            None => Ok(None),
        }
    }

    /// The position at a moment, derived from the statements that were valid then.
    async fn position(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Moment to query; defaults to now, with everything recorded so far.")] at: Option<MomentInput>,
    ) -> Result<DirectJson<Position>> {
        let moment = moment(at.as_ref())?.unwrap_or_default();
        let history = load_history(ctx, self.0.id).await?;
        let position = history.position(&moment);
        Ok(DirectJson(Position(position, Arc::clone(&self.0))))
    }

    /// Periods of the stances in chronological order, as known at a moment; empty if no stance had begun.
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Moment to query; defaults to now, with everything recorded so far.")] at: Option<MomentInput>,
    ) -> Result<DirectJsonList<DirectJson<Period>>> {
        let moment = moment(at.as_ref())?.unwrap_or_default();
        let history = load_history(ctx, self.0.id).await?;
        Ok(history
            .timeline(&moment)
            .into_iter()
            .map(Period)
            .map(DirectJson)
            .collect())
    }

    /// Days for which, and as known to the public on which, it has each stance and is disputed or not. `at` restricts the clocks
    /// that do not run.
    async fn periods(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Clock whose days are listed.",
            default_with = "PeriodClock::Valid"
        )]
        clock: PeriodClock,
        #[graphql(
            desc = "Moment on the other clocks; defaults to now, with everything recorded so far."
        )]
        at: Option<MomentInput>,
    ) -> Result<DirectJsonList<DirectJson<PositionPeriod>>> {
        load_periods_of(ctx, &self.0, clock, at.as_ref()).await
    }

    /// Published stance changes, in ledger order.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of items from the start (0–100, default 20).")] first: Option<i32>,
        #[graphql(desc = "Returns only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end (0–100); do not combine with `first`.")]
        last: Option<i32>,
        #[graphql(desc = "Returns only items before this cursor.")] before: Option<String>,
    ) -> Result<DirectJson<StanceChangeConnection>> {
        let page = PageArguments {
            first,
            after,
            last,
            before,
        };
        load_change_page(ctx, self.0.id, page).await
    }

    /// Statements about the relationship, in order of recording. Without `at`, corrected and retracted statements are
    /// included; see `standing`.
    #[expect(
        clippy::too_many_arguments,
        reason = "they are the arguments of the field"
    )]
    async fn statements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Returns only statements of these kinds.")] kinds: Option<
            Vec<StatementKind>,
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
        let mut statements = StatementList::all(StatementParent::Relationship(self.0.id));
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
        load_statement_page(ctx, statements, at.as_ref(), page).await
    }
}

ready_fields!(Relationship {
    "id" => id,
    "requestingState" => requesting_state of DirectJson<Country>,
    "requestedState" => requested_state of DirectJson<Country>,
    "stance" => stance,
    "since" => since,
    "disputed" => disputed,
});

fn find_review(
    ctx: &Context<'_>,
    row: &Model,
    at: Option<&MomentInput>,
) -> Result<Option<review::Review>> {
    let moment = moment(at)?.unwrap_or_default();
    let context = loader_context(ctx);
    let of_initiative = CacheTag::Reviews(row.initiative_id);
    context.record_tags([CacheTag::Relationship(row.id), of_initiative]);
    Ok(context.reviews_at(&moment).find_of_relationship(row))
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
    if let Some(row) = loader_context(ctx).find_relationship(id).await? {
        return Ok(Some(Relationship(row)));
    }
    let row = loaders(ctx).load_one(RelationshipId(id)).await?;
    Ok(row.map(|row| Relationship(Arc::new(row))))
}

pub async fn load_history(ctx: &Context<'_>, id: i64) -> Result<Arc<History>> {
    let key = HistoryKey::Relationship(id);
    loader_context(ctx).history(key).await
}

/// Root fields.
#[derive(Default)]
pub struct RelationshipQuery;

#[Object]
impl RelationshipQuery {
    /// Relationships that match the filter.
    #[expect(
        clippy::too_many_arguments,
        reason = "they are the arguments of the field"
    )]
    async fn relationships(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter; omit it to list all relationships.")] filter: Option<
            RelationshipFilter,
        >,
        #[graphql(
            desc = "Lists relationships with a statement that was valid at this moment, filtered and sorted by the position then."
        )]
        at: Option<MomentInput>,
        #[graphql(desc = "Sort order; defaults to the requested state's code, ascending.")]
        order_by: Option<RelationshipOrder>,
        #[graphql(desc = "Number of items from the start (0–100, default 20).")] first: Option<i32>,
        #[graphql(desc = "Returns only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end (0–100); do not combine with `first`.")]
        last: Option<i32>,
        #[graphql(desc = "Returns only items before this cursor.")] before: Option<String>,
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
