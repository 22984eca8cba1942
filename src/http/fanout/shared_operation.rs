//! Shared operation: what is executed once for all clients that ask the same in the same role, and the key by which they do.

use std::collections::HashSet;
use std::sync::Arc;

use async_graphql::{Name, Request, Variables};

use super::{EventPayload, used_variables::json_of};
use crate::{
    cache::recorder::TagRecorder,
    graphql::validation::prepared_document::PreparedDocument,
    model::{
        request_id::RequestId,
        role::{Caller, Role},
    },
};

/// Operations with equal keys have identical results.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::http) struct OperationKey {
    document: Arc<str>,
    /// None if the document has no other operation.
    operation_name: Option<String>,
    /// JSON of the variables that the result depends on.
    variables: String,
    role: Role,
}

impl OperationKey {
    /// The key of a request with a valid document, of which the result depends on these tokens and variables; `None` if the
    /// request has no document.
    pub(in crate::http) fn new(
        request: &Request,
        role: Role,
        document: Arc<str>,
        used: &HashSet<Name>,
    ) -> Option<Self> {
        let operations = &PreparedDocument::of_request(request)?.parsed().operations;
        let is_only = operations.iter().count() == 1;
        let operation_name = request.operation_name.clone();
        Some(Self {
            document,
            operation_name: operation_name.filter(|_| !is_only),
            variables: json_of(&request.variables, used),
            role,
        })
    }
}

/// An operation that is executed for all clients whose key is the same.
#[derive(Debug)]
pub(in crate::http) struct SharedOperation {
    /// Parsed and validated already, so that only its execution costs.
    document: Arc<PreparedDocument>,
    operation_name: Option<String>,
    /// Those of the first client; the result does not depend on the others.
    variables: Variables,
    role: Role,
}

impl SharedOperation {
    /// `None` if the request has no document.
    pub(in crate::http) fn of_request(
        request: &Request,
        role: Role,
        variables: Variables,
    ) -> Option<Self> {
        Some(Self {
            document: Arc::clone(PreparedDocument::of_request(request)?),
            operation_name: request.operation_name.clone(),
            variables,
            role,
        })
    }

    /// Bytes of the operation and of its key.
    pub(in crate::http) fn held_bytes(&self) -> usize {
        self.document.text().len() + self.document.held_bytes(&self.variables)
    }

    /// The text of a request with the same key, if it is not the one that is executed.
    pub(in crate::http) fn other_spelling(&self, sent: &str) -> Option<Box<str>> {
        (sent != self.document.text()).then(|| sent.into())
    }

    /// The payload with the locations of errors in another spelling, if there is one.
    pub(in crate::http) fn localize(
        &self,
        payload: Arc<EventPayload>,
        other_spelling: Option<&str>,
    ) -> Arc<EventPayload> {
        match other_spelling {
            Some(sent) => payload.relocated(&self.document, sent),
            None => payload,
        }
    }

    /// The request that is executed. Its resolvers record the tags of their data in `recorder`.
    pub(in crate::http) fn request(
        &self,
        recorder: TagRecorder,
        request_id: &RequestId,
    ) -> Request {
        // All clients receive the same result, so it is executed for a role and not for a person.
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
            .data(Arc::clone(&self.document));
        request.operation_name.clone_from(&self.operation_name);
        request
    }
}
