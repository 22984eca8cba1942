//! Counters, gauges and histograms, and their text for Prometheus.
//!
//! What a request moves on its short way is an atomic that was found at the start. Labels are looked up for refusals and
//! failures only.

use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use super::{
    operation_metrics::Executed,
    rejections::Refused,
    sampled::{Seen, Sight},
};
use crate::error::{Error, Result};
use crate::model::time::Instant;

#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    pub queries: Executed,
    pub mutations: Executed,
    pub subscriptions: Executed,
    pub writes: Executed,
    pub answers: Uses,
    pub events: Uses,
    pub documents: Uses,
    responses: Family<Status, Counter>,
    ok: Counter,
    unmodified: Counter,
    refused: Family<Refused, Counter>,
    /// Subscriptions that hear the feed.
    pub listening: Gauge,
    pub sockets: Gauge,
    pub streams: Gauge,
    /// An event that is told to a hundred subscribers counts a hundred times.
    pub told: Counter,
    seen: Seen,
}

/// How often something was found where it is kept, and how often it had to be made.
#[derive(Clone, Debug, Default)]
pub struct Uses {
    pub hits: Counter,
    pub misses: Counter,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Status {
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Cache {
    cache: &'static str,
}

impl Metrics {
    /// `now` is when the process began.
    pub fn new(now: Instant) -> Self {
        let mut root = Registry::default();
        let seen = Seen::register(&mut root, now);
        let ours = root.sub_registry_with_prefix("demarche");
        let [queries, mutations, subscriptions] = Executed::operations(ours);
        let [answers, events, documents] = Uses::register(ours, ["answers", "events", "documents"]);
        let responses = Family::<Status, Counter>::default();
        let help = "Responses over HTTP, by status; 101 is a socket";
        ours.register("http_responses", help, responses.clone());
        let refused = Family::<Refused, Counter>::default();
        let help = "Refused, by code and by the option whose limit it was";
        ours.register("refused", help, refused.clone());
        let told = Counter::default();
        let help = "Events told to subscribers as they came, once for each";
        ours.register("events_told", help, told.clone());
        Self {
            writes: Executed::writes(ours),
            listening: gauge(ours, "subscriptions", "Subscriptions that hear the feed"),
            sockets: gauge(ours, "sockets", "Open WebSockets"),
            streams: gauge(ours, "streams", "Open streams of server-sent events"),
            ok: responses.get_or_create_owned(&Status { status: 200 }),
            unmodified: responses.get_or_create_owned(&Status { status: 304 }),
            responses,
            queries,
            mutations,
            subscriptions,
            answers,
            events,
            documents,
            refused,
            told,
            seen,
            registry: root,
        }
    }

    pub fn refuse(&self, refused: Refused) {
        self.refused.get_or_create(&refused).inc();
    }

    /// Counts a response over HTTP.
    pub fn respond(&self, status: u16) {
        match status {
            200 => self.ok.inc(),
            304 => self.unmodified.inc(),
            _ => self.responses.get_or_create(&Status { status }).inc(),
        };
    }

    /// All of them, in the text format of `OpenMetrics` 1.0.
    /// # Errors
    /// None at present: a text takes everything.
    pub fn text(&self, sight: &Sight) -> Result<String> {
        self.seen.note(sight);
        let mut text = String::new();
        text::encode(&mut text, &self.registry).map_err(Error::internal)?;
        Ok(text)
    }
}

impl Uses {
    fn register<const N: usize>(registry: &mut Registry, caches: [&'static str; N]) -> [Self; N] {
        let (hits, misses) = <(Family<Cache, Counter>, Family<Cache, Counter>)>::default();
        let help = "Found where it is kept: answers to queries, events, checked documents";
        registry.register("cache_hits", help, hits.clone());
        registry.register("cache_misses", "Made anew", misses.clone());
        caches.map(|cache| Self {
            hits: hits.get_or_create_owned(&Cache { cache }),
            misses: misses.get_or_create_owned(&Cache { cache }),
        })
    }
}

fn gauge(registry: &mut Registry, name: &str, help: &str) -> Gauge {
    let gauge = Gauge::default();
    registry.register(name, help, gauge.clone());
    gauge
}

/// One more of something, until it is dropped.
#[derive(Debug)]
pub struct Counted(Gauge);

impl Counted {
    pub fn in_gauge(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}
