//! Numbers of the regions of the first level, for tallies in arrays.

use super::{ATLAS, Region, number_of};

/// Regions of the first level, with room for a code that this version does not have.
pub const REGIONS: usize = UNKNOWN_REGION as usize + 1;

const UNKNOWN_REGION: u8 = 7;

/// A region of the first level, in ascending order of code; the last one is of unknown countries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegionNumber(u8);

/// The region of a country.
pub fn region_number(code: &str) -> RegionNumber {
    let number = number_of(code).map(|number| ATLAS.region_numbers[number]);
    number.unwrap_or(RegionNumber::UNKNOWN)
}

impl RegionNumber {
    pub(super) const UNKNOWN: Self = Self(UNKNOWN_REGION);

    /// The number of the region of the first level with a code.
    pub(super) fn find(regions: &[Region], code: &str) -> Self {
        let first_level = regions.iter().filter(|one| one.parent.is_none());
        let found = (0..).zip(first_level).find(|(_, one)| one.code == code);
        found.map_or(Self::UNKNOWN, |(number, _)| Self(number))
    }

    pub fn all() -> impl Iterator<Item = Self> {
        (0..=Self::UNKNOWN.0).map(Self)
    }

    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// UN M49 code; empty for unknown countries.
    pub fn code(self) -> &'static str {
        let mut regions = ATLAS.regions.iter().filter(|one| one.parent.is_none());
        regions.nth(self.index()).map_or("", |region| &region.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_has_the_number_of_its_region_and_there_is_room_for_all() {
        for country in &ATLAS.countries {
            assert_eq!(region_number(&country.code).code(), country.region);
        }
        for unknown in ["ZZ", "", "RWA"] {
            assert_eq!(region_number(unknown), RegionNumber::UNKNOWN);
        }
        let first_level = ATLAS.regions.iter().filter(|one| one.parent.is_none());
        assert!(first_level.count() < REGIONS);
        assert_eq!(RegionNumber::UNKNOWN.code(), "");
    }
}
