//! Webhooks: the options of a server that sends them, and the arguments of `demarche webhook`.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand};

use super::{
    Database,
    commands::{List, Output},
    expiry::Expiry,
    webhook_filter::FilterOptions,
};
use crate::model::time::Timestamp;
use crate::model::webhook::target::Loopback;

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Webhooks")]
pub struct WebhookConfig {
    /// Time for one delivery: connecting, sending, and the status of the response.
    #[arg(long = "webhook-timeout", env = "DEMARCHE_WEBHOOK_TIMEOUT", default_value_t = seconds(10), value_parser = parse_duration)]
    pub timeout: humantime::Duration,
    /// Pause after the first failed delivery of a change; each further pause is twice as long, up to an hour.
    #[arg(long = "webhook-retry-delay", env = "DEMARCHE_WEBHOOK_RETRY_DELAY", default_value_t = seconds(5), value_parser = parse_duration)]
    pub retry_delay: humantime::Duration,
    /// Failed deliveries of one change after which a webhook is paused.
    #[arg(
        long = "webhook-attempts",
        env = "DEMARCHE_WEBHOOK_ATTEMPTS",
        default_value_t = NonZeroU32::new(50).expect("a literal above zero")
    )]
    pub attempts: NonZeroU32,
    #[command(flatten)]
    pub targets: Targets,
}

impl Default for WebhookConfig {
    fn default() -> Self {
        Self {
            timeout: seconds(10),
            retry_delay: seconds(5),
            attempts: NonZeroU32::new(50).expect("a literal above zero"),
            targets: Targets::default(),
        }
    }
}

#[derive(Clone, Debug, Default, Args)]
pub struct Targets {
    /// Also allow webhooks to this machine (`127.0.0.0/8` and `::1`), without TLS, for tests.
    #[arg(
        long = "webhook-allow-loopback",
        env = "DEMARCHE_WEBHOOK_ALLOW_LOOPBACK",
        value_parser = BoolishValueParser::new(),
        action = clap::ArgAction::SetTrue
    )]
    pub allow_loopback: bool,
}

impl Targets {
    pub fn loopback(&self) -> Loopback {
        Loopback::new(self.allow_loopback)
    }
}

#[derive(Debug, Subcommand)]
pub enum Webhook {
    /// Add a webhook and print its number and its secret, which is shown only once.
    Add(Box<Add>),
    /// List the webhooks: number, state, place in the ledger, URL and filter.
    List(List),
    /// Stop sending to a webhook; it continues from the same place when it is resumed.
    Pause(Selected),
    /// Continue sending to a paused webhook, at once.
    Resume(Selected),
    /// Remove a webhook and its deliveries.
    Remove(Selected),
    /// Replace the secret of a webhook and print the new one. For a while each delivery is signed by both.
    Rotate(Rotate),
    /// Send the changes after a cursor again.
    Replay(Replay),
    /// List the last deliveries of a webhook, oldest first.
    Deliveries(Deliveries),
}

#[derive(Debug, Args)]
pub struct Selected {
    #[command(flatten)]
    pub database: Database,
    /// Number of the webhook.
    pub webhook: i64,
}

#[derive(Debug, Args)]
pub struct Deliveries {
    #[command(flatten)]
    pub selected: Selected,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Args)]
pub struct Add {
    #[command(flatten)]
    pub database: Database,
    /// Where to send changes: an https:// URL of a host with public addresses.
    pub url: String,
    #[command(flatten)]
    pub filter: FilterOptions,
    /// Send the changes after this ledger cursor; by default those that are recorded from now on.
    #[arg(long, env = "DEMARCHE_WEBHOOK_AFTER")]
    pub after: Option<String>,
    /// File with the secret, instead of a random one: `whsec_` and the base64 of 24 to 64 bytes.
    #[arg(long, env = "DEMARCHE_WEBHOOK_SECRET_FILE")]
    pub secret_file: Option<PathBuf>,
    #[command(flatten)]
    pub targets: Targets,
}

#[derive(Debug, Args)]
pub struct Rotate {
    #[command(flatten)]
    pub selected: Selected,
    /// File with the new secret, instead of a random one.
    #[arg(long, env = "DEMARCHE_WEBHOOK_SECRET_FILE")]
    pub secret_file: Option<PathBuf>,
    /// How long the earlier secret signs too.
    #[arg(long, env = "DEMARCHE_WEBHOOK_OVERLAP", default_value_t = hours(24))]
    pub overlap: humantime::Duration,
}

impl Rotate {
    /// The end of the overlap.
    /// # Errors
    /// `Error::BadUserInput` for a time that no calendar has.
    pub fn until(&self, now: Timestamp) -> crate::error::Result<Timestamp> {
        Expiry::After(self.overlap).after(now)
    }
}

#[derive(Debug, Args)]
pub struct Replay {
    #[command(flatten)]
    pub selected: Selected,
    /// Cursor of a stance change, ledger entry or ledger head.
    #[arg(long, env = "DEMARCHE_WEBHOOK_AFTER")]
    pub after: String,
}

fn parse_duration(text: &str) -> Result<humantime::Duration, String> {
    let duration: humantime::Duration = text.parse().map_err(|error| format!("{error}"))?;
    if duration.is_zero() {
        return Err("must be longer than zero, for example 500ms".to_owned());
    }
    Ok(duration)
}

fn seconds(count: u64) -> humantime::Duration {
    Duration::from_secs(count).into()
}

fn hours(count: u64) -> humantime::Duration {
    Duration::from_hours(count).into()
}
