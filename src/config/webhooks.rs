//! Webhooks: the options of a server that sends them, and the arguments of `demarche webhook`.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand};

use super::{Database, expiry::Expiry};
use crate::model::country::ATLAS;
use crate::model::stance::{ChangeKind, Stance};
use crate::model::statement::ClaimantKind;
use crate::model::time::Timestamp;
use crate::model::webhook::filter::WebhookFilter;
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
    List(Database),
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
    Deliveries(Selected),
}

#[derive(Debug, Args)]
pub struct Selected {
    #[command(flatten)]
    pub database: Database,
    /// Number of the webhook.
    pub webhook: i64,
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

/// The conditions of `StanceChangeFilter`. Each may be repeated or have several values, separated by commas.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filter (without one every stance change is sent)")]
pub struct FilterOptions {
    /// Slug of an initiative. Repeatable, as all of these.
    #[arg(
        long = "initiative",
        env = "DEMARCHE_WEBHOOK_INITIATIVE",
        value_delimiter = ','
    )]
    initiatives: Vec<String>,
    /// ISO 3166-1 alpha-2 code of the requested state.
    #[arg(long = "country", env = "DEMARCHE_WEBHOOK_COUNTRY", value_delimiter = ',', value_parser = parse_country)]
    countries: Vec<String>,
    /// UN M49 code of a region or subregion of the requested state.
    #[arg(long = "region", env = "DEMARCHE_WEBHOOK_REGION", value_delimiter = ',', value_parser = parse_region)]
    regions: Vec<String>,
    /// Stance before the change, for example AGREED.
    #[arg(long, env = "DEMARCHE_WEBHOOK_FROM", value_delimiter = ',', value_parser = parse_stance)]
    from: Vec<Stance>,
    /// Stance after the change.
    #[arg(long, env = "DEMARCHE_WEBHOOK_TO", value_delimiter = ',', value_parser = parse_stance)]
    to: Vec<Stance>,
    /// Stance before or after the change.
    #[arg(long, env = "DEMARCHE_WEBHOOK_INVOLVES", value_delimiter = ',', value_parser = parse_stance)]
    involves: Vec<Stance>,
    /// Kind of change: EVENT, CORRECTION or RETRACTION.
    #[arg(long = "kind", env = "DEMARCHE_WEBHOOK_KIND", value_delimiter = ',', value_parser = parse_kind)]
    kinds: Vec<ChangeKind>,
    /// Category of the claimant, for example `COURT`.
    #[arg(long = "claimant", env = "DEMARCHE_WEBHOOK_CLAIMANT", value_delimiter = ',', value_parser = parse_claimant)]
    claimants: Vec<ClaimantKind>,
    /// Whether the position was disputed after the change: true or false.
    #[arg(long, env = "DEMARCHE_WEBHOOK_DISPUTED")]
    disputed: Option<bool>,
    /// Whether the transition is unusual: true or false.
    #[arg(long, env = "DEMARCHE_WEBHOOK_UNUSUAL")]
    unusual: Option<bool>,
}

/// The values in order, each once.
fn unique<T: Clone + Ord>(values: &[T]) -> Vec<T> {
    let mut values = values.to_vec();
    values.sort();
    values.dedup();
    values
}

impl FilterOptions {
    pub fn filter(&self) -> WebhookFilter {
        WebhookFilter {
            initiatives: unique(&self.initiatives),
            countries: unique(&self.countries),
            regions: unique(&self.regions),
            from: unique(&self.from),
            to: unique(&self.to),
            involves: unique(&self.involves),
            kinds: unique(&self.kinds),
            claimants: unique(&self.claimants),
            disputed: self.disputed,
            unusual: self.unusual,
        }
    }
}

fn parse_country(text: &str) -> Result<String, String> {
    let country = ATLAS.find_country(text);
    let code = country.map(|country| country.code.clone());
    code.ok_or_else(|| {
        format!("`{text}` is not a country code; use an ISO 3166-1 alpha-2 code or XK")
    })
}

fn parse_region(text: &str) -> Result<String, String> {
    let region = ATLAS.find_region(text);
    let code = region.map(|region| region.code.clone());
    code.ok_or_else(|| {
        format!("`{text}` is not a region; use a UN M49 code, for example 002 for Africa")
    })
}

fn parse_stance(text: &str) -> Result<Stance, String> {
    let stance = text.parse();
    stance.map_err(|_| format!("`{text}` is not a stance; use a name such as AGREED"))
}

fn parse_kind(text: &str) -> Result<ChangeKind, String> {
    let kind = text.parse();
    kind.map_err(|_| {
        format!("`{text}` is not a kind of change; use EVENT, CORRECTION or RETRACTION")
    })
}

fn parse_claimant(text: &str) -> Result<ClaimantKind, String> {
    let kind = text.parse();
    kind.map_err(|_| format!("`{text}` is not a category of claimants; use a name such as COURT"))
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
