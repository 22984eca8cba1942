//! Metrics: counters, gauges and histograms, and their text for Prometheus.
//!
//! The fast path of a request updates atomics that were looked up at the start. Labels are looked up for rejections and
//! failures only.

use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use super::{
    operation_metrics::OperationMetrics,
    prometheus_text,
    rejections::RejectionLabels,
    sampled::{Sample, SampledMetrics},
};
use crate::error::{Error, Result};
use crate::model::time::Timestamp;

#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    pub queries: OperationMetrics,
    pub mutations: OperationMetrics,
    pub subscriptions: OperationMetrics,
    pub writes: OperationMetrics,
    pub responses: CacheMetrics,
    pub requests: CacheMetrics,
    pub event_payloads: CacheMetrics,
    pub documents: CacheMetrics,
    http_responses: Family<Status, Counter>,
    ok: Counter,
    unmodified: Counter,
    rejections: Family<RejectionLabels, Counter>,
    /// Active subscriptions.
    pub active_subscriptions: Gauge,
    /// Live queries with different answers.
    pub live_queries: Gauge,
    /// Their clients.
    pub live_subscribers: Gauge,
    pub live_executions: Counter,
    /// Executions that found the same answer.
    pub live_unchanged: Counter,
    pub websockets: Gauge,
    pub event_streams: Gauge,
    /// Event deliveries: an event counts once per subscriber.
    pub events_delivered: Counter,
    webhooks_accepted: Counter,
    webhooks_failed: Counter,
    sampled: SampledMetrics,
}

/// Text format of all metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFormat {
    /// `OpenMetrics` 1.0.
    OpenMetrics,
    /// Prometheus text format 0.0.4.
    Prometheus,
}

