//! Dispatch of a client's message: acknowledges the connection, starts and stops operations, and checks the token
//! again.

use async_graphql::{ServerError, parser::types::OperationType};
use serde_json::{Map, Value};
use tracing::Instrument;

use super::{
    close::CloseReason,
    connection::{Disconnect, SocketResult, WebSocketConnection},
    frame_sink::WebSocketFrameSink,
    messages::{ClientMessage, NextEnvelope, ServerMessage, authorization},
};
use crate::{
    graphql::subscription_start::ResumeCursor,
    http::{
        execution,
        middleware::{
            authentication::{Requester, authenticate_header},
            origin::OriginAccess,
        },
        operation::{PreparedOperation, params::RequestParams, rejection::Rejection},
        response::{
            error::HttpError,
            graphql_error::{graphql_error, rejection_of, set_extension},
        },
    },
    model::role::Caller,
};

impl WebSocketConnection {
    pub(super) async fn dispatch(&mut self, text: &str) -> SocketResult {
        match ClientMessage::parse(text).map_err(CloseReason::invalid)? {
            ClientMessage::ConnectionInit { payload } => self.acknowledge(payload).await,
            ClientMessage::Ping { payload } => {
                self.send_message(&ServerMessage::Pong { payload }).await
            }
            ClientMessage::Pong { .. } => Ok(()),
            ClientMessage::Subscribe { id, payload } => self.subscribe(id, payload).await,
            ClientMessage::Complete { id } => {
                self.operations.stop(&id);
                Ok(())
            }
        }
    }

    async fn acknowledge(&mut self, payload: Option<Map<String, Value>>) -> SocketResult {
        if self.caller.is_some() {
            return Err(CloseReason::too_many_inits().into());
        }
        let payload = payload.unwrap_or_default();
        if let Some(authorization) = authorization(&payload).map_err(CloseReason::invalid)? {
            if self.credentials.origin_access != OriginAccess::Full {
                return Err(CloseReason::forbidden().into());
            }
            self.credentials.authorization = Some(authorization);
        }
        let authorization = self.credentials.authorization.as_deref();
        let authentication = authenticate_header(&self.app, authorization);
        let caller = authentication.instrument(self.span()).await;
        self.caller = Some(caller.map_err(|error| close_reason_for(&error))?);
        self.events.init_received();
        self.send_message(&ServerMessage::ConnectionAck).await
    }

    async fn subscribe(&mut self, id: String, payload: Map<String, Value>) -> SocketResult {
        let Some(caller) = self.caller.clone() else {
            return Err(CloseReason::unauthorized().into());
        };
        if self.operations.contains(&id) {
            return Err(CloseReason::duplicate(&id).into());
        }
        let params = RequestParams::from_object(payload).map_err(CloseReason::invalid)?;
        let errors = match self.prepare(caller, params).await? {
            Ok(operation) => {
                self.start(&id, operation);
                return Ok(());
            }
            Err(errors) => errors,
        };
        self.app.metrics.count_rejection(rejection_of(&errors));
        let payload = &errors;
        self.send_message(&ServerMessage::Error { id: &id, payload })
            .await
    }

    async fn prepare(
        &mut self,
        caller: Caller,
        params: RequestParams,
    ) -> Result<Result<PreparedOperation, Vec<ServerError>>, Disconnect> {
        let limit = self.app.limits.transport.operations;
        if self.operations.len() >= limit {
            return Ok(Err(vec![too_many_operations(limit)]));
        }
        let requester = Requester {
            caller,
            client: self.client_ip,
            id: self.app.ids.next(),
        };
        let operation = PreparedOperation::prepare(&self.app, requester, params);
        self.authorize_write(operation).await
    }

    fn start(&mut self, id: &str, operation: PreparedOperation) {
        let envelope = NextEnvelope::for_operation(id);
        let direct_writer = self.events.direct_writer();
        let sink = direct_writer.map(|writer| WebSocketFrameSink::boxed(writer, &envelope));
        let events = execution::stream(&self.app, operation, ResumeCursor::default(), sink);
        self.operations.start(id, envelope, events);
    }

    /// Checks the token again before a mutation: it may have been revoked since the last check, and a write is permanent.
    /// A mutation whose token cannot be checked is rejected; a rejected token closes the socket.
    async fn authorize_write(
        &mut self,
        operation: Result<PreparedOperation, Rejection>,
    ) -> Result<Result<PreparedOperation, Vec<ServerError>>, Disconnect> {
        let operation = match operation {
            Ok(operation) if operation.kind == OperationType::Mutation => operation,
            operation => return Ok(operation.map_err(Rejection::into_errors)),
        };
        let authorization = self.credentials.authorization.as_deref();
        let authentication = authenticate_header(&self.app, authorization);
        match authentication.instrument(self.span()).await {
            Ok(_) => Ok(Ok(operation)),
            Err(error) if error.is_server_error() => {
                let error = error.with_request_id(&operation.id);
                Ok(Err(vec![error.graphql_error()]))
            }
            Err(error) => Err(close_reason_for(&error).into()),
        }
    }

    /// Checks the token again: a revoked token closes the socket, an unavailable database does not.
    pub(super) async fn reauthenticate(&mut self) -> SocketResult {
        let authorization = self.credentials.authorization.as_deref();
        let authentication = authenticate_header(&self.app, authorization);
        match authentication.instrument(self.span()).await {
            Ok(caller) => self.caller = Some(caller),
            Err(error) if error.is_server_error() => {}
            Err(error) => return Err(close_reason_for(&error).into()),
        }
        Ok(())
    }
}

fn too_many_operations(limit: usize) -> ServerError {
    let message = format!(
        "too many operations on this WebSocket (limit {limit}, --max-operations); complete one first"
    );
    let mut error = graphql_error("RATE_LIMITED", message);
    set_extension(&mut error, "limit", "max-operations");
    error
}

fn close_reason_for(error: &HttpError) -> CloseReason {
    if error.is_server_error() {
        return CloseReason::internal();
    }
    let reason = error.close_reason().map(CloseReason::token_rejected);
    reason.unwrap_or_else(CloseReason::forbidden)
}
