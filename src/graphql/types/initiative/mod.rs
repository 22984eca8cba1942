//! Initiatives: matters on which one state makes requests of others.

pub mod changes;
pub mod mutation;

mod edition;
mod sources;

use async_graphql::{Context, ID, Object, SimpleObject};
use entity::initiative::Model;
use std::sync::Arc;

use super::country::{Country, stored_country};
use super::relationship::RelationshipConnection;
use super::relationship::filter::{RelationshipArguments, RelationshipFilter, RelationshipOrder};
use super::relationship::list::load_relationship_page;
use super::statement::{CountStatement, Statement, list_standing};
use super::tally::history::{Clock, Interval, TallyPoint, TallySeries};
use super::tally::moves::FollowedRelationships;
use super::tally::organisations::{OrganisationTally, load_organisation_tallies};
use super::tally::periods::{PeriodClock, PositionPeriod, load_periods};
use super::tally::steps::{Step, load_steps};
use super::tally::{Tally, load_tally_at};
use crate::cache::tag::CacheTag;
use crate::error::{Error, Result};
use crate::graphql::connection::arguments::PageArguments;
use crate::graphql::inputs::moment::{MomentInput, moment};
use crate::graphql::inputs::scalars::{Date, DateTime, Edtf};
use crate::graphql::loaders::initiative::find_by_slug;
use crate::graphql::loaders::relationship::RelationshipParent;
use crate::graphql::loaders::row::{EntrySeq, InitiativeId};
use crate::graphql::loaders::statement::StatementParent;
use crate::graphql::loaders::{loader_context, loaders};
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::model::{id::GlobalId, statement::StatementKind, wording};

use changes::{MomentRange, PositionChange, load_changes};
use edition::{Edition, find_newest_edition};
use sources::find_last_publication;

pub struct Initiative(pub Arc<Model>);

/// Parts of sentences about the request of an initiative, in one language. They name no number, so that they fit any.
#[derive(SimpleObject)]
pub struct Wording {
    /// What the requested states are asked; completes "has asked 49 states", for example "to receive convicted persons".
    ask: String,
    /// The stance `IMPLEMENTING` as a label, for example "Received persons".
    carried_out: String,
    /// The same as a predicate of "13 states", for example "have received persons".
    have_carried_out: String,
    /// The same in the past, for example "had received persons".
    had_carried_out: String,
}

ready_fields!(Wording {
    "ask" => ask,
    "carriedOut" => carried_out,
    "haveCarriedOut" => have_carried_out,
    "hadCarriedOut" => had_carried_out,
});

impl From<&wording::Wording> for Wording {
    fn from(wording: &wording::Wording) -> Self {
        Self {
            ask: wording.ask.clone(),
            carried_out: wording.carried_out.clone(),
            have_carried_out: wording.have_carried_out.clone(),
            had_carried_out: wording.had_carried_out.clone(),
        }
    }
}

/// A matter on which one state makes requests to other states, for example third-country removals.
#[Object]
impl Initiative {
    /// Global ID, for `node`.
    pub async fn id(&self) -> ID {
        GlobalId::Initiative(self.0.id).to_string().into()
    }

    /// Short name for URLs and filters: lower-case words joined by hyphens, at most 80 characters.
    async fn slug(&self) -> ID {
        ID::from(self.0.slug.as_str())
    }

    /// Title, at most 600 characters.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Summary of the request, at most 1,000 characters.
    async fn summary(&self) -> &str {
        &self.0.summary
    }

    /// The state that makes the request.
    async fn requesting_state(&self) -> Result<DirectJson<Country>> {
        stored_country(&self.0.requesting_state).map(DirectJson)
    }

    /// Start date; null if unknown.
    async fn started_on(&self) -> Option<Edtf> {
        self.0.started_on.clone().map(Edtf)
    }

    /// Time at which the initiative was opened in the ledger.
    async fn recorded_at(&self, ctx: &Context<'_>) -> Result<DateTime> {
        let entry = loaders(ctx).load_one(EntrySeq(self.0.id)).await?;
        let entry =
            entry.ok_or_else(|| Error::internal(format!("entry {} is missing", self.0.id)))?;
        Ok(DateTime::of_micros(entry.recorded_at))
    }

