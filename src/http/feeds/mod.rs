//! Feeds of changes for feed readers: of everything, of an initiative or a country, and of what became of a statement.

mod atom;
mod changes;
pub(super) mod discovery;
mod feed;
mod json_feed;
mod scope;
mod statement;

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, Uri, header},
    response::{IntoResponse, Response},
};

use super::{
    middleware::{authentication::authenticate, request_context::RequestContext},
    queries::{error::QueryError, parameters::Parameters, pinned_query::PinnedQuery},
    response::{error::HttpError, etag},
    state::AppState,
};
use crate::http::response::common_headers::{IMMUTABLE_PUBLIC, NO_CACHE};
use feed::{Feed, NEVER};
use scope::Scope;

/// `/feed.atom` and `/feed.json`.
pub(super) async fn all(
    State(app): State<Arc<AppState>>,
    Extension(context): Extension<RequestContext>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let format = uri.path().trim_start_matches("/feed.");
    let response = respond(&app, &context, Scope::All, format, (&uri, &headers)).await;
    response.unwrap_or_else(IntoResponse::into_response)
}

/// `/{collection}/{key}/feed.{format}`.
pub(super) async fn of_one(
    State(app): State<Arc<AppState>>,
    Extension(context): Extension<RequestContext>,
    Path(key): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let collection = uri.path().split('/').nth(1).unwrap_or_default();
    let Some(scope) = Scope::find(collection, &key) else {
        return HttpError::not_found().into_response();
    };
    let (_, format) = uri.path().rsplit_once('.').unwrap_or_default();
    let response = respond(&app, &context, scope, format, (&uri, &headers)).await;
    response.unwrap_or_else(IntoResponse::into_response)
}

async fn respond(
    app: &Arc<AppState>,
    context: &RequestContext,
    scope: Scope,
    format: &str,
    (uri, headers): (&Uri, &HeaderMap),
) -> Result<Response, QueryError> {
    let parameters = Parameters::parse(uri, scope.parameters())?;
    let requester = authenticate(app, headers, context).await?;
    let query = PinnedQuery::new(app, requester, parameters.pin.as_ref());
    let feed = match scope {
        // Nothing is recorded, and nothing can be pinned.
        Scope::All | Scope::Country(_) if query.seq == 0 => empty(&scope, &app.public_url, format),
        Scope::Statement(_) | Scope::Initiative(_) if query.seq == 0 => {
            return Err(HttpError::not_found().into());
        }
        Scope::Statement(number) => statement::load(&query, number, format).await?,
        scope => changes::load(&query, &scope, &parameters, format).await?,
    };
    let body = if format == "json" {
        json_feed::write(&feed)
    } else {
        atom::write(&feed).map_err(|error| QueryError::unexpected_data(&error.to_string()))?
    };
    Ok(with_validator(format, &parameters, headers, body))
}

/// The body with its `ETag`, or 304. The tag depends on nothing else: a reader is sent a feed only if something in it changed.
fn with_validator(
    format: &str,
    parameters: &Parameters,
    request: &HeaderMap,
    body: Vec<u8>,
) -> Response {
    let tag = etag::from_parts(&[&body]);
    let cache_control = if parameters.pin.is_some() {
        IMMUTABLE_PUBLIC
    } else {
        NO_CACHE
    };
    let content_type = if format == "json" {
        "application/feed+json"
    } else {
        "application/atom+xml; charset=utf-8"
    };
    let headers = [
        (header::CACHE_CONTROL, cache_control),
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
    ];
    etag::respond(request, tag, headers, body)
}

fn empty(scope: &Scope, public_url: &str, format: &str) -> Feed {
    let address = format!("{public_url}{}", scope.feed_path(format));
    Feed {
        title: scope.title(&serde_json::Value::Null),
        home_url: format!("{public_url}{}", scope.page_path()),
        first_url: address.clone(),
        self_url: address,
        next_url: None,
        updated: NEVER.to_owned(),
        items: Vec::new(),
    }
}
