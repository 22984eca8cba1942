//! What follows from what the client of a socket says.

use serde_json::{Map, Value};
use tracing::Instrument;

use super::{
    close::Close,
    connection::{Connection, Step},
    frame_sink::SocketDoor,
    messages::{ClientMessage, NextHead, ServerMessage, authorization},
};
use crate::{
    graphql::subscription_start::ResumeFrom,
    http::{
        execution,
        middleware::authentication::find_caller,
        operation::{Asker, Operation, params::Params},
        response::{
            error::Refusal,
            graphql_error::{error, refused, set},
        },
    },
};

impl Connection {
    pub(super) async fn hear(&mut self, text: &str) -> Step {
        match ClientMessage::parse(text).map_err(Close::invalid)? {
            ClientMessage::ConnectionInit { payload } => self.acknowledge(payload).await,
            ClientMessage::Ping { payload } => self.say(&ServerMessage::Pong { payload }).await,
            ClientMessage::Pong { .. } => Ok(()),
            ClientMessage::Subscribe { id, payload } => self.subscribe(id, payload).await,
            ClientMessage::Complete { id } => {
                self.operations.stop(&id);
                Ok(())
            }
        }
    }

    async fn acknowledge(&mut self, payload: Option<Map<String, Value>>) -> Step {
        if self.caller.is_some() {
            return Err(Close::second_init().into());
        }
        let payload = payload.unwrap_or_default();
        if let Some(own) = authorization(&payload).map_err(Close::invalid)? {
            self.authorization = Some(own.to_owned());
        }
        let found = find_caller(&self.app, self.authorization.as_deref());
        let caller = found.instrument(self.span()).await;
        self.caller = Some(caller.map_err(|refusal| close_for(&refusal))?);
        self.outside.introduced();
        self.say(&ServerMessage::ConnectionAck).await
    }

    async fn subscribe(&mut self, id: String, payload: Map<String, Value>) -> Step {
        let Some(caller) = self.caller.clone() else {
            return Err(Close::unauthorized().into());
        };
        if self.operations.contains(&id) {
            return Err(Close::duplicate(&id).into());
        }
        let params = Params::from_object(payload).map_err(Close::invalid)?;
        let most = self.app.limits.transport.operations;
        let errors = if self.operations.len() >= most {
            let message = format!(
                "{most} operations run on this socket (--max-operations); complete one first"
            );
            let mut refused = error("RATE_LIMITED", message);
            set(&mut refused, "limit", "max-operations");
            vec![refused]
        } else {
            let asker = Asker {
                caller,
                client: self.client,
                id: self.app.ids.next(),
            };
            match Operation::prepare(&self.app, asker, params) {
                Ok(operation) => {
                    let next = NextHead::to(&id);
                    let line = self.outside.line();
                    let door = line.map(|line| SocketDoor::of(line, &next));
                    let resume = ResumeFrom::default();
                    let answers = execution::answers(&self.app, operation, resume, door);
                    self.operations.start(&id, next, answers);
                    return Ok(());
                }
                Err(rejection) => rejection.into_errors(),
            }
        };
        self.app.metrics.refuse(refused(&errors));
        let payload = &errors;
        self.say(&ServerMessage::Error { id: &id, payload }).await
    }

    /// A token that was revoked meanwhile ends the socket; a database that cannot answer just now does not.
    pub(super) async fn find_caller_again(&mut self) -> Step {
        let found = find_caller(&self.app, self.authorization.as_deref());
        match found.instrument(self.span()).await {
            Ok(caller) => self.caller = Some(caller),
            Err(refusal) if refusal.is_ours() => {}
            Err(refusal) => return Err(close_for(&refusal).into()),
        }
        Ok(())
    }
}

fn close_for(refusal: &Refusal) -> Close {
    if refusal.is_ours() {
        Close::internal()
    } else {
        Close::forbidden()
    }
}
