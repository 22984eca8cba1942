//! Value types of countries: coordinates and the status of codes.

use async_graphql::{Enum, SimpleObject};

use crate::model::country;

/// Degrees, WGS 84.
#[derive(SimpleObject)]
pub struct Coordinates {
    /// From -90 to 90, north is positive.
    pub latitude: f64,
    /// From -180 to 180, east is positive.
    pub longitude: f64,
}

/// Whether the codes of a country are in ISO 3166-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "country::CodeStatus")]
pub enum CodeStatus {
    /// In ISO 3166-1.
    Official,
    /// In general use, from the codes that ISO 3166-1 leaves to users; `XK` only.
    UserAssigned,
}
