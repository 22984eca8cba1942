//! Response cache: responses by what their requests mean, found by the exact bytes of a request or by its operation.
//!
//! Clients print one document in several ways. The bytes of a request are looked up first, because that needs no
//! parsing; they lead to the operation, and the operation to the response. A response with errors is never cached, so
//! none contains locations. Invariant: both parts together hold at most the configured bytes.

use std::future::Future;

use async_graphql::Request;
use axum::{body::Bytes, http::HeaderValue};
use quick_cache::{Weighter, sync::Cache};
use sha2::{Digest, Sha256};

use super::cached::{CachedResponse, ResponseKey, SentRequest};
use crate::cache::{
    recorder::TagRecorder,
    tagged_cache::{Computed, MemorySize, TaggedCache},
};
use crate::feed::Feed;
use crate::graphql::request_data::find_data;
use crate::graphql::validation::{find_operation, prepared_document::PreparedDocument};
use crate::model::pin::PinRequest;
use crate::telemetry::metrics::CacheMetrics;

pub(crate) struct ResponseCache {
    /// The operation of each request, by its bytes.
    operations: Cache<ResponseKey, OperationKey, RequestWeighter>,
    request_metrics: CacheMetrics,
    responses: TaggedCache<OperationKey, CachedResponse>,
}

/// Identifies all requests that get the same response: document, selected operation, variables and pin.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct OperationKey {
    /// What the response depends on besides the operation; its request bytes are a digest of the operation.
    key: ResponseKey,
}

#[derive(Clone)]
struct RequestWeighter;

impl Weighter<ResponseKey, OperationKey> for RequestWeighter {
    fn weight(&self, request: &ResponseKey, operation: &OperationKey) -> u64 {
        (request.bytes() + operation.bytes() + REQUEST_OVERHEAD_BYTES) as u64
    }
}

/// Bytes of the parts of a request's entry that have a fixed size.
const REQUEST_OVERHEAD_BYTES: usize = 384;
/// One in so many bytes of the cache holds requests; the others hold responses.
const REQUEST_SHARE: u64 = 4;
/// Assumed bytes of a request when the cache is allocated.
const TYPICAL_REQUEST_BYTES: u64 = 2 << 10;

impl ResponseCache {
    /// `bytes` limits the total size of all entries; 0 caches nothing.
    pub(crate) fn new(
        bytes: u64,
        feed: Feed,
        metrics: CacheMetrics,
        request_metrics: CacheMetrics,
    ) -> Self {
        let request_bytes = bytes / REQUEST_SHARE;
        let capacity = usize::try_from(request_bytes / TYPICAL_REQUEST_BYTES).unwrap_or(usize::MAX);
        Self {
            operations: Cache::with_weighter(capacity.max(1), request_bytes, RequestWeighter),
            request_metrics,
            responses: TaggedCache::new(bytes - request_bytes, feed, metrics),
        }
    }

    /// The response to the same request, if it is cached and valid.
    pub(crate) fn find(&self, request: &ResponseKey) -> Option<CachedResponse> {
        let Some(operation) = self.operations.get(request) else {
            self.request_metrics.misses.inc();
            return None;
        };
        self.request_metrics.hits.inc();
        self.responses.find(&operation)
    }

    /// The cached response of the operation, or the result of `compute`, which records its tags in `recorder`. The next
    /// request with the same bytes finds it.
    /// # Errors
    /// Those of `compute`.
    pub(crate) async fn find_or_compute<E>(
        &self,
        request: ResponseKey,
        operation: OperationKey,
        recorder: TagRecorder,
        compute: impl Future<Output = Result<Computed<CachedResponse>, E>>,
    ) -> Result<CachedResponse, E> {
        let computation = self
            .responses
            .find_or_compute(operation.clone(), recorder, compute);
        let response = computation.await?;
        if self.responses.contains(&operation) {
            self.operations.insert(request.detached(), operation);
            self.request_metrics.record_bytes(self.operations.weight());
        }
        Ok(response)
    }
}

impl OperationKey {
    /// The key of a prepared request; `None` if it has no operation. The header is part of the response, and depends on
    /// how the request was sent.
    pub(crate) fn of_request(
        key: &ResponseKey,
        request: &Request,
        cache_control: &HeaderValue,
    ) -> Option<Self> {
        let document = PreparedDocument::of_request(request)?;
        let pin = requested_pin(request);
        let name = request.operation_name.as_deref();
        find_operation(document.parsed(), name)?;
        // The only operation is selected with its name and without.
        let is_only = document.parsed().operations.iter().count() == 1;
        let name = name.filter(|_| !is_only).unwrap_or_default();
        let variables = serde_json::to_vec(&request.variables).ok()?;
        let mut digest = Sha256::new();
        let text = document.canonical_text().as_bytes();
        for part in [text, name.as_bytes(), cache_control.as_bytes()] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        digest.update((variables.len() as u64).to_le_bytes());
        digest.update(&variables);
        if let Some(PinRequest { seq, generation }) = pin {
            digest.update(seq.to_le_bytes());
            digest.update(generation.as_deref().unwrap_or_default());
        }
        let sent = SentRequest {
            method: key.sent.method,
            bytes: Bytes::copy_from_slice(&digest.finalize()),
            url_query: Bytes::new(),
        };
        let key = ResponseKey {
            sent,
            ..key.clone()
        };
        Some(Self { key })
    }
}

/// The pin of a prepared request.
pub(crate) fn requested_pin(request: &Request) -> Option<&PinRequest> {
    find_data(request)
}

impl MemorySize for OperationKey {
    fn bytes(&self) -> usize {
        self.key.bytes()
    }
}
