//! Whether the server can do its work, and what there is to see of it.
//!
//! Whoever watches holds nothing that would keep the server from ending. Invariant: however many ask at once, and however
//! long the database is silent, one at a time asks it, and each is answered within [`PATIENCE`].

use std::{
    sync::{Arc, atomic::AtomicU64, atomic::Ordering},
    time::{Duration, Instant},
};

use serde::Serialize;
use tokio::{sync::Mutex, time::timeout};

use super::tcp::connection_limiter::Connections;
use crate::lifecycle::{Phase, Phases};
use crate::{
    database::Database,
    error::Result,
    feed::Feed,
    ledger::head,
    telemetry::{metrics::Metrics, sampled::Sight},
};

pub(super) struct Vitals {
    pub(super) metrics: Arc<Metrics>,
    pub(super) phases: Phases,
    database: Database,
    feed: Feed,
    connections: Connections,
    executions: Arc<AtomicU64>,
    looked: Mutex<Looked>,
}

/// What the last look at the database found.
#[derive(Default)]
struct Looked {
    last: Option<(Instant, Found)>,
    /// An entry that the tailer had not read, and since when.
    behind: Option<(i64, Instant)>,
}

#[derive(Clone, Copy)]
struct Found {
    head: i64,
    is_current: bool,
}

/// What is well and what is not.
#[derive(Serialize)]
pub(super) struct Report {
    status: &'static str,
    checks: Checks,
    #[serde(skip)]
    head: Option<i64>,
}

/// In the order in which they depend on each other.
#[derive(Serialize)]
struct Checks {
    server: &'static str,
    database: &'static str,
    migrations: &'static str,
    feed: &'static str,
}

const OK: &str = "ok";
const UNKNOWN: &str = "unknown";
/// For the database to answer.
const PATIENCE: Duration = Duration::from_secs(1);
/// For the tailer to read what was committed.
const LAG: Duration = Duration::from_secs(2);
/// For how long what was found is given to others who ask.
const FRESH: Duration = Duration::from_millis(250);

impl Vitals {
    pub(super) fn new(
        metrics: Arc<Metrics>,
        phases: Phases,
        database: Database,
        feed: Feed,
        connections: Connections,
        executions: Arc<AtomicU64>,
    ) -> Self {
        Self {
            metrics,
            phases,
            database,
            feed,
            connections,
            executions,
            looked: Mutex::default(),
        }
    }

    /// All checks, within a second.
    pub(super) async fn report(&self) -> Report {
        let found = timeout(PATIENCE, self.look()).await;
        let (database, found) = match found {
            Ok(Ok(found)) => (OK, Some(found)),
            Ok(Err(error)) => {
                tracing::warn!(cause = %error.causes(), "the database does not answer a check");
                ("failing", None)
            }
            Err(_) => ("silent", None),
        };
        let checks = Checks {
            server: match self.phases.now() {
                Phase::Serving => OK,
                Phase::Draining | Phase::Stopping => "draining",
            },
            database,
            migrations: found.map_or(UNKNOWN, |(found, _)| judge(found.is_current, "pending")),
            feed: found.map_or(UNKNOWN, |(_, is_near)| judge(is_near, "behind")),
        };
        Report {
            status: judge(checks.are_ok(), "unavailable"),
            checks,
            head: found.map(|(found, _)| found.head),
        }
    }

    /// The metrics as a text.
    pub(super) async fn text(&self) -> Result<String> {
        let report = self.report().await;
        self.metrics.text(&Sight {
            connections: self.connections.in_all(),
            ledger_head: report.head,
            feed_head: self.feed.head(),
            is_ready: report.is_ready(),
            statements: self.database.statements(),
            executions: self.executions.load(Ordering::Relaxed),
        })
    }

    /// What the database says, and whether the tailer is near its head. Not by the readers' connections: that they are
    /// busy is no reason to send everybody away.
    async fn look(&self) -> Result<(Found, bool)> {
        let mut looked = self.looked.lock().await;
        let last = looked.last.filter(|(at, _)| at.elapsed() < FRESH);
        let found = if let Some((_, found)) = last {
            found
        } else {
            let found = find(&self.database).await?;
            looked.last = Some((Instant::now(), found));
            found
        };
        Ok((found, looked.is_near(found.head, self.feed.head())))
    }
}

async fn find(database: &Database) -> Result<Found> {
    Ok(Found {
        head: head::load(database.watcher()).await?.seq,
        is_current: database.is_current().await?,
    })
}

impl Looked {
    /// Whether the tailer, which has read so far, is not behind for long. Under many writes it is always a little behind,
    /// so what counts is how long it takes to reach one entry.
    fn is_near(&mut self, head: i64, read: i64) -> bool {
        self.behind = self.behind.filter(|(seq, _)| read < *seq);
        if head > read && self.behind.is_none() {
            self.behind = Some((head, Instant::now()));
        }
        self.behind.is_none_or(|(_, since)| since.elapsed() < LAG)
    }
}

impl Report {
    pub(super) fn is_ready(&self) -> bool {
        self.checks.are_ok()
    }
}

impl Checks {
    fn are_ok(&self) -> bool {
        let all = [self.server, self.database, self.migrations, self.feed];
        all.into_iter().all(|check| check == OK)
    }
}

fn judge(is_ok: bool, otherwise: &'static str) -> &'static str {
    if is_ok { OK } else { otherwise }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tailer_is_behind_once_an_entry_waits_for_too_long() {
        let mut looked = Looked::default();
        assert!(looked.is_near(5, 5) && looked.behind.is_none());
        assert!(looked.is_near(7, 5), "not for long yet");
        looked.behind = Some((7, Instant::now().checked_sub(LAG).unwrap()));
        assert!(!looked.is_near(9, 6));
        assert!(
            looked.is_near(9, 7),
            "it has come to where it was waited for"
        );
    }
}
