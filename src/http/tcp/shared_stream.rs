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
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::TcpStream,
    runtime::Handle,
    time::timeout,
};

use super::direct_writer::DirectWriter;

/// Time for the peer to close its side.
const LINGER_TIMEOUT: Duration = Duration::from_secs(1);
/// Maximum number of bytes that are read and discarded during that time.
const LINGER_MAX_BYTES: u64 = 16 << 20;

/// TCP stream with a lingering close, shared with its [`DirectWriter`]s.
pub(crate) struct SharedTcpStream(DirectWriter);

impl SharedTcpStream {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self(DirectWriter::new(stream))
    }

    pub(crate) fn direct_writer(&self) -> DirectWriter {
        self.0.clone()
    }
}

impl Drop for SharedTcpStream {
    fn drop(&mut self) {
        let mut inner = self.0.lock();
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
        let mut inner = self.0.lock();
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
        let mut inner = self.0.lock();
        ready!(inner.poll_flush_unsent(cx))?;
        let written = ready!(inner.stream().poll_write(cx, bytes))?;
        Poll::Ready(Ok(inner.record_write(written, bytes.len())))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut inner = self.0.lock();
        ready!(inner.poll_flush_unsent(cx))?;
        let written = ready!(inner.stream().poll_write_vectored(cx, slices))?;
        let length = slices.iter().map(|slice| slice.len()).sum();
        Poll::Ready(Ok(inner.record_write(written, length)))
    }

    fn is_write_vectored(&self) -> bool {
        let inner = self.0.lock();
        inner
            .stream
            .as_ref()
            .is_some_and(AsyncWrite::is_write_vectored)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut inner = self.0.lock();
        ready!(inner.poll_flush_unsent(cx))?;
        inner.stream().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut inner = self.0.lock();
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
