//! Tag index: the topics whose answers rest on a cache tag.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Weak},
};

use super::LiveTopic;
use crate::cache::tag::CacheTag;

/// Bytes of a tag in the index and in its topic, in tables that are half full.
pub(super) const TAG_BYTES: usize = 128;

#[derive(Default)]
pub(super) struct TagIndex {
    by_tag: HashMap<CacheTag, HashMap<u64, Weak<LiveTopic>>>,
    topics: HashMap<u64, Weak<LiveTopic>>,
}

impl TagIndex {
    /// Replaces the tags of a topic.
    pub(super) fn set(
        &mut self,
        id: u64,
        topic: &Weak<LiveTopic>,
        (old, new): (&[CacheTag], &[CacheTag]),
    ) {
        self.topics.insert(id, Weak::clone(topic));
        for tag in new {
            let topics = self.by_tag.entry(*tag).or_default();
            topics.insert(id, Weak::clone(topic));
        }
        let remaining: HashSet<&CacheTag> = new.iter().collect();
        for tag in old.iter().filter(|tag| !remaining.contains(tag)) {
            self.remove_tag(id, tag);
        }
    }

    /// Removes a topic with all its tags.
    pub(super) fn remove(&mut self, id: u64, tags: &[CacheTag]) {
        for tag in tags {
            self.remove_tag(id, tag);
        }
        self.topics.remove(&id);
    }

    fn remove_tag(&mut self, id: u64, tag: &CacheTag) {
        if let Some(topics) = self.by_tag.get_mut(tag) {
            topics.remove(&id);
            if topics.is_empty() {
                self.by_tag.remove(tag);
            }
        }
    }

    /// The topics that have one of the tags. The caller drops them after it has released the index: the last owner of a topic
    /// removes it from here.
    pub(super) fn matching(&self, tags: &HashSet<CacheTag>) -> Vec<Arc<LiveTopic>> {
        let sets = tags.iter().filter_map(|tag| self.by_tag.get(tag));
        let topics: HashMap<&u64, &Weak<LiveTopic>> = sets.flatten().collect();
        topics.into_values().filter_map(Weak::upgrade).collect()
    }

    /// All topics, as [`TagIndex::matching`].
    pub(super) fn all(&self) -> Vec<Arc<LiveTopic>> {
        self.topics.values().filter_map(Weak::upgrade).collect()
    }
}
