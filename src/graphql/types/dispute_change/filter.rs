//! The filter of dispute changes: an input object, resolved to a [`DisputeFilter`].

use async_graphql::{Context, ID, InputObject};

use super::DisputeChangeKind;
use crate::error::Result;
use crate::graphql::loaders::dispute::DisputeFilter;
use crate::graphql::types::stance_change::filter::{resolve_initiatives, resolve_requested_states};

/// Filter for dispute changes. A change matches if it meets every condition that is set.
#[derive(Clone, Debug, Default, InputObject)]
pub struct DisputeChangeFilter {
    /// Slugs of initiatives. An unknown slug is a `NOT_FOUND` error.
    initiatives: Option<Vec<ID>>,
    /// ISO 3166-1 alpha-2 codes of requested states, case-insensitive. An unknown code is a `NOT_FOUND` error.
    countries: Option<Vec<ID>>,
    /// UN M49 codes of regions or subregions of the requested state. An unknown code is a `NOT_FOUND` error.
    regions: Option<Vec<ID>>,
    /// Any of these kinds of change.
    kinds: Option<Vec<DisputeChangeKind>>,
}

impl DisputeChangeFilter {
    pub fn resolve(self, ctx: &Context<'_>) -> Result<DisputeFilter> {
        let (countries, regions) = (self.countries.as_deref(), self.regions.as_deref());
        let kinds = self.kinds;
        Ok(DisputeFilter {
            initiatives: resolve_initiatives(ctx, self.initiatives.as_deref())?,
            requested: resolve_requested_states(countries, regions)?,
            kinds: kinds.map(|all| all.into_iter().map(Into::into).collect()),
        })
    }
}
