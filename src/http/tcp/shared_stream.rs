//! The bytes of a connection, and how it ends: whoever is still talking when we hang up hears our last word first.
//!
//! A socket that is closed with bytes unread is reset by the kernel, and a reset overtakes what we said last: a refusal
//! of a large body, a close frame with its code (RFC 9112, 9.6). So what still comes is read for a moment, and dropped.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker, ready},
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

/// A TCP stream that ends gently, and that has a side entrance.
pub(crate) struct Wire(Line);

/// The side entrance of a connection: by it, whoever has something to say to thousands says it without waking the task of
/// each. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Line(Arc<Mutex<Shared>>);

#[derive(Debug)]
struct Shared {
    /// Taken when the connection ends.
    stream: Option<TcpStream>,
    /// What came by the side entrance and was not taken whole; it goes before anything else.
    rest: Vec<u8>,
    /// Whether the connection's own task has written a part of something.
    is_amid: bool,
    /// Who sees to the rest.
    task: Option<Waker>,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self(Line(Arc::new(Mutex::new(Shared {
            stream: Some(stream),
            rest: Vec::new(),
            is_amid: false,
            task: None,
        }))))
    }

    pub(crate) fn line(&self) -> Line {
        self.0.clone()
    }
}

impl Line {
    /// Says something whole, such as a frame, between two things that the connection's own task says: now or not at all,
    /// which it tells. What the kernel has no room for is left to that task, see [`Line::poll_rest`].
    pub(crate) fn put(&self, bytes: &[u8]) -> bool {
        let mut shared = self.lock();
        if shared.is_amid || !shared.rest.is_empty() {
            return false;
        }
        let written = shared.stream.as_ref().map(|stream| stream.try_write(bytes));
        // Nothing was said: if the connection is broken, its own task will see.
        let Some(Ok(written)) = written else {
            return false;
        };
        if written < bytes.len() {
            shared.rest = bytes[written..].to_vec();
            if let Some(task) = &shared.task {
                task.wake_by_ref();
            }
        }
        true
    }

    /// Ready when something is left to the connection's own task, which flushes it.
    pub(crate) fn poll_rest(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut shared = self.lock();
        if !shared.rest.is_empty() {
            return Poll::Ready(());
        }
        let is_known = |task: &Waker| task.will_wake(cx.waker());
        if !shared.task.as_ref().is_some_and(is_known) {
            shared.task = Some(cx.waker().clone());
        }
        Poll::Pending
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn stream(&mut self) -> Pin<&mut TcpStream> {
        Pin::new(self.stream.as_mut().expect("it is taken on drop only"))
    }

    /// Notes how much of `length` bytes was written.
    fn note(&mut self, written: usize, length: usize) -> usize {
        self.is_amid = written < length;
        written
    }

    fn poll_flush_rest(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.rest.is_empty() {
            let mut rest = std::mem::take(&mut self.rest);
            let written = self.stream().poll_write(cx, &rest);
            if let Poll::Ready(Ok(written)) = written {
                rest.drain(..written);
            }
            self.rest = rest;
            if ready!(written)? == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
        }
        // Its room is not kept: hardly ever is there a rest.
        self.rest = Vec::new();
        Poll::Ready(Ok(()))
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        let mut shared = self.0.lock();
        let Some(stream) = shared.stream.take() else {
            return;
        };
        drop(shared);
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
        self.0.lock().stream().poll_read(cx, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut shared = self.0.lock();
        ready!(shared.poll_flush_rest(cx))?;
        let written = ready!(shared.stream().poll_write(cx, bytes))?;
        Poll::Ready(Ok(shared.note(written, bytes.len())))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut shared = self.0.lock();
        ready!(shared.poll_flush_rest(cx))?;
        let written = ready!(shared.stream().poll_write_vectored(cx, slices))?;
        let length = slices.iter().map(|slice| slice.len()).sum();
        Poll::Ready(Ok(shared.note(written, length)))
    }

    fn is_write_vectored(&self) -> bool {
        let shared = self.0.lock();
        shared
            .stream
            .as_ref()
            .is_some_and(AsyncWrite::is_write_vectored)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut shared = self.0.lock();
        ready!(shared.poll_flush_rest(cx))?;
        shared.stream().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut shared = self.0.lock();
        ready!(shared.poll_flush_rest(cx))?;
        shared.stream().poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::task::noop_waker_ref;
    use tokio::net::TcpListener;

    use super::*;

    async fn connected() -> (Wire, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (ours, theirs) = tokio::join!(listener.accept(), TcpStream::connect(address));
        let ours = ours.unwrap().0;
        ours.writable().await.unwrap();
        (Wire::new(ours), theirs.unwrap())
    }

    fn has_rest(line: &Line) -> bool {
        let mut cx = Context::from_waker(noop_waker_ref());
        line.poll_rest(&mut cx).is_ready()
    }

    #[tokio::test]
    async fn what_is_put_comes_whole_and_before_what_is_written_later() {
        let (mut wire, mut peer) = connected().await;
        let line = wire.line();
        assert!(line.put(b"first ") && !has_rest(&line));
        wire.write_all(b"second ").await.unwrap();
        // More than the kernel takes while the peer does not read.
        let much = vec![b'x'; 64 << 20];
        assert!(line.put(&much) && has_rest(&line));
        assert!(!line.put(b"refused"));
        let write = async {
            wire.write_all(b" last").await.unwrap();
            drop(wire);
        };
        let mut read = Vec::new();
        let (read_all, ()) = tokio::join!(peer.read_to_end(&mut read), write);
        read_all.unwrap();
        let expected = [b"first second ".as_slice(), &much, b" last"].concat();
        assert!(read == expected, "{} bytes", read.len());
        assert!(!line.put(b"too late"));
    }

    #[tokio::test]
    async fn nothing_is_put_into_the_midst_of_something() {
        let (mut wire, mut peer) = connected().await;
        let line = wire.line();
        let much = vec![b'x'; 64 << 20];
        let written = wire.write(&much).await.unwrap();
        assert!(written < much.len() && !line.put(b"amid"));
        let write = wire.write_all(&much[written..]);
        let mut read = vec![0; much.len()];
        let (read_all, written) = tokio::join!(peer.read_exact(&mut read), write);
        assert!(read_all.is_ok() && written.is_ok());
        // Tokio has yet to hear that there is room again.
        while !line.put(b"after") {
            tokio::task::yield_now().await;
        }
        let mut after = [0; 5];
        peer.read_exact(&mut after).await.unwrap();
        assert_eq!(&after, b"after");
    }
}
