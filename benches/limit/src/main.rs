//! The limit, a server of bare axum: `limit RESPONSES PORT`.
//!
//! `/graphql` looks up a captured response by the body of the request; a frame posted to `/publish` goes unchanged to
//! every socket. One task per socket, as axum's users write it. Not here: GraphQL, filters, a database.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::broadcast;

/// Frames that a slow socket may fall behind.
const CHANNEL_CAPACITY: usize = 4096;
/// tungstenite's own 128 KiB would be zeroed for every socket.
const READ_BUFFER_BYTES: usize = 2 << 10;

#[derive(Clone)]
struct LimitState {
    /// By the body of the request.
    responses: Arc<HashMap<Bytes, Bytes>>,
    frames: broadcast::Sender<Utf8Bytes>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [responses, port] = arguments.as_slice() else {
        return Err("usage: limit RESPONSES PORT".into());
    };
    let responses: Vec<(String, String)> = serde_json::from_slice(&std::fs::read(responses)?)?;
    let responses = responses
        .into_iter()
        .map(|(request, response)| (request.into(), response.into()));
    let state = LimitState {
        responses: Arc::new(responses.collect()),
        frames: broadcast::channel(CHANNEL_CAPACITY).0,
    };
    let app = Router::new()
        .route("/graphql", post(respond))
        .route("/publish", post(publish))
        .route("/graphql/ws", get(upgrade))
        .with_state(state);
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    // An error is ignored: a socket without the option works, only slower.
    let listener = listener.tap_io(|socket| drop(socket.set_nodelay(true)));
    axum::serve(listener, app).await?;
    Ok(())
}

async fn respond(State(state): State<LimitState>, request: Bytes) -> Response {
    match state.responses.get(&request) {
        Some(body) => ([(header::CONTENT_TYPE, "application/json")], body.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn publish(State(state): State<LimitState>, frame: String) -> &'static str {
    // An error is ignored: it says that no socket is open.
    drop(state.frames.send(frame.into()));
    "{}"
}

async fn upgrade(State(state): State<LimitState>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        .protocols(["graphql-transport-ws"])
        .on_upgrade(|socket| serve_socket(socket, state))
}

async fn serve_socket(mut socket: WebSocket, state: LimitState) {
    let mut frames = state.frames.subscribe();
    loop {
        let frame = tokio::select! {
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) if text.contains("connection_init") => {
                    Utf8Bytes::from_static(r#"{"type":"connection_ack"}"#)
                }
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => return,
            },
            frame = frames.recv() => match frame {
                Ok(frame) => frame,
                Err(_) => return,
            },
        };
        if socket.send(Message::Text(frame)).await.is_err() {
            return;
        }
    }
}
