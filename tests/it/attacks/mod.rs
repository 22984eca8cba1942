//! Attacks of hostile clients. docs/security.md names each test in a row; `table` checks that neither is missing.

mod access;
mod conditional_requests;
mod connections;
mod costs;
mod documents;
mod error_masking;
mod frames;
mod injection;
mod memory;
mod rate_limits;
mod raw_connection;
mod requests;
mod server_process;
mod slow_clients;
mod table;
pub mod timeouts;
mod tokens;
mod tools;
mod variables;
mod websockets;

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::Error;

use crate::app::TestApp;
use crate::websocket_client::{RECEIVE_TIMEOUT, WebSocketClient};

/// Pause between two attempts, or between two bytes of a slow sender.
const PAUSE: Duration = Duration::from_millis(20);

/// Repeats an attempt until it succeeds; panics after [`RECEIVE_TIMEOUT`].
async fn until<T>(attempt: impl AsyncFn() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(result) = attempt().await {
            return result;
        }
        assert!(start.elapsed() < RECEIVE_TIMEOUT, "it never succeeds");
        sleep(PAUSE).await;
    }
}

/// The concatenation of `pieces` numbered pieces.
fn numbered(pieces: usize, piece: impl Fn(usize) -> String) -> String {
    (0..pieces).map(piece).collect::<Vec<_>>().concat()
}

/// The status of a failed upgrade; 101 if the WebSocket opened.
#[track_caller]
fn status_of(opened: Result<WebSocketClient, Error>) -> u16 {
    match opened {
        Ok(_) => 101,
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("{error}"),
    }
}

/// The error with which each transport rejects a document: POST, event stream, WebSocket.
async fn rejections(app: &TestApp, socket: &mut WebSocketClient, document: &str) -> [Value; 3] {
    let body = json!({ "query": document });
    let post = app.http().post(app.url("/graphql")).json(&body).send();
    let mut posted: Value = post.await.unwrap().json().await.unwrap();
    let stream = app.http().post(app.url("/graphql/stream")).json(&body);
    let mut streamed: Value = stream.send().await.unwrap().json().await.unwrap();
    socket.subscribe("refused", document, json!({})).await;
    let mut message = socket.next().await;
    assert_eq!(message["type"], "error", "{message:#}");
    for response in [&posted, &streamed] {
        assert!(response.get("data").is_none(), "{response:#}");
    }
    [
        posted["errors"][0].take(),
        streamed["errors"][0].take(),
        message["payload"][0].take(),
    ]
}

/// Asserts that a WebSocket opened before an attack still works: the process and its other clients survived.
async fn assert_alive(socket: &mut WebSocketClient) {
    let data = socket.run("{ country(code: \"RW\") { code } }", json!({}));
    assert_eq!(data.await, json!({ "country": { "code": "RW" } }));
}
