//! Logging to standard error: text for people, or JSON for log collectors.

use std::{backtrace::Backtrace, io, io::IsTerminal, panic};

use serde_json::{Map, Value, json};
use tracing_subscriber::{
    EnvFilter, Layer, fmt, layer::SubscriberExt, registry::Registry, util::SubscriberInitExt,
};

use super::trace::TraceExporter;
use crate::config::{log_filter, telemetry::LogFormat};
use crate::model::time::Timestamp;

type LogLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Starts logging and, if there is a collector, the export of spans. Call it once per process.
pub fn start(format: LogFormat, traces: Option<&TraceExporter>) {
    let filter = EnvFilter::new(log_filter());
    let lines = fmt::layer().with_writer(io::stderr);
    let lines: LogLayer = match format {
        LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).boxed(),
        LogFormat::Json => {
            panic::set_hook(Box::new(|panic| {
                let backtrace = Backtrace::capture();
                tracing::error!(%panic, %backtrace, "panic");
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
        // The log filter applies to the log layer only: exporting a span does not log it.
        Some(traces) => tracing_subscriber::registry()
            .with(lines.with_filter(filter))
            .with(traces.layer())
            .init(),
    }
}

/// A line in the form of the JSON log, for what is not logged: results on standard output, and errors before the log starts.
pub fn json_line(now: Timestamp, level: &str, message: &str, fields: Map<String, Value>) -> String {
    let line = json!({ "timestamp": now.to_string(), "level": level, "message": message, "target": "demarche" });
    let Value::Object(mut line) = line else {
        return message.to_owned();
    };
    line.extend(fields);
    Value::Object(line).to_string()
}
