//! Facets of stance changes: what they are filtered by, in 24 bytes, so that a list finds the few that match among millions.
//!
//! Changes are never altered, so an older copy of one adds nothing.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::scan::Scan;
use crate::model::small_set::{NEWER, SmallSet};
use crate::model::stance::{ChangeKind, Stance};
use crate::model::statement::ClaimantKind;

/// A stance change without what no filter asks for. Kinds of newer versions are `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeFacets {
    pub seq: i64,
    pub initiative: i64,
    /// By alpha-2 code.
    pub requested_state: String,
    pub from: Option<Stance>,
    pub to: Option<Stance>,
    pub kind: Option<ChangeKind>,
    pub claimant: Option<ClaimantKind>,
    pub disputed: bool,
    pub unusual: bool,
}

/// Conditions on changes; those that are `None` match all.
#[derive(Clone, Debug, Default)]
pub struct ChangeConditions {
    pub initiatives: Option<HashSet<i64>>,
    pub requested_states: Option<HashSet<u16>>,
    pub from: Option<SmallSet>,
    pub to: Option<SmallSet>,
    /// Before or after.
    pub involves: Option<SmallSet>,
    pub kinds: Option<SmallSet>,
    pub claimants: Option<SmallSet>,
    pub disputed: Option<bool>,
    pub unusual: Option<bool>,
}

/// All changes, ascending by seq.
#[derive(Debug, Default)]
pub struct Changes(Vec<PackedChange>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PackedChange {
    seq: i64,
    initiative: i64,
    requested_state: u16,
    /// The numbers of the values.
    from: u8,
    to: u8,
    kind: u8,
    claimant: u8,
    disputed: bool,
    unusual: bool,
}

/// A code of two letters as a number; other texts are no codes.
pub fn pack_state(code: &str) -> u16 {
    match code.as_bytes() {
        [first, second] => u16::from_be_bytes([*first, *second]),
        _ => 0,
    }
}

impl PackedChange {
    fn new(change: &ChangeFacets) -> Self {
        Self {
            seq: change.seq,
            initiative: change.initiative,
            requested_state: pack_state(&change.requested_state),
            from: change.from.map_or(NEWER, |stance| stance as u8),
            to: change.to.map_or(NEWER, |stance| stance as u8),
            kind: change.kind.map_or(NEWER, |kind| kind as u8),
            claimant: change.claimant.map_or(NEWER, |claimant| claimant as u8),
            disputed: change.disputed,
            unusual: change.unusual,
        }
    }
}

impl ChangeConditions {
    fn matches(&self, change: &PackedChange) -> bool {
        let has = |all: Option<SmallSet>, value| all.is_none_or(|all| all.contains(value));
        has(self.from, change.from)
            && has(self.to, change.to)
            && (has(self.involves, change.from) || has(self.involves, change.to))
            && has(self.kinds, change.kind)
            && has(self.claimants, change.claimant)
            && self.disputed.is_none_or(|is| is == change.disputed)
            && self.unusual.is_none_or(|is| is == change.unusual)
            && self
                .requested_states
                .as_ref()
                .is_none_or(|all| all.contains(&change.requested_state))
            && self
                .initiatives
                .as_ref()
                .is_none_or(|all| all.contains(&change.initiative))
    }
}

impl Changes {
    /// Adds those that are new.
    pub(super) fn merge<'c>(&mut self, changes: impl IntoIterator<Item = &'c ChangeFacets>) {
        for change in changes {
            let change = PackedChange::new(change);
            if self.0.len() == self.0.capacity() {
                // Not doubled: all together are large.
                self.0.reserve_exact(self.0.len() / 8 + 64);
            }
            match self.0.last() {
                Some(last) if last.seq >= change.seq => {
                    let found = self.0.binary_search_by_key(&change.seq, |one| one.seq);
                    if let Err(index) = found {
                        self.0.insert(index, change);
                    }
                }
                _ => self.0.push(change),
            }
        }
    }

    /// The seqs of matching changes in a range; in ascending order, or descending from its end if `backward`.
    pub(super) fn scan(
        &self,
        range: &RangeInclusive<i64>,
        backward: bool,
        most: usize,
        conditions: &ChangeConditions,
    ) -> Scan<i64> {
        let start = self.0.partition_point(|one| one.seq < *range.start());
        let end = self.0.partition_point(|one| one.seq <= *range.end());
        let within = self.0.get(start..end).unwrap_or_default().iter();
        let rows = within.map(|one| (one.seq, one));
        let check = |seq, change: &PackedChange| conditions.matches(change).then_some(seq);
        if backward {
            Scan::run(rows.rev(), most, check)
        } else {
            Scan::run(rows, most, check)
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantNames;

    use super::*;

    fn change(seq: i64, requested_state: &str, to: Stance) -> ChangeFacets {
        ChangeFacets {
            seq,
            initiative: 1,
            requested_state: requested_state.to_owned(),
            from: Some(Stance::Unknown),
            to: Some(to),
            kind: Some(ChangeKind::Event),
            claimant: Some(ClaimantKind::Press),
            disputed: false,
            unusual: false,
        }
    }

    #[test]
    fn a_change_takes_24_bytes_and_has_room_for_every_kind() {
        assert_eq!(size_of::<PackedChange>(), 24);
        for names in [
            Stance::VARIANTS,
            ChangeKind::VARIANTS,
            ClaimantKind::VARIANTS,
        ] {
            assert!(names.len() <= usize::from(NEWER));
        }
    }

    #[test]
    fn changes_are_merged_in_any_order_and_scanned_in_both_directions() {
        let mut changes = Changes::default();
        let all = [
            change(9, "RW", Stance::Agreed),
            change(2, "RW", Stance::Named),
            change(5, "PE", Stance::Agreed),
            change(9, "RW", Stance::Agreed),
        ];
        changes.merge(&all);
        let agreed = ChangeConditions {
            to: Some([Stance::Agreed as u8].into_iter().collect()),
            ..ChangeConditions::default()
        };
        let scan = |range, backward, most| changes.scan(&range, backward, most, &agreed);
        assert_eq!(scan(i64::MIN..=i64::MAX, false, 9).found, [5, 9]);
        assert_eq!(scan(i64::MIN..=i64::MAX, true, 9).found, [9, 5]);
        assert_eq!(scan(6..=8, false, 9).found, [0_i64; 0]);
        let first = scan(1..=9, false, 2);
        assert_eq!(
            (first.found, first.checked, first.last),
            (vec![5], 2, Some(5))
        );
        assert_eq!(scan(6..=9, false, 2).last, None);
        let of_rwanda = ChangeConditions {
            requested_states: Some(HashSet::from([pack_state("RW")])),
            ..agreed.clone()
        };
        assert_eq!(changes.scan(&(0..=9), false, 9, &of_rwanda).found, [9]);
    }
}
