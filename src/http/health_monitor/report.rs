//! Health report: the results of all checks, as the readiness endpoint shows them.

use serde::Serialize;

use crate::model::suspension::Suspension;

/// JSON body of the readiness endpoint.
#[derive(Serialize)]
pub(in crate::http) struct HealthReport {
    status: &'static str,
    checks: HealthChecks,
    #[serde(skip)]
    pub(super) head: Option<i64>,
    #[serde(skip)]
    pub(super) suspension: Option<Suspension>,
}

/// Each check depends on those before it.
#[derive(Serialize)]
pub(super) struct HealthChecks {
    pub(super) server: &'static str,
    pub(super) database: &'static str,
    pub(super) migrations: &'static str,
    pub(super) feed: &'static str,
    /// Not part of readiness: reads and subscriptions do not depend on it.
    pub(super) writes: String,
}

pub(super) const OK: &str = "ok";
pub(super) const UNKNOWN: &str = "unknown";
impl HealthReport {
    pub(super) fn new(
        checks: HealthChecks,
        suspension: Option<Suspension>,
        head: Option<i64>,
    ) -> Self {
        Self {
            status: match (checks.are_ok(), suspension) {
                (true, None) => OK,
                (true, Some(_)) => "degraded",
                (false, _) => "unavailable",
            },
            suspension,
            checks,
            head,
        }
    }

    pub(in crate::http) fn is_ready(&self) -> bool {
        self.checks.are_ok()
    }
}

impl HealthChecks {
    fn are_ok(&self) -> bool {
        let all = [self.server, self.database, self.migrations, self.feed];
        all.into_iter().all(|check| check == OK)
    }
}

pub(super) fn status(is_ok: bool, otherwise: &'static str) -> &'static str {
    if is_ok { OK } else { otherwise }
}
