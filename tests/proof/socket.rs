//! WebSocket client of graphql-transport-ws.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

pub struct Socket(WebSocketStream<TcpStream>);

/// A message of the server about a subscription.
#[derive(Debug)]
pub enum ServerMessage {
    /// The id of the subscription and the data of the event.
    Event(String, Value),
    /// The subscription was rejected or has ended.
    Error(Value),
}

/// The connection was closed; not a failure for a client that resumes.
#[derive(Debug)]
pub struct Disconnected;

/// Local address and receive buffer, in bytes, of a client.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClientOptions {
    pub local_address: Option<IpAddr>,
    pub receive_buffer: Option<u32>,
}

/// Maximum time for a server under load to respond.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(30);

impl Socket {
    /// Connects and waits for `connection_ack`.
    pub async fn open(server: SocketAddr, options: ClientOptions) -> Result<Self, Disconnected> {
        let result = timeout(RESPONSE_TIMEOUT, Self::handshake(server, options)).await;
        result.map_err(|_| Disconnected)?
    }

    async fn handshake(server: SocketAddr, options: ClientOptions) -> Result<Self, Disconnected> {
        let stream = connect(server, options).await.map_err(|_| Disconnected)?;
        let mut request = format!("ws://{server}/graphql/ws")
            .into_client_request()
            .unwrap();
        let protocol = "graphql-transport-ws".parse().unwrap();
        request
            .headers_mut()
            .insert("sec-websocket-protocol", protocol);
        let stream = tokio_tungstenite::client_async(request, stream).await;
        let mut socket = Self(stream.map_err(|_| Disconnected)?.0);
        socket.send(&json!({ "type": "connection_init" })).await?;
        let response = socket.message().await?;
        assert_eq!(response, json!({ "type": "connection_ack" }));
        Ok(socket)
    }

    /// The local address.
    pub fn address(&self) -> SocketAddr {
        self.0.get_ref().local_addr().unwrap()
    }

    pub async fn subscribe(
        &mut self,
        id: &str,
        query: &str,
        variables: &Value,
    ) -> Result<(), Disconnected> {
        let payload = json!({ "query": query, "variables": variables });
        self.send(&json!({ "id": id, "type": "subscribe", "payload": payload }))
            .await
    }

    /// Ends a subscription and leaves the socket open; events may still be in flight.
    pub async fn complete(&mut self, id: &str) -> Result<(), Disconnected> {
        self.send(&json!({ "id": id, "type": "complete" })).await
    }

    pub async fn next(&mut self) -> Result<ServerMessage, Disconnected> {
        let mut message = self.message().await?;
        let id = message["id"].as_str().unwrap_or_default().to_owned();
        let payload = &mut message["payload"];
        if payload.get("errors").is_none() && payload.get("data").is_some() {
            return Ok(ServerMessage::Event(id, payload["data"].take()));
        }
        Ok(ServerMessage::Error(message))
    }

    /// The next response to the only operation, as it was sent; `None` if it was refused or has ended.
    pub async fn next_response(&mut self) -> Result<Option<Box<RawValue>>, Disconnected> {
        #[derive(Deserialize)]
        struct Next {
            r#type: String,
            payload: Option<Box<RawValue>>,
        }
        let message: Next = serde_json::from_str(&self.text().await?).unwrap();
        Ok(message.payload.filter(|_| message.r#type == "next"))
    }

    async fn send(&mut self, message: &Value) -> Result<(), Disconnected> {
        let message = Message::text(message.to_string());
        self.0.send(message).await.map_err(|_| Disconnected)
    }

    async fn message(&mut self) -> Result<Value, Disconnected> {
        Ok(serde_json::from_str(&self.text().await?).unwrap())
    }

    /// The next text message; pings are answered.
    async fn text(&mut self) -> Result<Utf8Bytes, Disconnected> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Ok(text),
                Some(Ok(Message::Ping(_))) => self.0.flush().await.map_err(|_| Disconnected)?,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Disconnected),
                Some(Ok(_)) => {}
            }
        }
    }
}

async fn connect(server: SocketAddr, options: ClientOptions) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    if let Some(bytes) = options.receive_buffer {
        socket.set_recv_buffer_size(bytes)?;
    }
    if let Some(address) = options.local_address {
        socket.bind((address, 0).into())?;
    }
    let stream = socket.connect(server).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
