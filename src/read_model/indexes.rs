//! Rows of the read model, with an index per sort order and per filter key.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use entity::{initiative, relationship};

use crate::model::cursor::{PageCursor, SortKey};
use crate::model::stance::Stance;
use crate::model::time::parse_day;

/// Sort keys of relationships.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RelationshipSort {
    RequestedState,
    Stance,
    Since,
    Changed,
    /// Not stored: a review of an initiative would move all its relationships.
    Reviewed,
}

/// Filter keys of relationships; states by their alpha-2 codes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum IndexKey {
    Initiative(i64),
    Requested(String),
    Requesting(String),
}

/// A sort position in 16 bytes: the key of an order as a number, and the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SortPosition {
    key: i64,
    id: i64,
}

/// Relationships by their sort position in one order.
pub type SortedRows = BTreeMap<SortPosition, Arc<relationship::Model>>;

#[derive(Debug, Default)]
pub struct Indexes {
    initiatives: BTreeMap<i64, Arc<initiative::Model>>,
    slugs: HashMap<String, i64>,
    relationships: HashMap<i64, Arc<relationship::Model>>,
    /// By sort order and stance, so that a list of one stance can start anywhere without a scan of others. The stance is the
    /// column's text, so that a stance of a newer version can be stored.
    ordered: HashMap<(RelationshipSort, String), SortedRows>,
    /// By requested state.
    by_key: HashMap<IndexKey, SortedRows>,
}

const ORDERS: [RelationshipSort; 4] = [
    RelationshipSort::RequestedState,
    RelationshipSort::Stance,
    RelationshipSort::Since,
    RelationshipSort::Changed,
];

impl RelationshipSort {
    /// Whether the order is the same for every moment.
    pub fn is_fixed(self) -> bool {
        match self {
            Self::RequestedState | Self::Changed => true,
            Self::Stance | Self::Since | Self::Reviewed => false,
        }
    }

    /// The sort position of a relationship in this order. `reviewed_on` counts in the order of reviews only.
    pub fn sort_position(
        self,
        row: &relationship::Model,
        reviewed_on: Option<NaiveDate>,
    ) -> PageCursor {
        let key = match self {
            Self::RequestedState => SortKey::Text(row.requested_state.clone()),
            Self::Stance => SortKey::Number(row.stance_rank.into()),
            Self::Since => SortKey::Text(row.since_day.clone()),
            Self::Changed => SortKey::Number(row.changed_at),
            Self::Reviewed => SortKey::Text(day_text(reviewed_on)),
        };
        PageCursor { key, id: row.id }
    }

    /// The sort position of a relationship in this order, packed; in the order of reviews, that of one without any.
    fn packed_position(self, row: &relationship::Model) -> SortPosition {
        let key = match self {
            Self::RequestedState => pack_code(&row.requested_state),
            Self::Stance => row.stance_rank.into(),
            Self::Since => pack_day(&row.since_day),
            Self::Changed => row.changed_at,
            Self::Reviewed => i64::MIN,
        };
        SortPosition { key, id: row.id }
    }

    /// The packed position of a cursor. A key that no relationship has is before all others.
    pub fn pack(self, cursor: &PageCursor) -> SortPosition {
        let key = match (&cursor.key, self) {
            (SortKey::Number(number), _) => *number,
            (SortKey::Text(text), Self::RequestedState) => pack_code(text),
            (SortKey::Text(text), _) => pack_day(text),
        };
        SortPosition { key, id: cursor.id }
    }
}

/// In the order of texts; the first seven bytes count.
fn pack_code(code: &str) -> i64 {
    let bytes = code.bytes().chain(std::iter::repeat(0)).take(7);
    bytes.fold(0, |packed, byte| packed << 8 | i64::from(byte))
}

