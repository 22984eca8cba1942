//! Template of a live query: what its answer depends on, and the request that executes it.

use std::sync::Arc;

use async_graphql::{Request, Variables};

use crate::{
    cache::recorder::TagRecorder,
    graphql::{
        loaders::work_budget::WorkBudget,
        syntax::canonical::canonical_text_without_live,
        validation::{find_operation, prepared_document::PreparedDocument},
    },
    http::fanout::{json_of, variables_of_selections},
    model::{
        pin::PinRequest,
        request_id::RequestId,
        role::{Caller, Role},
    },
};

/// Queries with equal keys have identical answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct LiveKey {
    /// Its tokens without the directive, so that clients share an answer whether they read patches or resume.
    document: Arc<str>,
    /// None if the document has no other operation.
    operation_name: Option<String>,
    /// JSON of the variables that are not used in the directive only.
    variables: String,
    role: Role,
}

/// A query that is executed again whenever its answer may have changed.
#[derive(Debug)]
pub(super) struct LiveTemplate {
    document: Arc<PreparedDocument>,
    operation_name: Option<String>,
    /// Those of the client that opened the topic; its values in the directive are ignored.
    variables: Variables,
    role: Role,
    /// Charged for each execution.
    pub(super) cost: u32,
}

impl LiveKey {
    /// The key of a request with a valid document; `None` if it has no operation.
    pub(super) fn of_request(request: &Request, role: Role) -> Option<Self> {
        let prepared = PreparedDocument::of_request(request)?;
        let document = prepared.parsed();
        let name = request.operation_name.as_deref();
        let operation = find_operation(document, name)?;
        let used = variables_of_selections(document, &operation.selection_set.node);
        let is_only = document.operations.iter().count() == 1;
        let text = canonical_text_without_live(prepared.canonical_text()).ok()?;
        Some(Self {
            document: text.into(),
            operation_name: name.filter(|_| !is_only).map(str::to_owned),
            variables: json_of(&request.variables, &used),
            role,
        })
    }
}

impl LiveTemplate {
    /// `None` if the request has no document.
    pub(super) fn of_request(request: &Request, role: Role, cost: u32) -> Option<Self> {
        Some(Self {
            document: Arc::clone(PreparedDocument::of_request(request)?),
            operation_name: request.operation_name.clone(),
            variables: request.variables.clone(),
            role,
            cost,
        })
    }

    pub(super) fn document(&self) -> &PreparedDocument {
        &self.document
    }

    /// Bytes of the template and of the key of its topic.
    pub(super) fn held_bytes(&self) -> usize {
        self.document.text().len() + self.document.held_bytes(&self.variables)
    }

    /// The request that is executed. Its resolvers record the tags of their data in `recorder`, and spend `work`.
    pub(super) fn request(
        &self,
        pin: Option<PinRequest>,
        recorder: TagRecorder,
        work: WorkBudget,
        request_id: &RequestId,
    ) -> Request {
        // All subscribers of the topic receive the same answer, so it is executed for a role and not for a person.
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
            .data(work)
            .data(Arc::clone(&self.document));
        if let Some(pin) = pin {
            request = request.data(pin);
        }
        request.operation_name.clone_from(&self.operation_name);
        request
    }
}
