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
    pub by_region: BTreeMap<&'static str, BTreeMap<Stance, u32>>,
}

impl Tally {
    pub fn add(&mut self, region: &'static str, stance: Stance, disputed: bool) {
        self.total += 1;
        self.disputed += u32::from(disputed);
        *self.by_stance.entry(stance).or_default() += 1;
        let of_region = self.by_region.entry(region).or_default();
        *of_region.entry(stance).or_default() += 1;
    }

    /// Takes back what was added.
    pub fn remove(&mut self, region: &'static str, stance: Stance, disputed: bool) {
        self.total -= 1;
        self.disputed -= u32::from(disputed);
        decrement(&mut self.by_stance, stance);
        if let Some(of_region) = self.by_region.get_mut(region) {
            decrement(of_region, stance);
            if of_region.is_empty() {
                self.by_region.remove(region);
            }
        }
    }
}

fn decrement(counts: &mut BTreeMap<Stance, u32>, stance: Stance) {
    if let Some(count) = counts.get_mut(&stance) {
        *count -= 1;
        if *count == 0 {
            counts.remove(&stance);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_back_leaves_nothing() {
        let mut tally = Tally::default();
        tally.add("202", Stance::Agreed, true);
        let one = tally.clone();
        tally.add("202", Stance::Refused, false);
        tally.add("150", Stance::Agreed, false);
        tally.remove("150", Stance::Agreed, false);
        tally.remove("202", Stance::Refused, false);
        assert_eq!(tally, one);
        tally.remove("202", Stance::Agreed, true);
        assert_eq!(tally, Tally::default());
    }
}
