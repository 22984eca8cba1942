//! A client of graphql-transport-ws, as small as it can be.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long a test waits for a message that must come.
pub const LIMIT: Duration = Duration::from_secs(20);

/// The protocol that we speak, as a header.
pub const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connected and acknowledged.
    pub async fn open(url: &str) -> Self {
        Self::open_with(url, json!({})).await
    }

    /// Connected and acknowledged; `payload` says who we are.
    pub async fn open_with(url: &str, payload: Value) -> Self {
        let mut socket = Self::connect(url).await;
        socket
            .send(&json!({ "type": "connection_init", "payload": payload }))
            .await;
        assert_eq!(socket.next().await, json!({ "type": "connection_ack" }));
        socket
    }

    /// Connected; nothing sent yet.
    pub async fn connect(url: &str) -> Self {
        Self::connect_with(url, &[PROTOCOL]).await.unwrap()
    }

    /// Connected, with headers of the test's own, or why not.
    pub async fn connect_with(url: &str, headers: &[(&'static str, &str)]) -> Result<Self, Error> {
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        Ok(Self(connect_async(request).await?.0))
    }

    /// Connected, by a client that names no protocol.
    pub async fn connect_without_protocol(url: &str) -> Self {
        Self(connect_async(url).await.unwrap().0)
    }

    /// What lies below, for a peer that falls silent.
    pub fn into_stream(self) -> MaybeTlsStream<TcpStream> {
        self.0.into_inner()
    }

    pub async fn send(&mut self, message: &Value) {
        self.send_raw(Message::text(message.to_string())).await;
    }

    pub async fn send_raw(&mut self, message: Message) {
        self.try_send(message).await.unwrap();
    }

    pub async fn try_send(&mut self, message: Message) -> Result<(), Error> {
        self.0.send(message).await
    }

    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.send(&json!({ "id": id, "type": "subscribe", "payload": payload }))
            .await;
    }

    /// The data of a query or mutation that must succeed.
    pub async fn run(&mut self, query: &str, variables: Value) -> Value {
        self.subscribe("run", query, variables).await;
        let data = self.event().await;
        let complete = json!({ "id": "run", "type": "complete" });
        assert_eq!(self.next().await, complete);
        data
    }

    /// The next message; panics if the socket closes or nothing comes.
    pub async fn next(&mut self) -> Value {
        match self.frame().await {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("expected a message, got {other:?}"),
        }
    }

    /// The data of the next message, which must be a `next`.
    pub async fn event(&mut self) -> Value {
        let message = self.next().await;
        assert_eq!(message["type"], "next", "{message:#}");
        crate::app::data(message["payload"].clone())
    }

    /// Code and reason of the close frame, which must come next.
    pub async fn closed(&mut self) -> (u16, String) {
        match self.frame().await {
            Message::Close(Some(frame)) => (frame.code.into(), frame.reason.to_string()),
            other => panic!("expected a close, got {other:?}"),
        }
    }

    /// The code with which the socket is closed, whatever comes before it.
    pub async fn code(&mut self) -> u16 {
        loop {
            if let Message::Close(Some(frame)) = self.frame().await {
                return frame.code.into();
            }
        }
    }

    /// Waits until the server has said something, be it good-bye.
    pub async fn answer(&mut self) {
        self.frame().await;
    }

    /// The next frame but for pings and pongs.
    async fn frame(&mut self) -> Message {
        loop {
            let frame = tokio::time::timeout(LIMIT, self.0.next()).await;
            match frame.expect("nothing came").unwrap().unwrap() {
                Message::Ping(_) | Message::Pong(_) => {}
                other => return other,
            }
        }
    }
}
