//! Health and readiness checks, and the sample of gauges for the metrics endpoint.
//!
//! [`HealthMonitor::check`] probes the database and compares its head with the feed; the result is cached for
//! [`PROBE_TTL`]. The HTTP handlers are in `admin/`. The monitor holds no resource that shutdown waits for.
//! Invariant: at most one probe queries the database at a time, and every check returns within [`PROBE_TIMEOUT`].

mod report;

use std::{
    sync::{Arc, atomic::AtomicU64, atomic::Ordering},
    time::{Duration, Instant},
};

use tokio::{sync::Mutex, time::timeout};

use super::clients::resource_limiter::ResourceLimiter;
use crate::lifecycle::{Lifecycle, Phase};
use crate::{
    database::Database,
    error::{Error, Result},
    feed::Feed,
    ledger::head,
    ledger::webhooks,
    ledger::write_health::WriteHealth,
    model::suspension::Suspension,
    model::webhook::WebhookCounts,
    telemetry::{
        metrics::{Metrics, TextFormat},
        repeated_failure::RepeatedFailure,
        sampled::Sample,
    },
};
use report::{HealthChecks, HealthReport, OK, UNKNOWN, status, webhooks_status};

/// Clones share the last probe.
#[derive(Clone)]
pub(super) struct HealthMonitor(Arc<Sources>);

/// What the checks and the sample read.
struct Sources {
    metrics: Arc<Metrics>,
    lifecycle: Lifecycle,
    write_health: WriteHealth,
    database: Database,
    feed: Feed,
    connections: ResourceLimiter,
    executions: Arc<AtomicU64>,
    state: Mutex<ProbeState>,
    queries: RepeatedFailure,
    integrity: RepeatedFailure,
}

/// Result of the last database probe, and the progress of the feed since.
#[derive(Default)]
struct ProbeState {
    last: Option<(Instant, DatabaseProbe)>,
    /// Seq of an entry that the tailer had not read yet, and when that was first seen.
    behind: Option<(i64, Instant)>,
}

#[derive(Clone, Copy)]
struct DatabaseProbe {
    head: i64,
    /// When the newest entry was recorded.
    recorded_at: Option<i64>,
    /// The results of the checks `database` and `migrations`.
    database: &'static str,
    migrations: &'static str,
    is_standby: bool,
    /// `None` if they cannot be counted, which does not make the server unready.
    webhooks: Option<WebhookCounts>,
}

/// Time limit of one check.
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);
/// Maximum time for the tailer to read a committed entry.
const MAX_FEED_LAG: Duration = Duration::from_secs(2);
/// Lifetime of a cached probe result.
const PROBE_TTL: Duration = Duration::from_millis(250);

impl HealthMonitor {
    pub(super) fn new(
        metrics: Arc<Metrics>,
        lifecycle: Lifecycle,
        write_health: WriteHealth,
        database: Database,
        feed: Feed,
        connections: ResourceLimiter,
        executions: Arc<AtomicU64>,
    ) -> Self {
        Self(Arc::new(Sources {
            metrics,
            lifecycle,
            write_health,
            database,
            feed,
            connections,
            executions,
            state: Mutex::default(),
            queries: RepeatedFailure::new("health checks of the database"),
            integrity: RepeatedFailure::new("tables, triggers and head of the database"),
        }))
    }

    pub(super) fn phase(&self) -> Phase {
        self.0.lifecycle.phase()
    }

    /// Runs all checks, within [`PROBE_TIMEOUT`].
    pub(super) async fn check(&self) -> HealthReport {
        let result = timeout(PROBE_TIMEOUT, self.probe()).await;
        let (database, probe) = match result {
            Ok(Ok(probe)) => {
                self.0.queries.ends();
                (probe.0.database, Some(probe))
            }
            Ok(Err(error)) => {
                if self.0.queries.begins() {
                    tracing::warn!(cause = %error.cause_chain(), "health check failed: database query failed");
                }
                ("failing", None)
            }
            Err(_) => ("silent", None),
        };
        let webhooks = probe.and_then(|(probe, _)| probe.webhooks);
        let recorded_at = probe.and_then(|(probe, _)| probe.recorded_at);
        let suspension = self.0.write_health.suspension(recorded_at);
        let is_standby = probe.is_some_and(|(probe, _)| probe.is_standby);
        let suspension = suspension.or(is_standby.then_some(Suspension::ReadOnly));
        let checks = HealthChecks {
            server: match self.phase() {
                Phase::Serving => OK,
                Phase::Draining | Phase::Stopping => "draining",
            },
            database: match suspension {
                Some(Suspension::FileReplaced) => "replaced",
                _ => database,
            },
            migrations: probe.map_or(UNKNOWN, |(probe, _)| probe.migrations),
            feed: match probe {
                _ if self.0.feed.is_failing() && probe.is_some() => "failing",
                None => UNKNOWN,
                Some((_, is_caught_up)) => status(is_caught_up, "behind"),
            },
            writes: suspension.map_or(OK, Into::into).to_owned(),
            webhooks: webhooks.map_or(UNKNOWN, webhooks_status),
        };
        let head = probe.map(|(probe, _)| probe.head);
        HealthReport::new(checks, suspension, head, webhooks)
    }

