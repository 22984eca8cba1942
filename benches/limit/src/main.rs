//! The limit: `limit ANSWERS PORT`. HTTP answers come from a table by the body of the request; a frame that is posted to
//! `/publish` goes to every socket as it is. One task per socket, as axum's users write it.

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
const BEHIND: usize = 4096;
/// tungstenite's own 128 KiB would be zeroed for every socket.
const READ_BUFFER: usize = 2 << 10;

#[derive(Clone)]
struct Limit {
    answers: Arc<HashMap<Bytes, Bytes>>,
    frames: broadcast::Sender<Utf8Bytes>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [answers, port] = arguments.as_slice() else {
        return Err("usage: limit ANSWERS PORT".into());
    };
    let answers: Vec<(String, String)> = serde_json::from_slice(&std::fs::read(answers)?)?;
    let answers = answers
        .into_iter()
        .map(|(asked, told)| (asked.into(), told.into()));
    let limit = Limit {
        answers: Arc::new(answers.collect()),
        frames: broadcast::channel(BEHIND).0,
    };
    let app = Router::new()
        .route("/graphql", post(answer))
        .route("/publish", post(publish))
        .route("/graphql/ws", get(upgrade))
        .with_state(limit);
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    // It only saves time: a socket without it works too.
    let listener = listener.tap_io(|socket| drop(socket.set_nodelay(true)));
    axum::serve(listener, app).await?;
    Ok(())
}

async fn answer(State(limit): State<Limit>, asked: Bytes) -> Response {
    match limit.answers.get(&asked) {
        Some(told) => ([(header::CONTENT_TYPE, "application/json")], told.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn publish(State(limit): State<Limit>, frame: String) -> &'static str {
    // Without sockets nobody is told, and nobody misses it.
    drop(limit.frames.send(frame.into()));
    "{}"
}

async fn upgrade(State(limit): State<Limit>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .read_buffer_size(READ_BUFFER)
        .protocols(["graphql-transport-ws"])
        .on_upgrade(|socket| serve(socket, limit))
}

async fn serve(mut socket: WebSocket, limit: Limit) {
    let mut frames = limit.frames.subscribe();
    loop {
        let frame = tokio::select! {
            heard = socket.recv() => match heard {
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
