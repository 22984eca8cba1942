//! Runs an operation within its limit of time. A resolver that panics fails its own operation and nothing else.

pub(super) mod event;
pub(super) mod failure;
mod metrics;
mod subscription_stream;

use std::{
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use async_graphql::{Response as Answer, parser::types::OperationType};
use futures_util::{
    FutureExt, Stream, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use tokio::time::timeout;
use tracing::{Instrument, Span, trace_span};

use super::{
    fanout::{Door, Told},
    operation::{self, Operation},
    response::{error::Refusal, graphql_error::code},
    state::App,
};
use crate::{
    graphql::{
        schema::Schema,
        subscription_start::{Beginning, ResumeFrom},
    },
    model::request_id::RequestId,
    telemetry::trace::TARGET,
};
use event::Said;
use failure::{Failure, caught, failed, panicked};
use subscription_stream::Heard;

/// All that there is to tell of one operation. Small while nothing happens: what is needed only to begin is gone then.
pub(super) enum Answers {
    Beginning(BoxFuture<'static, Answers>),
    /// What the library has to say.
    Own(BoxStream<'static, Said>),
    Heard(Box<Heard>),
}

impl Stream for Answers {
    type Item = Said;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Said>> {
        loop {
            match &mut *self {
                Self::Beginning(begun) => *self = ready!(begun.poll_unpin(cx)),
                Self::Own(said) => return said.poll_next_unpin(cx),
                Self::Heard(heard) => return heard.poll_next_unpin(cx),
            }
        }
    }
}

/// The answer to a query or mutation.
/// # Errors
/// 504 if it takes too long, 500 if a resolver panics.
pub(super) async fn answer(app: &App, operation: Operation) -> Result<Answer, Refusal> {
    let limit = *app.limits.time.request;
    execute(app, operation, limit)
        .await
        .map_err(|failure| match failure {
            Failure::Slow => Refusal::slow_execution(),
            Failure::Panic(id) => Refusal::internal().of(&id),
        })
}

/// All that there is to tell of any operation. It ends after a refusal or a failure of ours. The first word comes soon:
/// a subscription says where it begins.
///
/// By its door, the subscriber can be told of an event without polling this; then it is not told of it here.
pub(super) fn answers(
    app: &Arc<App>,
    operation: Operation,
    resume: ResumeFrom,
    door: Option<Box<dyn Door>>,
) -> Answers {
    let app = Arc::clone(app);
    if operation.kind == OperationType::Subscription {
        return Answers::Beginning(subscribe(app, operation, resume, door).boxed());
    }
    let only = async move {
        let (kind, limit) = (operation.kind, *app.limits.time.request);
        let answer = execute(&app, operation, limit).await;
        first(kind, answer.unwrap_or_else(failed))
    };
    Answers::Own(stream::once(only).boxed())
}

/// Executes the subscription once, to find what it wants and where it begins.
async fn subscribe(
    app: Arc<App>,
    operation: Operation,
    resume: ResumeFrom,
    door: Option<Box<dyn Door>>,
) -> Answers {
    let (kind, id, asked) = (operation.kind, operation.id, Instant::now());
    let topic = app.broadcast.topic(&operation.request, operation.role);
    let beginning = Beginning::default();
    let request = operation.request.data(resume).data(beginning.clone());
    let mut own = guarded(&app.schema, request, id.clone());
    let opening = own.next().instrument(span(kind, &id)).await;
    let code = opening.as_ref().and_then(|answer| code(&answer.errors));
    app.metrics.subscriptions.note(asked.elapsed(), code);
    match (opening, beginning.take(), topic) {
        (None, Some(begun), Some(topic)) => {
            Answers::Heard(Box::new(Heard::new(app, &topic, begun, id, door)))
        }
        (Some(answer), ..) => {
            let rest = own.map(|answer| next(&answer));
            Answers::Own(stream::iter([first(kind, answer)]).chain(rest).boxed())
        }
        (None, ..) => Answers::Own(stream::empty().boxed()),
    }
}

fn first(kind: OperationType, answer: Answer) -> Said {
    if operation::is_refused(kind, &answer) {
        return Said::Refused(answer.errors);
    }
    next(&answer)
}

fn next(answer: &Answer) -> Said {
    Said::Next(Arc::new(Told::new(answer, None)))
}

/// A stream of the library's own.
fn guarded(
    schema: &Schema,
    request: async_graphql::Request,
    id: RequestId,
) -> impl Stream<Item = Answer> + Send + Unpin + use<> {
    AssertUnwindSafe(schema.execute_stream(request))
        .catch_unwind()
        .map(move |event| event.unwrap_or_else(|panic| panicked(panic.as_ref(), &id)))
}

async fn execute(app: &App, operation: Operation, limit: Duration) -> Result<Answer, Failure> {
    let begun = Instant::now();
    let executed = AssertUnwindSafe(app.schema.execute(operation.request)).catch_unwind();
    let span = span(operation.kind, &operation.id);
    let answer = match timeout(limit, executed.instrument(span)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(panic)) => Err(caught(panic.as_ref(), &operation.id)),
        Err(_) => Err(Failure::Slow),
    };
    let code = match &answer {
        Ok(answer) => code(&answer.errors),
        Err(Failure::Slow) => Some("TIMEOUT"),
        Err(Failure::Panic(_)) => Some("INTERNAL_SERVER_ERROR"),
    };
    metrics::executed(&app.metrics, operation.kind).note(begun.elapsed(), code);
    answer
}

/// For the collector; none if there is none.
fn span(kind: OperationType, id: &RequestId) -> Span {
    trace_span!(target: TARGET, "graphql", graphql.operation.type = %kind, request = %id)
}
