//! Initiatives: matters on which one state makes requests of others.

use async_graphql::{Context, ID, Object};
use entity::initiative::Model;

use super::country::{Country, stored_country};
use super::loaders::initiative::AllInitiatives;
use super::loaders::loaders;
use super::loaders::relationship::Below;
use super::loaders::row::{InitiativeId, InitiativeSlug};
use super::loaders::statement::About;
use super::moment::{MomentInput, moment};
use super::page_arguments::PageArguments;
use super::relationship::RelationshipConnection;
use super::relationship_filter::{RelationshipFilter, RelationshipOrder, RelationshipSearch};
use super::relationship_list;
use super::scalars::{Date, Edtf};
use super::statement::{self, CountStatement, Statement};
use super::tally::{self, Tally};
use super::tally_history::{Clock, Interval, Steps, TallyPoint};
use crate::error::{Error, Result};
use crate::model::cursor::SortKey;
use crate::model::{id::GlobalId, statement::StatementKind};

pub struct Initiative(pub Model);

/// A matter on which one state makes requests of others, for example third-country removals.
#[Object]
impl Initiative {
    /// Global identifier, for `node`.
    pub async fn id(&self) -> ID {
        GlobalId::Initiative(self.0.id).to_string().into()
    }

    /// Its short name in addresses and filters: lower-case words joined by hyphens, at most 80 characters.
    async fn slug(&self) -> ID {
        ID::from(self.0.slug.as_str())
    }

    /// Its title, at most 600 characters.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What is requested, at most 1,000 characters.
    async fn summary(&self) -> &str {
        &self.0.summary
    }

    /// The state that asks.
    async fn requesting_state(&self) -> Result<Country> {
        stored_country(&self.0.requesting_state)
    }

    /// When it began; null where that is not known.
    async fn started_on(&self) -> Option<Edtf> {
        self.0.started_on.clone().map(Edtf)
    }

    /// Its relationships.
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
    ) -> Result<RelationshipConnection> {
        let search = RelationshipSearch {
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
        let parent = Some(SortKey::Number(self.0.id));
        relationship_list::list(ctx, Below::Initiative, parent, search, page).await
    }

    /// Our own count: how many requested states stand where. A relationship counts if at least one statement about it
    /// stands.
    async fn tally(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Now, with all that we know, if left out.")] at: Option<MomentInput>,
    ) -> Result<Tally> {
        let Some(moment) = moment(at.as_ref())? else {
            return tally::current(ctx, self.0.id).await.map(Tally);
        };
        let histories = tally::load_histories(ctx, self.0.id).await?;
        Ok(Tally(tally::count(&histories, &moment)))
    }

    /// Counts that others claim about the initiative as a whole, as far as they stand, in the order of recording. They
    /// are theirs and need not agree with `tally`.
    async fn count_claims(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those that stood at the moment; now, if left out.")] at: Option<
            MomentInput,
        >,
    ) -> Result<Vec<CountStatement>> {
        let (parent, kind) = (SortKey::Number(self.0.id), StatementKind::Count);
        let all =
            statement::list_standing(ctx, parent, About::Initiative, kind, at.as_ref()).await?;
        Ok(all.into_iter().filter_map(Statement::into_count).collect())
    }

    /// Our own count at regular steps, for a chart. At most 400 points.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Day of the first point.")] from: Date,
        #[graphql(desc = "No point is after this day.")] to: Date,
        #[graphql(desc = "The step between two points.")] every: Interval,
        #[graphql(desc = "The clock that runs.", default_with = "Clock::Valid")] clock: Clock,
    ) -> Result<Vec<TallyPoint>> {
        let steps = Steps::new(from.day("from")?, to.day("to")?, every)?;
        let histories = tally::load_histories(ctx, self.0.id).await?;
        steps.tally(histories, clock).await
    }
}

/// The initiative of an id that a row names.
pub async fn load(ctx: &Context<'_>, id: i64) -> Result<Initiative> {
    let row = loaders(ctx).load_one(InitiativeId(id)).await?;
    row.map(Initiative)
        .ok_or_else(|| Error::internal(format!("initiative {id} is missing")))
}

/// Root fields.
#[derive(Default)]
pub struct InitiativeQuery;

#[Object]
impl InitiativeQuery {
    /// An initiative by its slug; null where there is none.
    async fn initiative(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its short name in addresses and filters.")] slug: ID,
    ) -> Result<Option<Initiative>> {
        let row = loaders(ctx).load_one(InitiativeSlug(slug.0)).await?;
        Ok(row.map(Initiative))
    }

    /// All initiatives, in the order of opening.
    async fn initiatives(&self, ctx: &Context<'_>) -> Result<Vec<Initiative>> {
        let rows = loaders(ctx).load_one(AllInitiatives).await?;
        Ok(rows
            .unwrap_or_default()
            .into_iter()
            .map(Initiative)
            .collect())
    }
}
