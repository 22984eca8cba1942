//! Prepared operation: a request that is validated against the limits, charged to the rate limit and ready to execute.
//!
//! All transports prepare their operations here; `execution/` runs them.
//! Invariant: every attempt is charged, also a rejected one.

pub(super) mod params;

use std::time::Duration;

use async_graphql::{
    Request, ServerError, Value,
    parser::types::{ExecutableDocument, OperationDefinition, OperationType},
};
use axum::response::Response;

use super::{
    clients::resource_limiter::{ResourceExceeded, ResourcePermit},
    limits::document,
    middleware::authentication::Requester,
    response::{
        content_negotiation::MediaType,
        error::HttpError,
        graphql_error::{
            PERSISTED_QUERY_NOT_FOUND, graphql_error, rate_limit_error, resource_error,
            set_extension,
        },
        request_error::request_error_response,
    },
    state::AppState,
};
use crate::{
    graphql::{
        cost::Cost,
        schema,
        validation::{find_operation, prepared_document::PreparedDocument},
    },
    model::{request_id::RequestId, role::Role, text},
};
use params::RequestParams;

pub(super) struct PreparedOperation {
    /// Carries the prepared document, the caller, the request id and the rate limit status as data.
    pub(super) request: Request,
    pub(super) kind: OperationType,
    pub(super) cost: Cost,
    pub(super) id: RequestId,
    pub(super) role: Role,
    /// Bytes of the document and the variables.
    pub(super) bytes: usize,
    /// Counts them if they are many. Those of a stream or WebSocket are always counted, see `execution::stream`.
    pub(super) memory: ResourcePermit,
}

/// Documents and variables of more bytes are counted as held by their client while the operation runs. Smaller ones are not: a
/// gateway sends hundreds at once, and they share their documents with the cache.
const UNCOUNTED_OPERATION_BYTES: usize = 64 << 10;

/// Reason why an operation is not executed.
#[derive(Debug)]
pub(super) enum Rejection {
    /// Request errors (GraphQL, Response Format).
    Errors(Vec<ServerError>),
    /// The caller exceeded the rate limit; the duration is the time to wait.
    RateLimited(Duration),
    /// The client holds too much memory.
    Memory(ResourceExceeded),
}

/// Cost that is charged for a rejected document, because parsing takes time, too.
const REJECTED_DOCUMENT_COST: u32 = 10;

impl PreparedOperation {
    /// # Errors
    /// A request error (too complex, not valid GraphQL, unknown operation name, not a trusted document), or rate
    /// limited.
    pub(super) fn prepare(
        app: &AppState,
        requester: Requester,
        params: RequestParams,
    ) -> Result<Self, Rejection> {
        let variables =
            document::variables::check_variables(&params.variables, &app.limits.document);
        let result = variables
            .map_err(single_error)
            .and_then(|()| parse_and_cost(app, params));
        let (mut request, kind, cost) = match result {
            Ok(parsed) => parsed,
            Err(errors) => {
                charge(app, &requester, REJECTED_DOCUMENT_COST)?;
                return Err(Rejection::Errors(errors));
            }
        };
        let rate_limit = charge(app, &requester, cost.total)?;
        if let Some(document) = PreparedDocument::of_request(&request) {
            schema::validate_document(&app.schema, document);
            if !document.is_valid() {
                app.documents.remove(document);
            }
        }
        let document = PreparedDocument::of_request(&request);
        let bytes = document.map_or(0, |document| document.held_bytes(&request.variables));
        let mut memory = app.memory.permit(requester.client);
        if bytes > UNCOUNTED_OPERATION_BYTES {
            memory.resize(bytes).map_err(Rejection::Memory)?;
        }
        if let Some(status) = rate_limit {
            request = request.data(status);
        }
        let (id, role) = (requester.id, requester.caller.role);
        let request = request.data(requester.caller).data(id.clone());
        Ok(Self {
            request,
            kind,
            cost,
            id,
            role,
            bytes,
            memory,
        })
    }
}

fn charge(
    app: &AppState,
    requester: &Requester,
    cost: u32,
) -> Result<Option<crate::model::rate_limit_status::RateLimitStatus>, Rejection> {
    let charged = app
        .cost_limiter
        .charge(&requester.caller, requester.client, cost);
    charged.map_err(|error| Rejection::RateLimited(error.retry_after))
}

fn parse_and_cost(
    app: &AppState,
    params: RequestParams,
) -> Result<(Request, OperationType, Cost), Vec<ServerError>> {
    let text = resolve_document(app, &params)?;
    let document = app.documents.find_or_parse(&text, &app.limits.document);
    let document = document.map_err(single_error)?;
    let mut request = Request::new(text).variables(params.variables);
    request.operation_name = params.operation_name.filter(|name| !name.is_empty());
    let name = request.operation_name.as_deref();
    let operation = select_operation(document.parsed(), name).map_err(single_error)?;
    document::variables::retain_declared(&mut request.variables, operation);
    let kind = operation.ty;
    let cost = app
        .cost_model
        .cost(document.parsed(), operation, &request.variables);
    if cost.total > app.limits.document.cost {
        return Err(single_error(cost_limit_error(
            &cost,
            app.limits.document.cost,
        )));
    }
    Ok((request.data(document), kind, cost))
}

fn single_error(error: ServerError) -> Vec<ServerError> {
    vec![error]
}

