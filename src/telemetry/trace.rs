//! Trace export to a collector: OTLP in protobuf over HTTP.
//!
//! A separate thread sends the spans and drops them if it cannot; requests do not wait. Without a collector a span costs
//! one read of a static.

use std::time::Duration;

use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};
use url::Url;

use crate::error::{Error, Result};

/// Target that marks spans for the collector; they are not logged.
pub const TARGET: &str = "demarche_trace";

/// How long the shutdown waits for the collector to accept the remaining spans.
const FLUSH_TIMEOUT: Duration = Duration::from_millis(750);

pub struct TraceExporter(SdkTracerProvider);

impl TraceExporter {
    /// `collector` is an address without a path, such as `http://127.0.0.1:4318`.
    /// # Errors
    /// `Error::Internal` if no HTTP client can be created. The collector is not contacted yet.
    pub fn start(collector: &Url) -> Result<Self> {
        let endpoint = format!("{}/v1/traces", collector.as_str().trim_end_matches('/'));
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint)
            .build()
            .map_err(Error::internal)?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder()
            .with_service_name("demarche")
            .with_attribute(version);
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build());
        Ok(Self(provider.build()))
    }

    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'s> LookupSpan<'s>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("demarche"))
            .with_location(false)
            .with_target(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(is_exported))
    }

    /// Sends the remaining spans, or drops them after [`FLUSH_TIMEOUT`].
    pub fn shutdown(self) {
        if let Err(error) = self.0.shutdown_with_timeout(FLUSH_TIMEOUT) {
            tracing::warn!(%error, "could not flush the last traces");
        }
    }
}

/// Whether a span or event is exported: our spans, and warnings and errors within them.
fn is_exported(metadata: &Metadata<'_>) -> bool {
    let is_warning = metadata.is_event() && *metadata.level() <= Level::WARN;
    metadata.target() == TARGET || is_warning && metadata.target().starts_with("demarche")
}
