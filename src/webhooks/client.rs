//! HTTP client of webhooks: one POST over one new connection.
//!
//! The addresses of the host are resolved and checked for each connection, and the connection is made to the checked address, so
//! that a name cannot change its meaning in between. Redirects are not followed, proxies of the environment are not used, and no
//! more of a response is read than the limits below.

use std::future::poll_fn;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::{Body, Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::{Request, Response, Uri, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_util::task::AbortOnDropHandle;
use url::{Host, Url};

use crate::model::webhook::target::{self, Loopback};

/// Bytes of a response's head.
const MAX_HEAD_BYTES: usize = 16 << 10;
/// Bytes of a response's body that are read, and discarded, before the connection is closed; and the time for them.
const MAX_BODY_BYTES: usize = 64 << 10;
const BODY_TIMEOUT: Duration = Duration::from_secs(1);
/// Addresses of a host that are tried.
const MAX_ADDRESSES: usize = 4;
const USER_AGENT: &str = concat!("demarche/", env!("CARGO_PKG_VERSION"));

pub(super) struct Client {
    tls: TlsConnector,
    timeout: Duration,
    loopback: Loopback,
}

/// What is sent besides the body.
pub(super) struct Headers {
    pub(super) id: String,
    pub(super) timestamp: i64,
    pub(super) signature: String,
}

/// What a receiver answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// `Retry-After`, if it is a number of seconds.
    pub(super) retry_after: Option<Duration>,
}

impl Client {
    pub(super) fn new(timeout: Duration, loopback: Loopback) -> Self {
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        Self {
            tls: connector(roots),
            timeout,
            loopback,
        }
    }

    /// Posts a message.
    /// # Errors
    /// A sentence for the operator, if no answer arrives in time.
    pub(super) async fn post(
        &self,
        url: &str,
        headers: &Headers,
        body: String,
    ) -> Result<Answer, String> {
        // The rules for URLs may have become stricter since it was added.
        let url = target::parse(url, self.loopback).map_err(|error| format!("the URL {error}"))?;
        let request = request(&url, headers, body)?;
        let answer = timeout(self.timeout, self.send(&url, request)).await;
        answer.unwrap_or_else(|_| Err(format!("no answer within {:?}", self.timeout)))
    }

    async fn send(&self, url: &Url, request: Request<String>) -> Result<Answer, String> {
        let stream = self.connect(url).await?;
        if url.scheme() != "https" {
            return exchange(stream, request).await;
        }
        let name = server_name(url)?;
        let stream = self.tls.connect(name, stream).await;
        let stream = stream.map_err(|error| format!("TLS failed: {error}"))?;
        exchange(stream, request).await
    }

    /// Connects to the first address of the host that may be used and accepts.
    async fn connect(&self, url: &Url) -> Result<TcpStream, String> {
        let addresses = resolve(url).await?;
        let allowed = addresses.iter();
        let allowed = allowed.filter(|address| self.loopback.allows(address.ip()));
        let mut failure = match addresses.first() {
            Some(address) => format!("{} is not reachable from everywhere", address.ip()),
            None => "the host has no address".to_owned(),
        };
        let share = self.timeout / 2;
        for address in allowed.take(MAX_ADDRESSES) {
            match timeout(share, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => failure = format!("cannot connect to {address}: {error}"),
                Err(_) => failure = format!("cannot connect to {address} within {share:?}"),
            }
        }
        Err(failure)
    }
}

fn connector(roots: RootCertStore) -> TlsConnector {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder
        .with_safe_default_protocol_versions()
        .expect("the provider has suites for TLS 1.2 and 1.3");
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    TlsConnector::from(Arc::new(config))
}

async fn resolve(url: &Url) -> Result<Vec<SocketAddr>, String> {
    let port = url.port_or_known_default().unwrap_or(443);
    match url.host() {
        Some(Host::Ipv4(address)) => Ok(vec![(IpAddr::V4(address), port).into()]),
        Some(Host::Ipv6(address)) => Ok(vec![(IpAddr::V6(address), port).into()]),
        Some(Host::Domain(name)) => {
            let addresses = lookup_host((name, port)).await;
            let addresses = addresses.map_err(|error| format!("cannot resolve {name}: {error}"))?;
            Ok(addresses.collect())
        }
        None => Err("the URL has no host".to_owned()),
    }
}

fn server_name(url: &Url) -> Result<ServerName<'static>, String> {
    match url.host() {
        Some(Host::Ipv4(address)) => Ok(ServerName::from(IpAddr::V4(address))),
        Some(Host::Ipv6(address)) => Ok(ServerName::from(IpAddr::V6(address))),
        Some(Host::Domain(name)) => ServerName::try_from(name.to_owned())
            .map_err(|_| format!("{name} cannot be the name in a certificate")),
        None => Err("the URL has no host".to_owned()),
    }
}

