//! Subscription fan-out: each event is executed and serialized once per operation, for all subscriptions that share it.
//!
//! The [`SubscriptionHub`] maps an operation to its topic, and a topic delivers the payload of an event to its
//! subscribers. Filters are Rust code that is applied to the event outside of any execution, so operations that differ
//! only in their filter share one topic. The transports are not here. Invariant: an event is executed before its
//! subscribers receive it or are woken for it, so that a woken subscriber finds the payload in the cache.

mod delivery;
mod operation_template;
mod payload;
mod shared_operation;
mod subscriber;
mod topic;
mod used_variables;

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

use async_graphql::{Request, Response, Value};
use futures_util::StreamExt;
use parking_lot::Mutex;
use tokio_util::task::AbortOnDropHandle;

use super::clients::resource_limiter::ResourcePermit;
use crate::cache::tagged_cache::{Computed, MemorySize, TaggedCache};
use crate::{
    cache::recorder::TagRecorder,
    feed::{Event, Feed},
    graphql::{schema::Schema, subscription_start::SourceEvent},
    model::{cursor::LedgerCursor, request_id::RequestId, role::Role},
    telemetry::metrics::Metrics,
};
pub(super) use delivery::{Delivery, Recipient};
use operation_template::{key_of, template_of};
pub(super) use payload::EventPayload;
pub(super) use shared_operation::{OperationKey, SharedOperation};
pub(super) use subscriber::{FrameSink, SubscriberHandle, Subscription};
pub(super) use topic::Topic;
pub(super) use used_variables::variables_of_selections;

/// Bytes of cached payloads: enough to deliver a change to all its subscribers, and to those that reconnect.
const PAYLOAD_CACHE_BYTES: u64 = 8 << 20;

pub(super) struct SubscriptionHub {
    schema: Schema,
    feed: Feed,
    /// One topic per operation. A topic lives as long as its subscribers; dead entries are removed on the next
    /// insertion.
    topics: Mutex<HashMap<OperationKey, Weak<Topic>>>,
    next_topic_id: AtomicU64,
    payloads: TaggedCache<EventKey, Arc<EventPayload>>,
    executions: Arc<AtomicU64>,
    metrics: Arc<Metrics>,
}

/// The id of the topic and the seq of the event.
type EventKey = (u64, i64);

impl MemorySize for EventKey {
    fn bytes(&self) -> usize {
        size_of::<Self>()
    }
}

impl SubscriptionHub {
    pub(super) fn new(schema: Schema, feed: Feed, metrics: &Arc<Metrics>) -> Self {
        Self {
            schema,
            topics: Mutex::default(),
            next_topic_id: AtomicU64::new(0),
            payloads: TaggedCache::new(
                PAYLOAD_CACHE_BYTES,
                feed.clone(),
                metrics.event_payloads.clone(),
            ),
            feed,
            executions: Arc::default(),
            metrics: Arc::clone(metrics),
        }
    }

    /// A counter of event executions, each of which also serializes one response as JSON.
    pub(super) fn event_executions(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.executions)
    }

    /// The topic of a validated subscription, created if there is none yet; `None` if the request has no operation. A new
    /// topic takes over a part of the subscription's permit: it holds the document, and lives as long as any subscriber.
    pub(super) fn topic(
        self: &Arc<Self>,
        request: &Request,
        role: Role,
        memory: &mut ResourcePermit,
    ) -> Option<Arc<Topic>> {
        let key = key_of(request, role)?;
        let mut topics = self.topics.lock();
        if let Some(topic) = topics.get(&key).and_then(Weak::upgrade) {
            return Some(topic);
        }
        topics.retain(|_, topic| topic.strong_count() > 0);
        let id = self.next_topic_id.fetch_add(1, Ordering::Relaxed);
        let template = template_of(request, role)?;
        let memory = memory.split_off(template.held_bytes()).ok()?;
        let topic = Arc::new(Topic::new(Arc::clone(self), id, template, memory));
        topics.insert(key, Arc::downgrade(&topic));
        Some(topic)
    }

    /// The cached payload of an event, if it is still valid.
    fn find_payload(&self, topic: &Topic, event: &Event) -> Option<Arc<EventPayload>> {
        self.payloads.find(&(topic.id, event.entry.seq))
    }

    /// The payload of one event: from the cache, from an execution that is already running, or from a new one. An
    /// internal error carries `request_id`.
    /// # Panics
    /// If a resolver does.
    async fn execute_once(
        self: &Arc<Self>,
        topic: &Arc<Topic>,
        event: &Arc<Event>,
        request_id: &RequestId,
    ) -> Arc<EventPayload> {
        if let Some(payload) = self.find_payload(topic, event) {
            return payload;
        }
        let (hub, topic) = (Arc::clone(self), Arc::clone(topic));
        let (event, request_id) = (Arc::clone(event), request_id.clone());
        // A separate task, because other subscribers wait for this execution: a WebSocket stops polling its operations
        // while its peer does not read. If the waiting caller is dropped, the task is aborted and another caller
        // computes.
        let execution = tokio::spawn(async move {
            let recorder = TagRecorder::default();
            let key = (topic.id, event.entry.seq);
            let computation = hub.execute(&topic.template, &event, recorder.clone(), &request_id);
            let Ok(payload) = hub
                .payloads
                .find_or_compute(key, recorder, computation)
                .await;
            payload
        });
        match AbortOnDropHandle::new(execution).await {
            Ok(payload) => payload,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The task was cancelled, which only the runtime's shutdown does.
                Err(_) => std::future::pending().await,
            },
        }
    }

    async fn execute(
        &self,
        template: &SharedOperation,
        event: &Arc<Event>,
        recorder: TagRecorder,
        request_id: &RequestId,
    ) -> Result<Computed<Arc<EventPayload>>, Infallible> {
        self.executions.fetch_add(1, Ordering::Relaxed);
        let request = template.request(recorder, request_id);
        let request = request.data(SourceEvent(Arc::clone(event)));
        let response = self.schema.execute_stream(request).next().await;
        let response = response.unwrap_or_else(|| Response::new(Value::Null));
        Ok(Computed {
            is_cacheable: response.errors.is_empty(),
            value: Arc::new(EventPayload::new(response, Some(self.cursor(event)))),
        })
    }

    /// The cursor from which a subscription resumes after this event.
    fn cursor(&self, event: &Event) -> String {
        let (seq, hash) = (event.entry.seq, &event.entry.hash);
        LedgerCursor::new(self.feed.generation(), seq, hash).to_string()
    }
}
