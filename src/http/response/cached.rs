//! Entries of the response cache: complete HTTP responses and the keys under which they are cached.
//!
//! The cache itself and its invalidation are in `cache/`.

use axum::{
    body::{self, Bytes},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

use super::{
    common_headers::{REQUEST_ID, set_common_headers},
    content_negotiation::MediaType,
    error::HttpError,
    etag,
};
use crate::cache::tagged_cache::MemorySize;
use crate::http::clients::{
    client_ip::ClientIp,
    held_bytes::{UNCOUNTED_RESPONSE_BYTES, hold},
    resource_exceeded::ResourceExceeded,
    resource_limiter::ResourceLimiter,
};
use crate::model::role::Role;

/// How the request bytes were sent. The same bytes mean different requests, and the headers of the responses differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum RequestMethod {
    Get,
    Post,
}

/// The exact request bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SentRequest {
    pub(crate) method: RequestMethod,
    /// The request body, or the query string of the URL.
    pub(crate) bytes: Bytes,
    /// The query string of the URL besides a body; it may pin the query.
    pub(crate) url_query: Bytes,
}

impl SentRequest {
    pub(crate) fn by_post(body: Bytes, uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        Self {
            method: RequestMethod::Post,
            bytes: body,
            url_query: Bytes::copy_from_slice(query.as_bytes()),
        }
    }

    fn len(&self) -> usize {
        self.bytes.len() + self.url_query.len()
    }
}

/// The exact request bytes, and everything else that the response depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ResponseKey {
    pub(crate) sent: SentRequest,
    pub(crate) media_type: MediaType,
    pub(crate) role: Role,
    /// Only responses to anonymous requests may be stored by shared caches (`Cache-Control: public`).
    pub(crate) is_anonymous: bool,
    pub(crate) includes_cost: bool,
}

impl ResponseKey {
    /// The key to insert. The request bytes may be a slice of the connection's read buffer, which a cached slice would
    /// hold in memory; the copy holds nothing else.
    pub(crate) fn detached(self) -> Self {
        Self {
            sent: SentRequest {
                bytes: Bytes::copy_from_slice(&self.sent.bytes),
                ..self.sent
            },
            ..self
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct CachedResponse {
    status: StatusCode,
    /// All headers of the response, with an empty placeholder for the request id.
    headers: HeaderMap,
    body: Bytes,
    /// Cost to charge when the cache responds.
    pub(crate) cost: u32,
}

/// Cost of a response from the cache: that of finding it and of sending its bytes, and never more than the first time.
fn repeat_cost(cost: u32, body_bytes: usize) -> u32 {
    let bytes = u32::try_from(body_bytes / BYTES_PER_UNIT).unwrap_or(u32::MAX);
    cost.min(REPEAT_COST.saturating_add(bytes))
}

/// Units of cost for finding a cached response.
const REPEAT_COST: u32 = 20;
/// Bytes of a cached response that are sent for one unit of cost.
const BYTES_PER_UNIT: usize = 4096;

impl CachedResponse {
    /// Reads the body and adds the common headers.
    /// # Errors
    /// None at present: response bodies are in memory.
    pub(crate) async fn from_response(response: Response, cost: u32) -> Result<Self, HttpError> {
        let (mut parts, body) = response.into_parts();
        let body = body::to_bytes(body, usize::MAX).await.map_err(|error| {
            tracing::error!(%error, "could not read the body of a response");
            HttpError::internal()
        })?;
        set_common_headers(&mut parts.headers);
        parts
            .headers
            .insert(REQUEST_ID, HeaderValue::from_static(""));
        Ok(Self {
            status: parts.status,
            headers: parts.headers,
            // The encoder's buffer is larger than its content.
            body: Bytes::copy_from_slice(&body),
            cost: repeat_cost(cost, body.len()),
        })
    }
}

impl CachedResponse {
    /// The same response, with an `ETag`.
    pub(crate) fn with_tag(mut self) -> Self {
        // A strong tag names one representation, so those of two media types differ (RFC 9110, 8.8.3).
        let media = self.headers.get(header::CONTENT_TYPE);
        let tag = etag::from_parts(&[media.map_or(b"", HeaderValue::as_bytes), &self.body]);
        self.headers.insert(header::ETAG, tag);
        self
    }

    /// The same response, whose body counts as held by the client until it is sent.
    /// # Errors
    /// The limit that it would exceed.
    pub(crate) fn held_by(
        mut self,
        client: ClientIp,
        limiter: &ResourceLimiter,
    ) -> Result<Self, ResourceExceeded> {
        if self.body.len() > UNCOUNTED_RESPONSE_BYTES {
            let permit = limiter.reserve(client, self.body.len())?;
            self.body = hold(self.body, permit);
        }
        Ok(self)
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

/// Bytes of a header in a `HeaderMap` without its value: its name, its hash and the value's handle.
const HEADER_BYTES: usize = 112;

impl MemorySize for ResponseKey {
    fn bytes(&self) -> usize {
        self.sent.len()
    }
}

impl MemorySize for CachedResponse {
    fn bytes(&self) -> usize {
        let values: usize = self.headers.values().map(HeaderValue::len).sum();
        self.body.len() + values + self.headers.capacity() * HEADER_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cached_key_does_not_hold_the_buffer_that_it_was_read_into() {
        let buffer = Bytes::from(vec![b'x'; 1 << 20]);
        let key = ResponseKey {
            sent: SentRequest {
                method: RequestMethod::Post,
                bytes: buffer.slice(..10),
                url_query: Bytes::new(),
            },
            media_type: MediaType::Json,
            role: Role::Reader,
            is_anonymous: true,
            includes_cost: false,
        };
        let cached = key.clone().detached();
        assert_eq!(cached, key);
        drop(key);
        assert!(buffer.is_unique(), "the buffer is still referenced");
    }

    #[tokio::test]
    async fn a_cached_response_weighs_its_body_and_headers_and_holds_no_spare_capacity() {
        let mut text = Vec::with_capacity(1 << 16);
        text.extend_from_slice(b"{}");
        let response = Response::new(Bytes::from(text).into());
        let cached = CachedResponse::from_response(response, 1).await.unwrap();
        let copy = Vec::from(cached.body.clone());
        assert!(copy.capacity() < 1 << 10, "{}", copy.capacity());
        assert!(cached.bytes() >= cached.headers.len() * HEADER_BYTES + 2);
    }
}
