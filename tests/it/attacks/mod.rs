//! What hostile clients try. Each test is named in a row of docs/security.md; `table` keeps the two together.

mod connections;
mod costs;
mod documents;
mod doors;
mod frames;
mod leaks;
mod program;
mod rates;
mod readers;
mod requests;
mod secrets;
mod sockets;
mod table;
mod texts;
pub mod times;
mod variables;
mod wire;

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::Error;

use crate::app::TestApp;
use crate::socket::{LIMIT, Socket};

/// Between two attempts, or two drops of what comes slowly.
const PAUSE: Duration = Duration::from_millis(20);

/// Tries again until it succeeds; it must before long.
async fn until<T>(attempt: impl AsyncFn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(done) = attempt().await {
            return done;
        }
        assert!(begun.elapsed() < LIMIT, "it never succeeds");
        sleep(PAUSE).await;
    }
}

/// As many pieces as asked for, each by its number.
fn numbered(pieces: usize, piece: impl Fn(usize) -> String) -> String {
    (0..pieces).map(piece).collect::<Vec<_>>().concat()
}

/// The status with which a socket was refused; 101 if it opened.
#[track_caller]
fn status_of(opened: Result<Socket, Error>) -> u16 {
    match opened {
        Ok(_) => 101,
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("{error}"),
    }
}

/// The error with which each transport refuses a document: POST, event stream, socket.
async fn refusals(app: &TestApp, socket: &mut Socket, document: &str) -> [Value; 3] {
    let body = json!({ "query": document });
    let post = app.http().post(app.url("/graphql")).json(&body).send();
    let mut posted: Value = post.await.unwrap().json().await.unwrap();
    let stream = app.http().post(app.url("/graphql/stream")).json(&body);
    let mut streamed: Value = stream.send().await.unwrap().json().await.unwrap();
    socket.subscribe("refused", document, json!({})).await;
    let mut heard = socket.next().await;
    assert_eq!(heard["type"], "error", "{heard:#}");
    for answer in [&posted, &streamed] {
        assert!(answer.get("data").is_none(), "{answer:#}");
    }
    [
        posted["errors"][0].take(),
        streamed["errors"][0].take(),
        heard["payload"][0].take(),
    ]
}

/// Asserts that a socket from before an attack still answers, and so that the process and its other clients live.
async fn assert_alive(socket: &mut Socket) {
    let data = socket.run("{ country(code: \"RW\") { code } }", json!({}));
    assert_eq!(data.await, json!({ "country": { "code": "RW" } }));
}
