//! Direct writer: writes whole frames to a TCP stream from other tasks than that of the connection (see
//! [`super::shared_stream`]).

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker, ready},
};

use parking_lot::{Mutex, MutexGuard};
use tokio::{io::AsyncWrite, net::TcpStream};

use crate::http::clients::{held_bytes::BufferPermits, resource_exceeded::ResourceExceeded};

/// Writes to a connection without waking its task. Clones write to the same connection.
#[derive(Clone, Debug)]
pub(crate) struct DirectWriter(Arc<Mutex<Inner>>);

#[derive(Debug)]
pub(super) struct Inner {
    /// `None` once the connection's task has dropped the stream.
    pub(super) stream: Option<TcpStream>,
    /// The rest of a direct write that the kernel had no room for; it is sent before anything else.
    unsent: Vec<u8>,
    /// Whether the last write of the connection's task was partial.
    is_mid_write: bool,
    /// Waker of the connection's task, which flushes `unsent`.
    task: Option<Waker>,
    /// Of a WebSocket: counts what its buffers hold.
    buffers: Option<BufferPermits>,
    /// The limit that the buffers would have exceeded; the connection cannot be read any more.
    exceeded: Option<ResourceExceeded>,
}

impl DirectWriter {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            stream: Some(stream),
            unsent: Vec::new(),
            is_mid_write: false,
            task: None,
            buffers: None,
            exceeded: None,
        })))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock()
    }

    /// Writes `bytes`, a whole frame, between two writes of the connection's task. Returns false if nothing was
    /// written. The connection's task sends the bytes that the kernel has no room for, see [`Self::poll_unsent`].
    pub(crate) fn try_write_all(&self, bytes: &[u8]) -> bool {
        let mut inner = self.0.lock();
        if inner.is_mid_write || !inner.unsent.is_empty() {
            return false;
        }
        // A frame that may not wait here goes to the connection's task, which closes the connection if it may not either.
        let buffers = inner.buffers.as_mut();
        if buffers.is_some_and(|buffers| buffers.send(bytes.len()).is_err()) {
            return false;
        }
        let written = inner.stream.as_ref().map(|stream| stream.try_write(bytes));
        // Nothing was written. If the connection is broken, its task gets the error.
        let Some(Ok(written)) = written else {
            return false;
        };
        if written < bytes.len() {
            inner.unsent = bytes[written..].to_vec();
            if let Some(task) = &inner.task {
                task.wake_by_ref();
            }
        }
        true
    }

    /// Ready when bytes of a direct write are unsent; the connection's task then flushes the stream.
    pub(crate) fn poll_unsent(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut inner = self.0.lock();
        if !inner.unsent.is_empty() {
            return Poll::Ready(());
        }
        let is_current = |task: &Waker| task.will_wake(cx.waker());
        if !inner.task.as_ref().is_some_and(is_current) {
            inner.task = Some(cx.waker().clone());
        }
        Poll::Pending
    }

    /// Counts the buffers of a WebSocket from now on.
    pub(crate) fn count_buffers(&self, permits: BufferPermits) {
        self.0.lock().buffers = Some(permits);
    }

    /// Reports that a whole message was received.
    pub(crate) fn message_received(&self) {
        if let Some(buffers) = &mut self.0.lock().buffers {
            buffers.message_received();
        }
    }

    /// Counts a message that the connection's task is about to send.
    /// # Errors
    /// The limit that it would exceed.
    pub(crate) fn count_message(&self, bytes: usize) -> Result<(), ResourceExceeded> {
        let mut inner = self.0.lock();
        let buffers = inner.buffers.as_mut();
        buffers.map_or(Ok(()), |buffers| buffers.send(bytes))
    }

    /// The limit that the received bytes would have exceeded.
    pub(crate) fn exceeded(&self) -> Option<ResourceExceeded> {
        self.0.lock().exceeded
    }
}

impl Inner {
    /// # Errors
    /// Once more bytes were received than the client's permits allow.
    pub(super) fn count_received(&mut self, bytes: usize) -> io::Result<()> {
        let Some(buffers) = &mut self.buffers else {
            return Ok(());
        };
        buffers.receive(bytes).map_err(|exceeded| {
            self.exceeded = Some(exceeded);
            io::Error::new(io::ErrorKind::OutOfMemory, exceeded)
        })
    }

    pub(super) fn stream(&mut self) -> Pin<&mut TcpStream> {
        Pin::new(self.stream.as_mut().expect("it is taken on drop only"))
    }

    /// Records whether a write of `length` bytes was partial.
    pub(super) fn record_write(&mut self, written: usize, length: usize) -> usize {
        self.is_mid_write = written < length;
        written
    }

    pub(super) fn poll_flush_unsent(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unsent.is_empty() {
            let mut unsent = std::mem::take(&mut self.unsent);
            let written = self.stream().poll_write(cx, &unsent);
            if let Poll::Ready(Ok(written)) = written {
                unsent.drain(..written);
            }
            self.unsent = unsent;
            if ready!(written)? == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
        }
        // Frees the buffer: unsent bytes are rare, and connections are many.
        self.unsent = Vec::new();
        Poll::Ready(Ok(()))
    }
}
