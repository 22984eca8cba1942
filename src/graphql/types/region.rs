//! Regions and subregions of the UN M49 standard, by which countries are grouped; read from memory.

use async_graphql::{ID, Object};

use super::country::Country;
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::model::country::{self, ATLAS};

#[derive(Clone, Copy)]
pub struct Region(pub &'static country::Region);

impl Region {
    pub fn find(code: &str) -> Option<Self> {
        ATLAS.find_region(code).map(Self)
    }
}

/// A region or subregion of the UN M49 standard. The grouping is statistical and implies no political position.
#[Object]
impl Region {
    /// UN M49 code, three digits, for example `150` for Europe.
    async fn code(&self) -> ID {
        ID::from(self.0.code.as_str())
    }

    /// English name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The region that contains this subregion; null for a top-level region.
    async fn parent(&self) -> Option<DirectJson<Region>> {
        self.0
            .parent
            .as_deref()
            .and_then(Self::find)
            .map(DirectJson)
    }

    /// Countries in the region, in ascending order of code.
    async fn countries(&self) -> DirectJsonList<DirectJson<Country>> {
        let code = self.0.code.as_str();
        let all = ATLAS.countries.iter();
        all.filter(|country| country.region == code || country.subregion.as_deref() == Some(code))
            .map(Country)
            .map(DirectJson)
            .collect()
    }
}

ready_fields!(Region {
    "code" => code,
    "name" => name,
    "parent" => parent of DirectJson<Region>,
    "countries" => countries of DirectJsonList<DirectJson<Country>>,
});

/// Root fields.
#[derive(Default)]
pub struct RegionQuery;

#[Object]
impl RegionQuery {
    /// All UN M49 regions and subregions, in ascending order of code.
    async fn regions(&self) -> DirectJsonList<DirectJson<Region>> {
        let all = ATLAS.regions.iter();
        all.map(Region).map(DirectJson).collect()
    }
}
