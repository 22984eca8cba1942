//! Histories of all subjects: what positions at a moment are folded from.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use entity::statement;

use super::scan::{Scan, Verdict};
use crate::error::{Error, Result};
use crate::model::position::Fact;
use crate::model::position::history::History;
use crate::model::statement::facets::Facets;

/// What statements are about; countries by their alpha-2 codes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum HistoryKey {
    Relationship(i64),
    Country(String),
    Initiative(i64),
}

/// The seq of a statement that was found, and its history if it decides.
pub type FoundStatement = (i64, Option<Arc<History>>);

/// Shared, so that a reader folds without a lock: a change copies a history only while a reader holds it.
#[derive(Debug, Default)]
pub struct Histories {
    /// Numbers of histories, from 1.
    numbers: HashMap<PackedKey, u32>,
    shared: Vec<Arc<History>>,
    /// The statements by seq.
    blocks: BTreeMap<i64, Box<Block>>,
    /// Histories that are complete before all are.
    complete: HashSet<PackedKey>,
}

/// A [`HistoryKey`] in eight bytes. The id of a relationship is the seq of its first statement and that of an initiative the
/// seq of its entry, so no two are the same; a country is a negative number.
type PackedKey = i64;

/// The statements among consecutive entries.
#[derive(Debug)]
struct Block {
    /// The number of the history of each; 0 for other entries.
    numbers: [u32; BLOCK],
    facets: [Facets; BLOCK],
}

const BLOCK: usize = 256;
const BLOCK_SEQS: i64 = 256;
/// Histories that are shrunk under one lock.
const SHRINK_BATCH: usize = 4_096;

impl HistoryKey {
    /// The subject of a statement; `None` if the row has none.
    pub fn of(row: &statement::Model) -> Option<Self> {
        let relationship = row.relationship_id.map(Self::Relationship);
        relationship
            .or_else(|| row.country_code.clone().map(Self::Country))
            .or_else(|| row.initiative_id.map(Self::Initiative))
    }

    fn pack(&self) -> PackedKey {
        match self {
            Self::Relationship(id) | Self::Initiative(id) => *id,
            Self::Country(code) => {
                let bytes = code.bytes().take(7);
                -bytes.fold(0, |packed, byte| packed << 8 | i64::from(byte))
            }
        }
    }
}

impl Histories {
    pub fn find(&self, key: &HistoryKey) -> Option<&Arc<History>> {
        self.history(*self.numbers.get(&key.pack())?)
    }

    /// Whether a history is complete, although others are still being loaded.
    pub(super) fn is_complete(&self, key: &HistoryKey) -> bool {
        self.complete.contains(&key.pack())
    }

    /// Declares histories complete.
    pub(super) fn complete<'k>(&mut self, keys: impl IntoIterator<Item = &'k HistoryKey>) {
        self.complete.extend(keys.into_iter().map(HistoryKey::pack));
    }

    /// Frees what is needed only while histories are loaded. The next call goes on at the number that it returns.
    pub(super) fn shrink(&mut self, from: usize) -> Option<usize> {
        if from == 0 {
            self.complete = HashSet::new();
            self.numbers.shrink_to_fit();
            self.shared.shrink_to_fit();
        }
        let next = from + SHRINK_BATCH;
        let histories = self.shared.iter_mut().skip(from).take(SHRINK_BATCH);
        // One that is being read keeps its room.
        histories.filter_map(Arc::get_mut).for_each(History::shrink);
        (next < self.shared.len()).then_some(next)
    }

    /// Finds the statements in a range of seqs that match, and those that are undecided with their histories; in ascending
    /// order, or descending from its end if `backward`.
    pub(super) fn scan(
        &self,
        range: &RangeInclusive<i64>,
        backward: bool,
        most: usize,
        check: impl Fn(Facets) -> Verdict,
    ) -> Scan<FoundStatement> {
        let blocks = block_of(*range.start())..=block_of(*range.end());
        let blocks = self.blocks.range(blocks);
        let is_within = |(seq, _): &(i64, _)| range.contains(seq);
        let check = |seq, (number, facets)| match check(facets) {
            Verdict::Mismatch => None,
            Verdict::Match => Some((seq, None)),
            Verdict::Undecided => Some((seq, self.history(number).cloned())),
        };
        if backward {
            let all = blocks.rev();
            let all = all.flat_map(|(block, statements)| statements.list(*block).rev());
            Scan::run(all.filter(is_within), most, check)
        } else {
            let all = blocks.flat_map(|(block, statements)| statements.list(*block));
            Scan::run(all.filter(is_within), most, check)
        }
    }

    fn history(&self, number: u32) -> Option<&Arc<History>> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        self.shared.get(index)
    }

    /// Adds a fact, or what is new in it.
    pub(super) fn merge(&mut self, key: &HistoryKey, fact: &Fact) -> Result<()> {
        let next = u32::try_from(self.shared.len() + 1).map_err(Error::internal)?;
        let number = *self.numbers.entry(key.pack()).or_insert(next);
        if number == next {
            self.shared.push(Arc::default());
        }
        let block = self.blocks.entry(block_of(fact.id)).or_default();
        block.insert(fact, number);
        if let Some(corrected) = fact.corrects {
            let block = self.blocks.entry(block_of(corrected)).or_default();
            block.facets[offset_of(corrected)].correct();
        }
        let history = &mut self.shared[number as usize - 1];
        Arc::make_mut(history).merge(fact).map_err(Error::internal)
    }
}

