//! Change of the dispute about a relationship by an entry: the history is folded as it was just before and just after it.
//!
//! Recorded times of entries differ, so an instant identifies an entry, and the result is the same whenever it is asked for.

use super::cutoff::Cutoff;
use super::history::History;
use crate::model::moment::Moment;
use crate::model::string_enum::string_enum;
use crate::model::time::Timestamp;

string_enum!(/// How a dispute changed.
    DisputeChangeKind { Began, Grew, Shrank, Ended });

/// A change of the pairs that cause a dispute; each is (denying, denied), in the order of recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisputeChange {
    pub kind: DisputeChangeKind,
    /// Those after the entry.
    pub rivals: Vec<(i64, i64)>,
    pub added: Vec<(i64, i64)>,
    pub removed: Vec<(i64, i64)>,
}

impl History {
    /// What the entry that was recorded at an instant changed; `None` if the same statements are in dispute before and after.
    pub fn dispute_change(&self, recorded_at: Timestamp) -> Option<DisputeChange> {
        if !self.has_contradictions() {
            return None;
        }
        // Entries are at least a microsecond apart.
        let before = self.rivals_at(Timestamp(recorded_at.0 - 1));
        let rivals = self.rivals_at(recorded_at);
        let without = |all: &[(i64, i64)], others: &[(i64, i64)]| -> Vec<(i64, i64)> {
            let all = all.iter().filter(|pair| !others.contains(pair));
            all.copied().collect()
        };
        let (added, removed) = (without(&rivals, &before), without(&before, &rivals));
        let kind = match (before.is_empty(), rivals.is_empty()) {
            _ if added.is_empty() && removed.is_empty() => return None,
            (true, _) => DisputeChangeKind::Began,
            (_, true) => DisputeChangeKind::Ended,
            _ if added.is_empty() => DisputeChangeKind::Shrank,
            _ => DisputeChangeKind::Grew,
        };
        Some(DisputeChange {
            kind,
            rivals,
            added,
            removed,
        })
    }

    fn rivals_at(&self, recorded_by: Timestamp) -> Vec<(i64, i64)> {
        let moment = Moment {
            recorded_by: Some(recorded_by),
            ..Moment::default()
        };
        let position = self.find_position(&Cutoff::from(&moment));
        position.map_or_else(Vec::new, |position| position.rivals)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::histories::histories;
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn changes_of_all_entries_lead_to_the_dispute_of_now(facts in histories()) {
            let history = History::from_facts(&facts).unwrap();
            let retractions = facts.iter().filter_map(|fact| fact.retracted_at);
            let instants: BTreeSet<i64> = facts
                .iter()
                .map(|fact| fact.recorded_at)
                .chain(retractions)
                .map(|at| at.0)
                .collect();
            let mut rivals: BTreeSet<(i64, i64)> = BTreeSet::new();
            for at in instants {
                let at = Timestamp(at);
                let Some(change) = history.dispute_change(at) else {
                    let moment = Moment { recorded_by: Some(at), ..Moment::default() };
                    prop_assert_eq!(history.position(&moment).disputed, !rivals.is_empty());
                    continue;
                };
                let was_disputed = !rivals.is_empty();
                for pair in &change.removed {
                    prop_assert!(rivals.remove(pair));
                }
                for pair in &change.added {
                    prop_assert!(rivals.insert(*pair));
                }
                prop_assert!(change.rivals.iter().eq(&rivals));
                let expected = match (was_disputed, rivals.is_empty()) {
                    (false, _) => DisputeChangeKind::Began,
                    (true, true) => DisputeChangeKind::Ended,
                    (true, false) if change.added.is_empty() => DisputeChangeKind::Shrank,
                    (true, false) => DisputeChangeKind::Grew,
                };
                prop_assert_eq!(change.kind, expected);
            }
            let now = history.position(&Moment::default());
            prop_assert!(now.rivals.iter().eq(&rivals));
        }
    }
}
