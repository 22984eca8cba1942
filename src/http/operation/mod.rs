//! Prepared operation: a request that is validated against the limits, charged to the rate limit and ready to execute.
//!
//! All transports prepare their operations here; `execution/` runs them.
//! Invariant: every attempt is charged, also a rejected one.

mod document_source;
pub(super) mod params;
pub(super) mod pin;
pub(super) mod rejection;

use async_graphql::{Request, ServerError, Value, parser::types::OperationType};

use super::{
    clients::resource_limiter::ResourcePermit,
    limits::{cost::Debtor, document},
    middleware::authentication::Requester,
    response::{
        error::HttpError,
        graphql_error::{graphql_error, set_extension},
    },
    state::AppState,
};
use crate::{
    graphql::{
        cost::Cost, live_directive::LiveOptions, loaders::work_budget::WorkBudget, schema,
        validation::prepared_document::PreparedDocument,
    },
    model::{rate_limit_status::RateLimitStatus, request_id::RequestId, role::Role},
};
use document_source::{resolve_document, select_operation};
use params::RequestParams;
use pin::{InvalidPin, parse_pin};
use rejection::{Rejection, cost_limit_error};

pub(super) struct PreparedOperation {
    /// Carries the prepared document, the caller, the request id and the rate limit status as data.
    pub(super) request: Request,
    pub(super) kind: OperationType,
    /// `None` for an operation that is not a live query.
    pub(super) live: Option<LiveOptions>,
    pub(super) cost: Cost,
    /// Counts work that depends on the data; the debtor is charged for it afterwards.
    pub(super) work: WorkBudget,
    pub(super) debtor: Debtor,
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

/// Cost that is charged for a rejected document, because parsing takes time, too.
const REJECTED_DOCUMENT_COST: u32 = 60;

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
        let ParsedOperation {
            mut request,
            kind,
            mut live,
            cost,
        } = match result {
            Ok(parsed) => parsed,
            Err(errors) => {
                charge(app, &requester, REJECTED_DOCUMENT_COST)?;
                return Err(Rejection::Errors(errors));
            }
        };
        let rate_limit = charge(app, &requester, cost.total)?;
        if let Some(document) = PreparedDocument::of_request(&request) {
            let is_new = document.library_errors().is_none();
            schema::validate_document(&app.schema, document);
            if !document.is_valid() {
                live = None; // an execution returns the errors
                app.documents.remove(document);
            } else if is_new {
                app.documents.weigh(document);
            }
        }
        let (bytes, memory) = hold_request(app, &requester, &request)?;
        if let Some(status) = rate_limit {
            request = request.data(status);
        }
        let (id, role) = (requester.id, requester.caller.role);
        let work = WorkBudget::new(app.limits.document.cost.saturating_sub(cost.total));
        let debtor = Debtor {
            caller: requester.caller.clone(),
            client: requester.client,
        };
        let request = request.data(requester.caller).data(id.clone());
        let request = request.data(work.clone());
        Ok(Self {
            request,
            kind,
            live,
            cost,
            work,
            debtor,
            id,
            role,
            bytes,
            memory,
        })
    }
}

/// The bytes of the document and variables, and a permit that counts them if they are many.
fn hold_request(
    app: &AppState,
    requester: &Requester,
    request: &Request,
) -> Result<(usize, ResourcePermit), Rejection> {
    let document = PreparedDocument::of_request(request);
    let bytes = document.map_or(0, |document| document.held_bytes(&request.variables));
    let mut memory = app.memory.permit(requester.client);
    if bytes > UNCOUNTED_OPERATION_BYTES {
        memory.resize(bytes).map_err(Rejection::Memory)?;
    }
    Ok((bytes, memory))
}

fn charge(
    app: &AppState,
    requester: &Requester,
    cost: u32,
) -> Result<Option<RateLimitStatus>, Rejection> {
    let charged = app
        .cost_limiter
        .charge(&requester.caller, requester.client, cost);
    charged.map_err(|error| Rejection::RateLimited(error.retry_after))
}

struct ParsedOperation {
    request: Request,
    kind: OperationType,
    live: Option<LiveOptions>,
    cost: Cost,
}

fn parse_and_cost(
    app: &AppState,
    params: RequestParams,
) -> Result<ParsedOperation, Vec<ServerError>> {
    let pin = parse_pin(&params.url_pin, &params.extensions)
        .map_err(|invalid| single_error(pin_error(&invalid)))?;
    let text = resolve_document(app, &params).map_err(single_error)?;
    let document = app.documents.find_or_parse(&text, &app.limits.document);
    let document = document.map_err(single_error)?;
    let mut request = Request::new(text).variables(params.variables);
    request.operation_name = params.operation_name.filter(|name| !name.is_empty());
    let name = request.operation_name.as_deref();
    let operation = select_operation(document.parsed(), name).map_err(single_error)?;
    document::variables::retain_declared(&mut request.variables, operation);
    let kind = operation.ty;
    if pin.is_some() && kind != OperationType::Query {
        return Err(single_error(pin_error(&InvalidPin::not_a_query(kind))));
    }
    let live = LiveOptions::of_operation(operation, &request.variables);
    if pin.is_some() && live.is_some() {
        return Err(single_error(pin_error(&InvalidPin::of_live_query())));
    }
    let cost = app
        .cost_model
        .cost(document.parsed(), operation, &request.variables);
    if cost.total > app.limits.document.cost {
        return Err(single_error(cost_limit_error(
            &cost,
            app.limits.document.cost,
        )));
    }
    if let Some(pin) = pin {
        request = request.data(pin);
    }
    Ok(ParsedOperation {
        request: request.data(document),
        kind,
        live,
        cost,
    })
}

fn pin_error(invalid: &InvalidPin) -> ServerError {
    let InvalidPin { field, message } = invalid;
    let mut error = graphql_error("BAD_USER_INPUT", format!("{field}: {message}"));
    set_extension(&mut error, "field", *field);
    error
}

fn single_error(error: ServerError) -> Vec<ServerError> {
    vec![error]
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
    use async_graphql::PathSegment;

    use super::*;

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
