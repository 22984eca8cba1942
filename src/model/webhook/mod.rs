//! Webhooks: where stance changes are sent, which of them, and how they are signed (Standard Webhooks).

pub mod address;
pub mod filter;
pub mod retry;
pub mod secret;
pub mod target;

/// Numbers of webhooks by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WebhookCounts {
    /// Whose last attempt did not fail.
    pub active: i64,
    /// Whose last attempt failed, and will be repeated.
    pub failing: i64,
    pub paused: i64,
}