    /// Words for sentences about the request; null if the initiative has none. A language without words falls back to English.
    async fn wording(
        &self,
        #[graphql(desc = "BCP 47 language tag; defaults to English.")] lang: Option<String>,
    ) -> Option<DirectJson<Wording>> {
        let lang = lang.as_deref().unwrap_or("en");
        wording::find_wording(&self.0.slug, lang).map(|wording| DirectJson(wording.into()))
    }

    /// The last day on which a statement about the initiative or one of its relationships that is valid was published, by its
    /// earliest supporting source with a date; null if none has one. Statements without such a source do not count.
    /// Errors: `QUERY_TOO_COMPLEX` for very many statements.
    async fn sources_up_to(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Moment to query; defaults to now, with everything recorded so far.")] at: Option<MomentInput>,
    ) -> Result<Option<Date>> {
        let moment = moment(at.as_ref())?.unwrap_or_default();
        find_last_publication(ctx, self.0.id, &moment).await
    }

    /// The last day on which an editor checked the initiative as a whole for anything new; null if no such review is recorded.
    /// Reviews of single relationships do not count. `at` has the meaning of `Relationship.reviewedOn`.
    async fn reviewed_on(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Moment to query; defaults to now, with everything recorded so far.")] at: Option<MomentInput>,
    ) -> Result<Option<Date>> {
        let moment = moment(at.as_ref())?.unwrap_or_default();
        let context = loader_context(ctx);
        context.record_tags([CacheTag::Reviews(self.0.id)]);
        let review = context.reviews_at(&moment).find_of_initiative(self.0.id);
        Ok(review.map(|review| Date::from(review.reviewed_on)))
    }

