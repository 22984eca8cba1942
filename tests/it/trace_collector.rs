//! OTLP collector on the loopback address: receives traces over HTTP.

use axum::body::Bytes;
use axum::http::HeaderMap;
use tokio::sync::mpsc;

pub struct Collector {
    pub url: String,
    /// Request bodies in order of arrival.
    pub bodies: mpsc::Receiver<Bytes>,
}

impl Collector {
    pub async fn start() -> Self {
        let (sender, bodies) = mpsc::channel(16);
        let receive = async move |headers: HeaderMap, body: Bytes| {
            assert_eq!(headers["content-type"], "application/x-protobuf");
            sender.send(body).await.unwrap();
        };
        let routes = axum::Router::new().route("/v1/traces", axum::routing::post(receive));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, routes).into_future());
        Self { url, bodies }
    }
}
