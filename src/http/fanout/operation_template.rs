//! Operation template: the part of a subscription that determines the payload of an event.
//!
//! Filter and cursor stand in the arguments of the root field and have no influence on the payload. Subscriptions that
//! differ only in variables used there have the same key, and so share a topic.

use std::sync::Arc;

use async_graphql::{Name, Request};

use super::{
    shared_operation::{OperationKey, SharedOperation},
    used_variables::variables_below_root,
};
use crate::{
    graphql::validation::{find_operation, prepared_document::PreparedDocument},
    model::role::Role,
};

/// The key of a validated subscription; `None` if the request has no operation.
pub(super) fn key_of(request: &Request, role: Role) -> Option<OperationKey> {
    let prepared = PreparedDocument::of_request(request)?;
    let document = prepared.parsed();
    let operation = find_operation(document, request.operation_name.as_deref())?;
    let used = variables_below_root(document, &operation.selection_set.node);
    OperationKey::new(request, role, Arc::clone(prepared.canonical_text()), &used)
}

/// What is executed for each event; `None` if the request has no operation. Its variables are those of the first subscription,
/// without filter and cursor where these may be omitted: their values are ignored.
pub(super) fn template_of(request: &Request, role: Role) -> Option<SharedOperation> {
    let document = PreparedDocument::of_request(request)?.parsed();
    let operation = find_operation(document, request.operation_name.as_deref())?;
    let used = variables_below_root(document, &operation.selection_set.node);
    let is_required = |name: &Name| {
        let mut definitions = operation.variable_definitions.iter();
        definitions.any(|definition| {
            let definition = &definition.node;
            definition.name.node == *name && !definition.var_type.node.nullable
        })
    };
    let mut variables = request.variables.clone();
    variables.retain(|name, _| used.contains(name) || is_required(name));
    SharedOperation::of_request(request, role, variables)
}
