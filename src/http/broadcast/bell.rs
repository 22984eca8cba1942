//! How one subscriber is told of an event: at once where it waits for it and has a door of its own, else it is woken.
//!
//! A bell says from which event on to look, and carries nothing. Invariant: nobody is told at the door but who has been
//! told everything before, and whose last word is on its way.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use super::{Told, Topic};
use crate::{
    feed::{Event, doorbell::Key},
    graphql::resume::Wanted,
    model::request_id::RequestId,
};

/// Where a subscriber can be told of something without its task.
pub(in crate::http) trait Door: Send + Sync {
    /// Whether it was said; what was not can be said in any other way. `room` is for what is written, and anybody's.
    fn say(&self, told: &Told, room: &mut Vec<u8>) -> bool;
}

pub(super) struct Bell {
    state: Mutex<State>,
    door: Option<Box<dyn Door>>,
    wanted: Wanted,
    /// The request that asked for it.
    id: RequestId,
}

#[derive(Default)]
struct State {
    /// The first event since its owner last looked; 0 for none.
    first: i64,
    /// The last event that was told at the door.
    told: i64,
    /// It was told everything before the next ring.
    is_waiting: bool,
    owner: Option<Waker>,
}

impl Bell {
    pub(super) fn new(wanted: Wanted, id: RequestId, door: Option<Box<dyn Door>>) -> Self {
        Self {
            state: Mutex::default(),
            door,
            wanted,
            id,
        }
    }

    pub(super) fn wants(&self, event: &Event) -> bool {
        self.wanted.wants(event)
    }

    pub(super) fn id(&self) -> &RequestId {
        &self.id
    }

    pub(super) fn keys(&self) -> Vec<Key> {
        self.wanted.interest().keys()
    }

    /// Tells of the event. Events must come in order.
    pub(super) fn tell(&self, seq: i64, told: &Told, room: &mut Vec<u8>) {
        let mut state = self.lock();
        if let Some(door) = self.door.as_ref().filter(|_| state.is_waiting)
            && door.say(told, room)
        {
            state.told = seq;
            return;
        }
        state.ring(seq);
    }

    /// Has its owner look for itself.
    pub(super) fn ring(&self, seq: i64) {
        self.lock().ring(seq);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn ring(&mut self, seq: i64) {
        self.is_waiting = false;
        // Only the first counts: whoever looks from there on sees the others.
        if self.first == 0 {
            self.first = seq;
        }
        if let Some(owner) = &self.owner {
            owner.wake_by_ref();
        }
    }
}

/// A subscriber's bell, taken down when it is dropped.
pub(in crate::http) struct OwnBell {
    pub(super) topic: Arc<Topic>,
    pub(super) bell: Arc<Bell>,
    pub(super) number: u64,
}

impl OwnBell {
    pub(in crate::http) fn topic(&self) -> &Arc<Topic> {
        &self.topic
    }

    pub(in crate::http) fn id(&self) -> &RequestId {
        &self.bell.id
    }

    pub(in crate::http) fn wants(&self, event: &Event) -> bool {
        self.bell.wants(event)
    }

    /// Waits for a ring, and tells the first event that was not told since the last time; it may have been seen already.
    /// Who waits says thereby that all it was given before is sent.
    pub(in crate::http) fn poll_rung(&self, cx: &mut Context<'_>) -> Poll<i64> {
        let mut state = self.bell.lock();
        if state.first != 0 {
            let first = std::mem::take(&mut state.first);
            return Poll::Ready(first.max(state.told + 1));
        }
        state.is_waiting = true;
        let is_known = |owner: &Waker| owner.will_wake(cx.waker());
        if !state.owner.as_ref().is_some_and(is_known) {
            state.owner = Some(cx.waker().clone());
        }
        Poll::Pending
    }
}

impl Drop for OwnBell {
    fn drop(&mut self) {
        self.topic.take_down(self);
        // Somebody may be about to ring it.
        self.bell.lock().is_waiting = false;
    }
}
