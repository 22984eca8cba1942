//! Execution: runs a prepared operation within its time limit, as one response or as a stream of events.
//!
//! A query or mutation yields one response. A subscription is executed once for its filter and start cursor, and then
//! reads the feed ([`SubscriptionStream`]). The transports encode the events. Invariant: a resolver that panics fails
//! its own operation and nothing else.

pub(super) mod event;
mod live_query;
mod metrics;
mod subscription_stream;

use std::{
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use async_graphql::{Response, parser::types::OperationType};
use futures_util::{
    FutureExt, Stream, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use tokio::time::timeout;
use tracing::{Instrument, Span, trace_span};

use super::{
    clients::resource_exceeded::ResourceExceeded,
    fanout::{EventPayload, FrameSink, Subscription},
    limits::cost::WorkCharge,
    live::LiveStream,
    operation::{self, PreparedOperation},
    response::{
        error::HttpError,
        failure::{ExecutionFailure, failure_response, log_panic, panic_response},
        graphql_error::{first_error_code, resource_error},
    },
    state::AppState,
};
use crate::{
    graphql::{
        schema::Schema,
        subscription_start::{ResumeCursor, StartSlot},
        validation::prepared_document::SentText,
    },
    model::request_id::RequestId,
    telemetry::trace::TARGET,
};
use event::OperationEvent;
use subscription_stream::SubscriptionStream;

/// The events of one operation. It is small while idle: state that is needed only to start it is freed once it runs.
pub(super) enum OperationStream {
    Starting(BoxFuture<'static, OperationStream>),
    /// The responses of async-graphql.
    Library(BoxStream<'static, OperationEvent>),
    Feed(Box<SubscriptionStream>),
    Live(LiveStream),
}

impl Stream for OperationStream {
    type Item = OperationEvent;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<OperationEvent>> {
        loop {
            match &mut *self {
                Self::Starting(start) => *self = ready!(start.poll_unpin(cx)),
                Self::Library(events) => return events.poll_next_unpin(cx),
                Self::Feed(events) => return events.poll_next_unpin(cx),
                Self::Live(answers) => {
                    return answers.poll_next(cx).map(OperationEvent::Next).map(Some);
                }
            }
        }
    }
}

/// Bytes of an operation of a stream or WebSocket besides its document, variables and filter.
const OPERATION_BYTES: usize = 2 << 10;

/// The response to a query or mutation.
/// # Errors
/// 406 for a live query, which one response does not answer, 504 if it takes too long, 500 if a resolver panics.
pub(super) async fn execute(
    app: &AppState,
    operation: PreparedOperation,
) -> Result<Response, HttpError> {
    if operation.live.is_some() {
        return Err(HttpError::stream_required());
    }
    let limit = *app.limits.time.request;
    execute_within(app, operation, limit)
        .await
        .map_err(|failure| match failure {
            ExecutionFailure::Timeout => HttpError::execution_timeout(),
            ExecutionFailure::Panic(id) => HttpError::internal().with_request_id(&id),
        })
}

/// The events of any operation. The stream ends after a request error or an internal error. The first event comes soon:
/// a subscription yields its start cursor.
///
/// With a sink, the subscriber may receive an event without polling the stream, which then does not yield that event.
pub(super) fn stream(
    app: &Arc<AppState>,
    mut operation: PreparedOperation,
    resume: ResumeCursor,
    sink: Option<Box<dyn FrameSink>>,
) -> OperationStream {
    let app = Arc::clone(app);
    if let Err(exceeded) = operation.memory.resize(OPERATION_BYTES + operation.bytes) {
        return request_error(exceeded);
    }
    if operation.kind == OperationType::Subscription {
        return OperationStream::Starting(subscribe(app, operation, resume, sink).boxed());
    }
    if let Some(options) = operation.live.take() {
        return live_query::start(app, operation, options, resume, sink);
    }
    let event = async move {
        let (kind, limit) = (operation.kind, *app.limits.time.request);
        let response = execute_within(&app, operation, limit).await;
        first_event(kind, response.unwrap_or_else(failure_response))
    };
    OperationStream::Library(stream::once(event).boxed())
}

/// Executes the subscription once: its resolver puts the filter and the start cursor into the [`StartSlot`]. A
/// subscription that fails, or yields responses itself, continues as the stream of async-graphql.
async fn subscribe(
    app: Arc<AppState>,
    operation: PreparedOperation,
    resume: ResumeCursor,
    sink: Option<Box<dyn FrameSink>>,
) -> OperationStream {
    let (kind, id, started) = (operation.kind, operation.id, Instant::now());
    let mut memory = operation.memory;
    let sent = SentText::of_request(&operation.request);
    let topic = app
        .hub
        .topic(&operation.request, operation.role, &mut memory);
    let topic = topic.map(|topic| {
        let other_spelling = topic.template.other_spelling(&operation.request.query);
        (topic, other_spelling)
    });
    let start = StartSlot::default();
    let request = operation.request.data(resume).data(start.clone());
    let mut responses = catch_panics(&app.schema, request, id.clone());
    let first = responses.next().instrument(operation_span(kind, &id)).await;
    let code = first
        .as_ref()
        .and_then(|response| first_error_code(&response.errors));
    app.metrics.subscriptions.record(started.elapsed(), code);
    match (first, start.take(), topic) {
        (None, Some(start), Some((topic, other_spelling))) => {
            let spelling_bytes = other_spelling.as_ref().map_or(0, |text| text.len());
            let bytes = OPERATION_BYTES + start.filter.held_bytes() + spelling_bytes;
            if let Err(exceeded) = memory.resize(bytes) {
                return request_error(exceeded);
            }
            let subscription = Subscription {
                filter: start.filter,
                request_id: id,
                other_spelling,
                sink,
            };
            let from = (start.seq, start.cursor);
            let stream = SubscriptionStream::new(app, &topic, subscription, from, memory);
            OperationStream::Feed(Box::new(stream))
        }
        (Some(first), ..) => {
            let first = first_event(kind, sent.locate(first));
            let rest = responses.map(move |response| {
                let _ = &memory; // held until the stream ends
                next_event(sent.locate(response))
            });
            OperationStream::Library(stream::iter([first]).chain(rest).boxed())
        }
        (None, ..) => OperationStream::Library(stream::empty().boxed()),
    }
}

fn request_error(exceeded: ResourceExceeded) -> OperationStream {
    let error = OperationEvent::RequestError(vec![resource_error(exceeded)]);
    OperationStream::Library(stream::iter([error]).boxed())
}

fn first_event(kind: OperationType, response: Response) -> OperationEvent {
    if operation::is_request_error(kind, &response) {
        return OperationEvent::RequestError(response.errors);
    }
    next_event(response)
}

fn next_event(response: Response) -> OperationEvent {
    OperationEvent::Next(Arc::new(EventPayload::new(response, None)))
}

/// The responses of async-graphql; a panic becomes the last one.
fn catch_panics(
    schema: &Schema,
    request: async_graphql::Request,
    id: RequestId,
) -> impl Stream<Item = Response> + Send + Unpin + use<> {
    AssertUnwindSafe(schema.execute_stream(request))
        .catch_unwind()
        .map(move |response| response.unwrap_or_else(|panic| panic_response(panic.as_ref(), &id)))
}

async fn execute_within(
    app: &AppState,
    operation: PreparedOperation,
    limit: Duration,
) -> Result<Response, ExecutionFailure> {
    let started = Instant::now();
    let _charge = WorkCharge {
        limiter: &app.cost_limiter,
        debtor: &operation.debtor,
        work: operation.work,
    };
    let sent = SentText::of_request(&operation.request);
    let execution = async {
        match operation.kind {
            OperationType::Query => app.queries.execute(operation.request).await.response,
            OperationType::Mutation | OperationType::Subscription => {
                app.schema.execute(operation.request).await
            }
        }
    };
    let execution = AssertUnwindSafe(execution).catch_unwind();
    let span = operation_span(operation.kind, &operation.id);
    let response = match timeout(limit, execution.instrument(span)).await {
        Ok(Ok(response)) => Ok(sent.locate(response)),
        Ok(Err(panic)) => Err(log_panic(panic.as_ref(), &operation.id)),
        Err(_) => Err(ExecutionFailure::Timeout),
    };
    let code = match &response {
        Ok(response) => first_error_code(&response.errors),
        Err(ExecutionFailure::Timeout) => Some("TIMEOUT"),
        Err(ExecutionFailure::Panic(_)) => Some("INTERNAL_SERVER_ERROR"),
    };
    metrics::operation_metrics(&app.metrics, operation.kind).record(started.elapsed(), code);
    response
}

/// The span for the trace exporter; disabled if traces are not exported.
fn operation_span(kind: OperationType, id: &RequestId) -> Span {
    trace_span!(target: TARGET, "graphql", graphql.operation.type = %kind, request = %id)
}
