//! Accepts connections and runs the routes on them until it is told to stop.
//!
//! A loop of our own, because `axum::serve` gives connections no limit of time and of number.

mod fast_path;

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, extract::Request, response::Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tower_service::Service;

use super::{
    router::router,
    state::App,
    tcp::{
        client_ip::{Client, Peer, is_trusted},
        connection_limiter::Connection,
        shared_stream::{Line, Wire},
    },
};
use crate::telemetry::rejections::Refused;

/// Bytes of a request's head: the longest document in an address, each byte of it escaped.
const HEAD: usize = 64 << 10;
/// Bytes that the kernel takes for a client beyond what is under way: of one who does not read it would keep megabytes,
/// and we would learn of it only when they are full.
#[cfg(target_os = "linux")]
const UNSENT: u32 = 128 << 10;
/// When no file descriptor is left; somebody will close one.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(50);

/// Serves until it is told to stop, then lets what is open end for the time of grace.
/// # Errors
/// None at present: a connection that cannot be accepted is tried again.
pub async fn serve(listener: TcpListener, app: App) -> io::Result<()> {
    let (live, grace) = (app.live.clone(), *app.limits.time.grace);
    let app = Arc::new(app);
    let router = router(Arc::clone(&app));
    let mut stop = pin!(app.phases.clone().stopped());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let Some((stream, peer)) = usable(accepted).await else {
            continue;
        };
        let client = (!is_trusted(peer.ip(), &app.doors.proxies)).then(|| Client::of(peer.ip()));
        let Some(place) = app.connections.enter(client) else {
            app.metrics
                .refuse(Refused::by("RATE_LIMITED", "max-connections"));
            tokio::spawn(turn_away(stream));
            continue;
        };
        let guard = live.token();
        let wire = Wire::new(stream);
        let host = Arc::new(Host {
            app: Arc::clone(&app),
            router: router.clone(),
            peer,
            place: Arc::new(place),
            line: wire.line(),
        });
        tokio::spawn(async move {
            converse(wire, host).await;
            drop(guard);
        });
    }
    drop(listener);
    timeout(grace, live.wait()).await.unwrap_or_else(|_| {
        tracing::warn!("connections still open after {grace:?}; they are cut");
    });
    Ok(())
}

/// A connection, unless the peer has thought better of it.
async fn usable(accepted: io::Result<(TcpStream, SocketAddr)>) -> Option<(TcpStream, SocketAddr)> {
    match accepted {
        Ok((stream, peer)) => {
            if let Err(error) = set_up(&stream) {
                tracing::debug!(%error, "a connection without its options");
            }
            Some((stream, peer))
        }
        Err(error) => {
            let is_theirs = matches!(
                error.kind(),
                io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
            );
            if !is_theirs {
                tracing::warn!(%error, "no connection can be accepted");
                sleep(OUT_OF_DESCRIPTORS).await;
            }
            None
        }
    }
}

fn set_up(stream: &TcpStream) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    socket2::SockRef::from(stream).set_tcp_notsent_lowat(UNSENT)?;
    // A change is one small frame: do not let the kernel hold it back for more.
    stream.set_nodelay(true)
}

/// Who answers on one connection. It has its own, so that connections on other cores do not wait for its counter.
struct Host {
    app: Arc<App>,
    router: Router,
    peer: SocketAddr,
    /// Given back at the connection's end.
    place: Arc<Connection>,
    line: Line,
}

impl Host {
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<Response, Infallible> {
        match fast_path::find(&self.app, self.peer.ip(), request).await {
            Ok(response) => Ok(response),
            // On the heap, so that who goes the short way carries no room for the long one.
            Err(request) => Box::pin(self.answer_by_route(request)).await,
        }
    }

    async fn answer_by_route(
        self: Arc<Self>,
        mut request: Request,
    ) -> Result<Response, Infallible> {
        let extensions = request.extensions_mut();
        extensions.insert(Peer(self.peer));
        extensions.insert(Arc::clone(&self.place));
        extensions.insert(self.line.clone());
        self.router.clone().call(request).await
    }
}

/// Requests of one connection, one after the other.
async fn converse(wire: Wire, host: Arc<Host>) {
    let (peer, times) = (host.peer, host.app.limits.time.clone());
    let stopped = host.app.phases.clone().stopped();
    let service = service_fn(move |request| Arc::clone(&host).answer(request));
    let mut stream = TimeoutStream::new(wire);
    stream.set_write_timeout(Some(*times.send));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(*times.header)
        .max_header_size(HEAD)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(Box::pin(stream)), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopped => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "a connection broke off");
    }
}

/// One word, if the peer takes it at once.
async fn turn_away(mut stream: TcpStream) {
    const WORD: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n\
        Content-Type: application/json\r\nContent-Length: 95\r\n\r\n\
        {\"errors\":[{\"message\":\"too many connections; close one\",\"extensions\":{\"code\":\"RATE_LIMITED\"}}]}";
    let said = async {
        stream.write_all(WORD).await?;
        stream.shutdown().await
    };
    drop(timeout(Duration::from_millis(100), said).await);
}
