#!/usr/bin/env bash
# Software: crate async-graphql 7.2.1 (`http::WebSocket`, the loop behind its axum, actix and other services), Rust 1.95.
# Guess: with `WebSocketProtocols::GraphQLWS` it speaks graphql-transport-ws as graphql-ws 6 does, close codes included.
# Seen: subscribe before connection_init closes 1011 (the protocol: 4401); an unknown type and what is no JSON close 1002
#   (4400); a second connection_init closes 4429, as it should. A second operation under the id of a running one takes its
#   place, without a word (4409). A document that is refused comes as next and complete (error). The client's own complete
#   is answered by complete (nothing). `start` of the older protocol runs.
# Why it matters: 4401 tells a client to authenticate and 4400 its author to mend a message; 1011 and 1002 blame the server
#   and the line. A client waits for error, where a refused document comes as a result. Who sends one id twice loses a
#   stream and is not told.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[dependencies]
async-graphql = { version = "=7.2.1", default-features = false }
futures-util = "0.3"
serde_json = "1"
tokio = { version = "1", features = ["macros", "rt", "time"] }
TOML
cat >src/main.rs <<'RUST'
use std::time::Duration;

use async_graphql::http::{WebSocket, WebSocketProtocols, WsMessage};
use async_graphql::*;
use futures_util::{Stream, StreamExt, stream};
use serde_json::{Value as Json, json};

struct Query;

#[Object]
impl Query {
    async fn seconds(&self) -> i32 {
        0
    }
}

struct Subscription;

#[Subscription]
impl Subscription {
    /// One number at once, and every fifth of a second again.
    async fn again(&self, n: i32) -> impl Stream<Item = i32> {
        stream::unfold(Duration::ZERO, move |wait| async move {
            tokio::time::sleep(wait).await;
            Some((n, Duration::from_millis(200)))
        })
    }
}

/// What the server says to messages that come a tenth of a second apart, until it closes or half a second is over.
async fn hear(messages: &[Json]) -> Vec<String> {
    let schema = Schema::new(Query, EmptyMutation, Subscription);
    let input = stream::iter(messages.to_vec())
        .then(|message| async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            message.as_str().map_or_else(|| message.to_string(), str::to_owned).into_bytes()
        })
        .chain(stream::pending());
    let mut socket = Box::pin(WebSocket::new(schema, input, WebSocketProtocols::GraphQLWS));
    let mut heard = Vec::new();
    let end = tokio::time::Instant::now() + Duration::from_millis(900);
    while let Ok(Some(message)) = tokio::time::timeout_at(end, socket.next()).await {
        let text = match message {
            WsMessage::Close(code, _) => format!("close {code}"),
            WsMessage::Text(text) => {
                let message: Json = serde_json::from_str(&text).unwrap();
                let kind = message["type"].as_str().unwrap();
                match &message["payload"]["data"]["again"] {
                    Json::Null => kind.to_owned(),
                    number => format!("{kind} {number}"),
                }
            }
        };
        if heard.last() != Some(&text) {
            heard.push(text);
        }
    }
    heard
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let init = json!({"type": "connection_init"});
    let subscribe = |kind: &str, query: &str| json!({"type": kind, "id": "1", "payload": {"query": query}});
    let one = subscribe("subscribe", "subscription { again(n: 1) }");
    let two = subscribe("subscribe", "subscription { again(n: 2) }");

    let early = hear(&[one.clone()]).await;
    assert_eq!(early, ["close 1011"]);
    let unknown = hear(&[init.clone(), json!({"type": "nonsense"})]).await;
    assert_eq!(unknown, ["connection_ack", "close 1002"]);
    assert_eq!(hear(&[init.clone(), json!("no JSON")]).await, unknown);
    assert_eq!(hear(&[init.clone(), init.clone()]).await, ["connection_ack", "close 4429"]);

    let twice = hear(&[init.clone(), one.clone(), two]).await;
    assert_eq!(twice, ["connection_ack", "next 1", "next 2"]);

    let refused = hear(&[init.clone(), subscribe("subscribe", "{ nosuch }")]).await;
    assert_eq!(refused, ["connection_ack", "next", "complete"]);
    let ended = hear(&[init.clone(), one, json!({"type": "complete", "id": "1"})]).await;
    assert_eq!(ended, ["connection_ack", "next 1", "complete"]);
    let older = hear(&[init, subscribe("start", "subscription { again(n: 3) }")]).await;
    assert_eq!(older, ["connection_ack", "next 3"]);
    println!(
        "async-graphql 7.2.1: early subscribe {}, unknown type {}, one id twice {}, refused document {}",
        early[0], unknown[1], twice[1..].join(" then "), refused[1..].join(" then ")
    );
}
RUST
CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$work/target}" cargo run --quiet
