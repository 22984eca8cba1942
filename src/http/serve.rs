//! Accepts connections and runs the routes on them until it is told to stop.
//!
//! A loop of our own, because `axum::serve` gives connections no limit of time and of number.

use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tower_service::Service;

use super::{
    App,
    client::{Client, Peer, is_trusted},
    connections::{Connection, Connections},
    live::stopped,
    router,
    wire::Wire,
};
use crate::config::limits::TimeLimits;

/// Bytes of a request's head: the longest document in an address, each byte of it escaped.
const HEAD: usize = 64 << 10;
/// When no file descriptor is left; somebody will close one.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(50);

/// Serves until `shutdown` turns true, then lets what is open end for the time of grace.
/// # Errors
/// None at present: a connection that cannot be accepted is tried again.
pub async fn serve(
    listener: TcpListener,
    app: App,
    shutdown: watch::Receiver<bool>,
) -> io::Result<()> {
    let (live, grace) = (app.live.clone(), *app.limits.time.grace);
    let connections = Connections::new(&app.limits.transport);
    let proxies = app.doors.proxies.clone();
    let times = app.limits.time.clone();
    let router = router(Arc::new(app));
    let mut stop = pin!(stopped(shutdown.clone()));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let Some((stream, peer)) = usable(accepted).await else {
            continue;
        };
        let client = (!is_trusted(peer.ip(), &proxies)).then(|| Client::of(peer.ip()));
        let Some(place) = connections.enter(client) else {
            tokio::spawn(turn_away(stream));
            continue;
        };
        let (guard, shutdown) = (live.enter(), shutdown.clone());
        let (router, times) = (router.clone(), times.clone());
        tokio::spawn(async move {
            converse(stream, peer, router, &times, shutdown, place).await;
            drop(guard);
        });
    }
    drop(listener);
    timeout(grace, live.ended()).await.unwrap_or_else(|_| {
        tracing::warn!("connections still open after {grace:?}; they are cut");
    });
    Ok(())
}

/// A connection, unless the peer has thought better of it.
async fn usable(accepted: io::Result<(TcpStream, SocketAddr)>) -> Option<(TcpStream, SocketAddr)> {
    match accepted {
        Ok((stream, peer)) => {
            // A change is one small frame: do not let the kernel hold it back for more.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "a connection without TCP_NODELAY");
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

/// Requests of one connection, one after the other; `place` is given back at its end.
async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    times: &TimeLimits,
    shutdown: watch::Receiver<bool>,
    place: Connection,
) {
    let place = Arc::new(place);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        request.extensions_mut().insert(Arc::clone(&place));
        router.clone().call(request)
    });
    let mut stream = TimeoutStream::new(Wire::new(stream));
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
        () = stopped(shutdown) => {
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
