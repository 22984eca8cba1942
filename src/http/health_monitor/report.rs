//! Health report: the results of all checks, as the readiness endpoint shows them.

use serde::Serialize;

use crate::model::suspension::Suspension;
use crate::model::webhook::WebhookCounts;

/// JSON body of the readiness endpoint.
#[derive(Serialize)]
pub(in crate::http) struct HealthReport {
    status: &'static str,
    checks: HealthChecks,
    #[serde(skip)]
    pub(super) head: Option<i64>,
    #[serde(skip)]
    pub(super) suspension: Option<Suspension>,
    #[serde(skip)]
    pub(super) webhooks: Option<WebhookCounts>,
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
    /// As `writes`.
    pub(super) webhooks: &'static str,
}

pub(super) const OK: &str = "ok";
pub(super) const UNKNOWN: &str = "unknown";
impl HealthReport {
    pub(super) fn new(
        checks: HealthChecks,
        suspension: Option<Suspension>,
        head: Option<i64>,
        webhooks: Option<WebhookCounts>,
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
            webhooks,
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

/// The worst state of a webhook.
pub(super) fn webhooks_status(counts: WebhookCounts) -> &'static str {
    match counts {
        WebhookCounts { paused: 1.., .. } => "paused",
        WebhookCounts { failing: 1.., .. } => "failing",
        _ => OK,
    }
}

pub(super) fn status(is_ok: bool, otherwise: &'static str) -> &'static str {
    if is_ok { OK } else { otherwise }
}
