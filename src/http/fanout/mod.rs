//! Events, each executed and written once for all who want it in the same words, whatever their filters.
//!
//! A filter is asked in Rust, of the event, outside of any execution. Invariant: an event is executed before anybody is
//! told of it or woken for it, so that whoever wakes finds the bytes.

mod delivery;
mod operation_template;
mod payload;
mod subscriber;
mod topic;

use std::{
    collections::HashMap,
    convert::Infallible,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use async_graphql::{Request, Response, Value};
use futures_util::{FutureExt, StreamExt};
use tokio::task::{JoinError, JoinHandle};

use crate::cache::tagged_cache::{Kept, Made, Weigh};
use crate::{
    cache::recorder::Reads,
    feed::{Event, Feed},
    graphql::schema::Schema,
    model::{cursor::LedgerCursor, request_id::RequestId, role::Role},
    telemetry::metrics::Metrics,
};
use operation_template::{Template, Words};
pub(super) use payload::Told;
pub(super) use subscriber::{Door, OwnBell};
pub(super) use topic::Topic;

/// Bytes of events kept: so many that a change reaches all its subscribers, and they reconnect.
const KEPT: u64 = 16 << 20;

pub(super) struct Broadcast {
    schema: Schema,
    feed: Feed,
    /// By what they ask. Those that nobody asks any more are forgotten.
    topics: Mutex<HashMap<Words, Weak<Topic>>>,
    last: AtomicU64,
    told: Kept<Moment, Arc<Told>>,
    executions: Arc<AtomicU64>,
    metrics: Arc<Metrics>,
}

/// A topic, by number, and the event, by seq.
type Moment = (u64, i64);

impl Weigh for Moment {
    fn bytes(&self) -> usize {
        size_of::<Self>()
    }
}

impl Broadcast {
    pub(super) fn new(schema: Schema, feed: Feed, metrics: &Arc<Metrics>) -> Self {
        Self {
            schema,
            topics: Mutex::default(),
            last: AtomicU64::new(0),
            told: Kept::new(KEPT, feed.clone(), metrics.events.clone()),
            feed,
            executions: Arc::default(),
            metrics: Arc::clone(metrics),
        }
    }

    /// Counts how often an event was executed, and its response written as JSON.
    pub(super) fn executions(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.executions)
    }

    /// The topic of a subscription that was checked; nothing if it has no operation.
    pub(super) fn topic(self: &Arc<Self>, request: &Request, role: Role) -> Option<Arc<Topic>> {
        let words = Words::of(request, role)?;
        let mut topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(topic) = topics.get(&words).and_then(Weak::upgrade) {
            return Some(topic);
        }
        topics.retain(|_, topic| topic.strong_count() > 0);
        let number = self.last.fetch_add(1, Ordering::Relaxed);
        let template = Template::of(request, role)?;
        let topic = Arc::new(Topic::new(Arc::clone(self), number, template));
        topics.insert(words, Arc::downgrade(&topic));
        Some(topic)
    }

    /// What is said of an event, if it was said before and still holds.
    fn find(&self, topic: &Topic, event: &Event) -> Option<Arc<Told>> {
        self.told.find(&(topic.number, event.entry.seq))
    }

    /// The response to a template for one event. An error of ours names the request for which it was executed.
    /// # Panics
    /// If a resolver does.
    async fn say(
        self: &Arc<Self>,
        topic: &Arc<Topic>,
        event: &Arc<Event>,
        id: &RequestId,
    ) -> Arc<Told> {
        if let Some(told) = self.find(topic, event) {
            return told;
        }
        let (broadcast, topic) = (Arc::clone(self), Arc::clone(topic));
        let (event, id) = (Arc::clone(event), id.clone());
        // In a task of its own: a socket does not go on with this while its peer does not read what else it is sent, and
        // all others who want the same wait for it.
        let making = tokio::spawn(async move {
            let reads = Reads::default();
            let key = (topic.number, event.entry.seq);
            let make = broadcast.execute(&topic.template, &event, reads.clone(), &id);
            let Ok(told) = broadcast.told.find_or(key, reads, make).await;
            told
        });
        match Making(making).await {
            Ok(told) => told,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // Only the end of the process does that.
                Err(_) => std::future::pending().await,
            },
        }
    }

    async fn execute(
        &self,
        template: &Template,
        event: &Arc<Event>,
        reads: Reads,
        id: &RequestId,
    ) -> Result<Made<Arc<Told>>, Infallible> {
        self.executions.fetch_add(1, Ordering::Relaxed);
        let request = template.request(event, reads, id);
        let response = self.schema.execute_stream(request).next().await;
        let response = response.unwrap_or_else(|| Response::new(Value::Null));
        Ok(Made {
            is_whole: response.errors.is_empty(),
            value: Arc::new(Told::new(&response, Some(self.cursor(event)))),
        })
    }

    /// The place after an event.
    fn cursor(&self, event: &Event) -> String {
        let (seq, hash) = (event.entry.seq, &event.entry.hash);
        LedgerCursor::new(self.feed.generation(), seq, hash).to_string()
    }
}

/// Ended with whoever waits for it; who else wants the same begins anew.
struct Making(JoinHandle<Arc<Told>>);

impl Future for Making {
    type Output = Result<Arc<Told>, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll_unpin(cx)
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        self.0.abort();
    }
}
