//! Document of a request: its own text or a trusted document, and the operation that it selects.

use async_graphql::{
    ServerError,
    parser::types::{ExecutableDocument, OperationDefinition},
};

use super::params::RequestParams;
use crate::http::{
    response::graphql_error::{PERSISTED_QUERY_NOT_FOUND, graphql_error},
    state::AppState,
};
use crate::{graphql::validation::find_operation, model::text};

/// The text of `query`, or of the trusted document with the given ID.
pub(super) fn resolve_document(
    app: &AppState,
    params: &RequestParams,
) -> Result<String, ServerError> {
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
            Err(error)
        }
        (Some(_), _) if app.trusted_documents.is_required() && !params.is_built_in => {
            let message =
                "this server accepts only trusted documents; send `documentId` instead of `query`";
            Err(graphql_error("FORBIDDEN", message))
        }
        (Some(query), _) => Ok(query.clone()),
    }
}

/// Bytes of an operation name that an error repeats.
const MAX_ECHOED_NAME_BYTES: usize = 200;

/// # Errors
/// `OPERATION_RESOLUTION_FAILURE` for an unknown name, or if several operations need a name.
pub(super) fn select_operation<'d>(
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

#[cfg(test)]
mod tests {
    use async_graphql::parser::{parse_query, types::OperationType};

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
}
