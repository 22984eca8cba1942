//! The rows and their orders.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use entity::{initiative, relationship};

use crate::model::cursor::{PageCursor, SortKey};
use crate::model::stance::Stance;

/// What relationships are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    RequestedState,
    Stance,
    Since,
    Changed,
}

/// What relationships are looked for by; states by their alpha-2 codes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum End {
    Initiative(i64),
    Requested(String),
    Requesting(String),
}

/// Relationships by their place in one order.
pub type Ordered = BTreeMap<PageCursor, Arc<relationship::Model>>;

#[derive(Debug, Default)]
pub struct Rows {
    initiatives: BTreeMap<i64, Arc<initiative::Model>>,
    slugs: HashMap<String, i64>,
    relationships: HashMap<i64, Arc<relationship::Model>>,
    /// In each order, apart by stance: a list of one stance then begins anywhere without looking at others. The stance is
    /// the column's text, so that a word of a newer version is no obstacle.
    ordered: HashMap<(Order, String), Ordered>,
    /// By requested state.
    below: HashMap<End, Ordered>,
}

const ORDERS: [Order; 4] = [
    Order::RequestedState,
    Order::Stance,
    Order::Since,
    Order::Changed,
];

impl Order {
    /// Where a relationship stands in this order.
    pub fn place(self, row: &relationship::Model) -> PageCursor {
        let key = match self {
            Self::RequestedState => SortKey::Text(row.requested_state.clone()),
            Self::Stance => SortKey::Number(row.stance_rank.into()),
            Self::Since => SortKey::Text(row.since_day.clone()),
            Self::Changed => SortKey::Number(row.changed_at),
        };
        PageCursor { key, id: row.id }
    }
}

impl Rows {
    /// In the order of opening.
    pub fn initiatives(&self) -> impl Iterator<Item = &Arc<initiative::Model>> {
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
        let from = self.below(&End::Initiative(initiative.id))?.range(first..);
        from.map(|(_, row)| row)
            .take_while(|row| row.requested_state == requested_state)
            .find(|row| row.requesting_state == initiative.requesting_state)
    }

    pub fn count_relationships(&self) -> usize {
        self.relationships.len()
    }

    /// Those of some stances, or all, in one order: to be merged.
    pub fn ordered(&self, order: Order, stances: Option<&[Stance]>) -> Vec<&Ordered> {
        let is_wanted =
            |text: &str| stances.is_none_or(|all| all.iter().any(|one| one.as_ref() == text));
        let all = self.ordered.iter();
        all.filter(|((of, stance), _)| *of == order && is_wanted(stance))
            .map(|(_, rows)| rows)
            .collect()
    }

    /// Those of one end, by requested state.
    pub fn below(&self, end: &End) -> Option<&Ordered> {
        self.below.get(end)
    }

    pub(super) fn put(
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
                rows.remove(&order.place(row));
            }
        }
    }

    fn insert(&mut self, row: Arc<relationship::Model>) {
        for order in ORDERS {
            let key = (order, row.stance.clone());
            let rows = self.ordered.entry(key).or_default();
            rows.insert(order.place(&row), Arc::clone(&row));
        }
        let ends = [
            End::Initiative(row.initiative_id),
            End::Requested(row.requested_state.clone()),
            End::Requesting(row.requesting_state.clone()),
        ];
        for end in ends {
            // What this order is by never changes, so the row takes the place of its older self.
            let rows = self.below.entry(end).or_default();
            rows.insert(Order::RequestedState.place(&row), Arc::clone(&row));
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

    fn ids(rows: &Ordered) -> Vec<i64> {
        rows.values().map(|row| row.id).collect()
    }

    #[test]
    fn a_row_moves_to_its_new_place_in_every_order() {
        let mut rows = Rows::default();
        let first = row(1, ["US", "RW"], Stance::Agreed, "2025-08-05");
        let second = row(2, ["US", "PE"], Stance::Agreed, "2025-06-01");
        rows.put(Vec::new(), vec![first, second]);
        let by_since = |rows: &Rows, stance| {
            let all = rows.ordered(Order::Since, Some(&[stance]));
            all.iter().flat_map(|rows| ids(rows)).collect::<Vec<_>>()
        };
        assert_eq!(by_since(&rows, Stance::Agreed), [2, 1]);
        let refused = row(2, ["US", "PE"], Stance::Refused, "2025-09-09");
        rows.put(Vec::new(), vec![refused]);
        assert_eq!(by_since(&rows, Stance::Agreed), [1]);
        assert_eq!(by_since(&rows, Stance::Refused), [2]);
        let of_initiative = rows.below(&End::Initiative(1)).unwrap();
        assert_eq!(
            (ids(of_initiative), rows.count_relationships()),
            (vec![2, 1], 2)
        );
        assert_eq!(of_initiative.values().next().unwrap().stance, "REFUSED");
    }

    #[test]
    fn a_relationship_is_found_by_its_ends() {
        let mut rows = Rows::default();
        let (other, ours) = (["FR", "RW"], ["US", "RW"]);
        let both = [other, ours].map(|states| states.to_owned());
        let both = (1..).zip(both);
        let both = both.map(|(id, states)| row(id, states, Stance::Agreed, ""));
        rows.put(Vec::new(), both.collect());
        let initiative = initiative::Model {
            id: 1,
            slug: "removals".to_owned(),
            title: String::new(),
            summary: String::new(),
            requesting_state: "US".to_owned(),
            started_on: None,
        };
        let found = |code| rows.find_between(&initiative, code).map(|row| row.id);
        assert_eq!((found("RW"), found("PE")), (Some(2), None));
    }
}
