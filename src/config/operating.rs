//! How the server is watched, and how it ends.

use std::net::SocketAddr;

use clap::Args;
use humantime::Duration;

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Operating")]
pub struct Operating {
    /// Address and port for /metrics, /healthz and /readyz, apart from clients; by default metrics are told nowhere.
    #[arg(long, env = "DEMARCHE_METRICS_LISTEN")]
    pub metrics_listen: Option<SocketAddr>,
    /// How long to go on serving after the signal to stop, with /readyz at 503, so that load balancers notice.
    #[arg(long, env = "DEMARCHE_DRAIN_DELAY", default_value = "0s")]
    pub drain_delay: Duration,
}

impl Default for Operating {
    fn default() -> Self {
        Self {
            metrics_listen: None,
            drain_delay: std::time::Duration::ZERO.into(),
        }
    }
}
