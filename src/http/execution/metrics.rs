//! Selects the metrics of an operation by its type.

use async_graphql::parser::types::OperationType;

use crate::telemetry::{metrics::Metrics, operation_metrics::OperationMetrics};

pub(crate) fn operation_metrics(metrics: &Metrics, kind: OperationType) -> &OperationMetrics {
    match kind {
        OperationType::Query => &metrics.queries,
        OperationType::Mutation => &metrics.mutations,
        OperationType::Subscription => &metrics.subscriptions,
    }
}
