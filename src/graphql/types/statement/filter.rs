//! The filter of statements, resolved to a `StatementList`.

use async_graphql::{Context, ID, InputObject};

use super::enums::{ClaimantKind, Standing, StatementKind};
use crate::error::Result;
use crate::graphql::loaders::initiative::initiative_id_by_slug;
use crate::graphql::loaders::statement::{StatementCriteria, StatementList, StatementParent};
use crate::graphql::types::country::filter::parse_country_codes;

/// Conditions on a statement. One passes if it fulfils every condition that is given.
#[derive(Clone, Debug, Default, InputObject)]
pub struct StatementFilter {
    /// Slug of the initiative that it is about, directly or by a relationship; one that is unknown is an error.
    initiative: Option<ID>,
    /// Alpha-2 codes in any case: about one of these countries, or a relationship with one at either end. One that is
    /// unknown is an error.
    countries: Option<Vec<ID>>,
    /// One of these kinds.
    kinds: Option<Vec<StatementKind>>,
    /// By one of these kinds of claimants.
    claimants: Option<Vec<ClaimantKind>>,
    /// What became of it, as of now, whatever `at` says.
    standing: Option<Vec<Standing>>,
}

impl StatementFilter {
    pub async fn resolve(self, ctx: &Context<'_>) -> Result<StatementList> {
        let codes = self.countries.as_deref();
        Ok(StatementList {
            parent: StatementParent::Anything,
            countries: codes
                .map(|codes| parse_country_codes(codes, "filter.countries"))
                .transpose()?,
            initiative: match &self.initiative {
                Some(slug) => Some(initiative_id_by_slug(ctx, slug, "filter.initiative")?),
                None => None,
            },
            criteria: StatementCriteria {
                kinds: self.kinds.map(into_all),
                claimants: self.claimants.map(into_all),
                standing: self.standing.map(into_all),
            },
        })
    }
}

fn into_all<T, U: From<T>>(all: Vec<T>) -> Vec<U> {
    all.into_iter().map(U::from).collect()
}
