//! The response with a file: its headers, and its body as a stream of parts.

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};

use super::file::{ExportFile, Resource};
use crate::http::response::common_headers::{IMMUTABLE_PRIVATE, IMMUTABLE_PUBLIC, NO_CACHE};
use crate::http::{
    queries::{
        error::QueryError,
        parameters::Parameters,
        pinned_query::{PinnedQuery, RateLimit},
    },
    response::etag,
};

/// The state of the ledger that a file shows.
const SEQ: HeaderName = HeaderName::from_static("demarche-seq");

/// The headers of a file.
pub(super) struct Representation(HeaderMap);

impl Representation {
    pub(super) fn new(
        resource: Resource,
        query: &PinnedQuery,
        parameters: &Parameters,
        is_anonymous: bool,
    ) -> Self {
        let seq = query.seq;
        let address = resource.address(parameters, seq);
        let file = format!("attachment; filename=\"{}\"", resource.download_name(seq));
        let app = query.app();
        let tag = etag::from_parts(&[
            env!("CARGO_PKG_VERSION").as_bytes(),
            app.feed.generation().as_bytes(),
            app.public_url.as_bytes(),
            address.as_bytes(),
        ]);
        let cache_control = match (parameters.pin.is_some(), is_anonymous) {
            (true, true) => IMMUTABLE_PUBLIC,
            (true, false) => IMMUTABLE_PRIVATE,
            (false, _) => NO_CACHE,
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::ETAG, tag);
        headers.insert(SEQ, seq.into());
        let content_type = HeaderValue::from_static(resource.content_type());
        headers.insert(header::CONTENT_TYPE, content_type);
        headers.insert(header::CACHE_CONTROL, cache_control);
        headers.insert(header::VARY, HeaderValue::from_static("authorization"));
        let texts = [
            (header::CONTENT_DISPOSITION, file),
            (header::CONTENT_LOCATION, address),
        ];
        // Names and encoded queries are always header values.
        let values = texts.map(|(name, text)| Some((name, HeaderValue::try_from(text).ok()?)));
        headers.extend(values.into_iter().flatten());
        Self(headers)
    }

    /// Whether the client has this file.
    pub(super) fn is_known_to(&self, request: &HeaderMap) -> bool {
        etag::is_known(request, &self.0[header::ETAG])
    }

    pub(super) fn not_modified(self) -> Response {
        (StatusCode::NOT_MODIFIED, self.0).into_response()
    }

    /// The headers. The length is not known before the file is made, so the body is not one of no bytes.
    pub(super) fn without_file(self) -> Response {
        let nothing = stream::empty::<std::io::Result<Bytes>>();
        (self.0, Body::from_stream(nothing)).into_response()
    }

    /// The file. Its first part is read before the headers are sent, so that an error has a status; a later one cuts the
    /// connection, which tells the client that the file is not complete.
    pub(super) async fn stream(self, mut file: ExportFile) -> Result<Response, QueryError> {
        let first = file.next(RateLimit::Reject).await?.map(Bytes::from);
        let rest = stream::try_unfold(file, |mut file| async move {
            let part = file.next(RateLimit::Wait).await.map_err(|error| {
                tracing::warn!(?error, "an export was cut");
                std::io::Error::other("the export was cut")
            })?;
            Ok::<_, std::io::Error>(part.map(|part| (Bytes::from(part), file)))
        });
        let body = stream::iter(first.map(Ok)).chain(rest);
        Ok((self.0, Body::from_stream(body)).into_response())
    }
}
