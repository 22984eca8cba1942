//! Initiatives: matters on which one state makes requests of others.

pub mod mutation;

use async_graphql::{Context, ID, Object};
use entity::initiative::Model;
use std::sync::Arc;

use super::country::{Country, stored_country};
use super::relationship::RelationshipConnection;
use super::relationship::filter::{RelationshipFilter, RelationshipOrder, RelationshipSearch};
use super::relationship::list;
use super::statement::{self, CountStatement, Statement};
use super::tally::history::{Clock, Interval, Steps, TallyPoint};
use super::tally::{self, Tally};
use crate::cache::tag::Tag;
use crate::error::{Error, Result};
use crate::graphql::connection::arguments::PageArguments;
use crate::graphql::inputs::moment::{MomentInput, moment};
use crate::graphql::inputs::scalars::{Date, Edtf};
use crate::graphql::loaders::initiative::find_by_slug;
use crate::graphql::loaders::relationship::Below;
use crate::graphql::loaders::row::InitiativeId;
use crate::graphql::loaders::statement::About;
use crate::graphql::loaders::{loaders, reader};
use crate::graphql::output::direct_json::{Direct, Listed};
use crate::model::cursor::SortKey;
use crate::model::{id::GlobalId, statement::StatementKind};

pub struct Initiative(pub Arc<Model>);

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
    async fn requesting_state(&self) -> Result<Direct<Country>> {
        stored_country(&self.0.requesting_state).map(Direct)
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
    ) -> Result<Direct<RelationshipConnection>> {
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
        list::list(ctx, Below::Initiative(self.0.id), search, page).await
    }

    /// Our own count: how many requested states stand where. A relationship counts if at least one statement about it
    /// stands.
    async fn tally(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Now, with all that we know, if left out.")] at: Option<MomentInput>,
    ) -> Result<Direct<Tally>> {
        let Some(moment) = moment(at.as_ref())? else {
            let tally = tally::current(ctx, self.0.id).await?;
            return Ok(Direct(Tally(tally)));
        };
        let histories = tally::load_histories(ctx, self.0.id).await?;
        Ok(Direct(Tally(tally::count(&histories, &moment))))
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
    ) -> Result<Listed<Direct<TallyPoint>>> {
        let steps = Steps::new(from.day("from")?, to.day("to")?, every)?;
        let histories = tally::load_histories(ctx, self.0.id).await?;
        steps.tally(histories, clock).await
    }
}

/// The initiative of an id that a row names.
pub async fn load(ctx: &Context<'_>, id: i64) -> Result<Initiative> {
    let found = find(ctx, id).await?;
    found.ok_or_else(|| Error::internal(format!("initiative {id} is missing")))
}

/// From the board or, for one that has only just been recorded, from the database.
pub async fn find(ctx: &Context<'_>, id: i64) -> Result<Option<Initiative>> {
    let found = reader(ctx).board().read().find_initiative(id).cloned();
    if let Some(row) = found {
        return Ok(Some(Initiative(row)));
    }
    let row = loaders(ctx).load_one(InitiativeId(id)).await?;
    Ok(row.map(|row| Initiative(Arc::new(row))))
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
    ) -> Option<Direct<Initiative>> {
        find_by_slug(ctx, &slug).map(Initiative).map(Direct)
    }

    /// All initiatives, in the order of opening.
    async fn initiatives(&self, ctx: &Context<'_>) -> Listed<Direct<Initiative>> {
        let reader = reader(ctx);
        reader.note([Tag::Everything]);
        let rows = reader.board().read();
        let all = rows.initiatives().cloned().map(Initiative);
        all.map(Direct).collect()
    }
}
