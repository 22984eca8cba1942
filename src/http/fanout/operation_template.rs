//! Operation template: the part of a subscription that determines the payload of an event, and the request that
//! executes it.
//!
//! Filter and cursor stand in the arguments of the root field and have no influence on the payload. Subscriptions that
//! differ only in variables used there have the same key, and so share a topic.

use std::sync::Arc;

use async_graphql::{Name, Request, Variables};

use super::used_variables::{json_of, variables_below_root};
use crate::{
    cache::recorder::TagRecorder,
    feed::Event,
    graphql::{
        subscription_start::SourceEvent,
        validation::{find_operation, prepared_document::PreparedDocument},
    },
    model::{
        request_id::RequestId,
        role::{Caller, Role},
    },
};

/// Identifies a template: subscriptions with equal keys receive identical payloads.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct OperationKey {
    /// Its tokens, so that spellings with other white space and comments share a topic.
    document: Arc<str>,
    /// None if the document has no other operation.
    operation_name: Option<String>,
    /// JSON of the variables that are used below the root.
    variables: String,
    role: Role,
}

/// An operation that is executed once for each event.
#[derive(Debug)]
pub(super) struct OperationTemplate {
    /// Parsed and validated already, so that an event costs only its execution.
    document: Arc<PreparedDocument>,
    operation_name: Option<String>,
    /// Those of the first subscription, without filter and cursor where these may be omitted: their values are ignored.
    variables: Variables,
    role: Role,
}

impl OperationKey {
    /// The key of a validated subscription; `None` if the request has no operation.
    pub(super) fn of_request(request: &Request, role: Role) -> Option<Self> {
        let operation_name = request.operation_name.clone();
        let prepared = PreparedDocument::of_request(request)?;
        let document = prepared.parsed();
        let definition = find_operation(document, operation_name.as_deref())?;
        let used = variables_below_root(document, &definition.selection_set.node);
        Some(Self {
            document: Arc::clone(prepared.canonical_text()),
            operation_name: operation_name.filter(|_| document.operations.iter().count() > 1),
            variables: json_of(&request.variables, &used),
            role,
        })
    }
}

impl OperationTemplate {
    /// `None` if the request has no document.
    pub(super) fn of_request(request: &Request, role: Role) -> Option<Self> {
        let document = Arc::clone(PreparedDocument::of_request(request)?);
        let operation = find_operation(document.parsed(), request.operation_name.as_deref())?;
        let used = variables_below_root(document.parsed(), &operation.selection_set.node);
        let is_required = |name: &Name| {
            let mut definitions = operation.variable_definitions.iter();
            definitions.any(|definition| {
                let definition = &definition.node;
                definition.name.node == *name && !definition.var_type.node.nullable
            })
        };
        let mut variables = request.variables.clone();
        variables.retain(|name, _| used.contains(name) || is_required(name));
        Some(Self {
            operation_name: request.operation_name.clone(),
            variables,
            role,
            document,
        })
    }

    pub(super) fn document(&self) -> &PreparedDocument {
        &self.document
    }

    /// Bytes of the template and of the key of its topic.
    pub(super) fn held_bytes(&self) -> usize {
        self.document.text().len() + self.document.held_bytes(&self.variables)
    }

    /// The request that is executed for an event. Its resolvers record the tags of their data in `recorder`.
    pub(super) fn request(
        &self,
        event: &Arc<Event>,
        recorder: TagRecorder,
        request_id: &RequestId,
    ) -> Request {
        // All subscribers of the topic receive the same payload, so it is executed for a role and not for a person.
        let caller = Caller {
            name: None,
            role: self.role,
            expires: None,
        };
        let mut request = Request::new(self.document.text())
            .variables(self.variables.clone())
            .data(caller)
            .data(request_id.clone())
            .data(recorder)
            .data(Arc::clone(&self.document))
            .data(SourceEvent(Arc::clone(event)));
        request.operation_name.clone_from(&self.operation_name);
        request
    }
}
