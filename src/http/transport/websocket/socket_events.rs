//! What wakes a socket's task but for the answers of its operations: the peer, the clock, the end of the server.
//!
//! All of it has a waker of its own, which notes that it was called. An event of the feed wakes the same task by another,
//! and so costs no look at timers and the socket, of which there are thousands.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker, ready},
};

use axum::extract::ws::{Message, WebSocket};
use futures_util::{FutureExt, StreamExt, future::BoxFuture};
use tokio::time::{Instant, Interval, MissedTickBehavior, Sleep, interval_at, sleep};

use crate::{
    config::limits::TimeLimits, http::tcp::shared_stream::Line, lifecycle::Phases,
    wake_flag::WakeFlag,
};

pub(super) struct Outside {
    flag: Arc<WakeFlag>,
    waker: Waker,
    ping: Interval,
    /// Until the client has introduced itself.
    init: Option<Pin<Box<Sleep>>>,
    stop: BoxFuture<'static, ()>,
    line: Option<Line>,
}

pub(super) enum News {
    /// As from the socket.
    Received(Option<Result<Message, axum::Error>>),
    PingIsDue,
    InitIsLate,
    Stop,
    /// Something was said by the side entrance, and the kernel has not taken it whole.
    Rest,
}

impl Outside {
    /// The clocks of a connection start now.
    pub(super) fn new(limits: &TimeLimits, phases: Phases, line: Option<Line>) -> Self {
        // Nothing was looked at yet, so there may be news.
        let flag = Arc::new(WakeFlag::raised());
        let mut ping = interval_at(Instant::now() + *limits.ping, *limits.ping);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            waker: Waker::from(Arc::clone(&flag)),
            flag,
            ping,
            init: Some(Box::pin(sleep(*limits.init))),
            stop: phases.stopped().boxed(),
            line,
        }
    }

    /// It is not late any more.
    pub(super) fn introduced(&mut self) {
        self.init = None;
    }

    /// By which the socket can be spoken to from outside of its task.
    pub(super) fn line(&self) -> Option<&Line> {
        self.line.as_ref()
    }

    pub(super) fn poll_news(&mut self, socket: &mut WebSocket, cx: &mut Context<'_>) -> Poll<News> {
        self.flag.register(cx.waker());
        if !self.flag.take() {
            return Poll::Pending;
        }
        let waker = self.waker.clone();
        let news = ready!(self.look(socket, &mut Context::from_waker(&waker)));
        // Whatever comes after it was not looked at.
        self.flag.raise();
        Poll::Ready(news)
    }

    fn look(&mut self, socket: &mut WebSocket, cx: &mut Context<'_>) -> Poll<News> {
        if self.stop.poll_unpin(cx).is_ready() {
            return Poll::Ready(News::Stop);
        }
        let init = self.init.as_mut();
        if init.is_some_and(|init| init.poll_unpin(cx).is_ready()) {
            return Poll::Ready(News::InitIsLate);
        }
        if self.ping.poll_tick(cx).is_ready() {
            return Poll::Ready(News::PingIsDue);
        }
        let line = self.line.as_ref();
        if line.is_some_and(|line| line.poll_rest(cx).is_ready()) {
            return Poll::Ready(News::Rest);
        }
        socket.poll_next_unpin(cx).map(News::Received)
    }
}
