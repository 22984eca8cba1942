//! Saved operations: the documents of `web/operations/`, each at an address of its own (`/api/{name}`), with its variables as
//! parameters. They are executed, charged and limited as any operation that is sent to `/graphql`.

pub(in crate::http) mod answer;
mod json_schema;
mod openapi;
pub(in crate::http) mod operation;
mod parameters;
mod rows;

use std::sync::Arc;

use axum::{
    Extension,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, Uri, header},
    response::{IntoResponse, Response},
};

use super::{
    export::csv_lines::csv_lines,
    middleware::{authentication::authenticate, request_context::RequestContext},
    queries::{
        error::QueryError,
        pinned_query::{PinnedQuery, RateLimit},
    },
    response::{
        common_headers::{IMMUTABLE_PRIVATE, IMMUTABLE_PUBLIC, NO_CACHE},
        error::HttpError,
        etag,
    },
    state::AppState,
};
use answer::Envelope;
use operation::SavedOperation;
use serde_json::Value;

/// The state of the ledger that the answer shows.
const SEQ: HeaderName = HeaderName::from_static("demarche-seq");

/// `/api/{name}` and `/api/{name}.csv`.
pub(super) async fn get(
    State(app): State<Arc<AppState>>,
    Extension(context): Extension<RequestContext>,
    Path(name): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let response = respond(&app, &context, &name, &uri, &headers).await;
    response.unwrap_or_else(IntoResponse::into_response)
}

async fn respond(
    app: &Arc<AppState>,
    context: &RequestContext,
    name: &str,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response, QueryError> {
    let (name, is_csv) = match name.strip_suffix(".csv") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let operation = SavedOperation::find(name).ok_or_else(HttpError::not_found)?;
    if is_csv && operation.rows().is_none() {
        return Err(HttpError::not_found().into());
    }
    let (variables, pin) = parameters::parse(operation, uri)?;
    let requester = authenticate(app, headers, context).await?;
    let is_anonymous = requester.caller.name.is_none();
    let query = PinnedQuery::new(app, requester, pin.as_ref());
    let ending = if is_csv { ".csv" } else { "" };
    let address = answer::address(operation, ending, &variables, query.seq);
    let tag = etag::from_parts(&[
        env!("CARGO_PKG_VERSION").as_bytes(),
        app.feed.generation().as_bytes(),
        app.public_url.as_bytes(),
        ending.as_bytes(),
        operation.name.as_bytes(),
        Value::Object(variables.clone()).to_string().as_bytes(),
        query.seq.to_string().as_bytes(),
    ]);
    let cache_control = match (pin.is_some(), is_anonymous) {
        (true, true) => IMMUTABLE_PUBLIC,
        (true, false) => IMMUTABLE_PRIVATE,
        (false, _) => NO_CACHE,
    };
    let content_type = if is_csv {
        "text/csv; charset=utf-8"
    } else {
        "application/json"
    };
    let mut shared = HeaderMap::new();
    shared.insert(header::CACHE_CONTROL, cache_control);
    shared.insert(header::VARY, HeaderValue::from_static("authorization"));
    shared.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    shared.insert(SEQ, query.seq.into());
    let address = address.and_then(|address| HeaderValue::try_from(address).ok());
    shared.extend(address.map(|address| (header::CONTENT_LOCATION, address)));
    if etag::is_known(headers, &tag) {
        query.check_pin(RateLimit::Reject).await?;
        return Ok(etag::respond(headers, tag, shared, ()));
    }
    let data = answer::execute(&query, operation, &variables).await?;
    let body = if let Some(rows) = operation.rows().filter(|_| is_csv) {
        let data = QueryError::read(data.get())?;
        if let Some(cursor) = rows.next_cursor(&data) {
            let mut next = variables.clone();
            next.insert("after".to_owned(), cursor.into());
            let address = answer::address(operation, ending, &next, query.seq);
            let link = address.map(|address| format!("<{address}>; rel=\"next\""));
            let link = link.and_then(|link| HeaderValue::try_from(link).ok());
            shared.extend(link.map(|link| (header::LINK, link)));
        }
        csv_lines(&rows.lines(&data))?
    } else {
        let answer = Envelope::of_operation(&query, operation, &variables, data);
        serde_json::to_vec(&answer)
            .map_err(|error| QueryError::unexpected_data(&error.to_string()))?
    };
    Ok(etag::respond(headers, tag, shared, body))
}

/// `/openapi.json`.
pub(super) async fn openapi_document(State(app): State<Arc<AppState>>) -> Response {
    let content_type = [(header::CONTENT_TYPE, "application/json")];
    let document = app.openapi.get_or_init(|| {
        let document = openapi::document(&app.public_url);
        Bytes::from(document.to_string())
    });
    (content_type, document.clone()).into_response()
}
