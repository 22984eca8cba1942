//! The filter of stance changes: an input object, resolved to a `ChangeFilter` that serves lists and subscriptions.

use std::collections::BTreeSet;

use async_graphql::{Context, ID, InputObject};

use crate::error::{Error, Result};
use crate::graphql::inputs::scalars::DateTime;
use crate::graphql::loaders::initiative::initiative_id_by_slug;
use crate::graphql::loaders::stance_change::ChangeFilter;
use crate::graphql::loaders::{ledger::HeadAt, loaders};
use crate::graphql::types::country::filter::{
    codes_in_regions, parse_country_codes, parse_region_codes,
};
use crate::graphql::types::stance::{ChangeKind, Stance};
use crate::graphql::types::statement::enums::ClaimantKind;
use crate::model::webhook::filter::WebhookFilter;

/// Filter for stance changes. A change matches if it meets every condition that is set.
#[derive(Clone, Debug, Default, InputObject)]
pub struct StanceChangeFilter {
    /// Slugs of initiatives. An unknown slug is a `NOT_FOUND` error.
    initiatives: Option<Vec<ID>>,
    /// ISO 3166-1 alpha-2 codes of requested states, case-insensitive. An unknown code is a `NOT_FOUND` error.
    countries: Option<Vec<ID>>,
    /// UN M49 codes of regions or subregions of the requested state. An unknown code is a `NOT_FOUND` error.
    regions: Option<Vec<ID>>,
    /// Any of these stances before the change.
    from: Option<Vec<Stance>>,
    /// Any of these stances after the change.
    to: Option<Vec<Stance>>,
    /// Any of these stances before or after the change. Use it to follow a stance: it also returns the change that ends it
    /// or takes it back.
    involves: Option<Vec<Stance>>,
    /// Any of these reasons for the publication.
    kinds: Option<Vec<ChangeKind>>,
    /// Any of these categories of the claimant of `statement`.
    claimants: Option<Vec<ClaimantKind>>,
    /// Whether the position was disputed after the change.
    disputed: Option<bool>,
    /// Whether the transition is unusual, for example from `REFUSED` to `IMPLEMENTING`.
    unusual: Option<bool>,
    /// Recorded at or before this time. Only for lists: a subscription with it is a `BAD_USER_INPUT` error.
    recorded_by: Option<DateTime>,
}

impl StanceChangeFilter {
    /// For a list.
    pub async fn resolve(self, ctx: &Context<'_>) -> Result<ChangeFilter> {
        let last_seq = match &self.recorded_by {
            Some(at) => {
                let at = at.timestamp("filter.recordedBy")?;
                let newest = loaders(ctx).load_one(HeadAt(at.0)).await?;
                Some(newest.map_or(0, |entry| entry.seq))
            }
            None => None,
        };
        let filter = self.resolve_values(ctx)?;
        Ok(ChangeFilter { last_seq, ..filter })
    }

    /// For a subscription.
    /// # Errors
    /// `Error::BadUserInput` with `recordedBy`: what is still to come is recorded later.
    pub fn resolve_for_subscription(self, ctx: &Context<'_>) -> Result<ChangeFilter> {
        if self.recorded_by.is_some() {
            return Err(Error::bad_input(
                "filter.recordedBy",
                "only lists can be restricted to a time of recording; leave it out, and stop reading when you have enough",
            ));
        }
        self.resolve_values(ctx)
    }

    /// For a webhook, which stores it until it is removed.
    /// # Errors
    /// Those of a subscription; `Error::BadUserInput` for an empty list, which nothing matches.
    pub fn webhook_filter(self, ctx: &Context<'_>) -> Result<WebhookFilter> {
        let texts = |ids: Option<Vec<ID>>| {
            ids.map(|ids| ids.into_iter().map(|id| id.0).collect::<Vec<String>>())
        };
        let (initiatives, regions) = (self.initiatives.clone(), self.regions.clone());
        let countries = self.countries.as_deref();
        let countries = countries.map(|codes| parse_country_codes(codes, "filter.countries"));
        let countries = countries.transpose()?;
        let resolved = self.resolve_for_subscription(ctx)?;
        Ok(WebhookFilter {
            initiatives: listed("filter.initiatives", texts(initiatives))?,
            countries: listed("filter.countries", countries)?,
            regions: listed("filter.regions", texts(regions))?,
            from: listed("filter.from", resolved.from)?,
            to: listed("filter.to", resolved.to)?,
            involves: listed("filter.involves", resolved.involves)?,
            kinds: listed("filter.kinds", resolved.kinds)?,
            claimants: listed("filter.claimants", resolved.claimants)?,
            disputed: resolved.disputed,
            unusual: resolved.unusual,
        })
    }

    fn resolve_values(self, ctx: &Context<'_>) -> Result<ChangeFilter> {
        let (countries, regions) = (self.countries.as_deref(), self.regions.as_deref());
        Ok(ChangeFilter {
            initiatives: resolve_initiatives(ctx, self.initiatives.as_deref())?,
            requested: resolve_requested_states(countries, regions)?,
            from: self
                .from
                .map(|all| all.into_iter().map(Into::into).collect()),
            to: self.to.map(|all| all.into_iter().map(Into::into).collect()),
            involves: self
                .involves
                .map(|all| all.into_iter().map(Into::into).collect()),
            kinds: self
                .kinds
                .map(|all| all.into_iter().map(Into::into).collect()),
            claimants: self
                .claimants
                .map(|all| all.into_iter().map(Into::into).collect()),
            disputed: self.disputed,
            unusual: self.unusual,
            last_seq: None,
        })
    }
}

/// The values of a condition in order, each once; none if it is not set.
fn listed<T: Ord>(field: &str, values: Option<Vec<T>>) -> Result<Vec<T>> {
    if values.as_ref().is_some_and(Vec::is_empty) {
        let message = "an empty list matches nothing; omit it, or name a value";
        return Err(Error::bad_input(field, message));
    }
    let values: BTreeSet<T> = values.into_iter().flatten().collect();
    Ok(values.into_iter().collect())
}

/// The ids of the initiatives in `filter.initiatives`.
/// # Errors
/// `Error::NotFound` for an unknown slug.
pub fn resolve_initiatives(ctx: &Context<'_>, slugs: Option<&[ID]>) -> Result<Option<Vec<i64>>> {
    let Some(slugs) = slugs else {
        return Ok(None);
    };
    let ids = slugs.iter();
    let ids = ids.map(|slug| initiative_id_by_slug(ctx, slug, "filter.initiatives"));
    ids.collect::<Result<_>>().map(Some)
}

/// The codes of the requested states that match both `filter.countries` and `filter.regions`.
/// # Errors
/// `Error::NotFound` for an unknown code.
pub fn resolve_requested_states(
    countries: Option<&[ID]>,
    regions: Option<&[ID]>,
) -> Result<Option<Vec<String>>> {
    let codes = countries
        .map(|codes| parse_country_codes(codes, "filter.countries"))
        .transpose()?;
    let Some(regions) = regions else {
        return Ok(codes);
    };
    let regions = parse_region_codes(regions, "filter.regions")?;
    Ok(Some(codes_in_regions(codes.as_deref(), &regions)))
}
