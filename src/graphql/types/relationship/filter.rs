//! Which relationships, as of when, and in which order.

use async_graphql::{Context, Enum, ID, InputObject};

use crate::error::Result;
use crate::graphql::inputs::moment::MomentInput;
use crate::graphql::inputs::order::OrderDirection;
use crate::graphql::inputs::scalars::DateTime;
use crate::graphql::loaders::initiative::known_initiative;
use crate::graphql::loaders::relationship::{Below, Relationships};
use crate::graphql::pagination::keyset::Way;
use crate::graphql::types::country::filter::CountryFilter;
use crate::graphql::types::stance::Stance;
use crate::read_model::Order;

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
#[graphql(remote = "Order")]
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

/// What a client may say about a list of relationships, pages apart.
pub struct RelationshipSearch {
    pub filter: Option<RelationshipFilter>,
    pub at: Option<MomentInput>,
    pub order_by: Option<RelationshipOrder>,
}

impl RelationshipSearch {
    /// The list with every name resolved.
    pub fn resolve(self, ctx: &Context<'_>, below: Below) -> Result<Relationships> {
        let filter = self.filter.unwrap_or_default();
        let codes = |countries: &Option<CountryFilter>, field| {
            countries
                .as_ref()
                .map(|countries| countries.list_codes(field))
                .transpose()
        };
        let changed_since = filter.changed_since.as_ref();
        let (order, way) = self
            .order_by
            .as_ref()
            .map_or((Order::RequestedState, Way::Ascending), |order| {
                (order.field.into(), order.direction.into())
            });
        Ok(Relationships {
            below,
            requested: codes(&filter.requested_state, "filter.requestedState")?,
            requesting: codes(&filter.requesting_state, "filter.requestingState")?,
            stances: filter
                .stance
                .map(|all| all.into_iter().map(Into::into).collect()),
            disputed: filter.disputed,
            changed_since: changed_since
                .map(|at| at.instant("filter.changedSince"))
                .transpose()?,
            order,
            way,
            initiative: match &filter.initiative {
                Some(slug) => Some(known_initiative(ctx, slug, "filter.initiative")?),
                None => None,
            },
        })
    }
}
