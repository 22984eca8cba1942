//! Interests: a coarse filter of a subscriber, as keys of an index that finds the subscribers of an event without a scan.

use std::collections::{BTreeMap, HashMap};

use super::Event;
use crate::cache::tag::CacheTag;

/// The events that may match a subscriber. It still filters each event itself; the index only excludes those that cannot
/// match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interest {
    Entries,
    Changes,
    /// Entries that changed a dispute.
    Disputes,
    /// Entries that revised a statement.
    Revisions,
    /// Changes of the stance of these requested states, by alpha-2 code.
    Countries(Vec<String>),
    /// Changes in these initiatives, by seq.
    Initiatives(Vec<i64>),
}

/// A key of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InterestKey {
    Entries,
    Changes,
    Disputes,
    Revisions,
    About(CacheTag),
}

impl Interest {
    /// The keys of this interest; an event has at most one of them.
    pub fn keys(&self) -> Vec<InterestKey> {
        match self {
            Self::Entries => vec![InterestKey::Entries],
            Self::Changes => vec![InterestKey::Changes],
            Self::Disputes => vec![InterestKey::Disputes],
            Self::Revisions => vec![InterestKey::Revisions],
            Self::Countries(codes) => {
                let tags = codes.iter().map(|code| CacheTag::country(code));
                tags.map(InterestKey::About).collect()
            }
            Self::Initiatives(ids) => {
                let tags = ids.iter().map(|id| CacheTag::Initiative(*id));
                tags.map(InterestKey::About).collect()
            }
        }
    }
}

/// Subscribers by key, and per key by a number that the owner of the index chooses. They are found in the order of these
/// numbers: subscribers that were allocated one after the other are close together in memory.
#[derive(Debug)]
pub struct InterestIndex<S>(HashMap<InterestKey, BTreeMap<u64, S>>);

impl<S> Default for InterestIndex<S> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<S> InterestIndex<S> {
    /// Adds a subscriber; returns whether it is the first of its key.
    pub fn register(&mut self, key: InterestKey, number: u64, subscriber: S) -> bool {
        let subscribers = self.0.entry(key).or_default();
        let is_first = subscribers.is_empty();
        subscribers.insert(number, subscriber);
        is_first
    }

    /// Removes a subscriber; returns whether it was the last of its key.
    pub fn deregister(&mut self, key: InterestKey, number: u64) -> bool {
        let Some(subscribers) = self.0.get_mut(&key) else {
            return false;
        };
        subscribers.remove(&number);
        let was_last = subscribers.is_empty();
        if was_last {
            self.0.remove(&key);
        }
        was_last
    }

    /// All subscribers, once per key.
    pub fn all(&self) -> impl Iterator<Item = &S> {
        self.0.values().flat_map(BTreeMap::values)
    }

    /// The subscribers that an event may match. A subscriber with several keys may be returned several times.
    pub fn matching(&self, event: &Event) -> impl Iterator<Item = &S> {
        let about = event.change.iter().flat_map(|change| {
            let country = CacheTag::country(&change.requested_state);
            let initiative = CacheTag::Initiative(change.initiative_id);
            [
                InterestKey::Changes,
                InterestKey::About(country),
                InterestKey::About(initiative),
            ]
        });
        let dispute = event.dispute.is_some().then_some(InterestKey::Disputes);
        let revisions = (!event.revisions.is_empty()).then_some(InterestKey::Revisions);
        let keys = [InterestKey::Entries].into_iter();
        let keys = keys.chain(dispute).chain(revisions);
        let keys = keys.chain(about);
        let subscribers = keys.filter_map(|key| self.0.get(&key));
        subscribers.flat_map(BTreeMap::values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::tests::event;

    fn index_of(interests: &[(char, Interest)]) -> InterestIndex<char> {
        let mut index = InterestIndex::default();
        for (number, (name, interest)) in interests.iter().enumerate() {
            for key in interest.keys() {
                index.register(key, number as u64, *name);
            }
        }
        index
    }

    #[test]
    fn an_event_matches_the_subscribers_whose_interest_includes_it() {
        let index = index_of(&[
            ('e', Interest::Entries),
            ('c', Interest::Changes),
            ('r', Interest::Countries(vec!["PE".into(), "RW".into()])),
            ('p', Interest::Countries(vec!["PE".into()])),
            ('1', Interest::Initiatives(vec![1])),
            ('2', Interest::Initiatives(vec![2])),
        ]);
        let matching = |change| index.matching(&event(3, change)).collect::<String>();
        assert_eq!(matching(None), "e");
        assert_eq!(matching(Some(("RW", 1))), "ecr1");
        assert_eq!(matching(Some(("PE", 3))), "ecrp");
    }

    #[test]
    fn a_key_exists_from_its_first_subscriber_to_its_last() {
        let mut index = InterestIndex::default();
        assert!(index.register(InterestKey::Changes, 1, ()));
        assert!(!index.register(InterestKey::Changes, 2, ()));
        assert!(!index.deregister(InterestKey::Changes, 1));
        assert!(!index.deregister(InterestKey::Entries, 2));
        assert!(index.deregister(InterestKey::Changes, 2));
        assert!(index.0.is_empty());
    }
}
