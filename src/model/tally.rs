//! Tally: our own count of positions, never mixed with counts that claimants report.

use std::collections::BTreeMap;

use super::stance::Stance;

/// Number of relationships by stance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub total: u32,
    pub disputed: u32,
    /// Stances without relationships are absent.
    pub by_stance: BTreeMap<Stance, u32>,
    /// By UN M49 code of the requested state's region.
    pub by_region: BTreeMap<String, BTreeMap<Stance, u32>>,
}

impl Tally {
    pub fn add(&mut self, region: &str, stance: Stance, disputed: bool) {
        self.total += 1;
        self.disputed += u32::from(disputed);
        *self.by_stance.entry(stance).or_default() += 1;
        *self
            .by_region
            .entry(region.to_owned())
            .or_default()
            .entry(stance)
            .or_default() += 1;
    }
}
