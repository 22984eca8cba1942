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
    /// A country by its code; null where nobody has it.
    async fn country(
        &self,
        #[graphql(desc = "ISO 3166-1 alpha-2 code in any case, or `XK`.")] code: ID,
    ) -> Option<DirectJson<Country>> {
        find_country(&code).map(DirectJson)
    }

    /// All countries that pass the filter. There are about 250, so this is a list without pages.
    async fn countries(
        &self,
        #[graphql(desc = "Conditions on the countries.")] filter: Option<CountryFilter>,
        #[graphql(desc = "By code, ascending, if left out.")] order_by: Option<CountryOrder>,
    ) -> Result<DirectJsonList<DirectJson<Country>>> {
        let mut countries = filter.unwrap_or_default().list("filter")?;
        if let Some(order) = order_by {
            order.sort(&mut countries);
        }
        let countries = countries.into_iter().map(Country);
        Ok(countries.map(DirectJson).collect())
    }
}
