//! Facets of statements: what they are filtered by, in two bytes, so that millions are scanned in memory.

use super::{ClaimantKind, StatementKind};
use crate::model::small_set::{NEWER, SmallSet};

/// Kind and claimant of a statement in two bytes, and whether it was ever corrected or retracted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facets(u16);

const CLAIMANT_SHIFT: u16 = 4;
const CORRECTED: u16 = 1 << 8;
const RETRACTED: u16 = 1 << 9;

impl Facets {
    /// `None` is a kind of a newer version.
    pub fn new(kind: Option<StatementKind>, claimant: Option<ClaimantKind>) -> Self {
        let kind = kind.map_or(NEWER, |kind| kind as u8);
        let claimant = claimant.map_or(NEWER, |claimant| claimant as u8);
        Self(u16::from(kind) | u16::from(claimant) << CLAIMANT_SHIFT)
    }

    /// Declares that a later statement corrects it.
    pub fn correct(&mut self) {
        self.0 |= CORRECTED;
    }

    /// Declares that it was retracted.
    pub fn retract(&mut self) {
        self.0 |= RETRACTED;
    }

    /// Corrected and retracted as well, if the other is.
    #[must_use]
    pub fn with_revisions(self, other: Self) -> Self {
        Self(self.0 | other.0 & (CORRECTED | RETRACTED))
    }

    /// Whether it was ever corrected. A correction may have been retracted again.
    pub fn is_corrected(self) -> bool {
        self.0 & CORRECTED != 0
    }

    /// Whether it was retracted, which is final.
    pub fn is_retracted(self) -> bool {
        self.0 & RETRACTED != 0
    }
}

/// Kinds and claimants that match.
#[derive(Clone, Copy, Debug)]
pub struct FacetFilter {
    kinds: SmallSet,
    claimants: SmallSet,
}

impl FacetFilter {
    /// `None` matches all, also those of newer versions.
    pub fn new(kinds: Option<&[StatementKind]>, claimants: Option<&[ClaimantKind]>) -> Self {
        let kinds = kinds.map(|all| all.iter().map(|kind| *kind as u8).collect());
        let claimants = claimants.map(|all| all.iter().map(|claimant| *claimant as u8).collect());
        Self {
            kinds: kinds.unwrap_or(SmallSet::ALL),
            claimants: claimants.unwrap_or(SmallSet::ALL),
        }
    }

    pub fn matches(self, facets: Facets) -> bool {
        let [claimant_and_kind, _] = facets.0.to_le_bytes();
        self.kinds.contains(claimant_and_kind & NEWER)
            && self.claimants.contains(claimant_and_kind >> CLAIMANT_SHIFT)
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantNames;

    use super::*;

    #[test]
    fn facets_have_room_for_every_kind() {
        for names in [StatementKind::VARIANTS, ClaimantKind::VARIANTS] {
            assert!(names.len() <= usize::from(NEWER));
        }
    }

    #[test]
    fn a_filter_matches_its_kinds_and_claimants() {
        use ClaimantKind::{Court, Press};
        use StatementKind::{Legal, Stance};
        let ruling = Facets::new(Some(Legal), Some(Court));
        let matches = |kinds, claimants, facets| FacetFilter::new(kinds, claimants).matches(facets);
        let mut revised = ruling;
        revised.correct();
        revised.retract();
        for facets in [ruling, revised] {
            assert!(matches(None, None, facets));
            assert!(matches(Some(&[Stance, Legal]), Some(&[Court]), facets));
            assert!(!matches(Some(&[Stance]), None, facets));
            assert!(!matches(None, Some(&[Press]), facets));
            assert!(!matches(Some(&[]), None, facets));
        }
        let newer = Facets::new(None, None);
        assert!(matches(None, None, newer) && !matches(Some(&[Legal]), None, newer));
        assert!(revised.is_corrected() && revised.is_retracted());
        assert!(!ruling.is_corrected() && !ruling.is_retracted());
        assert_eq!(ruling.with_revisions(revised), revised);
    }
}
