//! Which of the metrics an operation or an error moves.

use async_graphql::{ServerError, Value, parser::types::OperationType};

use crate::telemetry::{executed::Executed, metrics::Metrics, refused::Refused};

pub(super) fn executed(metrics: &Metrics, kind: OperationType) -> &Executed {
    match kind {
        OperationType::Query => &metrics.queries,
        OperationType::Mutation => &metrics.mutations,
        OperationType::Subscription => &metrics.subscriptions,
    }
}

/// The code of the first error.
pub(super) fn code(errors: &[ServerError]) -> Option<&str> {
    errors.first().map(|error| text(error, "code"))
}

/// For what was not executed.
pub(super) fn refused(errors: &[ServerError]) -> Refused {
    errors.first().map_or(Refused::of(""), |error| {
        Refused::by(text(error, "code"), text(error, "limit"))
    })
}

fn text<'e>(error: &'e ServerError, key: &str) -> &'e str {
    let extensions = error.extensions.as_ref();
    match extensions.and_then(|all| all.get(key)) {
        Some(Value::String(text)) => text,
        _ => "",
    }
}