/// The text of `query`, or of the trusted document with the given ID.
fn resolve_document(app: &AppState, params: &RequestParams) -> Result<String, Vec<ServerError>> {
    let trusted = params
        .document_id()
        .and_then(|id| app.trusted_documents.find(id));
    match (&params.query, trusted) {
        (None, Some(trusted)) => Ok(trusted.to_owned()),
        (None, None) => {
            let message = if params.is_persisted_query() {
                PERSISTED_QUERY_NOT_FOUND
            } else {
                "there is no trusted document with this ID; send `query` instead of `documentId`"
            };
            let error = graphql_error("PERSISTED_QUERY_NOT_FOUND", message);
            Err(single_error(error))
        }
        (Some(_), _) if app.trusted_documents.is_required() => {
            let message =
                "this server accepts only trusted documents; send `documentId` instead of `query`";
            Err(single_error(graphql_error("FORBIDDEN", message)))
        }
        (Some(query), _) => Ok(query.clone()),
    }
}

/// Bytes of an operation name that an error repeats.
const MAX_ECHOED_NAME_BYTES: usize = 200;

/// # Errors
/// `OPERATION_RESOLUTION_FAILURE` for an unknown name, or if several operations need a name.
fn select_operation<'d>(
    document: &'d ExecutableDocument,
    name: Option<&str>,
) -> Result<&'d OperationDefinition, ServerError> {
    let message = || match name {
        _ if document.operations.iter().next().is_none() => {
            "the document has fragments, but no operation".to_owned()
        }
        Some(name) => {
            let mut name = name.to_owned();
            text::truncate(&mut name, MAX_ECHOED_NAME_BYTES);
            format!("the document has no operation `{name}`")
        }
        None => "the document has several operations; select one with `operationName`".to_owned(),
    };
    find_operation(document, name)
        .ok_or_else(|| graphql_error("OPERATION_RESOLUTION_FAILURE", message()))
}

fn cost_limit_error(cost: &Cost, max: u32) -> ServerError {
    let (total, path) = (cost.total, cost.path.join("."));
    let message = format!(
        "the operation costs {total}, most of it at `{path}`; the limit (--max-cost) is {max}; \
         request smaller pages or fewer fields"
    );
    let mut error = graphql_error("QUERY_TOO_COMPLEX", message);
    set_extension(&mut error, "limit", "max-cost");
    set_extension(&mut error, "max", max);
    set_extension(&mut error, "cost", total);
    set_extension(&mut error, "path", path);
    error
}

impl Rejection {
    /// The errors for a WebSocket or an event stream, which have no HTTP status.
    pub(super) fn into_errors(self) -> Vec<ServerError> {
        match self {
            Self::Errors(errors) => errors,
            Self::Memory(exceeded) => vec![resource_error(exceeded)],
            Self::RateLimited(retry_after) => vec![rate_limit_error(retry_after)],
        }
    }

    /// The response over HTTP; `media` is that of a response that is no stream.
    /// # Errors
    /// 429 if the caller exceeded the rate limit, 503 if it holds too much memory.
    pub(super) fn into_response(self, media: Option<MediaType>) -> Result<Response, HttpError> {
        match self {
            Self::Errors(errors) => Ok(request_error_response(media, &errors)),
            Self::RateLimited(retry_after) => Err(HttpError::rate_limited(retry_after)),
            Self::Memory(exceeded) => Err(HttpError::resource_exceeded(exceeded)),
        }
    }
}

/// GET must not write: a link or an image on a page of another site makes a browser send it.
/// # Errors
/// 405 for a mutation.
pub(super) fn reject_get_mutation(
    operation: &Result<PreparedOperation, Rejection>,
) -> Result<(), HttpError> {
    match operation {
        Ok(operation) if operation.kind == OperationType::Mutation => Err(HttpError::post_only()),
        _ => Ok(()),
    }
}

/// Whether the first response is a request error (nothing was executed) and not a partial result.
pub(super) fn is_request_error(kind: OperationType, first: &async_graphql::Response) -> bool {
    let has_no_data = !first.errors.is_empty() && first.data == Value::Null;
    has_no_data
        && match kind {
            // A subscription that fails to start has no stream to carry an event (GraphQL, CreateSourceEventStream).
            OperationType::Subscription => true,
            OperationType::Query | OperationType::Mutation => {
                first.errors.iter().all(|error| error.path.is_empty())
            }
        }
}

#[cfg(test)]
mod tests {
    use async_graphql::{PathSegment, parser::parse_query};

    use super::*;

    #[test]
    fn the_operation_is_selected_by_name() {
        let kind = |text: &str, name| {
            let document = parse_query(text).unwrap();
            select_operation(&document, name).map(|operation| operation.ty)
        };
        let two = "query A{a} mutation B{b}";
        assert_eq!(kind("{a}", None), Ok(OperationType::Query));
        assert_eq!(kind(two, Some("B")), Ok(OperationType::Mutation));
        for (query, name) in [(two, None), (two, Some("C")), ("{a}", Some("A"))] {
            assert!(kind(query, name).is_err(), "{query} {name:?}");
        }
    }

    #[test]
    fn an_error_with_a_path_is_not_a_request_error() {
        let failed = |path: Vec<PathSegment>| {
            async_graphql::Response::from_errors(vec![ServerError::new("x", None).with_path(path)])
        };
        let field = || vec![PathSegment::Field("a".to_owned())];
        assert!(is_request_error(OperationType::Query, &failed(vec![])));
        assert!(!is_request_error(OperationType::Query, &failed(field())));
        assert!(is_request_error(
            OperationType::Subscription,
            &failed(field())
        ));
        assert!(!is_request_error(
            OperationType::Query,
            &async_graphql::Response::new(Value::Null)
        ));
    }
}
