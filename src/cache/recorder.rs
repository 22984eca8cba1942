//! What an execution has read, so that its answer can be kept until that changes.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::tag::Tag;

/// Clones note together.
#[derive(Clone, Debug, Default)]
pub struct Reads(Arc<Mutex<Noted>>);

#[derive(Debug, Default)]
struct Noted {
    tags: HashSet<Tag>,
    is_private: bool,
}

impl Reads {
    pub fn note(&self, tags: impl IntoIterator<Item = Tag>) {
        self.lock().tags.extend(tags);
    }

    /// The response is for this caller and this moment only.
    pub fn mark_uncacheable(&self) {
        self.lock().is_private = true;
    }

    /// What the answer rests on; nothing if it must not be kept.
    pub fn into_tags(self) -> Option<Vec<Tag>> {
        let noted = std::mem::take(&mut *self.lock());
        if noted.is_private {
            return None;
        }
        if noted.tags.contains(&Tag::Everything) {
            return Some(vec![Tag::Everything]);
        }
        Some(noted.tags.into_iter().collect())
    }

    fn lock(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
