//! Template of a live query: what its answer depends on, and the request that executes it.

use async_graphql::Request;

use crate::{
    cache::recorder::TagRecorder,
    graphql::{
        loaders::work_budget::WorkBudget,
        syntax::canonical::canonical_text_without_live,
        validation::{find_operation, prepared_document::PreparedDocument},
    },
    http::fanout::{OperationKey, SharedOperation, variables_of_selections},
    model::{pin::PinRequest, request_id::RequestId, role::Role},
};

/// The key of a request with a valid document; `None` if it has no operation. It has neither the directive nor the variables that
/// are used there only, so that clients share an answer whether they read patches or resume.
pub(super) fn key_of(request: &Request, role: Role) -> Option<OperationKey> {
    let prepared = PreparedDocument::of_request(request)?;
    let document = prepared.parsed();
    let operation = find_operation(document, request.operation_name.as_deref())?;
    let used = variables_of_selections(document, &operation.selection_set.node);
    let text = canonical_text_without_live(prepared.canonical_text()).ok()?;
    OperationKey::new(request, role, text.into(), &used)
}

/// A query that is executed again whenever its answer may have changed.
#[derive(Debug)]
pub(super) struct LiveTemplate {
    pub(super) operation: SharedOperation,
    /// Charged for each execution.
    pub(super) cost: u32,
}

impl LiveTemplate {
    /// `None` if the request has no document.
    pub(super) fn of_request(request: &Request, role: Role, cost: u32) -> Option<Self> {
        let variables = request.variables.clone();
        let operation = SharedOperation::of_request(request, role, variables)?;
        Some(Self { operation, cost })
    }

    /// The request that is executed. Its resolvers record the tags of their data in `recorder`, and spend `work`.
    pub(super) fn request(
        &self,
        pin: Option<PinRequest>,
        recorder: TagRecorder,
        work: WorkBudget,
        request_id: &RequestId,
    ) -> Request {
        let request = self.operation.request(recorder, request_id).data(work);
        match pin {
            Some(pin) => request.data(pin),
            None => request,
        }
    }
}
