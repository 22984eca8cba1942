//! Socket events: everything that wakes a socket's task except its operations, that is the peer, timers and shutdown.
//!
//! These sources are polled with a separate waker, a [`WakeFlag`]. An event of the feed wakes the same task through
//! another waker, so delivering it to thousands of sockets does not poll their timers and connections.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker, ready},
};

use axum::extract::ws::{Message, WebSocket};
use futures_util::{FutureExt, StreamExt, future::BoxFuture};
use tokio::time::{Instant, Interval, MissedTickBehavior, Sleep, interval_at, sleep};

use crate::{
    config::limits::TimeLimits, http::tcp::direct_writer::DirectWriter, lifecycle::Lifecycle,
    wake_flag::WakeFlag,
};

pub(super) struct SocketEvents {
    wake_flag: Arc<WakeFlag>,
    waker: Waker,
    ping_interval: Interval,
    /// `None` once the client has sent `connection_init`.
    init_timeout: Option<Pin<Box<Sleep>>>,
    shutdown: BoxFuture<'static, ()>,
    direct_writer: Option<DirectWriter>,
}

pub(super) enum SocketEvent {
    /// An item of the socket's stream.
    Received(Option<Result<Message, axum::Error>>),
    PingDue,
    InitTimeout,
    Shutdown,
    /// The kernel did not accept a direct write whole; the rest has to be flushed.
    UnsentData,
}

impl SocketEvents {
    /// Starts the timers of a connection.
    pub(super) fn new(
        limits: &TimeLimits,
        lifecycle: Lifecycle,
        direct_writer: Option<DirectWriter>,
    ) -> Self {
        // Raised, because no source was polled yet.
        let wake_flag = Arc::new(WakeFlag::raised());
        let mut ping_interval = interval_at(Instant::now() + *limits.ping, *limits.ping);
        ping_interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            waker: Waker::from(Arc::clone(&wake_flag)),
            wake_flag,
            ping_interval,
            init_timeout: Some(Box::pin(sleep(*limits.init))),
            shutdown: lifecycle.stopping().boxed(),
            direct_writer,
        }
    }

    /// Stops the timer for `connection_init`.
    pub(super) fn init_received(&mut self) {
        self.init_timeout = None;
    }

    /// Writes to the connection from outside the socket's task.
    pub(super) fn direct_writer(&self) -> Option<&DirectWriter> {
        self.direct_writer.as_ref()
    }

    pub(super) fn poll_event(
        &mut self,
        socket: &mut WebSocket,
        cx: &mut Context<'_>,
    ) -> Poll<SocketEvent> {
        self.wake_flag.register(cx.waker());
        if !self.wake_flag.take() {
            return Poll::Pending;
        }
        let waker = self.waker.clone();
        let event = ready!(self.poll_sources(socket, &mut Context::from_waker(&waker)));
        // The sources after the ready one were not polled.
        self.wake_flag.raise();
        Poll::Ready(event)
    }

    fn poll_sources(&mut self, socket: &mut WebSocket, cx: &mut Context<'_>) -> Poll<SocketEvent> {
        if self.shutdown.poll_unpin(cx).is_ready() {
            return Poll::Ready(SocketEvent::Shutdown);
        }
        let init_timeout = self.init_timeout.as_mut();
        if init_timeout.is_some_and(|timeout| timeout.poll_unpin(cx).is_ready()) {
            return Poll::Ready(SocketEvent::InitTimeout);
        }
        if self.ping_interval.poll_tick(cx).is_ready() {
            return Poll::Ready(SocketEvent::PingDue);
        }
        let direct_writer = self.direct_writer.as_ref();
        if direct_writer.is_some_and(|writer| writer.poll_unsent(cx).is_ready()) {
            return Poll::Ready(SocketEvent::UnsentData);
        }
        socket.poll_next_unpin(cx).map(SocketEvent::Received)
    }
}
