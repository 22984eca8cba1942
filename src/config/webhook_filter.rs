//! Filter of a webhook, as options of `demarche webhook add`.

use clap::Args;

use crate::model::country::ATLAS;
use crate::model::stance::{ChangeKind, Stance};
use crate::model::statement::ClaimantKind;
use crate::model::webhook::filter::WebhookFilter;

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
