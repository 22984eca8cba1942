//! Telemetry options: the admin listener, the log format and the trace collector.

use std::net::SocketAddr;

use clap::{Args, ValueEnum};
use url::Url;

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Telemetry")]
pub struct TelemetryConfig {
    /// Address and port for /metrics, /healthz and /readyz, on a separate address; off by default.
    #[arg(long, env = "DEMARCHE_ADMIN_LISTEN")]
    pub admin_listen: Option<SocketAddr>,
    /// Log format: `text` or `json`.
    #[arg(long, env = "DEMARCHE_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
    /// Where to send traces, as OTLP over HTTP, for example `http://127.0.0.1:4318`; by default tracing is off.
    #[arg(long, env = "DEMARCHE_OTLP_ENDPOINT", value_parser = parse_otlp_endpoint)]
    pub otlp_endpoint: Option<Url>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text for people.
    #[default]
    Text,
    /// A JSON object per line, for log collectors.
    Json,
}

fn parse_otlp_endpoint(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("{error}"))?;
    if url.scheme() == "http" {
        return Ok(url);
    }
    Err("must be an http:// URL (TLS is not supported); run the collector on the same host or a private network".to_owned())
}