/// A day as a sort key, or an empty text.
pub fn day_text(day: Option<NaiveDate>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

/// In the order of days; no day is first.
fn pack_day(day: &str) -> i64 {
    parse_day(day).map_or(i64::MIN, |day| day.num_days_from_ce().into())
}

impl Indexes {
    /// All initiatives, in the order in which they were opened.
    pub fn initiatives(&self) -> impl ExactSizeIterator<Item = &Arc<initiative::Model>> {
        self.initiatives.values()
    }

    pub fn find_initiative(&self, id: i64) -> Option<&Arc<initiative::Model>> {
        self.initiatives.get(&id)
    }

    pub fn find_initiative_by_slug(&self, slug: &str) -> Option<&Arc<initiative::Model>> {
        self.find_initiative(*self.slugs.get(slug)?)
    }

    pub fn find_relationship(&self, id: i64) -> Option<&Arc<relationship::Model>> {
        self.relationships.get(&id)
    }

    /// The relationship of an initiative's requesting state to a requested state.
    pub fn find_between(
        &self,
        initiative: &initiative::Model,
        requested_state: &str,
    ) -> Option<&Arc<relationship::Model>> {
        let key = SortKey::Text(requested_state.to_owned());
        let first = PageCursor { key, id: i64::MIN };
        let first = RelationshipSort::RequestedState.pack(&first);
        let rows = self
            .by_key(&IndexKey::Initiative(initiative.id))?
            .range(first..);
        rows.map(|(_, row)| row)
            .take_while(|row| row.requested_state == requested_state)
            .find(|row| row.requesting_state == initiative.requesting_state)
    }

    pub fn count_relationships(&self) -> usize {
        self.relationships.len()
    }

    /// The rows of the given stances, or of all, in one order: one list per stance, for the caller to merge.
    pub fn ordered(&self, order: RelationshipSort, stances: Option<&[Stance]>) -> Vec<&SortedRows> {
        let is_requested =
            |text: &str| stances.is_none_or(|all| all.iter().any(|one| one.as_ref() == text));
        let all = self.ordered.iter();
        all.filter(|((of, stance), _)| *of == order && is_requested(stance))
            .map(|(_, rows)| rows)
            .collect()
    }

    /// The rows of one filter key, by requested state.
    pub fn by_key(&self, key: &IndexKey) -> Option<&SortedRows> {
        self.by_key.get(key)
    }

    pub(super) fn upsert(
        &mut self,
        initiatives: Vec<initiative::Model>,
        relationships: Vec<relationship::Model>,
    ) {
        for row in initiatives {
            self.slugs.insert(row.slug.clone(), row.id);
            self.initiatives.insert(row.id, Arc::new(row));
        }
        for row in relationships {
            if let Some(old) = self.relationships.get(&row.id).cloned() {
                self.remove(&old);
            }
            self.insert(Arc::new(row));
        }
    }

    fn remove(&mut self, row: &relationship::Model) {
        for order in ORDERS {
            if let Some(rows) = self.ordered.get_mut(&(order, row.stance.clone())) {
                rows.remove(&order.packed_position(row));
            }
        }
    }

    fn insert(&mut self, row: Arc<relationship::Model>) {
        for order in ORDERS {
            let key = (order, row.stance.clone());
            let rows = self.ordered.entry(key).or_default();
            rows.insert(order.packed_position(&row), Arc::clone(&row));
        }
        let keys = [
            IndexKey::Initiative(row.initiative_id),
            IndexKey::Requested(row.requested_state.clone()),
            IndexKey::Requesting(row.requesting_state.clone()),
        ];
        for key in keys {
            // The sort key of this order never changes, so the insert replaces the older row.
            let rows = self.by_key.entry(key).or_default();
            rows.insert(
                RelationshipSort::RequestedState.packed_position(&row),
                Arc::clone(&row),
            );
        }
        self.relationships.insert(row.id, row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64, states: [&str; 2], stance: Stance, since_day: &str) -> relationship::Model {
        relationship::Model {
            id,
            initiative_id: 1,
            requesting_state: states[0].to_owned(),
            requested_state: states[1].to_owned(),
            stance: stance.as_ref().to_owned(),
            stance_rank: stance.rank().into(),
            since: None,
            since_day: since_day.to_owned(),
            certain: true,
            disputed: false,
            basis: None,
            changed_seq: 0,
            changed_at: 0,
        }
    }

    fn ids(rows: &SortedRows) -> Vec<i64> {
        rows.values().map(|row| row.id).collect()
    }

    #[test]
    fn a_row_moves_to_its_new_position_in_every_order() {
        let mut rows = Indexes::default();
        let first = row(1, ["US", "RW"], Stance::Agreed, "2025-08-05");
        let second = row(2, ["US", "PE"], Stance::Agreed, "2025-06-01");
        rows.upsert(Vec::new(), vec![first, second]);
        let by_since = |rows: &Indexes, stance| {
            let all = rows.ordered(RelationshipSort::Since, Some(&[stance]));
            all.iter().flat_map(|rows| ids(rows)).collect::<Vec<_>>()
        };
        assert_eq!(by_since(&rows, Stance::Agreed), [2, 1]);
        let refused = row(2, ["US", "PE"], Stance::Refused, "2025-09-09");
        rows.upsert(Vec::new(), vec![refused]);
        assert_eq!(by_since(&rows, Stance::Agreed), [1]);
        assert_eq!(by_since(&rows, Stance::Refused), [2]);
        let of_initiative = rows.by_key(&IndexKey::Initiative(1)).unwrap();
        assert_eq!(
            (ids(of_initiative), rows.count_relationships()),
            (vec![2, 1], 2)
        );
        assert_eq!(of_initiative.values().next().unwrap().stance, "REFUSED");
    }

    #[test]
    fn a_relationship_is_found_by_its_states() {
        let mut rows = Indexes::default();
        let (other, expected) = (["FR", "RW"], ["US", "RW"]);
        let both = [other, expected].map(|states| states.to_owned());
        let both = (1..).zip(both);
        let both = both.map(|(id, states)| row(id, states, Stance::Agreed, ""));
        rows.upsert(Vec::new(), both.collect());
        let initiative = initiative::Model {
            id: 1,
            slug: "removals".to_owned(),
            title: String::new(),
            summary: String::new(),
            requesting_state: "US".to_owned(),
            started_on: None,
        };
        let id_of = |code| rows.find_between(&initiative, code).map(|row| row.id);
        assert_eq!((id_of("RW"), id_of("PE")), (Some(2), None));
    }
}