impl Default for Block {
    fn default() -> Self {
        Self {
            numbers: [0; BLOCK],
            facets: [Facets::default(); BLOCK],
        }
    }
}

impl Block {
    fn insert(&mut self, fact: &Fact, number: u32) {
        let offset = offset_of(fact.id);
        self.numbers[offset] = number;
        // A correction may have been merged before what it corrects, and an older copy of a fact after a newer one.
        let facets = Facets::new(fact.kind, fact.claimant);
        self.facets[offset] = facets.with_revisions(self.facets[offset]);
        if fact.retracted_at.is_some() {
            self.facets[offset].retract();
        }
    }

    /// Seq, number of the history and facets of each statement.
    fn list(&self, block: i64) -> impl DoubleEndedIterator<Item = (i64, (u32, Facets))> {
        let start = block * BLOCK_SEQS;
        let all = self.numbers.iter().enumerate();
        let statements = all.filter(|(_, number)| **number != 0);
        statements.map(move |(offset, number)| {
            let seq = start + i64::try_from(offset).unwrap_or(0);
            (seq, (*number, self.facets[offset]))
        })
    }
}

fn block_of(seq: i64) -> i64 {
    seq.div_euclid(BLOCK_SEQS)
}

fn offset_of(seq: i64) -> usize {
    usize::try_from(seq.rem_euclid(BLOCK_SEQS)).expect("a remainder is not negative")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::{Timestamp, parse_day};

    fn fact(id: i64) -> Fact {
        Fact {
            id,
            stance: None,
            valid_from: "2025-01-01".to_owned(),
            earliest: parse_day("2025-01-01"),
            latest: parse_day("2025-01-01").unwrap(),
            recorded_at: Timestamp(id),
            publications: Vec::new(),
            corrects: None,
            keeps_disputes: false,
            retracted_at: None,
            contradicts: Vec::new(),
            kind: None,
            claimant: None,
        }
    }

    #[test]
    fn statements_are_listed_across_subjects_in_both_directions() {
        let mut histories = Histories::default();
        let subjects = [
            HistoryKey::Relationship(3),
            HistoryKey::Country("RW".to_owned()),
            HistoryKey::Initiative(1),
        ];
        let ids = [3, 255, 256, 700, 1_000_000];
        for (id, key) in ids.into_iter().zip(subjects.iter().cycle()) {
            histories.merge(key, &fact(id)).unwrap();
            histories.merge(key, &fact(id)).unwrap();
        }
        let list = |range, backward| -> Vec<i64> {
            let scan = histories.scan(&range, backward, usize::MAX, |_| Verdict::Undecided);
            scan.found.into_iter().map(|(id, _)| id).collect()
        };
        assert_eq!(list(i64::MIN..=i64::MAX, false), ids);
        assert_eq!(list(256..=999_999, false), ids[2..4]);
        assert_eq!(list(i64::MIN..=699, true), [256, 255, 3]);
        assert_eq!(list(i64::MIN..=i64::MAX, true).len(), 5);
        let of_first = histories.find(&subjects[0]).unwrap();
        assert_eq!(of_first.len(), 2);
    }
}
