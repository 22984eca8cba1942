//! The day from which a statement counts as public: the earliest of its sources. It changes when evidence is added, and when a
//! source is corrected.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::model::time::Timestamp;

/// From when on its sources say that a statement was public since a day: until the next one of the same statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publication {
    pub recorded_at: Timestamp,
    /// The earliest day of the supporting sources, each the last one on which it can have become public; absent if none of them
    /// has a date.
    pub on: Option<NaiveDate>,
}

/// The day of a supporting piece of evidence from `recorded_at` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvidenceDay {
    /// Entry and index of the evidence.
    pub evidence: (i64, i32),
    pub recorded_at: Timestamp,
    pub on: Option<NaiveDate>,
}

/// The publications of a statement that the days of its evidence make, in the order of recording: one wherever the earliest
/// day changes.
pub fn publications(mut days: Vec<EvidenceDay>) -> Vec<Publication> {
    days.sort_unstable_by_key(|day| (day.recorded_at, day.evidence));
    let mut current: BTreeMap<(i64, i32), NaiveDate> = BTreeMap::new();
    let mut publications: Vec<Publication> = Vec::new();
    for entry in days.chunk_by(|one, other| one.recorded_at == other.recorded_at) {
        for day in entry {
            match day.on {
                Some(on) => drop(current.insert(day.evidence, on)),
                None => drop(current.remove(&day.evidence)),
            }
        }
        let on = current.values().copied().min();
        if publications.last().and_then(|last| last.on) != on {
            let recorded_at = entry[0].recorded_at;
            publications.push(Publication { recorded_at, on });
        }
    }
    publications
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::parse_day;

    fn day(evidence: i32, recorded_at: i64, on: &str) -> EvidenceDay {
        EvidenceDay {
            evidence: (1, evidence),
            recorded_at: Timestamp(recorded_at),
            on: parse_day(on),
        }
    }

    #[test]
    fn the_earliest_day_counts_until_evidence_or_a_correction_changes_it() {
        let days = vec![
            day(1, 50, "2025-01-20"),
            day(0, 50, "2025-01-10"),
            day(2, 60, "2025-01-15"),
            day(0, 70, "2025-02-01"),
            day(2, 80, ""),
            day(1, 90, ""),
            day(0, 90, ""),
        ];
        let found: Vec<(i64, Option<String>)> = publications(days)
            .iter()
            .map(|one| (one.recorded_at.0, one.on.map(|day| day.to_string())))
            .collect();
        let expected = [
            (50, Some("2025-01-10")),
            (70, Some("2025-01-15")),
            (80, Some("2025-01-20")),
            (90, None),
        ];
        assert_eq!(found, expected.map(|(at, on)| (at, on.map(str::to_owned))));
    }

    #[test]
    fn without_a_date_there_is_no_publication() {
        assert_eq!(publications(vec![day(0, 5, "")]), []);
    }
}
