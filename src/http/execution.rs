//! Runs an operation within its limit of time. A resolver that panics fails its own operation and nothing else.

use std::{any::Any, panic::AssertUnwindSafe, sync::Arc};

use async_graphql::{Response as Answer, ServerError, parser::types::OperationType};
use axum::body::Bytes;
use futures_util::{
    FutureExt, Stream, StreamExt,
    stream::{self, BoxStream},
};
use tokio::time::timeout;

use super::{
    App,
    broadcast::{Template, json},
    operation::{self, Operation},
    refusal::{Refusal, error, set},
};
use crate::{
    error::Error,
    feed::Event,
    graphql::{
        Schema,
        resume::{Beginning, Begun, ResumeFrom},
    },
    model::{cursor::LedgerCursor, request_id::RequestId},
};

/// What a socket or stream is told of an operation.
pub(super) enum Said {
    /// Nothing was executed, and nothing follows.
    Refused(Vec<ServerError>),
    /// The place from which a subscription goes on, before its first event.
    Began(String),
    Next {
        /// A response, as JSON.
        payload: Bytes,
        /// The place after which to resume.
        cursor: Option<String>,
    },
}

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

/// All that there is to tell of any operation. It ends after a refusal or a failure of ours. The first word comes soon:
/// a subscription says where it begins.
pub(super) fn answers(
    app: &Arc<App>,
    operation: Operation,
    resume: ResumeFrom,
) -> BoxStream<'static, Said> {
    let app = Arc::clone(app);
    if operation.kind == OperationType::Subscription {
        return stream::once(subscribe(app, operation, resume))
            .flatten()
            .boxed();
    }
    let only = async move {
        let (kind, limit) = (operation.kind, *app.limits.time.request);
        let answer = execute(app.schema.clone(), operation, limit).await;
        first(kind, answer.unwrap_or_else(failed))
    };
    stream::once(only).boxed()
}

/// Executes the subscription once, to find what it wants and where it begins.
async fn subscribe(
    app: Arc<App>,
    mut operation: Operation,
    resume: ResumeFrom,
) -> BoxStream<'static, Said> {
    let (kind, id) = (operation.kind, operation.id);
    let template = app
        .broadcast
        .template(&mut operation.request, operation.role);
    let beginning = Beginning::default();
    let request = operation.request.data(resume).data(beginning.clone());
    let mut own = guarded(&app.schema, request, id.clone());
    let opening = own.next().await;
    match (opening, beginning.take(), template) {
        (None, Some(begun), Some(template)) => heard(app, begun, template, id).boxed(),
        (Some(answer), ..) => {
            let rest = own.map(|answer| next(&answer));
            stream::iter([first(kind, answer)]).chain(rest).boxed()
        }
        (None, ..) => stream::empty().boxed(),
    }
}

/// The events of the feed that are wanted, as the template tells them.
fn heard(
    app: Arc<App>,
    begun: Begun,
    template: Arc<Template>,
    id: RequestId,
) -> impl Stream<Item = Said> + Send {
    let Begun {
        wanted,
        seq,
        cursor,
    } = begun;
    let events = app
        .feed
        .clone()
        .events(seq, &wanted.interest())
        .filter(move |event| {
            let is_wanted = event.as_ref().map_or(true, |event| wanted.wants(event));
            std::future::ready(is_wanted)
        });
    let told = events.then(move |event| {
        let (app, template, id) = (Arc::clone(&app), Arc::clone(&template), id.clone());
        async move {
            match event {
                Ok(event) => tell(&app, &template, &event, &id).await,
                Err(error) => broken(&error, &id),
            }
        }
    });
    stream::iter([Said::Began(cursor)]).chain(told)
}

async fn tell(app: &App, template: &Arc<Template>, event: &Arc<Event>, id: &RequestId) -> Said {
    let said = AssertUnwindSafe(app.broadcast.say(template, event, id)).catch_unwind();
    let payload = said
        .await
        .unwrap_or_else(|panic| json(&failed(caught(panic.as_ref(), id))));
    let entry = &event.entry;
    let cursor = LedgerCursor::new(app.feed.generation(), entry.seq, &entry.hash);
    Said::Next {
        payload,
        cursor: Some(cursor.to_string()),
    }
}

/// The feed ends after an error.
fn broken(error: &Error, id: &RequestId) -> Said {
    tracing::error!(request = %id, cause = %error.causes(), "a subscription cannot go on");
    let payload = json(&failed(Failure::Panic(id.clone())));
    Said::Next {
        payload,
        cursor: None,
    }
}

fn first(kind: OperationType, answer: Answer) -> Said {
    if operation::is_refused(kind, &answer) {
        return Said::Refused(answer.errors);
    }
    next(&answer)
}

fn next(answer: &Answer) -> Said {
    Said::Next {
        payload: json(answer),
        cursor: None,
    }
}

/// A stream of the library's own.
fn guarded(
    schema: &Schema,
    request: async_graphql::Request,
    id: RequestId,
) -> impl Stream<Item = Answer> + Send + Unpin + use<> {
    AssertUnwindSafe(schema.execute_stream(request))
        .catch_unwind()
        .map(move |event| event.unwrap_or_else(|panic| failed(caught(panic.as_ref(), &id))))
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
