//! Loads of connections that are held open in some state.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use demarche::model::country::ATLAS;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::client::{connect, get, post, text_frame, upgrade};

/// A server that does not read may block a client for so long.
const WRITE_TIMEOUT: Duration = Duration::from_secs(1);
/// Receive buffer of a client that does not read.
const SMALL_BUFFER: u32 = 4_096;
/// Operations on one WebSocket.
const OPERATIONS: usize = 20;

/// A state in which a connection holds memory of the server.
#[derive(Clone, Copy, Debug)]
pub enum SocketLoad {
    Idle,
    IdleAfterLongHead,
    HalfHeads,
    HalfBodies,
    HalfMessages,
    InitPayloads,
    Pings,
    LargeFilters,
    LargeSubscriptions,
    Tallies,
    UnreadPages,
    UnreadResponses,
    UnreadReplays,
    UnreadSocketResponses,
    UnreadStreams,
}

impl SocketLoad {
    pub const ALL: [Self; 15] = [
        Self::Idle,
        Self::IdleAfterLongHead,
        Self::HalfHeads,
        Self::HalfBodies,
        Self::HalfMessages,
        Self::InitPayloads,
        Self::Pings,
        Self::LargeFilters,
        Self::LargeSubscriptions,
        Self::Tallies,
        Self::UnreadPages,
        Self::UnreadResponses,
        Self::UnreadReplays,
        Self::UnreadSocketResponses,
        Self::UnreadStreams,
    ];

    fn is_unread(self) -> bool {
        matches!(
            self,
            Self::UnreadPages
                | Self::UnreadResponses
                | Self::UnreadReplays
                | Self::UnreadSocketResponses
                | Self::UnreadStreams
                | Self::Pings
        )
    }

    /// Opens a connection and brings it into the state, as far as the server lets it.
    pub async fn open(self, server: SocketAddr, number: usize) -> io::Result<TcpStream> {
        let buffer = self.is_unread().then_some(SMALL_BUFFER);
        let mut stream = connect(server, buffer).await?;
        let written = timeout(WRITE_TIMEOUT, stream.write_all(&self.bytes(number))).await;
        // Whether the server reads on, or has closed the connection, is up to its limits.
        drop(written);
        Ok(stream)
    }

    fn bytes(self, number: usize) -> Vec<u8> {
        match self {
            Self::Idle => Vec::new(),
            Self::IdleAfterLongHead => {
                get(&format!("query={{__typename}}&x={}", "x".repeat(60_000)))
            }
            Self::HalfHeads => format!("GET /graphql?{}", "x".repeat(60_000)).into_bytes(),
            Self::HalfBodies => {
                let body = format!(r#"{{"query":"{{__typename}}{}"}}"#, " ".repeat(1_000_000));
                let mut bytes = post(&body, "");
                bytes.pop();
                bytes
            }
            Self::HalfMessages => {
                let mut bytes = socket(&[]);
                let mut frame = text_frame(&"x".repeat(65_000));
                frame.pop();
                bytes.extend(frame);
                bytes
            }
            Self::InitPayloads => {
                let payload = json!({ "x": "x".repeat(60_000) });
                let init = json!({ "type": "connection_init", "payload": payload });
                [upgrade(), text_frame(&init.to_string())].concat()
            }
            Self::Pings => {
                let payload = json!({ "x": "x".repeat(60_000) });
                let ping = json!({ "type": "ping", "payload": payload });
                socket(&vec![ping; 15])
            }
            Self::LargeFilters
            | Self::LargeSubscriptions
            | Self::Tallies
            | Self::UnreadReplays
            | Self::UnreadSocketResponses => socket(&self.operations(number)),
            Self::UnreadPages => b"GET /schema.graphql HTTP/1.1\r\nHost: x\r\n\r\n".repeat(10),
            Self::UnreadResponses => {
                post(&json!({ "query": LARGE_QUERY }).to_string(), "").repeat(10)
            }
            Self::UnreadStreams => {
                let body = json!({ "query": REPLAY, "variables": {} }).to_string();
                let length = body.len();
                format!("POST /graphql/stream HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nLast-Event-ID: \r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
            }
        }
    }

    fn operations(self, number: usize) -> Vec<Value> {
        let operation = |index: usize| {
            let name = format!("N{number}x{index}");
            let payload = match self {
                Self::LargeFilters => json!({
                    "query": format!("subscription {name}($c: [ID!]) {{ stanceChanged(filter: {{ countries: $c }}) {{ id }} }}"),
                    "variables": { "c": ATLAS.countries.iter().map(|country| &country.code).cycle().take(1_500).collect::<Vec<_>>() },
                }),
                Self::LargeSubscriptions => json!({
                    "query": format!("subscription {name} {{ stanceChanged {{ {} }} }}", "id to ".repeat(900)),
                }),
                Self::Tallies => json!({
                    "query": format!("subscription {name} {{ tallyChanged(initiative: \"us-third-country-removals\") {{ {} }} }}", "total ".repeat(500)),
                }),
                Self::UnreadReplays => {
                    json!({ "query": REPLAY.replace("subscription", &format!("subscription {name}")) })
                }
                _ => json!({ "query": LARGE_QUERY.replacen('{', &format!("query {name} {{"), 1) }),
            };
            json!({ "id": index.to_string(), "type": "subscribe", "payload": payload })
        };
        (0..OPERATIONS).map(operation).collect()
    }
}

/// A response of a hundred kilobytes for its cost.
const LARGE_QUERY: &str = "{ statements(first: 100) { nodes { id summary citation note evidence { source { title url } } } } }";
/// Large events; the cursor of a ledger that is replayed comes from the test.
const REPLAY: &str = "subscription { ledgerAppended { seq a: payload b: payload c: payload d: payload e: payload f: payload g: payload h: payload } }";

/// The bytes of a client that opens a WebSocket and sends messages without waiting for the server.
fn socket(messages: &[Value]) -> Vec<u8> {
    let init = json!({ "type": "connection_init" }).to_string();
    let mut bytes = [upgrade(), text_frame(&init)].concat();
    for message in messages {
        bytes.extend(text_frame(&message.to_string()));
    }
    bytes
}
