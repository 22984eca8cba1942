//! All who ask in the same words, and how they are told of an event: it is executed, and then each is told, or woken.

use std::{
    future::poll_fn,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use futures_util::FutureExt;

use super::{Broadcast, Door, OwnBell, Template, Told, delivery::Round, subscriber::Bell};
use crate::{
    feed::{Event, Reader, interest::Bells, notifier::Hear},
    graphql::subscription_start::Wanted,
    model::request_id::RequestId,
};

pub(in crate::http) struct Topic {
    broadcast: Arc<Broadcast>,
    pub(super) number: u64,
    pub(super) template: Template,
    bells: Mutex<Bells<Arc<Bell>>>,
    last: AtomicU64,
    /// The newest event that may concern somebody, while a task is at it.
    due: Mutex<Option<i64>>,
    /// The last event of which everybody was told whom it concerns.
    said: AtomicI64,
}

impl Topic {
    pub(super) fn new(broadcast: Arc<Broadcast>, number: u64, template: Template) -> Self {
        Self {
            broadcast,
            number,
            template,
            bells: Mutex::default(),
            last: AtomicU64::new(0),
            due: Mutex::default(),
            said: AtomicI64::new(0),
        }
    }

    /// A bell that rings for every event that is wanted and comes after the feed's head. An error of ours names `id`.
    pub(in crate::http) fn listen(
        self: &Arc<Self>,
        wanted: Wanted,
        id: RequestId,
        door: Option<Box<dyn Door>>,
    ) -> OwnBell {
        let bell = Arc::new(Bell::new(wanted, id, door));
        let number = self.last.fetch_add(1, Ordering::Relaxed);
        let doorbells = self.broadcast.feed.doorbells();
        let mut bells = self.lock();
        for key in bell.keys() {
            if bells.hang(key, number, Arc::clone(&bell)) {
                doorbells.hang(key, self.number, Arc::<Self>::clone(self));
            }
        }
        drop(bells);
        self.broadcast.metrics.listening.inc();
        OwnBell {
            topic: Arc::clone(self),
            bell,
            number,
        }
    }

    pub(super) fn take_down(&self, own: &OwnBell) {
        self.broadcast.metrics.listening.dec();
        let doorbells = self.broadcast.feed.doorbells();
        let mut bells = self.lock();
        for key in own.bell.keys() {
            if bells.take_down(key, own.number) {
                doorbells.take_down(key, self.number);
            }
        }
    }

    /// How far whoever was woken may look: what comes after that is not executed yet.
    pub(in crate::http) fn said(&self) -> i64 {
        self.said.load(Ordering::Acquire)
    }

    /// What is said of an event, if it was said before and still holds.
    pub(in crate::http) fn find(&self, event: &Event) -> Option<Arc<Told>> {
        self.broadcast.find(self, event)
    }

    /// What is said of an event. An error of ours names `id`.
    /// # Panics
    /// If a resolver does.
    pub(in crate::http) async fn say(
        self: &Arc<Self>,
        event: &Arc<Event>,
        id: &RequestId,
    ) -> Arc<Told> {
        self.broadcast.say(self, event, id).await
    }

    /// The place after an event.
    pub(in crate::http) fn cursor(&self, event: &Event) -> String {
        self.broadcast.cursor(event)
    }

    /// Tells of one event after another. It ends when nothing is due.
    async fn tell_from(self: Arc<Self>, seq: i64) {
        let feed = &self.broadcast.feed;
        let mut reader = Reader::new(seq - 1);
        let mut told = seq - 1;
        while let Some(due) = self.due_after(told) {
            match poll_fn(|cx| reader.poll_next(feed, due, cx)).await {
                Some(Ok(event)) => {
                    let telling = AssertUnwindSafe(self.tell(&event)).catch_unwind().await;
                    if telling.is_err() {
                        self.wake_all(told + 1, event.entry.seq);
                    }
                    told = event.entry.seq;
                }
                Some(Err(_)) => {
                    self.wake_all(told + 1, due);
                    told = due;
                }
                None => told = due,
            }
        }
    }

    /// Has everybody look for themselves: they meet the same error or panic, and answer it.
    fn wake_all(&self, from: i64, until: i64) {
        self.said.fetch_max(until, Ordering::AcqRel);
        for bell in self.lock().all() {
            bell.ring(from);
        }
    }

    /// What is due after `seq`; without anything, the task that asks is over.
    fn due_after(&self, seq: i64) -> Option<i64> {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        *due = due.filter(|due| *due > seq);
        *due
    }

    /// # Panics
    /// If a resolver does.
    async fn tell(self: &Arc<Self>, event: &Arc<Event>) {
        let Some(id) = self.who_wants(event) else {
            return;
        };
        let (seq, told) = (event.entry.seq, self.say(event, &id).await);
        self.said.fetch_max(seq, Ordering::AcqRel);
        // Whoever hangs a bell after this looks for itself.
        let bells = self.all_who_want(event);
        self.broadcast.metrics.told.inc_by(bells.len() as u64);
        Round::new(seq, told, bells).make().await;
    }

    fn all_who_want(&self, event: &Event) -> Vec<Arc<Bell>> {
        let bells = self.lock();
        let wanting = bells.concerned(event).filter(|bell| bell.wants(event));
        wanting.cloned().collect()
    }

    /// The request of somebody who wants it.
    fn who_wants(&self, event: &Event) -> Option<RequestId> {
        let bells = self.lock();
        let mut wanting = bells.concerned(event).filter(|bell| bell.wants(event));
        wanting.next().map(|bell| bell.id().clone())
    }

    fn lock(&self) -> MutexGuard<'_, Bells<Arc<Bell>>> {
        self.bells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hear for Topic {
    fn hear(self: Arc<Self>, seq: i64) {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let is_at_it = due.replace(seq).is_some();
        drop(due);
        if !is_at_it {
            // It ends by itself, as soon as nothing is due.
            tokio::spawn(self.tell_from(seq));
        }
    }
}
