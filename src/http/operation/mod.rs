//! One operation, checked, paid for and ready to run, on whatever transport.

pub(super) mod params;

use std::time::Duration;

use async_graphql::{
    Request, Response, ServerError, Value,
    parser::types::{ExecutableDocument, OperationDefinition, OperationType},
};

use super::{
    limits::document,
    response::{
        error::Refusal,
        graphql_error::{error, set},
    },
    state::App,
    tcp::client_ip::Client,
};
use crate::{
    graphql::{cost::Cost, validation::find_operation},
    model::{
        request_id::RequestId,
        role::{Caller, Role},
    },
};
use params::Params;

/// Who asks, and as which request.
pub(super) struct Asker {
    pub(super) caller: Caller,
    pub(super) client: Client,
    pub(super) id: RequestId,
}

pub(super) struct Operation {
    /// With its document, and with everything that resolvers need to know of its asker.
    pub(super) request: Request,
    pub(super) kind: OperationType,
    pub(super) cost: Cost,
    pub(super) id: RequestId,
    pub(super) role: Role,
}

/// Why nothing is executed.
#[derive(Debug)]
pub(super) enum Rejection {
    /// Request errors (GraphQL, Response Format).
    Errors(Vec<ServerError>),
    /// The asker has spent what it may.
    Exhausted(Duration),
}

/// What a document costs that does not run: somebody had to read it.
const REJECTED: u32 = 10;

impl Operation {
    /// # Errors
    /// A request error (too complex, no GraphQL, nothing of the given name, not trusted), or too much spent.
    pub(super) fn prepare(app: &App, asker: Asker, params: Params) -> Result<Self, Rejection> {
        let measured = document::variables::check(&params.variables, &app.limits.document);
        let checked = measured.map_err(one).and_then(|()| check(app, params));
        let (mut request, kind, cost) = match checked {
            Ok(checked) => checked,
            Err(errors) => {
                pay(app, &asker, REJECTED)?;
                return Err(Rejection::Errors(errors));
            }
        };
        let budget = pay(app, &asker, cost.total)?;
        if let Some(budget) = budget {
            request = request.data(budget);
        }
        let (id, role) = (asker.id, asker.caller.role);
        let request = request.data(asker.caller).data(id.clone());
        Ok(Self {
            request,
            kind,
            cost,
            id,
            role,
        })
    }
}

fn pay(
    app: &App,
    asker: &Asker,
    cost: u32,
) -> Result<Option<crate::model::rate_limit_status::Budget>, Rejection> {
    let paid = app.rates.spend(&asker.caller, asker.client, cost);
    paid.map_err(|exhausted| Rejection::Exhausted(exhausted.retry_after))
}

fn check(app: &App, params: Params) -> Result<(Request, OperationType, Cost), Vec<ServerError>> {
    let text = document(app, &params)?;
    let document = app.documents.find_or_parse(&text, &app.limits.document);
    let document = document.map_err(one)?;
    let mut request = Request::new(text).variables(params.variables);
    request.operation_name = params.operation_name.filter(|name| !name.is_empty());
    let name = request.operation_name.as_deref();
    let operation = select(document.parsed(), name).map_err(one)?;
    document::variables::keep_declared(&mut request.variables, operation);
    let kind = operation.ty;
    let cost = app
        .tariff
        .cost(document.parsed(), operation, &request.variables);
    if cost.total > app.limits.document.cost {
        return Err(one(too_costly(&cost, app.limits.document.cost)));
    }
    Ok((request.data(document), kind, cost))
}

fn one(error: ServerError) -> Vec<ServerError> {
    vec![error]
}

