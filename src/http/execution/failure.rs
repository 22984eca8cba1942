//! Responses for operations that failed on our side: a time limit, a panic, a feed that cannot be read.

use std::any::Any;

use async_graphql::Response as Answer;

use crate::{
    error::Error,
    http::response::graphql_error::{INTERNAL, SLOW, error, set},
    model::request_id::RequestId,
};

/// Why an operation has no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    Slow,
    Panic(RequestId),
}

/// What is told of a panic, which is logged.
pub(crate) fn panicked(panic: &(dyn Any + Send), id: &RequestId) -> Answer {
    failed(caught(panic, id))
}

/// What is told of an error that ends a subscription, and was logged.
pub(crate) fn broken(why: &Error, id: RequestId) -> Answer {
    match why {
        Error::Unavailable(_) => Answer::from_errors(vec![error(why.code(), why.to_string())]),
        _ => failed(Failure::Panic(id)),
    }
}

pub(crate) fn caught(panic: &(dyn Any + Send), id: &RequestId) -> Failure {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(request = %id, panic = text, "a resolver panicked");
    Failure::Panic(id.clone())
}

pub(crate) fn failed(failure: Failure) -> Answer {
    Answer::from_errors(vec![match failure {
        Failure::Slow => error("TIMEOUT", SLOW),
        Failure::Panic(id) => {
            let mut internal = error("INTERNAL_SERVER_ERROR", INTERNAL);
            set(&mut internal, "requestId", id.to_string());
            internal
        }
    }])
}
