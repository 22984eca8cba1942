//! Document validation: the rules of the GraphQL specification (September 2025) that async-graphql 7.2.1 does not
//! enforce.
//!
//! Each rule names what the library misses; the library's own validation runs afterwards. If a rule here reports
//! errors, the library does not run, because it could report the same error in other words. A valid document is
//! rewritten where the library would not execute it as specified. Documents with fragment cycles are left to the
//! library: the rules here would not terminate on them.

mod arguments;
mod directives;
mod document_size;
pub mod empty_selection;
mod field_use;
mod fragments;
mod input_position;
mod large_numbers;
mod merged_selections;
mod omitted_variables;
mod overlapping_fields;
pub mod prepared_document;
pub mod prepared_query;
mod single_root_field;
#[cfg(test)]
mod tests;
mod typename;
mod values;
mod variable_coercion;
mod variables;

use std::any::TypeId;
use std::sync::Arc;

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, InlineFragment, OperationDefinition, OperationType,
    SelectionSet,
};
use async_graphql::registry::{MetaType, Registry};
use async_graphql::{Pos, Request, ServerError};

pub(super) use large_numbers::integer_of;

use super::output::markers::NoMergedSelections;
use super::syntax::{Duplicate, MAX_ERRORS, ParsedDocument};
use prepared_document::{PreparedDocument, ValidationOnly};

/// Result of preparing a request, for the later steps of its execution.
#[derive(Default)]
pub struct RequestState {
    pub document: Option<Arc<PreparedDocument>>,
    /// Reported by the validation step, because `prepare_request` can return one error only.
    pub errors: Vec<ServerError>,
    pub has_placeholders: bool,
}

/// Checks a request and sets the document to execute. A document that does not parse is left to the library.
pub(super) fn prepare_request(request: &mut Request, registry: &Registry) -> RequestState {
    let Some(prepared) = PreparedDocument::of_request_or_parse(request) else {
        return RequestState::default();
    };
    if prepared.has_fragment_cycle() {
        request.set_parsed_query(prepared.parsed().clone());
        return RequestState::default();
    }
    let checked = prepared.checked(registry);
    let mut errors = checked.errors.clone();
    let operation = find_operation(prepared.parsed(), request.operation_name.as_deref());
    let mut document = checked.document.clone();
    let is_validation_only = request.data.contains_key(&TypeId::of::<ValidationOnly>());
    if errors.is_empty()
        && !is_validation_only
        && let Some(operation) = operation
    {
        errors = checked.coerce_variables(operation, &mut request.variables, registry);
        // A document that is not validated yet stays as it is, because the library would miss the uses.
        if prepared.is_valid() {
            omitted_variables::remove_uses(&mut document, operation, &request.variables);
        }
        // Mutations use the library's output: each runs once, so that direct output would gain little.
        if !checked.has_merged_selections && operation.ty != OperationType::Mutation {
            request.data.insert(NoMergedSelections);
        }
    }
    request.set_parsed_query(document);
    RequestState {
        has_placeholders: checked.has_placeholders,
        document: Some(prepared),
        errors,
    }
}

fn check_document(parsed: &ParsedDocument, registry: &Registry) -> Vec<ServerError> {
    let document = &parsed.document;
    let duplicates = parsed.duplicates.iter();
    [
        duplicates
            .map(|Duplicate { message, positions }| {
                validation_error(message, positions.iter().copied())
            })
            .collect(),
        fragments::check_names(document),
        directives::check_definitions(document, registry),
        typename::check_document(document),
        variables::check_document(document, registry),
        single_root_field::check_subscriptions(document, registry),
    ]
    .concat()
}

/// Sorts errors by position and removes duplicates. The library iterates over a hash map, and reports an unknown type
/// twice.
pub(super) fn sort_and_truncate(mut errors: Vec<ServerError>) -> Vec<ServerError> {
    errors.sort_by(|left, right| {
        (&left.locations, &left.message).cmp(&(&right.locations, &right.message))
    });
    errors
        .dedup_by(|left, right| left.locations == right.locations && left.message == right.message);
    if errors.len() > MAX_ERRORS {
        errors.truncate(MAX_ERRORS - 1);
        let shown = MAX_ERRORS - 1;
        let message = format!("too many errors; only the first {shown} are shown");
        errors.push(ServerError::new(message, None));
    }
    errors
}

fn validation_error(message: impl Into<String>, at: impl IntoIterator<Item = Pos>) -> ServerError {
    let mut error = ServerError::new(message, None);
    error.locations = at.into_iter().collect();
    error
}

/// GraphQL, `GetOperation()`; none where that is an error.
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

/// Name of the root type of an operation in the schema of this service.
pub(super) fn root_type_name(kind: OperationType) -> &'static str {
    match kind {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    }
}

/// The root type of an operation in any schema.
fn root_type(registry: &Registry, kind: OperationType) -> Option<&MetaType> {
    let name = match kind {
        OperationType::Query => Some(&registry.query_type),
        OperationType::Mutation => registry.mutation_type.as_ref(),
        OperationType::Subscription => registry.subscription_type.as_ref(),
    };
    registry.types.get(name?)
}

/// The type that an inline fragment selects from.
fn inline_fragment_type<'r>(
    registry: &'r Registry,
    inline: &InlineFragment,
    parent: Option<&'r MetaType>,
) -> Option<&'r MetaType> {
    match &inline.type_condition {
        Some(on) => registry.types.get(on.node.on.node.as_str()),
        None => parent,
    }
}

/// All operations in the order of the document.
fn operations_mut(document: &mut ExecutableDocument) -> Vec<&mut OperationDefinition> {
    match &mut document.operations {
        DocumentOperations::Single(operation) => vec![&mut operation.node],
        DocumentOperations::Multiple(all) => {
            let all = all.values_mut();
            all.map(|operation| &mut operation.node).collect()
        }
    }
}

/// The selection sets of all operations and fragments.
fn selection_sets(document: &ExecutableDocument) -> impl Iterator<Item = &SelectionSet> {
    let operations = document.operations.iter();
    let operations = operations.map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values();
    operations.chain(fragments.map(|fragment| &fragment.node.selection_set.node))
}
