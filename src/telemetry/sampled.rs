//! What somebody else knows, and is asked for when the metrics are.

use std::{fs, sync::atomic::Ordering};

use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge, info::Info},
    registry::{Registry, Unit},
};

use crate::model::time::Instant;

#[derive(Debug, Default)]
pub struct Seen {
    connections: Gauge,
    ledger_head: Gauge,
    feed_head: Gauge,
    feed_lag: Gauge,
    ready: Gauge,
    statements: Counter,
    executions: Counter,
    resident: Gauge,
    open_files: Gauge,
}

/// All of it at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Sight {
    pub connections: usize,
    /// The newest entry in the database; none if it does not answer.
    pub ledger_head: Option<i64>,
    /// The newest entry that the tailer has read.
    pub feed_head: i64,
    pub is_ready: bool,
    pub statements: u64,
    pub executions: u64,
}

/// What the kernel knows of this process.
struct Usage {
    resident_bytes: i64,
    open_files: i64,
}

impl Seen {
    /// `now` is when the process began.
    pub(super) fn register(root: &mut Registry, now: Instant) -> Self {
        let seen = Self::default();
        seen.register_process(root, now);
        let ours = root.sub_registry_with_prefix("demarche");
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        ours.register("build", "The version that runs", version);
        for (name, help, gauge) in [
            (
                "connections",
                "Open connections, of clients and proxies",
                &seen.connections,
            ),
            (
                "ledger_head",
                "Newest entry in the database",
                &seen.ledger_head,
            ),
            (
                "feed_head",
                "Newest entry that the tailer has read",
                &seen.feed_head,
            ),
            (
                "feed_lag_entries",
                "Entries that the tailer has yet to read",
                &seen.feed_lag,
            ),
            ("ready", "1 while /readyz answers 200", &seen.ready),
        ] {
            ours.register(name, help, gauge.clone());
        }
        let help = "SQL statements run to answer readers";
        ours.register("sql_statements", help, seen.statements.clone());
        let help = "Events executed and written, each once for all who ask in the same words";
        ours.register("events_executed", help, seen.executions.clone());
        seen
    }

    /// Under the names that clients of Prometheus agree upon.
    fn register_process(&self, root: &mut Registry, now: Instant) {
        let start: Gauge = Gauge::default();
        start.set(now.0 / 1_000_000);
        let help = "When the server began, since 1970";
        root.register_with_unit("process_start_time", help, Unit::Seconds, start);
        let help = "Memory in use";
        let resident = self.resident.clone();
        root.register_with_unit("process_resident_memory", help, Unit::Bytes, resident);
        let help = "Open file descriptors";
        root.register("process_open_fds", help, self.open_files.clone());
    }

    pub fn note(&self, sight: &Sight) {
        let connections = i64::try_from(sight.connections).unwrap_or(i64::MAX);
        self.connections.set(connections);
        self.feed_head.set(sight.feed_head);
        if let Some(head) = sight.ledger_head {
            self.ledger_head.set(head);
            self.feed_lag.set((head - sight.feed_head).max(0));
        }
        self.ready.set(i64::from(sight.is_ready));
        let (statements, executions) = (self.statements.inner(), self.executions.inner());
        statements.store(sight.statements, Ordering::Relaxed);
        executions.store(sight.executions, Ordering::Relaxed);
        if let Some(usage) = Usage::find() {
            self.resident.set(usage.resident_bytes);
            self.open_files.set(usage.open_files);
        }
    }
}

impl Usage {
    /// `proc(5)`, and so nothing but on Linux.
    fn find() -> Option<Self> {
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
