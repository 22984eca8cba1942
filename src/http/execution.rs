//! Runs an operation within its limit of time. A resolver that panics fails its own operation and nothing else.

use std::{any::Any, panic::AssertUnwindSafe};

use async_graphql::{Response as Answer, parser::types::OperationType};
use futures_util::{
    FutureExt, StreamExt,
    stream::{self, BoxStream},
};
use tokio::time::timeout;

use super::{
    App,
    operation::Operation,
    refusal::{Refusal, error, set},
};
use crate::{graphql::Schema, model::request_id::RequestId};

/// Why an operation has no answer.
#[derive(Debug)]
enum Failure {
    Slow,
    Panic(RequestId),
}

/// The answer to a query or mutation.
/// # Errors
/// 504 if it takes too long, 500 if a resolver panics.
pub(super) async fn answer(app: &App, operation: Operation) -> Result<Answer, Refusal> {
    let limit = *app.limits.time.request;
    execute(app.schema.clone(), operation, limit)
        .await
        .map_err(|failure| match failure {
            Failure::Slow => Refusal::slow_execution(),
            Failure::Panic(id) => Refusal::internal().of(&id),
        })
}

/// The answers to any operation, one of them to a query or mutation. They end after a failure of ours.
pub(super) fn answers(app: &App, operation: Operation) -> BoxStream<'static, Answer> {
    let (schema, limit) = (app.schema.clone(), *app.limits.time.request);
    if operation.kind == OperationType::Subscription {
        let id = operation.id;
        let events = AssertUnwindSafe(schema.execute_stream(operation.request)).catch_unwind();
        return events
            .map(move |event| event.unwrap_or_else(|panic| failed(caught(panic.as_ref(), &id))))
            .boxed();
    }
    let only = async move {
        let answer = execute(schema, operation, limit).await;
        answer.unwrap_or_else(failed)
    };
    stream::once(only).boxed()
}

async fn execute(
    schema: Schema,
    operation: Operation,
    limit: std::time::Duration,
) -> Result<Answer, Failure> {
    let executed = AssertUnwindSafe(schema.execute(operation.request)).catch_unwind();
    match timeout(limit, executed).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(panic)) => Err(caught(panic.as_ref(), &operation.id)),
        Err(_) => Err(Failure::Slow),
    }
}

fn caught(panic: &(dyn Any + Send), id: &RequestId) -> Failure {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(request = %id, panic = text, "a resolver panicked");
    Failure::Panic(id.clone())
}

fn failed(failure: Failure) -> Answer {
    Answer::from_errors(vec![match failure {
        Failure::Slow => error("TIMEOUT", super::refusal::SLOW),
        Failure::Panic(id) => {
            let mut internal = error("INTERNAL_SERVER_ERROR", super::refusal::INTERNAL);
            set(&mut internal, "requestId", id.to_string());
            internal
        }
    }])
}