fn request(url: &Url, headers: &Headers, body: String) -> Result<Request<String>, String> {
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let target: Uri = target
        .parse()
        .map_err(|error| format!("the URL cannot be requested: {error}"))?;
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let request = Request::post(target)
        .header(header::HOST, host)
        .header(header::USER_AGENT, USER_AGENT)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONNECTION, "close")
        .header("webhook-id", &headers.id)
        .header("webhook-timestamp", headers.timestamp)
        .header("webhook-signature", &headers.signature)
        .body(body);
    request.map_err(|error| error.to_string())
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<String>,
) -> Result<Answer, String> {
    let failed = |error: hyper::Error| format!("no valid HTTP answer: {error}");
    let mut builder = http1::Builder::new();
    builder.max_buf_size(MAX_HEAD_BYTES);
    let (mut sender, connection) = builder
        .handshake(TokioIo::new(stream))
        .await
        .map_err(failed)?;
    // Ends with this function.
    let _connection = AbortOnDropHandle::new(tokio::spawn(connection));
    let response = sender.send_request(request).await.map_err(failed)?;
    let answer = Answer {
        status: response.status().as_u16(),
        retry_after: retry_after(&response),
    };
    // The status decides; a body that is long or slow is cut.
    drop(timeout(BODY_TIMEOUT, discard(response.into_body())).await);
    Ok(answer)
}

fn retry_after(response: &Response<Incoming>) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

async fn discard(mut body: Incoming) {
    let mut rest = MAX_BODY_BYTES;
    while let Some(Ok(frame)) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        match rest.checked_sub(bytes) {
            Some(left) => rest = left,
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::pki_types::CertificateDer;

    use super::*;

    fn headers() -> Headers {
        Headers {
            id: "chg_1".to_owned(),
            timestamp: 1,
            signature: "v1,x".to_owned(),
        }
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_refused_at_the_connection() {
        let client = Client::new(Duration::from_secs(5), Loopback::Deny);
        let answer = client
            .post("https://localhost/", &headers(), "{}".to_owned())
            .await;
        let error = answer.unwrap_err();
        assert!(
            error.contains("is not reachable from everywhere"),
            "{error}"
        );
    }

    /// A server for `localhost` that answers one request over TLS, and its certificate.
    async fn serve_once() -> (u16, CertificateDer<'static>) {
        let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let certificate = certified.cert.der().clone();
        let key = certified.signing_key.serialize_der().try_into().unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key);
        let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = acceptor.accept(stream).await?;
            assert!(stream.read(&mut [0; 1024]).await? > 0);
            let answer = b"HTTP/1.1 204 No Content\r\n\r\n";
            stream.write_all(answer).await
        });
        (port, certificate)
    }

    #[tokio::test]
    async fn a_certificate_must_be_trusted_and_name_the_host() {
        let post = async |host: &str, is_trusted: bool| {
            let (port, certificate) = serve_once().await;
            let mut client = Client::new(Duration::from_secs(5), Loopback::Allow);
            if is_trusted {
                let mut roots = RootCertStore::empty();
                roots.add(certificate).unwrap();
                client.tls = connector(roots);
            }
            let url = format!("https://{host}:{port}/");
            client.post(&url, &headers(), "{}".to_owned()).await
        };
        let answer = post("localhost", true).await;
        assert_eq!(answer.unwrap().status, 204);
        for (host, is_trusted) in [("localhost", false), ("127.0.0.1", true)] {
            let error = post(host, is_trusted).await.unwrap_err();
            assert!(error.starts_with("TLS failed: "), "{host}: {error}");
        }
    }

    #[test]
    fn the_request_names_the_path_and_the_host_of_the_url() {
        let url = Url::parse("https://news.example:8443/a%20b?c=d&e").unwrap();
        let request = request(&url, &headers(), "{}".to_owned()).unwrap();
        assert_eq!(request.uri(), "/a%20b?c=d&e");
        assert_eq!(request.headers()["host"], "news.example:8443");
    }
}
