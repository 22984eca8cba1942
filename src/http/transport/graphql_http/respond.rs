//! Responses to operations over HTTP: from the cache, by execution, or as a stream.

use async_graphql::{Request, Value, parser::types::OperationType};
use async_graphql_axum::GraphQLResponse;
use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use super::RequestHead;
use crate::cache::tagged_cache::Computed;
use crate::http::response::common_headers::{
    IMMUTABLE_PRIVATE, IMMUTABLE_PUBLIC, NO_CACHE, NO_STORE,
};
use crate::http::{
    execution,
    middleware::authentication::Requester,
    operation::{self, PreparedOperation, params::RequestParams},
    response::{
        cache::{OperationKey, requested_pin},
        cached::{CachedResponse, RequestMethod, ResponseKey},
        content_negotiation::MediaType,
        error::HttpError,
        request_error::{request_error_response, set_content_type},
    },
    state::AppState,
    transport::{
        event_stream::{self, StreamRequest},
        stream_permit::admit_stream,
    },
};
use crate::{
    cache::recorder::TagRecorder,
    graphql::{cost::Cost, output::response_json},
};

/// Shared by all clients for 5 s, short enough that clients do not see outdated stances.
const SHORT_PUBLIC: HeaderValue = HeaderValue::from_static("public, max-age=5");

/// Responds from the cache, or else parses the request and executes it.
pub(super) async fn respond(
    request: RequestHead<'_>,
    key: ResponseKey,
    requester: Requester,
    parse: impl FnOnce() -> Result<RequestParams, HttpError>,
) -> Result<Response, HttpError> {
    let app = request.app;
    if let Some(cached) = app.responses.find(&key) {
        let charged = app
            .cost_limiter
            .charge(&requester.caller, requester.client, cached.cost);
        charged.map_err(|limited| HttpError::rate_limited(limited.retry_after))?;
        return Ok(cached.into_response());
    }
    // Boxed, so that the future of a cached response does not contain the state of an execution.
    Box::pin(execute_and_cache(request, key, requester, parse()?)).await
}

async fn execute_and_cache(
    request: RequestHead<'_>,
    key: ResponseKey,
    requester: Requester,
    params: RequestParams,
) -> Result<Response, HttpError> {
    let app = request.app;
    let is_trusted = params.query.is_none();
    let media = key.media_type;
    let operation = PreparedOperation::prepare(app, requester, params);
    if key.sent.method == RequestMethod::Get {
        operation::reject_get_mutation(&operation)?;
    }
    let mut operation = match operation {
        Ok(operation) => operation,
        Err(rejection) => return rejection.into_response(Some(media)),
    };
    let includes_cost = key.includes_cost;
    match operation.kind {
        OperationType::Subscription => subscribe(request, &key, operation).await,
        OperationType::Query if operation.live.is_some() => {
            subscribe(request, &key, operation).await
        }
        OperationType::Mutation => {
            let headers = ResponseHeaders {
                media,
                includes_cost,
                cache_control: NO_STORE,
                recorder: None,
            };
            let computed = execute(app, operation, headers).await?;
            Ok(computed.value.into_response())
        }
        OperationType::Query => {
            let cache_control = cache_control(&key, &operation.request, is_trusted);
            let operation_key = OperationKey::of_request(&key, &operation.request, &cache_control);
            let recorder = TagRecorder::default();
            operation.request = operation.request.data(recorder.clone());
            let headers = ResponseHeaders {
                media,
                includes_cost,
                cache_control,
                recorder: Some(recorder.clone()),
            };
            let execution = Box::pin(execute(app, operation, headers));
            let Some(operation_key) = operation_key else {
                return Ok(execution.await?.value.into_response());
            };
            let response = app
                .responses
                .find_or_compute(key, operation_key, recorder, execution)
                .await?;
            Ok(response.into_response())
        }
    }
}

