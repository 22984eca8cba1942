//! Arguments of relationship lists: filter, moment and order, resolved to a `RelationshipList`.

use async_graphql::{Context, Enum, ID, InputObject};

use crate::error::Result;
use crate::graphql::inputs::moment::MomentInput;
use crate::graphql::inputs::order::OrderDirection;
use crate::graphql::inputs::scalars::{Date, DateTime};
use crate::graphql::loaders::initiative::initiative_id_by_slug;
use crate::graphql::loaders::relationship::{RelationshipList, RelationshipParent};
use crate::graphql::pagination::keyset::SortDirection;
use crate::graphql::types::country::filter::CountryFilter;
use crate::graphql::types::stance::Stance;
use crate::read_model::RelationshipSort;

/// Filter for relationships. A relationship matches if it meets every condition that is set.
#[derive(Clone, Debug, Default, InputObject)]
pub struct RelationshipFilter {
    /// Slug of the initiative. An unknown slug is a `NOT_FOUND` error.
    initiative: Option<ID>,
    /// Conditions on the requested state.
    requested_state: Option<CountryFilter>,
    /// Conditions on the requesting state.
    requesting_state: Option<CountryFilter>,
    /// Any of these stances; compared with the current stance or, with `at`, the stance at that moment.
    stance: Option<Vec<Stance>>,
    /// Whether the position is disputed, now or, with `at`, at that moment.
    disputed: Option<bool>,
    /// Newest stance change recorded at or after this time, independent of `at`.
    changed_since: Option<DateTime>,
    /// Last reviewed before this day, or never; with `at`, as known at that moment. See `Relationship.reviewedOn`.
    reviewed_before: Option<Date>,
}

/// Sort order of relationships. Equal values are sorted by the time of the first statement about the relationship, in
/// the same direction.
#[derive(Clone, Debug, InputObject)]
pub struct RelationshipOrder {
    /// Sort key.
    field: RelationshipOrderField,
    /// Sort direction.
    #[graphql(default_with = "OrderDirection::Asc")]
    direction: OrderDirection,
}

/// Sort key of relationships.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "RelationshipSort")]
pub enum RelationshipOrderField {
    /// ISO 3166-1 alpha-2 code of the requested state.
    RequestedState,
    /// Progress of the stance: `UNKNOWN`, `NAMED`, `APPROACHED`, `NEGOTIATING`, `AGREED_IN_PRINCIPLE`, then `AGREED`
    /// and `REFUSED` (equal), `IMPLEMENTING`, then `SUSPENDED` and `ENDED` (equal).
    Stance,
    /// Latest possible day of `since`; null sorts first in ascending order.
    Since,
    /// Time of the newest stance change; relationships without one sort first in ascending order.
    Changed,
    /// Day of `reviewedOn`, at the moment of the list; relationships without a review sort first in ascending order.
    Reviewed,
}

/// The arguments of a relationship list, without those of its page.
pub struct RelationshipArguments {
    pub filter: Option<RelationshipFilter>,
    pub at: Option<MomentInput>,
    pub order_by: Option<RelationshipOrder>,
}

impl RelationshipArguments {
    /// Resolves slugs, codes and dates.
    /// # Errors
    /// `Error::NotFound` or `Error::BadUserInput` at the field that is invalid.
    pub fn resolve(
        self,
        ctx: &Context<'_>,
        parent: RelationshipParent,
    ) -> Result<RelationshipList> {
        let filter = self.filter.unwrap_or_default();
        let codes = |countries: &Option<CountryFilter>, field| {
            countries
                .as_ref()
                .map(|countries| countries.list_codes(field))
                .transpose()
        };
        let changed_since = filter.changed_since.as_ref();
        let (order, direction) = self.order_by.as_ref().map_or(
            (RelationshipSort::RequestedState, SortDirection::Ascending),
            |order| (order.field.into(), order.direction.into()),
        );
        Ok(RelationshipList {
            parent,
            requested: codes(&filter.requested_state, "filter.requestedState")?,
            requesting: codes(&filter.requesting_state, "filter.requestingState")?,
            stances: filter
                .stance
                .map(|all| all.into_iter().map(Into::into).collect()),
            disputed: filter.disputed,
            changed_since: changed_since
                .map(|at| at.timestamp("filter.changedSince"))
                .transpose()?,
            reviewed_before: filter
                .reviewed_before
                .map(|day| day.day("filter.reviewedBefore"))
                .transpose()?,
            order,
            direction,
            initiative: match &filter.initiative {
                Some(slug) => Some(initiative_id_by_slug(ctx, slug, "filter.initiative")?),
                None => None,
            },
        })
    }
}
