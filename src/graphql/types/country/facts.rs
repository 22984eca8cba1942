//! Value types of countries: coordinates and the status of codes.

use async_graphql::{Enum, SimpleObject};

use crate::graphql::output::direct_json::ready::ready_enum;
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::model::country;

/// A geographic point in degrees, WGS 84.
#[derive(SimpleObject)]
pub struct Coordinates {
    /// Latitude from -90 to 90; north is positive.
    pub latitude: f64,
    /// Longitude from -180 to 180; east is positive.
    pub longitude: f64,
}

ready_fields!(Coordinates {
    "latitude" => latitude,
    "longitude" => longitude,
});

/// Status of a country's codes in ISO 3166-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "country::CodeStatus")]
pub enum CodeStatus {
    /// Assigned by ISO 3166-1.
    Official,
    /// In general use, from the range that ISO 3166-1 reserves for users; applies to `XK` only.
    UserAssigned,
}

/// One of seven continents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "country::Continent")]
pub enum Continent {
    /// Africa.
    Africa,
    /// Antarctica.
    Antarctica,
    /// Asia.
    Asia,
    /// Europe.
    Europe,
    /// North America, with Central America and the Caribbean.
    NorthAmerica,
    /// Australia and the islands of the Pacific.
    Oceania,
    /// South America.
    SouthAmerica,
}

ready_enum!(CodeStatus, Continent);
