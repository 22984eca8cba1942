//! Execution of a topic: by one task, once for all entries that were written meanwhile, until the answer is current.
//!
//! Each execution is charged to one subscriber in turn. If nobody can pay, it waits, and entries that are written meanwhile need no
//! execution of their own.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use async_graphql::Response;
use futures_util::FutureExt;
use tokio::time::{sleep, timeout};
use tracing::{Instrument, trace_span};

use super::{
    LiveTopic,
    answer::Answer,
    state::{Next, Outcome, Payer},
    subscriber::Step,
};
use crate::{
    cache::{recorder::TagRecorder, tag::CacheTag},
    graphql::loaders::work_budget::WorkBudget,
    http::{
        fanout::Delivery,
        limits::cost::{Debtor, WorkCharge},
        one_state::StateResponse,
        response::{
            failure::{ExecutionFailure, failure_response, feed_failure_response, log_panic},
            graphql_error::{first_error_code, graphql_error, resource_error},
        },
    },
    model::{pin::PinRequest, request_id::RequestId},
    telemetry::trace::TARGET,
};

/// Subscribers that are asked to pay for one execution.
const MAX_ASKED: usize = 5;
/// Time after which an execution that the server failed is repeated without an entry, at first; it doubles each time.
const RETRY_DELAY: Duration = Duration::from_secs(1);
/// The longest such time.
const MAX_RETRY_DELAY: Duration = Duration::from_mins(1);

/// What an execution found.
pub(super) struct Execution {
    pub(super) response: Response,
    /// The state that it is of.
    pub(super) seq: i64,
    tags: Vec<CacheTag>,
}

/// Executes a topic until its answer is current and no failure of the server. The task with this number does nothing once another has taken
/// its place.
pub(super) async fn execute_until_current(topic: Arc<LiveTopic>, task: u64) {
    let mut retry_delay = RETRY_DELAY;
    loop {
        match topic.next(task) {
            Next::End => return,
            Next::ExecuteBase(seq, cursor) => execute_base(&topic, task, (seq, cursor)).await,
            Next::Execute => {
                if !execute_and_deliver(&topic, task).await {
                    continue;
                }
                retry_delay = RETRY_DELAY;
            }
            Next::Retry => {
                let is_woken = timeout(retry_delay, topic.woken.notified()).await.is_ok();
                if !is_woken {
                    retry_delay = (2 * retry_delay).min(MAX_RETRY_DELAY);
                    execute_and_deliver(&topic, task).await;
                }
            }
        }
    }
}

/// Executes the state of which clients have the answer, so that the next one can be compared with it.
async fn execute_base(topic: &Arc<LiveTopic>, task: u64, (seq, cursor): (i64, String)) {
    let payer = charge_any(topic).await;
    let execution = execute(topic, Some(seq), &payer).await;
    let execution = execution.filter(|execution| execution.response.errors.is_empty());
    let answer = execution.map(|execution| Answer::new(0, (seq, cursor), execution.response));
    topic.store_base(task, answer);
}

/// Returns whether the answer has no errors.
async fn execute_and_deliver(topic: &Arc<LiveTopic>, task: u64) -> bool {
    let payer = charge_any(topic).await;
    let Some(mut execution) = execute(topic, None, &payer).await else {
        return false;
    };
    let feed = &topic.hub.feed;
    let cursor = match feed.cursor(execution.seq).await {
        Ok(cursor) => cursor.to_string(),
        Err(error) => {
            let id = payer.request_id.clone();
            tracing::error!(request = %id, cause = %error.cause_chain(), "live query failed: cannot read the feed");
            execution.response = feed_failure_response(&error, id);
            String::new()
        }
    };
    let state = (execution.seq, cursor);
    let mut answer = Answer::new(topic.next_version(), state.clone(), execution.response);
    if let Err(exceeded) = topic.hold(answer.bytes(), execution.tags.len()) {
        let response = Response::from_errors(vec![resource_error(exceeded)]);
        answer = Answer::new(answer.version, state, response);
    }
    let is_complete = answer.is_complete();
    // What an answer with errors rests on is not known.
    let tags = if is_complete {
        execution.tags
    } else {
        vec![CacheTag::Any]
    };
    match topic.store(task, answer, tags) {
        Outcome::New { answer, previous } => {
            let (subscribers, have_patch_readers) = topic.subscribers();
            let previous = previous.filter(|_| have_patch_readers);
            let patch = previous.and_then(|previous| answer.patch_from(&previous));
            let step = Step { answer, patch };
            Delivery::new(step, subscribers).run().await;
        }
        Outcome::Unchanged => drop(topic.hub.metrics.live_unchanged.inc()),
        Outcome::Obsolete => {}
    }
    is_complete
}

