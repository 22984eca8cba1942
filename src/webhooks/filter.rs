//! Resolves the filter of a webhook to that of subscriptions, so that both have one rule.

use entity::initiative;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::database::value_set::ValueSet;
use crate::error::{Error, Result};
use crate::graphql::loaders::stance_change::ChangeFilter;
use crate::graphql::types::country::filter::codes_in_regions;
use crate::model::webhook::filter::WebhookFilter;

/// # Errors
/// `Error::Internal` if the text is not the JSON of a filter, or if the database cannot answer.
pub(super) async fn resolve(db: &impl ConnectionTrait, text: &str) -> Result<ChangeFilter> {
    let filter: WebhookFilter = serde_json::from_str(text).map_err(Error::internal)?;
    let initiatives = if filter.initiatives.is_empty() {
        None
    } else {
        let rows = initiative::Entity::find().filter(
            ValueSet::of_texts(&filter.initiatives).contains(initiative::Column::Slug.into_expr()),
        );
        Some(rows.all(db).await?.into_iter().map(|row| row.id).collect())
    };
    Ok(ChangeFilter {
        initiatives,
        requested: requested_states(filter.countries, &filter.regions),
        from: non_empty(filter.from),
        to: non_empty(filter.to),
        involves: non_empty(filter.involves),
        kinds: non_empty(filter.kinds),
        claimants: non_empty(filter.claimants),
        disputed: filter.disputed,
        unusual: filter.unusual,
        last_seq: None,
    })
}

fn non_empty<T>(values: Vec<T>) -> Option<Vec<T>> {
    (!values.is_empty()).then_some(values)
}

/// The codes of the states that match both conditions.
fn requested_states(countries: Vec<String>, regions: &[String]) -> Option<Vec<String>> {
    let countries = non_empty(countries);
    if regions.is_empty() {
        return countries;
    }
    Some(codes_in_regions(countries.as_deref(), regions))
}
