//! Documents, held to the GraphQL specification (September 2025) where async-graphql 7.2.1 does not hold them.
//!
//! The library validates what leaves here, so what it keeps is not repeated; what it misses is named at each rule. A
//! fault found here is the whole answer, because the library might tell it again in other words. A document without one
//! is rewritten where the library would run it otherwise than the specification says. Fragments that spread themselves
//! are left to the library: nothing here would end on them.

mod arguments;
mod directives;
pub mod empty_selection;
mod field_use;
mod fragments;
mod overlapping_fields;
pub mod prepared_document;
mod single_root_field;
#[cfg(test)]
mod tests;
mod typename;
mod unique_input_fields;
mod values;
mod variable_coercion;
mod variables;

use std::sync::Arc;

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, InlineFragment, OperationDefinition, OperationType,
    SelectionSet,
};
use async_graphql::registry::{MetaType, Registry};
use async_graphql::{Pos, Request, ServerError};

use super::output::markers::Plain;
use prepared_document::Prepared;

/// Errors in the answer to a document; more help nobody, and five thousand are half a megabyte.
const ERRORS: usize = 100;

/// What is known of one request before it is validated.
#[derive(Default)]
pub struct Found {
    pub document: Option<Arc<Prepared>>,
    /// Kept until then, because `prepare_request` can refuse with one error only.
    pub faults: Vec<ServerError>,
    pub is_marked: bool,
}

/// Checks a request and gives it the document that is run. One that does not parse is left to the library.
pub(super) fn prepare(request: &mut Request, registry: &Registry) -> Found {
    let Some(prepared) = Prepared::of(request) else {
        return Found::default();
    };
    if prepared.is_endless() {
        request.set_parsed_query(prepared.parsed().clone());
        return Found::default();
    }
    let checked = prepared.checked(registry);
    let mut faults = checked.faults.clone();
    let operation = find_operation(prepared.parsed(), request.operation_name.as_deref());
    if faults.is_empty()
        && let Some(operation) = operation
    {
        faults = variable_coercion::apply(registry, operation, &mut request.variables);
        // A mutation's answer is written once and by the library, so it may be as the library likes it.
        if !checked.is_deep && operation.ty != OperationType::Mutation {
            request.data.insert(Plain);
        }
    }
    request.set_parsed_query(checked.document.clone());
    Found {
        is_marked: checked.is_marked,
        document: Some(prepared),
        faults,
    }
}

fn check(document: &ExecutableDocument, text: &str, registry: &Registry) -> Vec<ServerError> {
    [
        fragments::check(document),
        unique_input_fields::check(text),
        directives::check(document, registry),
        typename::check(document),
        variables::check(document, registry),
        single_root_field::check(document, registry),
    ]
    .concat()
}

/// In the order of the text, each once. The library walks a hash map, and tells an unknown type twice.
pub(super) fn presentable(mut errors: Vec<ServerError>) -> Vec<ServerError> {
    errors.sort_by(|one, other| {
        (&one.locations, &one.message).cmp(&(&other.locations, &other.message))
    });
    errors.dedup_by(|one, other| one.locations == other.locations && one.message == other.message);
    if errors.len() > ERRORS {
        errors.truncate(ERRORS - 1);
        let message = format!("there are more than {ERRORS} errors; the others are not shown");
        errors.push(ServerError::new(message, None));
    }
    errors
}

fn fault(message: impl Into<String>, at: impl IntoIterator<Item = Pos>) -> ServerError {
    let mut error = ServerError::new(message, None);
    error.locations = at.into_iter().collect();
    error
}

/// GraphQL, `GetOperation()`; nothing where that is an error.
pub fn find_operation<'d>(
    document: &'d ExecutableDocument,
    name: Option<&str>,
) -> Option<&'d OperationDefinition> {
    let operation = match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(operation),
        (DocumentOperations::Multiple(all), Some(name)) => all.get(name),
        (DocumentOperations::Multiple(all), None) if all.len() == 1 => all.values().next(),
        (DocumentOperations::Single(_), Some(_)) | (DocumentOperations::Multiple(_), None) => None,
    };
    operation.map(|operation| &operation.node)
}

/// What an operation selects from.
fn root(registry: &Registry, kind: OperationType) -> Option<&MetaType> {
    let name = match kind {
        OperationType::Query => Some(&registry.query_type),
        OperationType::Mutation => registry.mutation_type.as_ref(),
        OperationType::Subscription => registry.subscription_type.as_ref(),
    };
    registry.types.get(name?)
}

/// What is selected from in an inline fragment.
fn inside<'r>(
    registry: &'r Registry,
    inline: &InlineFragment,
    outside: Option<&'r MetaType>,
) -> Option<&'r MetaType> {
    match &inline.type_condition {
        Some(on) => registry.types.get(on.node.on.node.as_str()),
        None => outside,
    }
}

/// In the order in which the document lists them.
fn operations_mut(document: &mut ExecutableDocument) -> Vec<&mut OperationDefinition> {
    match &mut document.operations {
        DocumentOperations::Single(operation) => vec![&mut operation.node],
        DocumentOperations::Multiple(all) => {
            let all = all.values_mut();
            all.map(|operation| &mut operation.node).collect()
        }
    }
}

/// The selections of all operations and fragments.
fn sets(document: &ExecutableDocument) -> impl Iterator<Item = &SelectionSet> {
    let operations = document.operations.iter();
    let operations = operations.map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values();
    operations.chain(fragments.map(|fragment| &fragment.node.selection_set.node))
}