/// Charges an execution to a client that has paid already, or else to a subscriber in turn. Waits until one can pay.
async fn charge_any(topic: &Arc<LiveTopic>) -> Payer {
    loop {
        if let Some(payer) = topic.take_prepaid() {
            return payer;
        }
        let limiter = &topic.hub.cost_limiter;
        let mut wait = MAX_RETRY_DELAY;
        for subscriber in (0..MAX_ASKED).map_while(|_| topic.next_payer()) {
            let subscription = &subscriber.subscription;
            let Debtor { caller, client } = &subscription.debtor;
            match limiter.charge(caller, *client, topic.template.cost) {
                Ok(_) => return payer_of(&subscription.debtor, &subscription.request_id),
                Err(refused) => wait = wait.min(refused.retry_after),
            }
        }
        // A client that comes meanwhile has paid.
        tokio::select! {
            () = sleep(wait) => {}
            () = topic.woken.notified() => {}
        }
    }
}

/// Executes the query in the newest state or in that of a pin, within the time limit. `None` for an answer of a pin that failed
/// as a whole.
pub(super) async fn execute(
    topic: &LiveTopic,
    pin: Option<i64>,
    payer: &Payer,
) -> Option<Execution> {
    let hub = &topic.hub;
    let permit = hub.executions.acquire().await;
    let is_pinned = pin.is_some();
    let recorder = TagRecorder::default();
    let work = WorkBudget::new(hub.max_cost.saturating_sub(topic.template.cost));
    let pin = pin.map(|seq| PinRequest {
        seq,
        generation: None,
    });
    let id = &payer.request_id;
    let request = topic
        .template
        .request(pin, recorder.clone(), work.clone(), id);
    let _charge = WorkCharge {
        limiter: &hub.cost_limiter,
        debtor: &payer.debtor,
        work,
    };
    let (head, started) = (hub.feed.head(), Instant::now());
    hub.metrics.live_executions.inc();
    let execution = Box::pin(hub.queries.execute(request));
    let span = trace_span!(target: TARGET, "graphql", graphql.operation.type = "live query", request = %id);
    let execution = AssertUnwindSafe(execution.instrument(span)).catch_unwind();
    let result = match timeout(hub.request_timeout, execution).await {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => failed(log_panic(panic.as_ref(), id), head),
        Err(_) => failed(ExecutionFailure::Timeout, head),
    };
    drop(permit);
    let StateResponse { mut response, seq } = result;
    let code = first_error_code(&response.errors);
    hub.metrics.queries.record(started.elapsed(), code);
    if recorder.is_private() {
        response = Response::from_errors(vec![private_error()]);
    }
    response.extensions.remove("ledger");
    let tags = recorder.into_tags().unwrap_or_default();
    let is_useless = is_pinned && !response.errors.is_empty();
    (!is_useless).then_some(Execution {
        response,
        seq,
        tags,
    })
}

fn failed(failure: ExecutionFailure, seq: i64) -> StateResponse {
    StateResponse {
        response: failure_response(failure),
        seq,
    }
}

fn private_error() -> async_graphql::ServerError {
    let message = "the answer depends on who asks or when, so it cannot be live; leave `@live` out, or the fields about the viewer and about webhooks";
    graphql_error("BAD_USER_INPUT", message)
}

/// The payer of a request.
pub(super) fn payer_of(debtor: &Debtor, request_id: &RequestId) -> Payer {
    Payer {
        debtor: debtor.clone(),
        request_id: request_id.clone(),
    }
}
