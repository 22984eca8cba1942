//! The bytes of a connection, and how it ends: whoever is still talking when we hang up hears our last word first.
//!
//! A socket that is closed with bytes unread is reset by the kernel, and a reset overtakes what we said last: a refusal
//! of a large body, a close frame with its code (RFC 9112, 9.6). So what still comes is read for a moment, and dropped.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::TcpStream,
    runtime::Handle,
    time::timeout,
};

/// For the peer to notice that we have hung up.
const LINGER: Duration = Duration::from_secs(1);
/// Bytes of a peer that does not.
const DROPPED: u64 = 16 << 20;

/// A TCP stream that ends gently.
pub(super) struct Wire(Option<TcpStream>);

impl Wire {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self(Some(stream))
    }

    fn stream(self: Pin<&mut Self>) -> Pin<&mut TcpStream> {
        let stream = self.get_mut().0.as_mut();
        Pin::new(stream.expect("it is taken on drop only"))
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        let Some(stream) = self.0.take() else { return };
        // A peer that has hung up says nothing more; any other may be about to.
        let has_hung_up = matches!(stream.try_read(&mut [0; 1]), Ok(0));
        if !has_hung_up && let Ok(runtime) = Handle::try_current() {
            runtime.spawn(timeout(LINGER, hear_out(stream)));
        }
    }
}

async fn hear_out(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    let mut rest = stream.take(DROPPED);
    tokio::io::copy(&mut rest, &mut tokio::io::sink()).await?;
    Ok(())
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream().poll_read(cx, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.stream().poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream().poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.as_ref().is_some_and(AsyncWrite::is_write_vectored)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_shutdown(cx)
    }
}
