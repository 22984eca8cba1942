//! Interests: which events may concern a subscriber, as keys under which subscribers are found without asking each.

use std::collections::{BTreeMap, HashMap};

use super::Event;
use crate::cache::tag::Tag;

/// What somebody may want to hear of. Who is told asks each event itself; this only spares them what cannot be theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interest {
    Entries,
    Changes,
    /// Changes of the stance of these requested states, by alpha-2 code.
    Countries(Vec<String>),
    /// Changes in these initiatives, by seq.
    Initiatives(Vec<i64>),
}

/// Where a bell hangs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Entries,
    Changes,
    About(Tag),
}

impl Interest {
    /// An event is of one of them at most.
    pub fn keys(&self) -> Vec<Key> {
        match self {
            Self::Entries => vec![Key::Entries],
            Self::Changes => vec![Key::Changes],
            Self::Countries(codes) => {
                let tags = codes.iter().map(|code| Tag::country(code));
                tags.map(Key::About).collect()
            }
            Self::Initiatives(ids) => {
                let tags = ids.iter().map(|id| Tag::Initiative(*id));
                tags.map(Key::About).collect()
            }
        }
    }
}

/// Bells by key, and below that by a number that their owners choose. They are found in the order of these numbers:
/// those who came one after the other lie close together in memory.
#[derive(Debug)]
pub struct Bells<B>(HashMap<Key, BTreeMap<u64, B>>);

impl<B> Default for Bells<B> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<B> Bells<B> {
    /// Whether it is the first of its key.
    pub fn hang(&mut self, key: Key, number: u64, bell: B) -> bool {
        let bells = self.0.entry(key).or_default();
        let is_first = bells.is_empty();
        bells.insert(number, bell);
        is_first
    }

    /// Whether it was the last of its key.
    pub fn take_down(&mut self, key: Key, number: u64) -> bool {
        let Some(bells) = self.0.get_mut(&key) else {
            return false;
        };
        bells.remove(&number);
        let was_last = bells.is_empty();
        if was_last {
            self.0.remove(&key);
        }
        was_last
    }

    /// Each as often as it hangs.
    pub fn all(&self) -> impl Iterator<Item = &B> {
        self.0.values().flat_map(BTreeMap::values)
    }

    /// Whom an event may concern. One that hangs at several keys may come up several times.
    pub fn concerned(&self, event: &Event) -> impl Iterator<Item = &B> {
        let about = event.change.iter().flat_map(|change| {
            let country = Tag::country(&change.requested_state);
            let initiative = Tag::Initiative(change.initiative_id);
            [Key::Changes, Key::About(country), Key::About(initiative)]
        });
        let keys = [Key::Entries].into_iter().chain(about);
        let bells = keys.filter_map(|key| self.0.get(&key));
        bells.flat_map(BTreeMap::values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::tests::event;

    fn bells(interests: &[(char, Interest)]) -> Bells<char> {
        let mut bells = Bells::default();
        for (number, (name, interest)) in interests.iter().enumerate() {
            for key in interest.keys() {
                bells.hang(key, number as u64, *name);
            }
        }
        bells
    }

    #[test]
    fn an_event_rings_for_those_whom_it_may_concern() {
        let bells = bells(&[
            ('e', Interest::Entries),
            ('c', Interest::Changes),
            ('r', Interest::Countries(vec!["PE".into(), "RW".into()])),
            ('p', Interest::Countries(vec!["PE".into()])),
            ('1', Interest::Initiatives(vec![1])),
            ('2', Interest::Initiatives(vec![2])),
        ]);
        let concerned = |change| bells.concerned(&event(3, change)).collect::<String>();
        assert_eq!(concerned(None), "e");
        assert_eq!(concerned(Some(("RW", 1))), "ecr1");
        assert_eq!(concerned(Some(("PE", 3))), "ecrp");
    }

    #[test]
    fn a_key_is_there_from_its_first_bell_to_its_last() {
        let mut bells = Bells::default();
        assert!(bells.hang(Key::Changes, 1, ()));
        assert!(!bells.hang(Key::Changes, 2, ()));
        assert!(!bells.take_down(Key::Changes, 1));
        assert!(!bells.take_down(Key::Entries, 2));
        assert!(bells.take_down(Key::Changes, 2));
        assert!(bells.0.is_empty());
    }
}