    /// The edition of an import document about the initiative that was imported last, when all of it was recorded; null if
    /// no document named one.
    async fn edition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The edition at this time; defaults to now.")] at: Option<DateTime>,
    ) -> Result<Option<DirectJson<Edition>>> {
        Ok(find_newest_edition(ctx, self.0.id, at)
            .await?
            .map(DirectJson))
    }

    /// Relationships within the initiative, one per requested state.
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
        load_relationship_page(ctx, RelationshipParent::Initiative(self.0.id), search, page).await
    }

    /// The service's own count of relationships by stance. A relationship is counted if at least one statement about it
    /// is valid.
    async fn tally(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Moment to query; defaults to now, with everything recorded so far.")] at: Option<MomentInput>,
    ) -> Result<DirectJson<Tally>> {
        let moment = moment(at.as_ref())?.unwrap_or_default();
        let tally = load_tally_at(ctx, self.0.id, &moment).await?;
        Ok(DirectJson(Tally(tally)))
    }

    /// The service's own count for the members of each international organisation, in ascending order of abbreviation. A
    /// requested state is counted for each organisation that it is a member of on the day `validOn`, or now.
    /// Errors: `NOT_FOUND` for an unknown organisation.
    async fn tally_by_organisation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Moment to query; defaults to now, with everything recorded so far.")] at: Option<MomentInput>,
        #[graphql(desc = "Abbreviations of organisations, case-insensitive; omit it for all ten.")]
        organisations: Option<Vec<ID>>,
    ) -> Result<DirectJsonList<DirectJson<OrganisationTally>>> {
        let moment = moment(at.as_ref())?.unwrap_or_default();
        load_organisation_tallies(ctx, self.0.id, &moment, organisations.as_deref()).await
    }

    /// Valid counts that claimants published about the initiative as a whole, in order of recording. They may differ
    /// from `tally`.
    async fn count_claims(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Returns the statements that were valid at this moment; defaults to now."
        )]
        at: Option<MomentInput>,
    ) -> Result<DirectJsonList<DirectJson<CountStatement>>> {
        let parent = StatementParent::Initiative(self.0.id);
        let all = list_standing(ctx, parent, StatementKind::Count, at.as_ref()).await?;
        let counts = all.into_iter().filter_map(Statement::into_count);
        Ok(counts.map(DirectJson).collect())
    }

    /// The service's own count at regular intervals, for charts; in chronological order, at most 400 points.
    /// Errors: `BAD_USER_INPUT` if `to` is before `from` or the range has more than 400 points.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Day of the first point.")] from: Date,
        #[graphql(desc = "Last day of the range; no point is later.")] to: Date,
        #[graphql(desc = "Interval between two points.")] every: Interval,
        #[graphql(desc = "Time axis of the history.", default_with = "Clock::Valid")] clock: Clock,
    ) -> Result<DirectJsonList<DirectJson<TallyPoint>>> {
        let steps = TallySeries::new(from.day("from")?, to.day("to")?, every)?;
        let relationships = FollowedRelationships::load(ctx, self.0.id).await?;
        steps.count_positions(ctx, &relationships, clock).await
    }

    /// The days on which a stance or a dispute changed on one clock, oldest first, so that a page can show any day without
    /// asking again. A relationship that no step has named yet is `UNKNOWN`. After each step, positions are those at
    /// `{ validOn: on }`, `{ publishedBy: on }` or `{ recordedBy: end of on, UTC }`.
    /// Errors: `BAD_USER_INPUT` if `at` restricts the clock that runs, `QUERY_TOO_COMPLEX` for very many relationships.
    async fn steps(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The clock that runs.", default_with = "Clock::Valid")] clock: Clock,
        #[graphql(desc = "The other two clocks; they default to now.")] at: Option<MomentInput>,
    ) -> Result<DirectJsonList<DirectJson<Step>>> {
        load_steps(ctx, self.0.id, clock, at.as_ref()).await
    }

    /// Every stance of every relationship, with the days for which it holds and on which it was known, by requested state:
    /// rectangles over two clocks that do not overlap. The period that contains a day `validOn` and a day `publishedBy` has the
    /// position at that moment; without one, no statement about the relationship was valid.
    /// Errors: `BAD_USER_INPUT` if `at` restricts a clock that runs, `QUERY_TOO_COMPLEX` for very many relationships.
    async fn periods(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The clocks that run.", default_with = "PeriodClock::Valid")]
        clock: PeriodClock,
        #[graphql(desc = "The other clocks; they default to now.")] at: Option<MomentInput>,
    ) -> Result<DirectJsonList<DirectJson<PositionPeriod>>> {
        load_periods(ctx, self.0.id, clock, at.as_ref()).await
    }

    /// Relationships whose position differs between two moments, by requested state, with the reason and the entries that did
    /// it. Positions at the first moment with these changes are the positions at the second.
    /// Errors: `BAD_USER_INPUT` if `to` is earlier than `from` on an axis, `QUERY_TOO_COMPLEX` for very many relationships.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The two moments.")] between: MomentRange,
    ) -> Result<DirectJsonList<DirectJson<PositionChange>>> {
        load_changes(ctx, self.0.id, &between).await
    }
}

ready_fields!(Initiative {
    "id" => id,
    "slug" => slug,
    "title" => title,
    "summary" => summary,
    "requestingState" => requesting_state of DirectJson<Country>,
    "startedOn" => started_on,
});

/// The initiative with an id that a stored row refers to.
/// # Errors
/// `Error::Internal` if it does not exist.
pub async fn load_initiative(ctx: &Context<'_>, id: i64) -> Result<Initiative> {
    let initiative = find_initiative(ctx, id).await?;
    initiative.ok_or_else(|| Error::internal(format!("initiative {id} is missing")))
}

/// Reads from the read model or, for an initiative that the feed has not reached yet, from the database.
pub async fn find_initiative(ctx: &Context<'_>, id: i64) -> Result<Option<Initiative>> {
    if let Some(row) = loader_context(ctx).find_initiative(id) {
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
    /// Fetches an initiative by its slug; null if not found.
    async fn initiative(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Slug of the initiative.")] slug: ID,
    ) -> Option<DirectJson<Initiative>> {
        find_by_slug(ctx, &slug).map(Initiative).map(DirectJson)
    }

    /// All initiatives, in the order in which they were opened.
    async fn initiatives(&self, ctx: &Context<'_>) -> DirectJsonList<DirectJson<Initiative>> {
        let all = loader_context(ctx).list_initiatives().into_iter();
        all.map(Initiative).map(DirectJson).collect()
    }
}
