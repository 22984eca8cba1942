//! Responses to request errors: their status and media type (GraphQL over HTTP, Status Codes).

use async_graphql::ServerError;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    common_headers::NO_STORE,
    content_negotiation::MediaType,
    graphql_error::{PERSISTED_QUERY_NOT_FOUND, errors_response, has_code},
};

/// Nothing was executed. Without a media type the client accepts only streams, which have no place for such an error.
pub(crate) fn request_error_response(media: Option<MediaType>, errors: &[ServerError]) -> Response {
    match media {
        Some(media) => {
            let mut response = set_content_type(media, errors_response(errors));
            *response.status_mut() = if is_persisted_query_miss(errors) {
                // As Apollo Server: several clients read the error, which makes them send the document, only from a 200.
                StatusCode::OK
            } else {
                media.request_error_status()
            };
            response
        }
        None => (stream_error_status(errors), errors_response(errors)).into_response(),
    }
}

/// Sets the media type, and the headers of a response that depends on the request's `Accept` and `Authorization`.
pub(crate) fn set_content_type(media: MediaType, mut response: Response) -> Response {
    let headers = response.headers_mut();
    let content_type = HeaderValue::from_static(media.content_type());
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(header::CACHE_CONTROL, NO_STORE);
    headers.insert(header::VARY, VARY);
    response
}

/// One URL serves several media types, and different data to different callers.
pub(crate) const VARY: HeaderValue = HeaderValue::from_static("Accept, Authorization");

fn is_persisted_query_miss(errors: &[ServerError]) -> bool {
    errors
        .iter()
        .all(|error| error.message == PERSISTED_QUERY_NOT_FOUND)
}

fn stream_error_status(errors: &[ServerError]) -> StatusCode {
    let contains = |code: &str| errors.iter().any(|error| has_code(error, code));
    if contains("INTERNAL_SERVER_ERROR") {
        StatusCode::INTERNAL_SERVER_ERROR
    } else if contains("UNAVAILABLE") {
        StatusCode::SERVICE_UNAVAILABLE
    } else if contains("TIMEOUT") {
        StatusCode::GATEWAY_TIMEOUT
    } else {
        StatusCode::BAD_REQUEST
    }
}
