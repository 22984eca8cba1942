//! Lines of the log, on standard error: for people, or in JSON for whoever collects them.

use std::{backtrace::Backtrace, io, io::IsTerminal, panic};

use tracing_subscriber::{
    EnvFilter, Layer, fmt, layer::SubscriberExt, registry::Registry, util::SubscriberInitExt,
};

use super::trace::Traces;
use crate::config::{log_filter, telemetry::LogFormat};

type Lines = Box<dyn Layer<Registry> + Send + Sync>;

/// From now on the process logs, and tells its spans where there is a collector. Once in a process.
pub fn start(format: LogFormat, traces: Option<&Traces>) {
    let filter = EnvFilter::new(log_filter());
    let lines = fmt::layer().with_writer(io::stderr);
    let lines: Lines = match format {
        LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).boxed(),
        LogFormat::Json => {
            panic::set_hook(Box::new(|panic| {
                let backtrace = Backtrace::capture();
                tracing::error!(%panic, %backtrace, "a panic");
            }));
            let lines = lines.with_ansi(false).json().flatten_event(true);
            lines.with_span_list(false).boxed()
        }
    };
    match traces {
        None => tracing_subscriber::registry()
            .with(lines)
            .with(filter)
            .init(),
        // Each to its own: what is traced is not logged for it.
        Some(traces) => tracing_subscriber::registry()
            .with(lines.with_filter(filter))
            .with(traces.layer())
            .init(),
    }
}
