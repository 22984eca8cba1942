//! Trace export to a collector: OTLP in protobuf over HTTP.
//!
//! A separate thread sends the spans and drops them if it cannot; requests do not wait. Without a collector a span costs
//! one read of a static.

use std::time::Duration;

use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter as ExportSpans};
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};
use url::Url;

use super::repeated_failure::RepeatedFailure;
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
            .with_batch_exporter(ReportingExporter {
                exporter,
                failure: RepeatedFailure::new("exports of traces"),
            })
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

/// Logs once that the collector cannot be reached, and once that it can again; the SDK would log each batch.
#[derive(Debug)]
struct ReportingExporter {
    exporter: SpanExporter,
    failure: RepeatedFailure,
}

impl ExportSpans for ReportingExporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        match self.exporter.export(batch).await {
            Ok(()) => self.failure.ends(),
            Err(error) => {
                if self.failure.begins() {
                    tracing::warn!(%error, "cannot send traces to the collector (--otlp-endpoint); spans are dropped");
                }
            }
        }
        Ok(())
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

/// Whether a span or event is exported: our spans, and warnings and errors within them.
fn is_exported(metadata: &Metadata<'_>) -> bool {
    let is_warning = metadata.is_event() && *metadata.level() <= Level::WARN;
    metadata.target() == TARGET || is_warning && metadata.target().starts_with("demarche")
}
