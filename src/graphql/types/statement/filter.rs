//! The filter of statements, resolved to a `StatementList`.

use async_graphql::{Context, ID, InputObject};

use super::enums::{ClaimantKind, Standing, StatementKind};
use crate::error::Result;
use crate::graphql::loaders::initiative::initiative_id_by_slug;
use crate::graphql::loaders::statement::{StatementList, StatementParent};
use crate::graphql::loaders::statement_criteria::StatementCriteria;
use crate::graphql::types::country::filter::parse_country_codes;

/// Filter for statements. A statement matches if it meets every condition that is set.
#[derive(Clone, Debug, Default, InputObject)]
pub struct StatementFilter {
    /// Slug of an initiative: statements about it or about a relationship within it. An unknown slug is a `NOT_FOUND`
    /// error.
    initiative: Option<ID>,
    /// ISO 3166-1 alpha-2 codes, case-insensitive: statements about one of these countries or about a relationship in
    /// which it is the requesting or requested state. An unknown code is a `NOT_FOUND` error.
    countries: Option<Vec<ID>>,
    /// Any of these kinds.
    kinds: Option<Vec<StatementKind>>,
    /// Any of these categories of claimants.
    claimants: Option<Vec<ClaimantKind>>,
    /// Current validity of the statement, independent of `at`.
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
