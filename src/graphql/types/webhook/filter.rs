//! The filter of a webhook: the input of subscriptions, stored as `demarche webhook add` stores it.

use async_graphql::{ID, SimpleObject};

use crate::error::{Error, Result};
use crate::graphql::output::direct_json::ready::ReadyFields;
use crate::graphql::types::stance::{ChangeKind, Stance};
use crate::graphql::types::statement::enums::ClaimantKind;
use crate::model::webhook::filter;

/// Which stance changes a webhook is sent: those that meet every condition that is set.
#[derive(SimpleObject)]
pub struct WebhookFilter {
    /// Slugs of initiatives; null for all.
    initiatives: Option<Vec<ID>>,
    /// ISO 3166-1 alpha-2 codes of requested states; null for all.
    countries: Option<Vec<ID>>,
    /// UN M49 codes of regions or subregions of the requested state; null for all.
    regions: Option<Vec<ID>>,
    /// Stances before the change; null for all.
    from: Option<Vec<Stance>>,
    /// Stances after the change; null for all.
    to: Option<Vec<Stance>>,
    /// Stances before or after the change; null for all.
    involves: Option<Vec<Stance>>,
    /// Reasons for the publication; null for all.
    kinds: Option<Vec<ChangeKind>>,
    /// Categories of the claimant; null for all.
    claimants: Option<Vec<ClaimantKind>>,
    /// Whether the position was disputed after the change; null for both.
    disputed: Option<bool>,
    /// Whether the transition is unusual; null for both.
    unusual: Option<bool>,
}

impl ReadyFields for WebhookFilter {}

impl WebhookFilter {
    /// The filter in a row.
    /// # Errors
    /// `Error::Internal` if it is not the JSON of a filter.
    pub fn parse(text: &str) -> Result<Self> {
        let filter: filter::WebhookFilter = serde_json::from_str(text).map_err(Error::internal)?;
        Ok(Self {
            initiatives: listed(filter.initiatives),
            countries: listed(filter.countries),
            regions: listed(filter.regions),
            from: listed(filter.from),
            to: listed(filter.to),
            involves: listed(filter.involves),
            kinds: listed(filter.kinds),
            claimants: listed(filter.claimants),
            disputed: filter.disputed,
            unusual: filter.unusual,
        })
    }
}

/// `None` for an empty list, which is stored where there is no condition.
fn listed<T, U: From<T>>(values: Vec<T>) -> Option<Vec<U>> {
    (!values.is_empty()).then(|| values.into_iter().map(U::from).collect())
}
