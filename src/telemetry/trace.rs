//! Traces for a collector: OTLP in protobuf over HTTP.
//!
//! Spans are sent by a thread of their own; where they cannot be, they are dropped, and nobody waits. Without a collector
//! a span costs one look at a static.

use std::time::Duration;

use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};
use url::Url;

use crate::error::{Error, Result};

/// What spans for the collector are told by; they are no lines of the log.
pub const TARGET: &str = "demarche_trace";

/// How long the end waits for the collector to take what is left.
const FLUSH: Duration = Duration::from_millis(750);

pub struct Traces(SdkTracerProvider);

impl Traces {
    /// `collector` is an address without a path, such as `http://127.0.0.1:4318`.
    /// # Errors
    /// `Error::Internal` if there can be no client for it. Nobody is asked yet.
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
            .with_filter(filter_fn(is_told))
    }

    /// Sends what is left, or gives it up.
    pub fn end(self) {
        if let Err(error) = self.0.shutdown_with_timeout(FLUSH) {
            tracing::warn!(%error, "the last traces were not taken");
        }
    }
}

/// Our spans, and what went wrong within them.
fn is_told(metadata: &Metadata<'_>) -> bool {
    let is_fault = metadata.is_event() && *metadata.level() <= Level::WARN;
    metadata.target() == TARGET || is_fault && metadata.target().starts_with("demarche")
}
