//! One operation, checked and ready to run, on whatever transport.

use async_graphql::{
    Request, Response, ServerError, Value,
    parser::types::{ExecutableDocument, OperationType},
};

use super::{
    expansion, guard,
    params::Params,
    refusal::{Refusal, coded, error},
};
use crate::graphql::document::find_operation;

pub(super) struct Operation {
    /// Already parsed; it has no caller yet.
    pub(super) request: Request,
    pub(super) kind: OperationType,
}

impl Operation {
    /// # Errors
    /// A request error: too complex, no GraphQL, or nothing of the given name.
    pub(super) fn prepare(params: Params) -> Result<Self, ServerError> {
        guard::check(&params.query)?;
        let mut request = Request::new(params.query).variables(params.variables);
        request.operation_name = params.operation_name.filter(|name| !name.is_empty());
        request.extensions = params.extensions;
        let name = request.operation_name.clone();
        let document = request
            .parsed_query()
            .map_err(|error| coded(error, "GRAPHQL_PARSE_FAILED"))?;
        expansion::check(document)?;
        let kind = select(document, name.as_deref())?;
        Ok(Self { request, kind })
    }
}

/// # Errors
/// `OPERATION_RESOLUTION_FAILURE` if the name names none, or none is named among several.
fn select(document: &ExecutableDocument, name: Option<&str>) -> Result<OperationType, ServerError> {
    let unknown = || match name {
        Some(name) => format!("the document has no operation `{name}`"),
        None => "the document has several operations; say which by operationName".to_owned(),
    };
    find_operation(document, name)
        .map(|operation| operation.ty)
        .ok_or_else(|| error("OPERATION_RESOLUTION_FAILURE", unknown()))
}

/// A link or an image on another site's page can make a browser send GET, so GET writes nothing.
/// # Errors
/// 405 for a mutation.
pub(super) fn require_safe(operation: &Result<Operation, ServerError>) -> Result<(), Refusal> {
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
    use async_graphql::{Extensions, PathSegment, Variables};

    use super::*;

    fn prepare(query: &str, operation_name: Option<&str>) -> Result<OperationType, ServerError> {
        let params = Params {
            query: query.to_owned(),
            operation_name: operation_name.map(str::to_owned),
            variables: Variables::default(),
            extensions: Extensions::default(),
        };
        Operation::prepare(params).map(|operation| operation.kind)
    }

    #[test]
    fn the_operation_is_the_one_named() {
        let two = "query A{a} mutation B{b}";
        assert_eq!(prepare("{a}", None), Ok(OperationType::Query));
        assert_eq!(prepare("{a}", Some("")), Ok(OperationType::Query));
        assert_eq!(prepare(two, Some("B")), Ok(OperationType::Mutation));
        for (query, name) in [(two, None), (two, Some("C")), ("{a}", Some("A"))] {
            assert!(prepare(query, name).is_err(), "{query} {name:?}");
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
