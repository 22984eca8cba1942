//! Minimal client of graphql-transport-ws.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Timeout for a message that must arrive.
pub const RECEIVE_TIMEOUT: Duration = Duration::from_secs(20);

/// The subprotocol header of graphql-transport-ws.
pub const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

pub struct WebSocketClient(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl WebSocketClient {
    /// Connected and acknowledged.
    pub async fn open(url: &str) -> Self {
        Self::open_with(url, json!({})).await
    }

    /// Connected and acknowledged; `payload` is that of `connection_init`.
    pub async fn open_with(url: &str, payload: Value) -> Self {
        let mut socket = Self::connect(url).await;
        socket
            .send(&json!({ "type": "connection_init", "payload": payload }))
            .await;
        assert_eq!(socket.next().await, json!({ "type": "connection_ack" }));
        socket
    }

    /// Connected, without `connection_init`.
    pub async fn connect(url: &str) -> Self {
        Self::connect_with(url, &[PROTOCOL]).await.unwrap()
    }

    /// Connects with additional headers; an error if the upgrade fails.
    pub async fn connect_with(url: &str, headers: &[(&'static str, &str)]) -> Result<Self, Error> {
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        Ok(Self(connect_async(request).await?.0))
    }

    /// Connected without a subprotocol.
    pub async fn connect_without_protocol(url: &str) -> Self {
        Self(connect_async(url).await.unwrap().0)
    }

    /// The TCP stream, for a peer that stops responding.
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

    /// The next message; panics on a close frame or a timeout.
    pub async fn next(&mut self) -> Value {
        serde_json::from_str(&self.next_text().await).unwrap()
    }

    /// The next message as it was sent.
    pub async fn next_text(&mut self) -> String {
        match self.next_frame().await {
            Message::Text(text) => text.to_string(),
            other => panic!("expected a message, got {other:?}"),
        }
    }

    /// The data of the next message, which must be a `next`.
    pub async fn event(&mut self) -> Value {
        let message = self.next().await;
        assert_eq!(message["type"], "next", "{message:#}");
        crate::app::data(message["payload"].clone())
    }

    /// Code and reason of the close frame, which must be the next frame.
    pub async fn close_frame(&mut self) -> (u16, String) {
        match self.next_frame().await {
            Message::Close(Some(frame)) => (frame.code.into(), frame.reason.to_string()),
            other => panic!("expected a close, got {other:?}"),
        }
    }

    /// The code of the close frame; messages before it are discarded.
    pub async fn close_code(&mut self) -> u16 {
        loop {
            if let Message::Close(Some(frame)) = self.next_frame().await {
                return frame.code.into();
            }
        }
    }

    /// Waits for the next frame of any kind.
    pub async fn wait_for_frame(&mut self) {
        self.next_frame().await;
    }

    /// The next frame except pings and pongs.
    async fn next_frame(&mut self) -> Message {
        loop {
            let frame = tokio::time::timeout(RECEIVE_TIMEOUT, self.0.next()).await;
            match frame.expect("no message received").unwrap().unwrap() {
                Message::Ping(_) | Message::Pong(_) => {}
                other => return other,
            }
        }
    }
}
