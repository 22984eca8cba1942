//! What was executed: how often, how it ended, and how long it took.

use std::time::Duration;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::{Registry, Unit},
};

use super::rejections::known_code;

/// Operations of one type, or writes. Clones count together.
#[derive(Clone, Debug)]
pub struct Executed {
    what: &'static str,
    outcomes: Family<Outcome, Counter>,
    /// Found already.
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

/// Seconds: from an answer out of memory to the limit of time.
const BUCKETS: [f64; 12] = [
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0,
];

impl Executed {
    /// Queries, mutations, subscriptions.
    pub fn operations(registry: &mut Registry) -> [Self; 3] {
        let help = "Operations executed, by type and by ok or the code of the first error";
        Self::register(
            registry,
            "operation",
            help,
            ["query", "mutation", "subscription"],
        )
    }

    /// Commands that the writer was given.
    pub fn writes(registry: &mut Registry) -> Self {
        let help = "Commands to the ledger, by ok or the code of the refusal";
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
        let help = "How long they took; of a subscription, until it began";
        let duration = format!("{name}_duration");
        registry.register_with_unit(duration, help, Unit::Seconds, times.clone());
        types.map(|what| Self {
            what,
            ok: outcomes.get_or_create_owned(&Outcome {
                r#type: what,
                result: "ok",
            }),
            seconds: times.get_or_create_owned(&Type { r#type: what }),
            outcomes: outcomes.clone(),
        })
    }

    /// `code` is that of the first error, if there was one.
    pub fn note(&self, took: Duration, code: Option<&str>) {
        self.seconds.observe(took.as_secs_f64());
        let Some(code) = code else {
            self.ok.inc();
            return;
        };
        let outcome = Outcome {
            r#type: self.what,
            result: known_code(code),
        };
        self.outcomes.get_or_create(&outcome).inc();
    }
}