async fn subscribe(
    request: RequestHead<'_>,
    key: &ResponseKey,
    operation: PreparedOperation,
) -> Result<Response, HttpError> {
    let RequestHead { app, headers, .. } = request;
    let format = request.stream.ok_or_else(HttpError::stream_required)?;
    event_stream::check_request_bytes(app, key.sent.bytes.len())?;
    let permit = admit_stream(app, request.context, &app.metrics.event_streams)?;
    let request = StreamRequest {
        headers,
        method: key.sent.method,
        format,
        error_media: Some(key.media_type),
    };
    event_stream::start_stream(app, request, operation, permit).await
}

/// `Cache-Control` of a query.
fn cache_control(key: &ResponseKey, request: &Request, is_trusted: bool) -> HeaderValue {
    let is_pinned = requested_pin(request).is_some();
    match key.sent.method {
        // A header that shared caches do not compare adds the cost.
        RequestMethod::Get if is_pinned && !key.includes_cost => {
            if key.is_anonymous {
                IMMUTABLE_PUBLIC
            } else {
                IMMUTABLE_PRIVATE
            }
        }
        RequestMethod::Get if is_trusted && !is_pinned && key.is_anonymous => SHORT_PUBLIC,
        RequestMethod::Get => NO_CACHE,
        RequestMethod::Post => NO_STORE,
    }
}

/// What the headers of a response depend on, besides its content.
struct ResponseHeaders {
    media: MediaType,
    includes_cost: bool,
    cache_control: HeaderValue,
    /// Of a query.
    recorder: Option<TagRecorder>,
}

async fn execute(
    app: &AppState,
    operation: PreparedOperation,
    headers: ResponseHeaders,
) -> Result<Computed<CachedResponse>, HttpError> {
    let ResponseHeaders {
        media,
        includes_cost,
        mut cache_control,
        recorder,
    } = headers;
    let (kind, cost) = (operation.kind, operation.cost.clone());
    let work = operation.work.clone();
    let mut response = execution::execute(app, operation).await?;
    let is_cacheable = response.errors.is_empty();
    if operation::is_request_error(kind, &response) {
        let value = CachedResponse::from_response(
            request_error_response(Some(media), &response.errors),
            cost.total,
        )
        .await?;
        return Ok(Computed {
            value,
            is_cacheable,
        });
    }
    if includes_cost {
        let extension = cost_extension(&cost, work.cost(), app.limits.document.cost);
        response.extensions.insert("cost".to_owned(), extension);
    }
    let encoded = match kind {
        OperationType::Mutation => GraphQLResponse::from(response).into_response(),
        // May contain JSON that was serialized directly, which only our own serializer writes correctly.
        OperationType::Query | OperationType::Subscription => {
            response_json::encode_response(&response).into_response()
        }
    };
    let mut http_response = set_content_type(media, encoded);
    if is_cacheable {
        // Not fixed by the pin: it depends on the client and the time.
        let is_private = recorder.is_some_and(|recorder| recorder.is_private());
        if is_private && [IMMUTABLE_PUBLIC, IMMUTABLE_PRIVATE].contains(&cache_control) {
            cache_control = NO_STORE;
        }
        http_response
            .headers_mut()
            .insert(header::CACHE_CONTROL, cache_control);
    }
    let mut value = CachedResponse::from_response(http_response, cost.total).await?;
    // An error has none: for a client that names any tag it would be hidden by a 304.
    if is_cacheable {
        value = value.with_tag();
    }
    Ok(Computed {
        value,
        is_cacheable,
    })
}

/// `work` is the cost of what the execution read, which is known after it only.
fn cost_extension(cost: &Cost, work: u32, limit: u32) -> Value {
    let path = cost.path.join(".");
    let pairs = [
        ("total", Value::from(cost.total)),
        ("work", Value::from(work)),
        ("limit", Value::from(limit)),
        ("path", Value::from(path)),
    ];
    let fields = pairs.map(|(key, value)| (async_graphql::Name::new(key), value));
    Value::Object(fields.into_iter().collect())
}
