//! A request for a page about something recorded: its address, and the questions that the page asks on its behalf.
//!
//! A question is a GraphQL operation of an anonymous caller, so a page cannot show what the API does not. The reader's address is
//! charged for it as for any other operation.

use std::sync::Arc;

use async_graphql::ServerError;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Uri, request::Parts},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, value::RawValue};

use crate::error::Error;
use crate::graphql::output::response_json;
use crate::http::{
    execution,
    middleware::{authentication::Requester, request_context::RequestContext},
    operation::{PreparedOperation, params::RequestParams, rejection::Rejection},
    response::{error::HttpError, graphql_error::first_error_code},
    state::AppState,
};
use crate::model::{pin::PinRequest, role::Caller};

pub(in crate::http) struct PageRequest {
    pub(super) app: Arc<AppState>,
    pub(super) headers: HeaderMap,
    pub(super) uri: Uri,
    pub(super) context: RequestContext,
}

impl FromRequestParts<Arc<AppState>> for PageRequest {
    type Rejection = HttpError;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &Arc<AppState>,
    ) -> Result<Self, Self::Rejection> {
        let context = parts.extensions.get::<RequestContext>().cloned();
        Ok(Self {
            app: Arc::clone(app),
            headers: parts.headers.clone(),
            uri: parts.uri.clone(),
            context: context.ok_or_else(HttpError::internal)?,
        })
    }
}

impl PageRequest {
    /// The query of the address.
    pub(super) fn query(&self) -> &str {
        self.uri.query().unwrap_or_default()
    }

    /// The last segment of the path, as it was sent: no address of a page needs an escape.
    pub(super) fn name(&self) -> &str {
        self.uri.path().rsplit('/').next().unwrap_or_default()
    }

    /// The answer to a question, now or as of the ledger entry `seq`.
    /// # Errors
    /// 429 if the address has not that much left, 503 while the answer is not available, 500 for any other error.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        document: &'static str,
        variables: Value,
        seq: Option<i64>,
    ) -> Result<T, HttpError> {
        let answered = self.execute(document, variables, seq).await?;
        self.read(&answered)
    }

    /// As [`PageRequest::ask`]; `None` if it is about an object that does not exist.
    pub(super) async fn ask_if_found<T: DeserializeOwned>(
        &self,
        document: &'static str,
        variables: Value,
    ) -> Result<Option<T>, HttpError> {
        let answered = self.execute(document, variables, None).await?;
        if first_error_code(&answered.errors) == Some("NOT_FOUND") {
            return Ok(None);
        }
        self.read(&answered).map(Some)
    }

    /// An answer that is kept as it was written, as a value.
    /// # Errors
    /// 500 if it has another form.
    pub(super) fn parse<T: DeserializeOwned>(&self, json: &RawValue) -> Result<T, HttpError> {
        serde_json::from_str(json.get()).map_err(|error| self.internal(&error.to_string()))
    }

    /// Charges what a page costs beside its questions.
    /// # Errors
    /// 429 if the address has not that much left.
    pub(super) fn charge(&self, cost: u32) -> Result<(), HttpError> {
        let limiter = &self.app.cost_limiter;
        let charged = limiter.charge(&Caller::anonymous(), self.context.client_ip, cost);
        match charged {
            Ok(_) => Ok(()),
            Err(error) => Err(HttpError::rate_limited(error.retry_after)),
        }
    }

    /// The response for what could not be read from the database.
    pub(super) fn read_failure(&self, error: &Error) -> HttpError {
        let cause = error.cause_chain();
        tracing::error!(request = %self.context.id, path = self.uri.path(), %cause, "page failed");
        HttpError::from(error).with_request_id(&self.context.id)
    }

    async fn execute(
        &self,
        document: &'static str,
        variables: Value,
        seq: Option<i64>,
    ) -> Result<async_graphql::Response, HttpError> {
        let requester = Requester {
            caller: Caller::anonymous(),
            client: self.context.client_ip,
            id: self.context.id.clone(),
        };
        let pin = seq.map(|seq| PinRequest {
            seq,
            generation: None,
        });
        let params = RequestParams::built_in(document, variables, pin.as_ref());
        let operation = PreparedOperation::prepare(&self.app, requester, params);
        let operation = operation.map_err(|rejection| match rejection {
            Rejection::Errors(errors) => self.failure(&errors),
            Rejection::RateLimited(wait) => HttpError::rate_limited(wait),
            Rejection::Memory(exceeded) => HttpError::resource_exceeded(exceeded),
        })?;
        execution::execute(&self.app, operation).await
    }

    fn read<T: DeserializeOwned>(
        &self,
        answered: &async_graphql::Response,
    ) -> Result<T, HttpError> {
        if !answered.errors.is_empty() {
            return Err(self.failure(&answered.errors));
        }
        let mut data = Vec::new();
        response_json::write_value(&answered.data, &mut data);
        serde_json::from_slice(&data).map_err(|error| self.internal(&error.to_string()))
    }

    fn failure(&self, errors: &[ServerError]) -> HttpError {
        match (first_error_code(errors), errors) {
            (Some("UNAVAILABLE"), _) => {
                HttpError::unavailable("the answer is not available yet; retry in a moment")
            }
            // A part of the address is a variable of the question.
            (Some("BAD_USER_INPUT" | "CURSOR_INVALID"), [error, ..]) => {
                HttpError::bad_request(error.message.clone())
            }
            _ => self.internal(&format!("{errors:?}")),
        }
    }

    fn internal(&self, cause: &str) -> HttpError {
        tracing::error!(request = %self.context.id, path = self.uri.path(), %cause, "page failed");
        HttpError::internal().with_request_id(&self.context.id)
    }
}
