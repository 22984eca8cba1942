//! Which of the metrics an operation or an error moves.

use async_graphql::parser::types::OperationType;

use crate::telemetry::{metrics::Metrics, operation_metrics::Executed};

pub(crate) fn executed(metrics: &Metrics, kind: OperationType) -> &Executed {
    match kind {
        OperationType::Query => &metrics.queries,
        OperationType::Mutation => &metrics.mutations,
        OperationType::Subscription => &metrics.subscriptions,
    }
}
