//! A client that subscribes by graphql-transport-ws.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

pub struct Socket(WebSocketStream<TcpStream>);

/// What a subscriber hears of.
#[derive(Debug)]
pub enum Said {
    /// The data of an event, and the id of its subscription.
    Event(String, Value),
    /// The subscription was refused or has ended.
    Error(Value),
}

/// The connection is gone: nothing is wrong with that, for whoever resumes.
#[derive(Debug)]
pub struct Gone;

/// From where a client calls, and how much it lets the kernel take in for it, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Caller {
    pub from: Option<IpAddr>,
    pub receive_buffer: Option<u32>,
}

/// For a server under load to answer.
const PATIENCE: Duration = Duration::from_secs(30);

impl Socket {
    /// Connected and acknowledged.
    pub async fn open(server: SocketAddr, caller: Caller) -> Result<Self, Gone> {
        let opened = timeout(PATIENCE, Self::greet(server, caller)).await;
        opened.map_err(|_| Gone)?
    }

    async fn greet(server: SocketAddr, caller: Caller) -> Result<Self, Gone> {
        let stream = connect(server, caller).await.map_err(|_| Gone)?;
        let mut request = format!("ws://{server}/graphql/ws")
            .into_client_request()
            .unwrap();
        let protocol = "graphql-transport-ws".parse().unwrap();
        request
            .headers_mut()
            .insert("sec-websocket-protocol", protocol);
        let stream = tokio_tungstenite::client_async(request, stream).await;
        let mut socket = Self(stream.map_err(|_| Gone)?.0);
        socket.send(&json!({ "type": "connection_init" })).await?;
        let answer = socket.message().await?;
        assert_eq!(answer, json!({ "type": "connection_ack" }));
        Ok(socket)
    }

    /// Our end of it.
    pub fn address(&self) -> SocketAddr {
        self.0.get_ref().local_addr().unwrap()
    }

    pub async fn subscribe(
        &mut self,
        id: &str,
        query: &str,
        variables: &Value,
    ) -> Result<(), Gone> {
        let payload = json!({ "query": query, "variables": variables });
        self.send(&json!({ "id": id, "type": "subscribe", "payload": payload }))
            .await
    }

    /// Ends a subscription and leaves the socket open; events may be under way.
    pub async fn complete(&mut self, id: &str) -> Result<(), Gone> {
        self.send(&json!({ "id": id, "type": "complete" })).await
    }

    pub async fn next(&mut self) -> Result<Said, Gone> {
        let mut message = self.message().await?;
        let id = message["id"].as_str().unwrap_or_default().to_owned();
        let payload = &mut message["payload"];
        if payload.get("errors").is_none() && payload.get("data").is_some() {
            return Ok(Said::Event(id, payload["data"].take()));
        }
        Ok(Said::Error(message))
    }

    async fn send(&mut self, message: &Value) -> Result<(), Gone> {
        let message = Message::text(message.to_string());
        self.0.send(message).await.map_err(|_| Gone)
    }

    /// The next message; pings are answered on the way.
    async fn message(&mut self) -> Result<Value, Gone> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Ping(_))) => self.0.flush().await.map_err(|_| Gone)?,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Gone),
                Some(Ok(_)) => {}
            }
        }
    }
}

async fn connect(server: SocketAddr, caller: Caller) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    if let Some(bytes) = caller.receive_buffer {
        socket.set_recv_buffer_size(bytes)?;
    }
    if let Some(from) = caller.from {
        socket.bind((from, 0).into())?;
    }
    let stream = socket.connect(server).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
