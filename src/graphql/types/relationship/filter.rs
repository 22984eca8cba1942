//! Arguments of relationship lists: filter, moment and order, resolved to a `RelationshipList`.

use async_graphql::{Context, Enum, ID, InputObject};

use crate::error::Result;
use crate::graphql::inputs::moment::MomentInput;
use crate::graphql::inputs::order::OrderDirection;
use crate::graphql::inputs::scalars::DateTime;
use crate::graphql::loaders::initiative::initiative_id_by_slug;
use crate::graphql::loaders::relationship::{RelationshipList, RelationshipParent};
use crate::graphql::pagination::keyset::SortDirection;
use crate::graphql::types::country::filter::CountryFilter;
use crate::graphql::types::stance::Stance;
use crate::read_model::RelationshipSort;

/// Conditions on a relationship. One passes if it fulfils every condition that is given.
#[derive(Clone, Debug, Default, InputObject)]
pub struct RelationshipFilter {
    /// Slug of the initiative; one that is unknown is an error.
    initiative: Option<ID>,
    /// Conditions on the state that is asked.
    requested_state: Option<CountryFilter>,
    /// Conditions on the state that asks.
    requesting_state: Option<CountryFilter>,
    /// One of these stances: those of now or, with `at`, those of the moment.
    stance: Option<Vec<Stance>>,
    /// Whether statements about it contradict each other: now or, with `at`, at the moment.
    disputed: Option<bool>,
    /// Its newest stance change was recorded at this instant or later, whatever `at` says.
    changed_since: Option<DateTime>,
}

/// The order of relationships. Within equal values, the one that was first spoken of comes first, or last if
/// descending.
#[derive(Clone, Debug, InputObject)]
pub struct RelationshipOrder {
    /// What they are sorted by.
    field: RelationshipOrderField,
    /// The direction.
    #[graphql(default_with = "OrderDirection::Asc")]
    direction: OrderDirection,
}

/// What relationships are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "RelationshipSort")]
pub enum RelationshipOrderField {
    /// ISO 3166-1 alpha-2 code of the requested state.
    RequestedState,
    /// How far along the path the stance is: from UNKNOWN by way of AGREED and REFUSED to SUSPENDED and ENDED.
    Stance,
    /// The last day that `since` may mean; none comes first.
    Since,
    /// When the newest stance change was recorded; never comes first.
    Changed,
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
            order,
            direction,
            initiative: match &filter.initiative {
                Some(slug) => Some(initiative_id_by_slug(ctx, slug, "filter.initiative")?),
                None => None,
            },
        })
    }
}
