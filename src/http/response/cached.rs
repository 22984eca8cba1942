//! Entries of the response cache: complete HTTP responses and the keys under which they are cached.
//!
//! The cache itself and its invalidation are in `cache/`.

use axum::{
    body::{self, Bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    common_headers::{REQUEST_ID, set_common_headers},
    content_negotiation::MediaType,
    error::HttpError,
    etag,
};
use crate::cache::tagged_cache::MemorySize;
use crate::{error::Error, model::role::Role};

/// The exact request bytes, and everything else that the bytes of the response depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ResponseKey {
    /// The request body, or the query string of the URL.
    pub(crate) request_bytes: Bytes,
    pub(crate) media_type: MediaType,
    pub(crate) role: Role,
    /// Only responses to anonymous requests may be stored by shared caches (`Cache-Control: public`).
    pub(crate) is_anonymous: bool,
    pub(crate) includes_cost: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct CachedResponse {
    status: StatusCode,
    /// All headers of the response, with an empty placeholder for the request id.
    headers: HeaderMap,
    body: Bytes,
    /// Cost to charge for the request, also when the cache responds.
    pub(crate) cost: u32,
}

impl CachedResponse {
    /// Reads the body and adds an `ETag` and the common headers.
    /// # Errors
    /// None at present: response bodies are in memory.
    pub(crate) async fn from_response(response: Response, cost: u32) -> Result<Self, HttpError> {
        let (mut parts, body) = response.into_parts();
        let body = body::to_bytes(body, usize::MAX)
            .await
            .map_err(Error::internal)?;
        if parts.status == StatusCode::OK {
            parts.headers.insert(header::ETAG, etag::from_bytes(&body));
        }
        set_common_headers(&mut parts.headers);
        parts
            .headers
            .insert(REQUEST_ID, HeaderValue::from_static(""));
        Ok(Self {
            status: parts.status,
            headers: parts.headers,
            body,
            cost,
        })
    }
}

impl IntoResponse for CachedResponse {
    fn into_response(self) -> Response {
        let mut response = Response::new(self.body.into());
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

impl MemorySize for ResponseKey {
    fn bytes(&self) -> usize {
        self.request_bytes.len()
    }
}

impl MemorySize for CachedResponse {
    fn bytes(&self) -> usize {
        self.body.len()
    }
}
