//! Sampled metrics: values that are read from other parts of the server and from the kernel when metrics are requested.

use std::{fs, sync::atomic::Ordering};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, info::Info},
    registry::{Registry, Unit},
};

use strum::IntoEnumIterator;

use crate::model::suspension::Suspension;
use crate::model::time::Timestamp;
use crate::model::webhook::WebhookCounts;

#[derive(Debug, Default)]
pub struct SampledMetrics {
    connections: Gauge,
    ledger_head: Gauge,
    feed_head: Gauge,
    feed_lag: Gauge,
    ready: Gauge,
    writes_suspended: Family<SuspensionLabels, Gauge>,
    webhooks: Family<WebhookLabels, Gauge>,
    statements: Counter,
    executions: Counter,
    resident: Gauge,
    open_files: Gauge,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SuspensionLabels {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WebhookLabels {
    state: &'static str,
}

/// The values at one instant.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    pub connections: usize,
    /// The newest entry in the database; `None` if the database is unreachable.
    pub ledger_head: Option<i64>,
    /// The newest entry that the tailer has read.
    pub feed_head: i64,
    pub is_ready: bool,
    pub suspension: Option<Suspension>,
    /// Webhooks in the database; `None` if it is unreachable.
    pub webhooks: Option<WebhookCounts>,
    pub statements: u64,
    pub executions: u64,
}

/// Resource usage of this process, from the kernel.
struct ProcessStats {
    resident_bytes: i64,
    open_files: i64,
}

impl SampledMetrics {
    /// `now` is the start time of the process.
    pub(super) fn register(root: &mut Registry, now: Timestamp) -> Self {
        let metrics = Self::default();
        metrics.register_process(root, now);
        let registry = root.sub_registry_with_prefix("demarche");
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The running version", version);
        for (name, help, gauge) in [
            (
                "connections",
                "Open connections of clients and proxies",
                &metrics.connections,
            ),
            (
                "ledger_head",
                "Newest entry in the database",
                &metrics.ledger_head,
            ),
            (
                "feed_head",
                "Newest entry that the feed has read",
                &metrics.feed_head,
            ),
            (
                "feed_lag_entries",
                "Entries that the feed has not read yet",
                &metrics.feed_lag,
            ),
            ("ready", "1 while /readyz returns 200", &metrics.ready),
        ] {
            registry.register(name, help, gauge.clone());
        }
        let help = "1 while new entries are rejected, by reason";
        registry.register("writes_suspended", help, metrics.writes_suspended.clone());
        let help =
            "Webhooks in the database, by state: active, failing (a delivery is repeated), paused";
        registry.register("webhooks", help, metrics.webhooks.clone());
        let help = "SQL statements run for reads";
        registry.register("sql_statements", help, metrics.statements.clone());
        let help = "Event executions (shared by identical subscriptions)";
        registry.register("events_executed", help, metrics.executions.clone());
        metrics
    }

    /// Registers process metrics under the standard names of Prometheus clients.
    fn register_process(&self, root: &mut Registry, now: Timestamp) {
        let start: Gauge = Gauge::default();
        start.set(now.0 / 1_000_000);
        let help = "Start time of the process since 1970";
        root.register_with_unit("process_start_time", help, Unit::Seconds, start);
        let help = "Memory in use";
        let resident = self.resident.clone();
        root.register_with_unit("process_resident_memory", help, Unit::Bytes, resident);
        let help = "Open file descriptors";
        root.register("process_open_fds", help, self.open_files.clone());
    }

    pub fn record(&self, sample: &Sample) {
        let connections = i64::try_from(sample.connections).unwrap_or(i64::MAX);
        self.connections.set(connections);
        self.feed_head.set(sample.feed_head);
        if let Some(head) = sample.ledger_head {
            self.ledger_head.set(head);
            self.feed_lag.set((head - sample.feed_head).max(0));
        }
        self.ready.set(i64::from(sample.is_ready));
        for suspension in Suspension::iter() {
            let reason = suspension.into();
            let gauge = self
                .writes_suspended
                .get_or_create_owned(&SuspensionLabels { reason });
            gauge.set(i64::from(sample.suspension == Some(suspension)));
        }
        if let Some(counts) = sample.webhooks {
            self.record_webhooks(counts);
        }
        let (statements, executions) = (self.statements.inner(), self.executions.inner());
        statements.store(sample.statements, Ordering::Relaxed);
        executions.store(sample.executions, Ordering::Relaxed);
        if let Some(usage) = ProcessStats::read() {
            self.resident.set(usage.resident_bytes);
            self.open_files.set(usage.open_files);
        }
    }
}

impl SampledMetrics {
    fn record_webhooks(&self, counts: WebhookCounts) {
        for (state, count) in [
            ("active", counts.active),
            ("failing", counts.failing),
            ("paused", counts.paused),
        ] {
            let gauge = self.webhooks.get_or_create_owned(&WebhookLabels { state });
            gauge.set(count);
        }
    }
}

impl ProcessStats {
    /// Reads `proc(5)`; `None` on systems other than Linux.
    fn read() -> Option<Self> {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let resident = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kilobytes: i64 = resident.trim().strip_suffix(" kB")?.parse().ok()?;
        let open = fs::read_dir("/proc/self/fd").ok()?.count();
        Some(Self {
            resident_bytes: kilobytes * 1024,
            open_files: i64::try_from(open).ok()?,
        })
    }
}
