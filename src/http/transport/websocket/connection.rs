//! One socket, from the first message to the last.

use std::{
    convert::Infallible,
    future::poll_fn,
    num::NonZeroU32,
    pin::pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    body::Bytes,
    extract::ws::{Message, Utf8Bytes, WebSocket},
};
use futures_util::{SinkExt, poll};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::task::yield_now;
use tokio::time::timeout;
use tracing::Span;

use super::{
    active_operations::Operations,
    close::{self, Close},
    messages::ServerMessage,
    socket_events::{News, Outside},
};
use crate::{
    http::{
        middleware::request_context::Visit, state::App, tcp::client_ip::Client,
        transport::stream_permit::Place,
    },
    model::{request_id::RequestId, role::Caller},
    telemetry::rejections::Refused,
};

/// Seconds' worth of messages that may come at once.
const BURST: NonZeroU32 = NonZeroU32::new(10).expect("a literal above zero");
/// Intervals of our pings in which a living peer says something, if only by a pong.
const SILENCE: u32 = 2;

/// Small, and in one place: there are thousands, and most are idle.
pub(super) struct Connection {
    pub(super) app: Arc<App>,
    socket: WebSocket,
    pub(super) outside: Outside,
    /// What the client authorises itself by, kept to ask again: a token may be revoked while the socket is open.
    pub(super) authorization: Option<String>,
    pub(super) client: Client,
    /// Of the request that asked for the socket.
    id: RequestId,
    /// Known once the connection is acknowledged.
    pub(super) caller: Option<Caller>,
    pub(super) operations: Operations,
    messages: DefaultDirectRateLimiter,
    /// Pings since we last heard anything.
    silence: u32,
    _place: Place,
}

enum Turn {
    News(News),
    /// A message to the client.
    Answer(String),
}

pub(super) enum End {
    Close(Close),
    /// Nobody is there to be told.
    Gone,
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

pub(super) type Step = Result<(), End>;

impl Connection {
    /// `place` is given back at its end.
    pub(super) fn new(
        app: Arc<App>,
        socket: WebSocket,
        visit: Visit,
        authorization: Option<String>,
        place: Place,
    ) -> Box<Self> {
        let messages = Quota::per_second(app.limits.transport.messages);
        let burst = app.limits.transport.messages.saturating_mul(BURST);
        Box::new(Self {
            messages: RateLimiter::direct(messages.allow_burst(burst)),
            outside: Outside::new(&app.limits.time, app.phases.clone(), visit.line),
            app,
            socket,
            authorization,
            client: visit.client,
            id: visit.id,
            caller: None,
            operations: Operations::default(),
            silence: 0,
            _place: place,
        })
    }

    /// For lines of the log about no operation of its own.
    pub(super) fn span(&self) -> Span {
        tracing::info_span!("socket", request = %self.id)
    }

    /// Returns when the socket is closed. All that ran on it is dropped; what a mutation has begun to write is not ours.
    pub(super) async fn run(mut self: Box<Self>) {
        let Err(end) = self.converse().await;
        self.operations = Operations::default();
        match end {
            End::Close(close) => {
                tracing::debug!(request = %self.id, ?close, "a socket is closed");
                Box::pin(close::send(&mut self.socket, &close)).await;
            }
            End::Gone => tracing::debug!(request = %self.id, "the peer of a socket is gone"),
        }
    }

    /// What is rare is boxed: its room is not kept while it does not happen.
    async fn converse(&mut self) -> Result<Infallible, End> {
        loop {
            let mut has_waited = false;
            let turn = poll_fn(|cx| {
                let turn = self.poll_turn(cx);
                has_waited |= turn.is_pending();
                turn
            });
            match turn.await {
                Turn::Answer(text) => {
                    // Of a replay the next answer is ready at once: whoever else is on this thread comes in between.
                    if !has_waited {
                        yield_now().await;
                    }
                    self.send(Message::text(text)).await?;
                }
                Turn::News(News::Received(received)) => {
                    if let Some(text) = self.receive(received)? {
                        Box::pin(self.hear(&text)).await?;
                    }
                }
                Turn::News(News::Rest) => Box::pin(self.flush()).await?,
                Turn::News(News::PingIsDue) => Box::pin(self.ping()).await?,
                Turn::News(News::InitIsLate) => return Err(Close::init_timeout().into()),
                Turn::News(News::Stop) => return Err(Close::restart().into()),
            }
        }
    }

    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<Turn> {
        let news = self.outside.poll_news(&mut self.socket, cx);
        if let Poll::Ready(news) = news {
            return Poll::Ready(Turn::News(news));
        }
        self.operations.poll_next(cx).map(Turn::Answer)
    }

    /// The text that was said, if one was.
    fn receive(
        &mut self,
        received: Option<Result<Message, axum::Error>>,
    ) -> Result<Option<Utf8Bytes>, End> {
        let message = received
            .ok_or(End::Gone)?
            .map_err(|error| Close::unreadable(&error))?;
        self.silence = 0;
        if self.messages.check().is_err() {
            let refused = Refused::by("RATE_LIMITED", "max-messages-per-second");
            self.app.metrics.refuse(refused);
            return Err(Close::flooded().into());
        }
        match message {
            Message::Text(text) => Ok(Some(text)),
            Message::Binary(_) => Err(Close::invalid("binary frames are not understood").into()),
            // The library answers a ping, and a close; after that the socket ends by itself, and nothing may be said.
            Message::Close(_) => {
                self.operations = Operations::default();
                Ok(None)
            }
            Message::Ping(_) | Message::Pong(_) => Ok(None),
        }
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

    pub(super) async fn say(&mut self, message: &ServerMessage<'_>) -> Step {
        self.send(Message::text(message.text())).await
    }

    /// While the peer does not read, nothing else happens on this socket; so there is a limit to it.
    async fn send(&mut self, message: Message) -> Step {
        let mut sent = pin!(self.socket.send(message));
        // Hardly ever has the kernel no room, and a clock need not be asked before that.
        let sent = match poll!(sent.as_mut()) {
            Poll::Ready(sent) => Ok(sent),
            Poll::Pending => Box::pin(timeout(*self.app.limits.time.send, sent)).await,
        };
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }

    async fn flush(&mut self) -> Step {
        match timeout(*self.app.limits.time.send, self.socket.flush()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }
}
