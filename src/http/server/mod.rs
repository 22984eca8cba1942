//! HTTP server: accepts connections and serves the router on them, with limits, until shutdown.
//!
//! A separate accept loop, because `axum::serve` limits neither the number of connections nor their timeouts. Cached
//! responses take the fast path past the router. Invariant: every open connection holds a permit of the connection
//! limiter.

mod fast_path;
mod rejection;

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::Request,
    http::{Extensions, header},
    response::{IntoResponse, Response},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn, upgrade::OnUpgrade};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tower_service::Service;

use super::{
    clients::{
        client_ip::{ClientIp, PeerAddress, is_trusted},
        resource_limiter::ResourcePermit,
    },
    response::error::HttpError,
    router::router,
    state::AppState,
    tcp::{direct_writer::DirectWriter, shared_stream::SharedTcpStream},
};
use crate::telemetry::repeated_failure::RepeatedFailure;
use rejection::reject_connection;

/// Bytes of a request's head: the longest document in a query string, with each byte percent-encoded.
const MAX_HEAD_BYTES: usize = 64 << 10;
/// Bytes of unsent data that the kernel buffers per connection: by default it buffers megabytes for a client that does
/// not read, and the send timeout starts only when they are full.
#[cfg(target_os = "linux")]
const NOTSENT_LOWAT_BYTES: u32 = 128 << 10;
/// The pause after a failed accept: without a free file descriptor, one has to be closed first.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(50);
/// Accepts work again if none has failed for this long: while descriptors are short, some succeed.
const ACCEPT_RECOVERY: Duration = Duration::from_secs(5);

/// Serves until shutdown, then waits for open connections for the grace period at most.
/// # Errors
/// None at present: a failed accept is retried.
pub async fn serve(listener: TcpListener, app: Arc<AppState>) -> io::Result<()> {
    let (tracker, grace_period) = (app.streams.clone(), *app.limits.time.grace);
    let router = router(Arc::clone(&app));
    let mut shutdown = pin!(app.lifecycle.clone().stopping());
    let failure = RepeatedFailure::new("accepts of connections");
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        let Some((stream, peer)) = accept(accepted, &failure).await else {
            continue;
        };
        let client =
            (!is_trusted(peer.ip(), &app.access.proxies)).then(|| ClientIp::from_ip(peer.ip()));
        let permit = match app.connections.reserve(client, 1) {
            Ok(permit) => permit,
            Err(exceeded) => {
                let mut response = HttpError::resource_exceeded(exceeded).into_response();
                if let Some(labels) = response.extensions_mut().remove() {
                    app.metrics.count_rejection(labels);
                }
                tokio::spawn(reject_connection(stream, response));
                continue;
            }
        };
        let token = tracker.token();
        let stream = SharedTcpStream::new(stream);
        let service = Arc::new(ConnectionService {
            app: Arc::clone(&app),
            router: router.clone(),
            peer,
            permit: Arc::new(permit),
            direct_writer: stream.direct_writer(),
        });
        tokio::spawn(async move {
            serve_connection(stream, service).await;
            drop(token);
        });
    }
    drop(listener);
    // Waiting ends only for a closed tracker.
    tracker.close();
    let drained = timeout(grace_period, tracker.wait()).await;
    drained.unwrap_or_else(|_| {
        tracing::warn!(
            ?grace_period,
            "grace period over; closing remaining connections"
        );
    });
    Ok(())
}

/// The accepted connection; `None` if the peer has closed it already, or after a pause if the accept failed.
async fn accept(
    accepted: io::Result<(TcpStream, SocketAddr)>,
    failure: &RepeatedFailure,
) -> Option<(TcpStream, SocketAddr)> {
    match accepted {
        Ok((stream, peer)) => {
            failure.ends_after(ACCEPT_RECOVERY);
            if let Err(error) = set_socket_options(&stream) {
                tracing::debug!(%error, "could not set socket options");
            }
            Some((stream, peer))
        }
        Err(error) => {
            let is_peer_error = matches!(
                error.kind(),
                io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
            );
            if !is_peer_error {
                if failure.begins() {
                    tracing::warn!(%error, "cannot accept connections; if too many files are open, raise LimitNOFILE");
                }
                sleep(ACCEPT_RETRY_DELAY).await;
            }
            None
        }
    }
}

fn set_socket_options(stream: &TcpStream) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    socket2::SockRef::from(stream).set_tcp_notsent_lowat(NOTSENT_LOWAT_BYTES)?;
    // A change is one small frame, which the kernel must not delay to wait for more data.
    stream.set_nodelay(true)
}

/// The service of one connection. Each connection has its own `Arc`, so that cores do not contend for one reference
/// count.
struct ConnectionService {
    app: Arc<AppState>,
    router: Router,
    peer: SocketAddr,
    /// Released when the connection ends.
    permit: Arc<ResourcePermit>,
    direct_writer: DirectWriter,
}

impl ConnectionService {
    async fn call(self: Arc<Self>, request: Request<Incoming>) -> Result<Response, Infallible> {
        match fast_path::try_respond(&self.app, self.peer.ip(), request).await {
            Ok(response) => Ok(response),
            // Boxed, so that the future of the fast path does not contain the state of the router.
            Err(request) => Box::pin(self.call_router(request)).await,
        }
    }

    async fn call_router(self: Arc<Self>, mut request: Request) -> Result<Response, Infallible> {
        let header_case = request_header_case(&request);
        let extensions = request.extensions_mut();
        extensions.insert(PeerAddress(self.peer));
        extensions.insert(Arc::clone(&self.permit));
        extensions.insert(self.direct_writer.clone());
        let mut response = self.router.clone().call(request).await?;
        if let Some(header_case) = header_case {
            response.extensions_mut().extend(header_case);
        }
        Ok(response)
    }
}

/// For an upgrade: the spelling of the request's header names, in which hyper then writes those of the response. The Python
/// client gql 4 looks for `Sec-WebSocket-Protocol` in this spelling, which title case does not give.
fn request_header_case(request: &Request) -> Option<Extensions> {
    request.headers().get(header::UPGRADE)?;
    let mut extensions = request.extensions().clone();
    // It would keep the connection open as long as the response exists.
    extensions.remove::<OnUpgrade>();
    Some(extensions)
}

/// Serves the requests of one connection, one after the other.
async fn serve_connection(stream: SharedTcpStream, service: Arc<ConnectionService>) {
    let (peer, limits) = (service.peer, service.app.limits.time.clone());
    let shutdown = service.app.lifecycle.clone().stopping();
    let service = service_fn(move |request| Arc::clone(&service).call(request));
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(*limits.send));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(*limits.header)
        // Some HTTP/1 clients compare header names with their usual spelling.
        .title_case_headers(true)
        .preserve_header_case(true)
        .max_header_size(MAX_HEAD_BYTES)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(Box::pin(stream)), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = shutdown => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, %peer, "connection error");
    }
}
