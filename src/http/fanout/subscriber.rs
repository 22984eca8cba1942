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
    feed::{Event, interest::Key},
    graphql::subscription_start::Wanted,
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
    /// Whom it waits for, it was told of everything up to here.
    told: i64,
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
        // Its owner may have come further than this by itself.
        if state.is_waiting && seq <= state.told {
            return;
        }
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

    fn poll_rung(&self, seq: i64, cx: &mut Context<'_>) -> Poll<i64> {
        let mut state = self.lock();
        state.told = state.told.max(seq);
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

    /// Waits for a ring, and tells the first event after `seq` that it may be for. Who waits says thereby that all up to
    /// `seq` that is wanted is sent.
    pub(in crate::http) fn poll_rung(&self, seq: i64, cx: &mut Context<'_>) -> Poll<i64> {
        self.bell.poll_rung(seq, cx)
    }
}

impl Drop for OwnBell {
    fn drop(&mut self) {
        self.topic.take_down(self);
        // Somebody may be about to ring it.
        self.bell.lock().is_waiting = false;
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Response;
    use futures_util::task::noop_waker_ref;

    use super::*;
    use crate::model::request_id::RequestIds;

    /// Notes what is said at it; shut, it takes nothing.
    #[derive(Clone, Default)]
    struct Note(Arc<Mutex<(bool, usize)>>);

    impl Door for Note {
        fn say(&self, _: &Told, _: &mut Vec<u8>) -> bool {
            let mut note = self.0.lock().unwrap();
            note.1 += usize::from(!note.0);
            !note.0
        }
    }

    impl Note {
        fn shut(&self, is_shut: bool) {
            self.0.lock().unwrap().0 = is_shut;
        }

        fn said(&self) -> usize {
            self.0.lock().unwrap().1
        }
    }

    #[test]
    fn each_event_is_told_once_at_the_door_or_by_a_ring() {
        let (note, told) = (Note::default(), Told::new(&Response::default(), None));
        let id = RequestIds::new([0; 4]).next();
        let bell = Bell::new(Wanted::Entries(None), id, Some(Box::new(note.clone())));
        let tell = |seq| bell.tell(seq, &told, &mut Vec::new());
        let rung = |seq| bell.poll_rung(seq, &mut Context::from_waker(noop_waker_ref()));
        // Not waiting yet.
        tell(5);
        assert_eq!((rung(3), note.said()), (Poll::Ready(5), 0));
        assert_eq!(rung(6), Poll::Pending);
        // It has come there by itself.
        tell(6);
        assert_eq!(note.said(), 0);
        tell(7);
        assert_eq!((rung(6), note.said()), (Poll::Pending, 1));
        note.shut(true);
        tell(8);
        note.shut(false);
        // Nothing may come before what it still has to send.
        tell(9);
        assert_eq!((rung(6), note.said()), (Poll::Ready(8), 1));
        assert_eq!(rung(9), Poll::Pending);
        tell(10);
        assert_eq!(note.said(), 2);
    }
}