/// The text that was sent, or the trusted one that was named.
fn document(app: &App, params: &Params) -> Result<String, Vec<ServerError>> {
    let named = params.document_id().and_then(|id| app.trusted.find(id));
    match (&params.query, named) {
        (None, Some(trusted)) => Ok(trusted.to_owned()),
        (None, None) => {
            let message = "no trusted document has this id";
            Err(one(error("PERSISTED_QUERY_NOT_FOUND", message)))
        }
        (Some(_), _) if app.trusted.is_only() => {
            let message = "only trusted documents are answered here; name one by documentId";
            Err(one(error("FORBIDDEN", message)))
        }
        (Some(query), _) => Ok(query.clone()),
    }
}

/// # Errors
/// `OPERATION_RESOLUTION_FAILURE` if the name names none, or none is named among several.
fn select<'d>(
    document: &'d ExecutableDocument,
    name: Option<&str>,
) -> Result<&'d OperationDefinition, ServerError> {
    let unknown = || match name {
        Some(name) => format!("the document has no operation `{name}`"),
        None => "the document has several operations; say which by operationName".to_owned(),
    };
    find_operation(document, name).ok_or_else(|| error("OPERATION_RESOLUTION_FAILURE", unknown()))
}

fn too_costly(cost: &Cost, most: u32) -> ServerError {
    let (total, path) = (cost.total, cost.path.join("."));
    let message = format!(
        "the operation costs {total}, most of it at {path}; the limit (--max-cost) is {most}. \
         Ask for shorter pages or fewer fields"
    );
    let mut refused = error("QUERY_TOO_COMPLEX", message);
    set(&mut refused, "limit", "max-cost");
    set(&mut refused, "max", most);
    set(&mut refused, "cost", total);
    set(&mut refused, "path", path);
    refused
}

impl Rejection {
    /// As a client of a socket or a stream gets it, where there is no status.
    pub(super) fn into_errors(self) -> Vec<ServerError> {
        match self {
            Self::Errors(errors) => errors,
            Self::Exhausted(retry_after) => {
                let mut limited = error("RATE_LIMITED", super::response::graphql_error::EXHAUSTED);
                set(
                    &mut limited,
                    "retryAfter",
                    super::response::graphql_error::whole_seconds(retry_after),
                );
                vec![limited]
            }
        }
    }
}

/// A link or an image on another site's page can make a browser send GET, so GET writes nothing.
/// # Errors
/// 405 for a mutation.
pub(super) fn require_safe(operation: &Result<Operation, Rejection>) -> Result<(), Refusal> {
    match operation {
        Ok(operation) if operation.kind == OperationType::Mutation => Err(Refusal::post_only()),
        _ => Ok(()),
    }
}

/// Whether a first response says that nothing was executed, rather than that something failed on the way.
pub(super) fn is_refused(kind: OperationType, first: &Response) -> bool {
    let nothing = !first.errors.is_empty() && first.data == Value::Null;
    nothing
        && match kind {
            // A subscription that cannot begin has no stream to carry an event (GraphQL, CreateSourceEventStream).
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
    fn the_operation_is_the_one_named() {
        let kind = |text: &str, name| {
            let document = parse_query(text).unwrap();
            select(&document, name).map(|operation| operation.ty)
        };
        let two = "query A{a} mutation B{b}";
        assert_eq!(kind("{a}", None), Ok(OperationType::Query));
        assert_eq!(kind(two, Some("B")), Ok(OperationType::Mutation));
        for (query, name) in [(two, None), (two, Some("C")), ("{a}", Some("A"))] {
            assert!(kind(query, name).is_err(), "{query} {name:?}");
        }
    }

    #[test]
    fn a_null_with_a_path_is_an_answer() {
        let failed = |path: Vec<PathSegment>| {
            Response::from_errors(vec![ServerError::new("x", None).with_path(path)])
        };
        let field = || vec![PathSegment::Field("a".to_owned())];
        assert!(is_refused(OperationType::Query, &failed(vec![])));
        assert!(!is_refused(OperationType::Query, &failed(field())));
        assert!(is_refused(OperationType::Subscription, &failed(field())));
        assert!(!is_refused(
            OperationType::Query,
            &Response::new(Value::Null)
        ));
    }
}
