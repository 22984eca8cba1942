//! TCP stream with a second writer, and a lingering close.
//!
//! The connection's task reads and writes the stream; a [`DirectWriter`] also writes whole frames to it from another
//! task, so that a delivery to thousands of subscribers does not wake the task of each.
//! On drop the stream is shut down for writing, and input is read and discarded for a moment: closing a socket with
//! unread input makes the kernel send a reset, which can destroy the last response or close frame (RFC 9112, 9.6).
//! Invariant: bytes of a direct write are never interleaved with those of a write by the connection's task.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker, ready},
    time::Duration,
};

use crate::http::clients::{held_bytes::BufferPermits, resource_limiter::ResourceExceeded};
use parking_lot::Mutex;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::TcpStream,
    runtime::Handle,
    time::timeout,
};

/// Time for the peer to close its side.
const LINGER_TIMEOUT: Duration = Duration::from_secs(1);
/// Maximum number of bytes that are read and discarded during that time.
const LINGER_MAX_BYTES: u64 = 16 << 20;

/// TCP stream with a lingering close, shared with its [`DirectWriter`]s.
pub(crate) struct SharedTcpStream(DirectWriter);

/// Writes to a connection without waking its task. Clones write to the same connection.
#[derive(Clone, Debug)]
pub(crate) struct DirectWriter(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    /// `None` once the connection's task has dropped the stream.
    stream: Option<TcpStream>,
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

impl SharedTcpStream {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self(DirectWriter(Arc::new(Mutex::new(Inner {
            stream: Some(stream),
            unsent: Vec::new(),
            is_mid_write: false,
            task: None,
            buffers: None,
            exceeded: None,
        }))))
    }

    pub(crate) fn direct_writer(&self) -> DirectWriter {
        self.0.clone()
    }
}

impl DirectWriter {
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
    fn count_received(&mut self, bytes: usize) -> io::Result<()> {
        let Some(buffers) = &mut self.buffers else {
            return Ok(());
        };
        buffers.receive(bytes).map_err(|exceeded| {
            self.exceeded = Some(exceeded);
            io::Error::new(io::ErrorKind::OutOfMemory, exceeded)
        })
    }

    fn stream(&mut self) -> Pin<&mut TcpStream> {
        Pin::new(self.stream.as_mut().expect("it is taken on drop only"))
    }

    /// Records whether a write of `length` bytes was partial.
    fn record_write(&mut self, written: usize, length: usize) -> usize {
        self.is_mid_write = written < length;
        written
    }

    fn poll_flush_unsent(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
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

impl Drop for SharedTcpStream {
    fn drop(&mut self) {
        let mut inner = self.0.0.lock();
        let Some(stream) = inner.stream.take() else {
            return;
        };
        drop(inner);
        // A peer that has closed its side sends nothing more; any other may.
        let is_closed_by_peer = matches!(stream.try_read(&mut [0; 1]), Ok(0));
        if !is_closed_by_peer && let Ok(runtime) = Handle::try_current() {
            runtime.spawn(timeout(LINGER_TIMEOUT, lingering_close(stream)));
        }
    }
}

async fn lingering_close(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    let mut input = stream.take(LINGER_MAX_BYTES);
    tokio::io::copy(&mut input, &mut tokio::io::sink()).await?;
    Ok(())
}

impl AsyncRead for SharedTcpStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut inner = self.0.0.lock();
        let before = buffer.filled().len();
        ready!(inner.stream().poll_read(cx, buffer))?;
        Poll::Ready(inner.count_received(buffer.filled().len() - before))
    }
}

impl AsyncWrite for SharedTcpStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut inner = self.0.0.lock();
        ready!(inner.poll_flush_unsent(cx))?;
        let written = ready!(inner.stream().poll_write(cx, bytes))?;
        Poll::Ready(Ok(inner.record_write(written, bytes.len())))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut inner = self.0.0.lock();
        ready!(inner.poll_flush_unsent(cx))?;
        let written = ready!(inner.stream().poll_write_vectored(cx, slices))?;
        let length = slices.iter().map(|slice| slice.len()).sum();
        Poll::Ready(Ok(inner.record_write(written, length)))
    }

    fn is_write_vectored(&self) -> bool {
        let inner = self.0.0.lock();
        inner
            .stream
            .as_ref()
            .is_some_and(AsyncWrite::is_write_vectored)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut inner = self.0.0.lock();
        ready!(inner.poll_flush_unsent(cx))?;
        inner.stream().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut inner = self.0.0.lock();
        ready!(inner.poll_flush_unsent(cx))?;
        inner.stream().poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::task::noop_waker_ref;
    use tokio::net::TcpListener;

    use super::*;

    async fn connect() -> (SharedTcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (server, client) = tokio::join!(listener.accept(), TcpStream::connect(address));
        let server = server.unwrap().0;
        server.writable().await.unwrap();
        (SharedTcpStream::new(server), client.unwrap())
    }

    fn has_unsent(writer: &DirectWriter) -> bool {
        let mut cx = Context::from_waker(noop_waker_ref());
        writer.poll_unsent(&mut cx).is_ready()
    }

    #[tokio::test]
    async fn a_direct_write_arrives_whole_and_before_later_writes() {
        let (mut stream, mut peer) = connect().await;
        let writer = stream.direct_writer();
        assert!(writer.try_write_all(b"first ") && !has_unsent(&writer));
        stream.write_all(b"second ").await.unwrap();
        // More than the kernel buffers while the peer does not read.
        let large = vec![b'x'; 64 << 20];
        assert!(writer.try_write_all(&large) && has_unsent(&writer));
        assert!(!writer.try_write_all(b"rejected"));
        let write = async {
            stream.write_all(b" last").await.unwrap();
            drop(stream);
        };
        let mut read = Vec::new();
        let (read_all, ()) = tokio::join!(peer.read_to_end(&mut read), write);
        read_all.unwrap();
        let expected = [b"first second ".as_slice(), &large, b" last"].concat();
        assert!(read == expected, "{} bytes", read.len());
        assert!(!writer.try_write_all(b"too late"));
    }

    #[tokio::test]
    async fn a_direct_write_is_rejected_during_a_partial_write() {
        let (mut stream, mut peer) = connect().await;
        let writer = stream.direct_writer();
        let large = vec![b'x'; 64 << 20];
        let written = stream.write(&large).await.unwrap();
        assert!(written < large.len() && !writer.try_write_all(b"within"));
        let write = stream.write_all(&large[written..]);
        let mut read = vec![0; large.len()];
        let (read_all, written) = tokio::join!(peer.read_exact(&mut read), write);
        assert!(read_all.is_ok() && written.is_ok());
        // Tokio has not been notified yet that the socket is writable.
        while !writer.try_write_all(b"after") {
            tokio::task::yield_now().await;
        }
        let mut after = [0; 5];
        peer.read_exact(&mut after).await.unwrap();
        assert_eq!(&after, b"after");
    }
}
