//! Tally: our own count of positions, never mixed with counts that claimants report.

use super::country::{REGIONS, RegionNumber};
use super::stance::Stance;

/// Numbers of relationships by region of the requested state and by stance. It has a fixed size, so that it is counted, kept for
/// each point of a chart and compared without allocations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub disputed: u32,
    by_region: [ByStance; REGIONS],
}

/// Number of stances.
const STANCES: usize = Stance::ALL.len();

/// Numbers of relationships by stance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByStance([u32; STANCES]);

impl ByStance {
    pub fn total(&self) -> u32 {
        self.0.iter().sum()
    }

    /// Stances with relationships, in the order of the enumeration.
    pub fn iter(&self) -> impl Iterator<Item = (Stance, u32)> {
        let all = Stance::ALL.into_iter().zip(self.0);
        all.filter(|(_, count)| *count > 0)
    }
}

impl Tally {
    pub fn add(&mut self, region: RegionNumber, stance: Stance, disputed: bool) {
        self.disputed += u32::from(disputed);
        *self.count_mut(region, stance) += 1;
    }

    /// Takes back what was added.
    pub fn remove(&mut self, region: RegionNumber, stance: Stance, disputed: bool) {
        self.disputed -= u32::from(disputed);
        *self.count_mut(region, stance) -= 1;
    }

    fn count_mut(&mut self, region: RegionNumber, stance: Stance) -> &mut u32 {
        &mut self.by_region[region.index()].0[stance as usize]
    }

    pub fn total(&self) -> u32 {
        self.by_region.iter().map(ByStance::total).sum()
    }

    pub fn by_stance(&self) -> ByStance {
        let mut all = ByStance::default();
        for of_region in &self.by_region {
            for (sum, count) in all.0.iter_mut().zip(of_region.0) {
                *sum += count;
            }
        }
        all
    }

    /// By UN M49 code, ascending; regions without relationships are absent.
    pub fn by_region(&self) -> impl Iterator<Item = (&'static str, ByStance)> {
        let regions = RegionNumber::all();
        let all = regions.map(|region| (region.code(), self.by_region[region.index()]));
        all.filter(|(_, counts)| counts.total() > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::country::region_number;
    use super::*;

    #[test]
    fn what_is_taken_back_leaves_nothing() {
        let [rwanda, france] = ["RW", "FR"].map(region_number);
        let mut tally = Tally::default();
        tally.add(rwanda, Stance::Agreed, true);
        let one = tally.clone();
        tally.add(rwanda, Stance::Refused, false);
        tally.add(france, Stance::Agreed, false);
        let by_region: Vec<_> = tally
            .by_region()
            .map(|(code, by)| (code, by.total()))
            .collect();
        assert_eq!(by_region, [("002", 2), ("150", 1)]);
        let by_stance: Vec<_> = tally.by_stance().iter().collect();
        assert_eq!(by_stance, [(Stance::Agreed, 2), (Stance::Refused, 1)]);
        assert_eq!((tally.total(), tally.disputed), (3, 1));
        tally.remove(france, Stance::Agreed, false);
        tally.remove(rwanda, Stance::Refused, false);
        assert_eq!(tally, one);
        tally.remove(rwanda, Stance::Agreed, true);
        assert_eq!(tally, Tally::default());
    }
}