    /// Renders all metrics in the OpenMetrics text format.
    pub(super) async fn render_metrics(&self, format: TextFormat) -> Result<String> {
        let report = self.check().await;
        let sample = Sample {
            connections: self.0.connections.total(),
            ledger_head: report.head,
            feed_head: self.0.feed.head(),
            is_ready: report.is_ready(),
            suspension: report.suspension,
            webhooks: report.webhooks,
            statements: self.0.database.sql_statements(),
            executions: self.0.executions.load(Ordering::Relaxed),
        };
        self.0.metrics.text(&sample, format)
    }

    /// The database probe, cached for [`PROBE_TTL`], and whether the feed has caught up. The probe uses the tailer's
    /// connection: an exhausted pool of read connections must not make the server unready.
    async fn probe(&self) -> Result<(DatabaseProbe, bool)> {
        let mut state = self.0.state.lock().await;
        let fresh = state.last.filter(|(at, _)| at.elapsed() < PROBE_TTL);
        let probe = if let Some((_, probe)) = fresh {
            probe
        } else {
            let probe = self.query_database().await?;
            state.last = Some((Instant::now(), probe));
            probe
        };
        Ok((probe, state.is_caught_up(probe.head, self.0.feed.head())))
    }

    async fn query_database(&self) -> Result<DatabaseProbe> {
        let database = &self.0.database;
        let head = head::load_head(database.tail_connection()).await?;
        let is_current = database.is_current().await?;
        let structure = match database.inspect_structure().await?.check() {
            // A pending migration may bring what is missing.
            Err(error) if is_current => Some(error),
            _ => None,
        };
        let end = database_error(head::check_end(database.tail_connection()).await)?;
        match structure.as_ref().or(end.as_ref()) {
            None => self.0.integrity.ends(),
            Some(error) if self.0.integrity.begins() => {
                tracing::error!(cause = %error, "the database is damaged");
            }
            Some(_) => {}
        }
        Ok(DatabaseProbe {
            head: head.seq,
            recorded_at: head.recorded_at,
            database: status(end.is_none(), "inconsistent"),
            migrations: if is_current {
                status(structure.is_none(), "altered")
            } else {
                "pending"
            },
            is_standby: database.is_standby().await?,
            webhooks: webhooks::count(database.tail_connection()).await.ok(),
        })
    }
}

/// Separates what a check found from a failure of its query.
fn database_error(result: Result<()>) -> Result<Option<Error>> {
    match result {
        Err(error) if error.is_database_failure() => Err(error),
        result => Ok(result.err()),
    }
}

impl ProbeState {
    /// Whether the tailer reads each entry within [`MAX_FEED_LAG`]. Under constant writes it is always slightly behind
    /// the head, so this measures the time until it reaches one particular entry.
    fn is_caught_up(&mut self, head: i64, feed_head: i64) -> bool {
        self.behind = self.behind.filter(|(seq, _)| feed_head < *seq);
        if head > feed_head && self.behind.is_none() {
            self.behind = Some((head, Instant::now()));
        }
        self.behind
            .is_none_or(|(_, since)| since.elapsed() < MAX_FEED_LAG)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_feed_is_behind_once_an_entry_stays_unread_for_too_long() {
        let mut state = ProbeState::default();
        assert!(state.is_caught_up(5, 5) && state.behind.is_none());
        assert!(state.is_caught_up(7, 5), "not for long yet");
        state.behind = Some((7, Instant::now().checked_sub(MAX_FEED_LAG).unwrap()));
        assert!(!state.is_caught_up(9, 6));
        assert!(state.is_caught_up(9, 7), "the awaited entry was read");
    }
}