impl TextFormat {
    pub fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// Hits, misses and size of one cache.
#[derive(Clone, Debug, Default)]
pub struct CacheMetrics {
    pub hits: Counter,
    pub misses: Counter,
    /// What its entries weigh.
    pub bytes: Gauge,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Status {
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeliveryResult {
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Cache {
    cache: &'static str,
}

/// Statuses whose series exist from the start.
const STATUSES: [u16; 17] = [
    101, 200, 304, 400, 401, 403, 404, 405, 406, 408, 413, 415, 426, 429, 500, 503, 504,
];

impl Metrics {
    /// `now` is the start time of the process.
    pub fn new(now: Timestamp) -> Self {
        let mut root = Registry::default();
        let sampled = SampledMetrics::register(&mut root, now);
        let registry = root.sub_registry_with_prefix("demarche");
        let [queries, mutations, subscriptions] = OperationMetrics::operations(registry);
        let [responses, requests, event_payloads, documents] = CacheMetrics::register(
            registry,
            ["responses", "requests", "event_payloads", "documents"],
        );
        let http_responses = Family::<Status, Counter>::default();
        let help = "HTTP responses, cached ones included, by status; 101 is a WebSocket";
        registry.register("http_responses", help, http_responses.clone());
        for status in STATUSES {
            drop(http_responses.get_or_create(&Status { status }));
        }
        let rejections = Family::<RejectionLabels, Counter>::default();
        let help =
            "Requests rejected before execution, by error code and by the option of the limit";
        registry.register("rejections", help, rejections.clone());
        RejectionLabels::all().for_each(|labels| drop(rejections.get_or_create(&labels)));
        let webhook_deliveries = Family::<DeliveryResult, Counter>::default();
        let help = "Deliveries of webhooks, repeated ones included, by result";
        registry.register("webhook_deliveries", help, webhook_deliveries.clone());
        let [webhooks_accepted, webhooks_failed] = ["accepted", "failed"]
            .map(|result| webhook_deliveries.get_or_create_owned(&DeliveryResult { result }));
        Self {
            writes: OperationMetrics::writes(registry),
            active_subscriptions: gauge(registry, "subscriptions", "Active subscriptions"),
            live_queries: gauge(
                registry,
                "live_queries",
                "Live queries with different answers",
            ),
            live_subscribers: gauge(registry, "live_subscribers", "Clients of live queries"),
            live_executions: counter(
                registry,
                "live_executions",
                "Executions of live queries (shared by identical ones)",
            ),
            live_unchanged: counter(
                registry,
                "live_unchanged",
                "Executions of live queries that found the same answer, so that nothing was sent",
            ),
            websockets: gauge(registry, "websockets", "Open WebSockets"),
            event_streams: gauge(
                registry,
                "event_streams",
                "Open event streams (server-sent events, multipart, JSON Lines)",
            ),
            ok: http_responses.get_or_create_owned(&Status { status: 200 }),
            unmodified: http_responses.get_or_create_owned(&Status { status: 304 }),
            http_responses,
            queries,
            mutations,
            subscriptions,
            responses,
            requests,
            event_payloads,
            documents,
            rejections,
            events_delivered: counter(
                registry,
                "events_delivered",
                "Event deliveries (one per subscriber)",
            ),
            webhooks_accepted,
            webhooks_failed,
            sampled,
            registry: root,
        }
    }

    pub fn count_rejection(&self, labels: RejectionLabels) {
        self.rejections.get_or_create(&labels).inc();
    }

    /// Counts an attempt to send a change to a webhook.
    pub fn count_webhook_delivery(&self, is_accepted: bool) {
        let counter = if is_accepted {
            &self.webhooks_accepted
        } else {
            &self.webhooks_failed
        };
        counter.inc();
    }

    /// Counts a response over HTTP.
    pub fn count_response(&self, status: u16) {
        match status {
            200 => self.ok.inc(),
            304 => self.unmodified.inc(),
            _ => self.http_responses.get_or_create(&Status { status }).inc(),
        };
    }

    /// All of them as text.
    /// # Errors
    /// None at present: writing to a `String` cannot fail.
    pub fn text(&self, sample: &Sample, format: TextFormat) -> Result<String> {
        self.sampled.record(sample);
        let mut text = String::new();
        text::encode(&mut text, &self.registry).map_err(Error::internal)?;
        Ok(match format {
            TextFormat::OpenMetrics => text,
            TextFormat::Prometheus => prometheus_text::from_open_metrics(&text),
        })
    }
}

impl CacheMetrics {
    fn register<const N: usize>(registry: &mut Registry, caches: [&'static str; N]) -> [Self; N] {
        let (hits, misses) = <(Family<Cache, Counter>, Family<Cache, Counter>)>::default();
        let bytes = Family::<Cache, Gauge>::default();
        registry.register(
            "cache_bytes",
            "Memory of the entries, by cache",
            bytes.clone(),
        );
        let help = "Cache hits, by cache: responses, the requests that lead to them, event payloads, validated documents";
        registry.register("cache_hits", help, hits.clone());
        registry.register("cache_misses", "Cache misses, by cache", misses.clone());
        caches.map(|cache| Self {
            hits: hits.get_or_create_owned(&Cache { cache }),
            misses: misses.get_or_create_owned(&Cache { cache }),
            bytes: bytes.get_or_create_owned(&Cache { cache }),
        })
    }

    pub fn record_bytes(&self, bytes: u64) {
        self.bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }
}

fn counter(registry: &mut Registry, name: &str, help: &str) -> Counter {
    let counter = Counter::default();
    registry.register(name, help, counter.clone());
    counter
}

fn gauge(registry: &mut Registry, name: &str, help: &str) -> Gauge {
    let gauge = Gauge::default();
    registry.register(name, help, gauge.clone());
    gauge
}

/// Counts one in a gauge until it is dropped.
#[derive(Debug)]
pub struct GaugeGuard(Gauge);

impl GaugeGuard {
    pub fn in_gauge(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for GaugeGuard {
    fn drop(&mut self) {
        self.0.dec();
    }
}
