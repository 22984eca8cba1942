//! One socket, from the first message to the last.

use std::{convert::Infallible, num::NonZeroU32, sync::Arc};

use axum::{
    body::Bytes,
    extract::ws::{Message, WebSocket},
};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use serde_json::{Map, Value};
use tokio::task::yield_now;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout};

use super::{
    close::{self, Close},
    messages::{ClientMessage, ServerMessage, authorization},
    operations::{Event, Operations},
};
use crate::{
    graphql::resume::ResumeFrom,
    http::{
        App,
        authorization::find_caller,
        client::Client,
        execution,
        live::stopped,
        operation::{Asker, Operation},
        params::Params,
        refusal::{Refusal, error},
    },
    model::role::Caller,
};

/// Seconds' worth of messages that may come at once.
const BURST: NonZeroU32 = NonZeroU32::new(10).expect("a literal above zero");
/// Intervals of our pings in which a living peer says something, if only by a pong.
const SILENCE: u32 = 2;

pub(super) struct Connection {
    app: Arc<App>,
    socket: WebSocket,
    /// What the client authorises itself by, kept to ask again: a token may be revoked while the socket is open.
    authorization: Option<String>,
    client: Client,
    /// Known once the connection is acknowledged.
    caller: Option<Caller>,
    operations: Operations,
    messages: DefaultDirectRateLimiter,
    /// Pings since we last heard anything.
    silence: u32,
}

enum End {
    Close(Close),
    /// Nobody is there to be told.
    Gone,
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

type Step = Result<(), End>;

impl Connection {
    pub(super) fn new(
        app: Arc<App>,
        socket: WebSocket,
        authorization: Option<String>,
        client: Client,
    ) -> Self {
        let messages = Quota::per_second(app.limits.transport.messages);
        let burst = app.limits.transport.messages.saturating_mul(BURST);
        Self {
            messages: RateLimiter::direct(messages.allow_burst(burst)),
            app,
            socket,
            authorization,
            client,
            caller: None,
            operations: Operations::default(),
            silence: 0,
        }
    }

    /// Returns when the socket is closed. All that ran on it is dropped; what a mutation has begun to write is not ours.
    pub(super) async fn run(mut self) {
        let Err(end) = self.converse().await;
        drop(self.operations);
        match end {
            End::Close(close) => {
                tracing::debug!(?close, "a socket is closed");
                close::send(self.socket, &close).await;
            }
            End::Gone => tracing::debug!("the peer of a socket is gone"),
        }
    }

    async fn converse(&mut self) -> Result<Infallible, End> {
        let app = Arc::clone(&self.app);
        let limits = &app.limits.time;
        let mut ping = interval_at(Instant::now() + *limits.ping, *limits.ping);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut init = std::pin::pin!(sleep(*limits.init));
        let mut stop = std::pin::pin!(stopped(self.app.shutdown.clone()));
        loop {
            tokio::select! {
                received = self.socket.recv() => self.receive(received).await?,
                event = self.operations.next() => self.deliver(event).await?,
                _ = ping.tick() => self.ping().await?,
                () = &mut init, if self.caller.is_none() => return Err(Close::init_timeout().into()),
                () = &mut stop => return Err(Close::restart().into()),
            }
        }
    }

    async fn receive(&mut self, received: Option<Result<Message, axum::Error>>) -> Step {
        let message = received
            .ok_or(End::Gone)?
            .map_err(|error| Close::unreadable(&error))?;
        self.silence = 0;
        if self.messages.check().is_err() {
            return Err(Close::flooded().into());
        }
        match message {
            Message::Text(text) => self.hear(&text).await,
            Message::Binary(_) => Err(Close::invalid("binary frames are not understood").into()),
            // The library answers a ping, and a close; after that the socket ends by itself.
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => Ok(()),
        }
    }

    async fn hear(&mut self, text: &str) -> Step {
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
        let caller = find_caller(&self.app, self.authorization.as_deref()).await;
        self.caller = Some(caller.map_err(|refusal| close_for(&refusal))?);
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
            vec![error("RATE_LIMITED", message)]
        } else {
            let asker = Asker {
                caller,
                client: self.client,
                id: self.app.ids.next(),
            };
            match Operation::prepare(&self.app, asker, params) {
                Ok(operation) => {
                    let said = execution::answers(&self.app, operation, ResumeFrom::default());
                    self.operations.start(id, said);
                    return Ok(());
                }
                Err(rejection) => rejection.into_errors(),
            }
        };
        let payload = &errors;
        self.say(&ServerMessage::Error { id: &id, payload }).await
    }

    async fn deliver(&mut self, event: Event) -> Step {
        let message = match &event {
            Event::Next { id, payload } => ServerMessage::Next {
                id,
                payload: serde_json::from_slice(payload).map_err(|_| Close::internal())?,
            },
            Event::Refused { id, errors } => ServerMessage::Error {
                id,
                payload: errors,
            },
            Event::Complete { id } => ServerMessage::Complete { id },
        };
        self.say(&message).await?;
        // Of a replay the next answer is ready at once: whoever else is on this thread comes in between.
        yield_now().await;
        Ok(())
    }

    async fn ping(&mut self) -> Step {
        if self.silence >= SILENCE {
            return Err(End::Gone);
        }
        self.silence += 1;
        if self.caller.is_some() {
            self.find_caller_again().await?;
        }
        self.send(Message::Ping(Bytes::new())).await
    }

    /// A token that was revoked meanwhile ends the socket; a database that cannot answer just now does not.
    async fn find_caller_again(&mut self) -> Step {
        match find_caller(&self.app, self.authorization.as_deref()).await {
            Ok(caller) => self.caller = Some(caller),
            Err(refusal) if refusal.is_ours() => {}
            Err(refusal) => return Err(close_for(&refusal).into()),
        }
        Ok(())
    }

    async fn say(&mut self, message: &ServerMessage<'_>) -> Step {
        let text = serde_json::to_string(message).map_err(|error| {
            tracing::error!(%error, "an answer that is no JSON");
            Close::internal()
        })?;
        self.send(Message::text(text)).await
    }

    /// While the peer does not read, nothing else happens on this socket; so there is a limit to it.
    async fn send(&mut self, message: Message) -> Step {
        match timeout(*self.app.limits.time.send, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }
}

fn close_for(refusal: &Refusal) -> Close {
    if refusal.is_ours() {
        Close::internal()
    } else {
        Close::forbidden()
    }
}
