//! Executes built-in documents for a requester, all pinned to one entry of the ledger, so that pages of one answer fit together
//! whatever is recorded meanwhile.

use std::net::Ipv6Addr;
use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use serde_json::{Value, json, value::RawValue};
use tokio::time::sleep;

use super::error::QueryError;
use crate::graphql::output::response_json;
use crate::http::{
    clients::client_ip::ClientIp,
    execution,
    middleware::authentication::Requester,
    operation::{PreparedOperation, params::RequestParams, rejection::Rejection},
    response::error::HttpError,
    state::AppState,
};
use crate::model::{pin::PinRequest, request_id::RequestId, role::Caller};

/// A requester and the entry that its queries are pinned to.
#[derive(Clone)]
pub(crate) struct PinnedQuery {
    app: Arc<AppState>,
    caller: Caller,
    client: ClientIp,
    id: RequestId,
    /// 0 before the first entry: nothing can be pinned then.
    pub(crate) seq: i64,
    generation: Option<String>,
}

/// What happens if the requester may not spend that much now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RateLimit {
    Reject,
    /// For the further pages of an answer that has started.
    Wait,
}

/// Is refused where the pin is.
const CHECK_PIN: &str = "{ ledger { generation } }";

/// Not a valid name of a token.
const SERVER: &str = "(server)";

impl PinnedQuery {
    /// Pinned to the requested entry, or to the newest one.
    pub(crate) fn new(app: &Arc<AppState>, requester: Requester, pin: Option<&PinRequest>) -> Self {
        let pin = pin.cloned().unwrap_or_else(|| PinRequest {
            seq: app.feed.head(),
            generation: Some(app.feed.generation().to_owned()),
        });
        Self {
            app: Arc::clone(app),
            caller: requester.caller,
            client: requester.client,
            id: requester.id,
            seq: pin.seq,
            generation: pin.generation,
        }
    }

    /// For messages of the server itself, which have a bucket of the rate limit of their own.
    pub(crate) fn of_server(app: &Arc<AppState>) -> Self {
        let requester = Requester {
            caller: Caller {
                name: Some(SERVER.to_owned()),
                ..Caller::anonymous()
            },
            client: ClientIp::from_ip(Ipv6Addr::UNSPECIFIED.into()),
            id: app.ids.next(),
        };
        Self::new(app, requester, None)
    }

    /// The same, pinned to another entry.
    pub(crate) fn at(&self, seq: i64) -> Self {
        Self {
            seq,
            ..self.clone()
        }
    }

    pub(crate) fn client(&self) -> ClientIp {
        self.client
    }

    pub(crate) fn app(&self) -> &Arc<AppState> {
        &self.app
    }

    /// The data of a document.
    /// # Errors
    /// Those of the operation; 429 if the requester may not spend that much, and `rate_limit` rejects; 503 once the server stops.
    pub(crate) async fn execute(
        &self,
        document: &str,
        variables: &Value,
        rate_limit: RateLimit,
    ) -> Result<Value, QueryError> {
        let data = self
            .execute_as_text(document, variables, rate_limit)
            .await?;
        QueryError::read(data.get())
    }

    /// That the pin names a state of this ledger, for what is sent without executing anything pinned.
    /// # Errors
    /// As [`PinnedQuery::execute`].
    pub(crate) async fn check_pin(&self, rate_limit: RateLimit) -> Result<(), QueryError> {
        let variables = json!({});
        let checked = self.execute_as_text(CHECK_PIN, &variables, rate_limit);
        checked.await.map(drop)
    }

    /// The data of a document as JSON text, in the order of its selection.
    /// # Errors
    /// As [`PinnedQuery::execute`].
    pub(crate) async fn execute_as_text(
        &self,
        document: &str,
        variables: &Value,
        rate_limit: RateLimit,
    ) -> Result<Box<RawValue>, QueryError> {
        let operation = loop {
            match self.prepare(self.params(document, variables)) {
                Err(Rejection::RateLimited(wait)) if rate_limit == RateLimit::Wait => {
                    self.unless_stopping(sleep(wait)).await?;
                }
                operation => break operation,
            }
        };
        self.run(operation.map_err(QueryError::of_rejection)?).await
    }

    async fn run(&self, operation: PreparedOperation) -> Result<Box<RawValue>, QueryError> {
        // Boxed, so that the futures of its callers do not contain the state of an execution.
        let execution = Box::pin(execution::execute(&self.app, operation));
        let response = self.unless_stopping(execution).await??;
        if !response.errors.is_empty() {
            return Err(QueryError::Errors(response.errors));
        }
        let mut data = Vec::new();
        response_json::write_value(&response.data, &mut data);
        serde_json::from_slice(&data)
            .map_err(|error| QueryError::unexpected_data(&error.to_string()))
    }

    /// The data of a query that the requester sent, as JSON text.
    /// # Errors
    /// As [`PinnedQuery::execute`]; `BAD_USER_INPUT` for a mutation or subscription.
    pub(crate) async fn execute_sent(
        &self,
        document: &str,
        variables: &Value,
    ) -> Result<Box<RawValue>, QueryError> {
        let mut params = self.params(document, variables);
        params.is_built_in = false;
        let operation = self.prepare(params).map_err(QueryError::of_rejection)?;
        if operation.kind != OperationType::Query {
            return Err(QueryError::parameter("query", "must be a query"));
        }
        self.run(operation).await
    }

    /// Charges work that is not done by an operation.
    /// # Errors
    /// As [`PinnedQuery::execute`].
    pub(crate) async fn charge(&self, cost: u32, rate_limit: RateLimit) -> Result<(), QueryError> {
        loop {
            let buckets = &self.app.cost_limiter;
            match buckets.charge(&self.caller, self.client, cost) {
                Ok(_) => return Ok(()),
                Err(limited) if rate_limit == RateLimit::Wait => {
                    self.unless_stopping(sleep(limited.retry_after)).await?;
                }
                Err(limited) => return Err(HttpError::rate_limited(limited.retry_after).into()),
            }
        }
    }

    fn params(&self, document: &str, variables: &Value) -> RequestParams {
        let pin = PinRequest {
            seq: self.seq,
            generation: self.generation.clone(),
        };
        // Before the first entry there is nothing to pin.
        let pin = (self.seq > 0).then_some(&pin);
        RequestParams::built_in(document, variables.clone(), pin)
    }

    fn prepare(&self, params: RequestParams) -> Result<PreparedOperation, Rejection> {
        let requester = Requester {
            caller: self.caller.clone(),
            client: self.client,
            id: self.id.clone(),
        };
        PreparedOperation::prepare(&self.app, requester, params)
    }

    async fn unless_stopping<T>(&self, future: impl Future<Output = T>) -> Result<T, QueryError> {
        let stopping = self.app.lifecycle.clone().stopping();
        tokio::select! {
            biased;
            () = stopping => Err(HttpError::shutting_down().into()),
            result = future => Ok(result),
        }
    }
}
