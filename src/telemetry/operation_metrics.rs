//! Operation metrics: number, result and duration of executed operations and writes.

use std::time::Duration;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::{Registry, Unit},
};

use super::rejections::{CODES, OTHER, code_label};

/// Metrics of one operation type, or of writes. Clones share them.
#[derive(Clone, Debug)]
pub struct OperationMetrics {
    operation_type: &'static str,
    outcomes: Family<Outcome, Counter>,
    /// The counter of successes, looked up in advance.
    ok: Counter,
    seconds: Histogram,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    r#type: &'static str,
    /// `ok`, or the code of the first error.
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Type {
    r#type: &'static str,
}

/// Seconds: from a response out of memory to the request timeout.
const BUCKETS: [f64; 12] = [
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0,
];

impl OperationMetrics {
    /// Queries, mutations, subscriptions.
    pub fn operations(registry: &mut Registry) -> [Self; 3] {
        let help = "Executed operations, by type and by result: ok or the code of the first error";
        Self::register(
            registry,
            "operation",
            help,
            ["query", "mutation", "subscription"],
        )
    }

    /// Commands to the ledger.
    pub fn writes(registry: &mut Registry) -> Self {
        let help = "Commands to the ledger, by result: ok or the code of the error";
        let [writes] = Self::register(registry, "write", help, ["command"]);
        writes
    }

    fn register<const N: usize>(
        registry: &mut Registry,
        name: &str,
        help: &str,
        types: [&'static str; N],
    ) -> [Self; N] {
        let outcomes = Family::<Outcome, Counter>::default();
        registry.register(format!("{name}s"), help, outcomes.clone());
        let times = Family::<Type, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
        let help = "Duration; of a subscription, until it started";
        let duration = format!("{name}_duration");
        registry.register_with_unit(duration, help, Unit::Seconds, times.clone());
        // Every series exists from the start: `increase()` needs a zero before the first error.
        for (r#type, result) in types.iter().flat_map(|name| {
            let codes = CODES.into_iter().chain([OTHER]);
            codes.map(move |code| (*name, code))
        }) {
            drop(outcomes.get_or_create(&Outcome { r#type, result }));
        }
        types.map(|operation_type| Self {
            operation_type,
            ok: outcomes.get_or_create_owned(&Outcome {
                r#type: operation_type,
                result: "ok",
            }),
            seconds: times.get_or_create_owned(&Type {
                r#type: operation_type,
            }),
            outcomes: outcomes.clone(),
        })
    }

    /// `code` is that of the first error, if there was one.
    pub fn record(&self, duration: Duration, code: Option<&str>) {
        self.seconds.observe(duration.as_secs_f64());
        let Some(code) = code else {
            self.ok.inc();
            return;
        };
        let outcome = Outcome {
            r#type: self.operation_type,
            result: code_label(code),
        };
        self.outcomes.get_or_create(&outcome).inc();
    }
}
