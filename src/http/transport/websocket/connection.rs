//! WebSocket connection: the task that owns one socket and runs its operations, from the first message to the close.
//!
//! It waits for socket events and operation events in one loop, and sends one message at a time. What a message means
//! is in `dispatch`, and how one is sent in `output`.

use std::{
    convert::Infallible,
    future::poll_fn,
    num::NonZeroU32,
    sync::Arc,
    task::{Context, Poll},
};

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::task::yield_now;
use tracing::Span;

use super::{
    active_operations::ActiveOperations,
    close::{self, CloseReason},
    socket_events::{SocketEvent, SocketEvents},
};
use crate::{
    http::{
        clients::client_ip::ClientIp,
        clients::{held_bytes::BufferPermits, resource_exceeded::ResourceExceeded},
        middleware::{origin::OriginAccess, request_context::RequestContext},
        state::AppState,
        transport::stream_permit::StreamPermit,
    },
    model::{request_id::RequestId, role::Caller},
    telemetry::rejections::RejectionLabels,
};

/// A client may send so many seconds' worth of messages at once.
const BURST_SECONDS: NonZeroU32 = NonZeroU32::new(10).expect("a literal above zero");

/// Small, and in one allocation: there are thousands, and most are idle.
pub(super) struct WebSocketConnection {
    pub(super) app: Arc<AppState>,
    pub(super) socket: WebSocket,
    pub(super) events: SocketEvents,
    pub(super) credentials: Credentials,
    pub(super) client_ip: ClientIp,
    /// The upgrade request.
    request_id: RequestId,
    /// `None` until the connection is acknowledged.
    pub(super) caller: Option<Caller>,
    pub(super) operations: ActiveOperations,
    message_limiter: DefaultDirectRateLimiter,
    /// Pings since the last message of the peer.
    pub(super) unanswered_pings: u32,
    _permit: StreamPermit,
}

pub(super) struct Credentials {
    /// The client's authorization, for checking it again: a token may be revoked while the socket is open.
    pub(super) authorization: Option<String>,
    pub(super) origin_access: OriginAccess,
}

enum Turn {
    Event(SocketEvent),
    /// A message to the client.
    Outgoing(String),
}

pub(super) enum Disconnect {
    Close(CloseReason),
    /// The peer is unreachable, so no close frame is sent.
    Gone,
}

impl From<CloseReason> for Disconnect {
    fn from(close: CloseReason) -> Self {
        Self::Close(close)
    }
}

pub(super) type SocketResult = Result<(), Disconnect>;

impl WebSocketConnection {
    /// The connection holds `permit` until it ends.
    pub(super) fn new(
        app: Arc<AppState>,
        socket: WebSocket,
        context: RequestContext,
        credentials: Credentials,
        permit: StreamPermit,
    ) -> Box<Self> {
        let quota = Quota::per_second(app.limits.transport.messages);
        let burst = app.limits.transport.messages.saturating_mul(BURST_SECONDS);
        if let Some(writer) = &context.direct_writer {
            writer.count_buffers(BufferPermits::new(&app.memory, context.client_ip));
        }
        Box::new(Self {
            message_limiter: RateLimiter::direct(quota.allow_burst(burst)),
            events: SocketEvents::new(
                &app.limits.time,
                app.lifecycle.clone(),
                context.direct_writer,
            ),
            app,
            socket,
            credentials,
            client_ip: context.client_ip,
            request_id: context.id,
            caller: None,
            operations: ActiveOperations::default(),
            unanswered_pings: 0,
            _permit: permit,
        })
    }

    /// The span of log lines that belong to the socket rather than to one operation.
    pub(super) fn span(&self) -> Span {
        tracing::info_span!("socket", request = %self.request_id)
    }

    /// Returns when the socket is closed. Running operations are dropped, but the ledger finishes the writes of
    /// mutations.
    pub(super) async fn run(mut self: Box<Self>) {
        let Err(disconnect) = self.run_loop().await;
        self.operations = ActiveOperations::default();
        match disconnect {
            Disconnect::Close(close) => {
                tracing::debug!(request = %self.request_id, ?close, "websocket closed");
                Box::pin(close::send_close(&mut self.socket, &close)).await;
            }
            Disconnect::Gone => {
                tracing::debug!(request = %self.request_id, "websocket closed: the peer is unreachable");
            }
        }
    }

    /// Futures of rare events are boxed, so that an idle connection does not contain their state.
    async fn run_loop(&mut self) -> Result<Infallible, Disconnect> {
        loop {
            let mut has_waited = false;
            let turn = poll_fn(|cx| {
                let turn = self.poll_turn(cx);
                has_waited |= turn.is_pending();
                turn
            });
            match turn.await {
                Turn::Outgoing(text) => {
                    // During a replay the next message is always ready: yield, so that other tasks on this thread run.
                    if !has_waited {
                        yield_now().await;
                    }
                    self.send(Message::text(text)).await?;
                }
                Turn::Event(SocketEvent::Received(received)) => {
                    if let Some(text) = self.accept_message(received)? {
                        Box::pin(self.dispatch(&text)).await?;
                    }
                }
                Turn::Event(SocketEvent::UnsentData) => Box::pin(self.flush()).await?,
                Turn::Event(SocketEvent::PingDue) => Box::pin(self.ping()).await?,
                Turn::Event(SocketEvent::InitTimeout) => {
                    return Err(CloseReason::init_timeout().into());
                }
                Turn::Event(SocketEvent::Shutdown) => return Err(CloseReason::restart().into()),
            }
        }
    }

    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<Turn> {
        let event = self.events.poll_event(&mut self.socket, cx);
        if let Poll::Ready(event) = event {
            return Poll::Ready(Turn::Event(event));
        }
        let metrics = &self.app.metrics;
        let message = self
            .operations
            .poll_next(cx, |rejection| metrics.count_rejection(rejection));
        message.map(Turn::Outgoing)
    }

    /// Checks a received message against the protocol and the rate limit. Returns its text if it is a text message.
    fn accept_message(
        &mut self,
        received: Option<Result<Message, axum::Error>>,
    ) -> Result<Option<Utf8Bytes>, Disconnect> {
        let message =
            received
                .ok_or(Disconnect::Gone)?
                .map_err(|error| match self.exceeded_limit() {
                    Some(exceeded) => self.close_for_memory(exceeded),
                    None => CloseReason::protocol_error(&error),
                })?;
        if let Some(writer) = self.events.direct_writer() {
            writer.message_received();
        }
        self.unanswered_pings = 0;
        if self.message_limiter.check().is_err() {
            let rejection = RejectionLabels::with_limit("RATE_LIMITED", "max-messages-per-second");
            self.app.metrics.count_rejection(rejection);
            return Err(CloseReason::rate_limited().into());
        }
        match message {
            Message::Text(text) => Ok(Some(text)),
            Message::Binary(_) => {
                Err(CloseReason::invalid("binary frames are not understood").into())
            }
            // The WebSocket library answers pings and closes. After a close the stream ends by itself, and no message
            // may be sent.
            Message::Close(_) => {
                self.operations = ActiveOperations::default();
                Ok(None)
            }
            Message::Ping(_) | Message::Pong(_) => Ok(None),
        }
    }

    fn exceeded_limit(&self) -> Option<ResourceExceeded> {
        self.events.direct_writer()?.exceeded()
    }

    pub(super) fn close_for_memory(&self, exceeded: ResourceExceeded) -> CloseReason {
        let rejection = RejectionLabels::with_limit("RATE_LIMITED", exceeded.option());
        self.app.metrics.count_rejection(rejection);
        CloseReason::too_much_memory(exceeded)
    }
}
