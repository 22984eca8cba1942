//! How the server is watched, and how it ends.

use std::net::SocketAddr;

use clap::{Args, ValueEnum};
use humantime::Duration;
use url::Url;

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Operating")]
pub struct Operating {
    /// Address and port for /metrics, /healthz and /readyz, apart from clients; by default metrics are told nowhere.
    #[arg(long, env = "DEMARCHE_METRICS_LISTEN")]
    pub metrics_listen: Option<SocketAddr>,
    /// How long to go on serving after the signal to stop, with /readyz at 503, so that load balancers notice.
    #[arg(long, env = "DEMARCHE_DRAIN_DELAY", default_value = "0s")]
    pub drain_delay: Duration,
    /// How lines of the log look.
    #[arg(long, env = "DEMARCHE_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
    /// Where traces are sent, by OTLP over HTTP, as in `http://127.0.0.1:4318`; by default nothing is traced.
    #[arg(long, env = "DEMARCHE_OTLP_ENDPOINT", value_parser = parse_collector)]
    pub otlp_endpoint: Option<Url>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// An object on each line, for whoever collects them.
    Json,
}

impl Default for Operating {
    fn default() -> Self {
        Self {
            metrics_listen: None,
            drain_delay: std::time::Duration::ZERO.into(),
            log_format: LogFormat::default(),
            otlp_endpoint: None,
        }
    }
}

fn parse_collector(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("{error}"))?;
    if url.scheme() == "http" {
        return Ok(url);
    }
    Err("a collector is spoken to over http, on this machine or a network of your own".to_owned())
}
