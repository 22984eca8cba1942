//! Root fields of countries.

use async_graphql::{ID, Object};

use super::filter::{CountryFilter, CountryOrder};
use super::{Country, find_country};
use crate::error::Result;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};

/// Root fields.
#[derive(Default)]
pub struct CountryQuery;

#[Object]
impl CountryQuery {
    /// Fetches a country by its code; null if there is no such country.
    async fn country(
        &self,
        #[graphql(desc = "ISO 3166-1 alpha-2 code or `XK`, case-insensitive.")] code: ID,
    ) -> Option<DirectJson<Country>> {
        find_country(&code).map(DirectJson)
    }

    /// Countries that match the filter. The list is not paginated, because there are only about 250.
    async fn countries(
        &self,
        #[graphql(desc = "Filter; omit it to list all countries.")] filter: Option<CountryFilter>,
        #[graphql(desc = "Sort order; defaults to code, ascending.")] order_by: Option<
            CountryOrder,
        >,
    ) -> Result<DirectJsonList<DirectJson<Country>>> {
        let mut countries = filter.unwrap_or_default().list("filter")?;
        if let Some(order) = order_by {
            order.sort(&mut countries);
        }
        let countries = countries.into_iter().map(Country);
        Ok(countries.map(DirectJson).collect())
    }
}
