//! Honest clients whose experience is measured: readers that query, an editor that writes, and a subscriber.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{ClientRequestBuilder, Message};

use crate::client::{Connection, connect, operation};

/// Each has its own address, as real clients have.
const READERS: u8 = 10;
/// Pause between two queries of a reader.
const READ_INTERVAL: Duration = Duration::from_millis(200);
/// Pause between two statements of the editor.
const WRITE_INTERVAL: Duration = Duration::from_millis(500);
/// A request or an event that takes longer counts as failed.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

const README: &str = include_str!("../../README.md");
const EXAMPLE: &str = include_str!("../../web/playground/examples/who-agreed.graphql");

const WATCH: &str =
    "subscription { stanceChanged { to relationship { requestedState { code } } } }";
const REGISTER: &str = r#"mutation { registerSource(input: {
    idempotencyKey: "siege", kind: DATASET, publisher: "Siege", title: "A load test", url: "https://example.org/siege"
}) { source { id } } }"#;
const RECORD: &str = r#"mutation($key: String!, $state: ID!, $source: ID!) { recordStatement(input: {
    idempotencyKey: $key
    subject: { relationship: { initiative: "us-third-country-removals", requestedState: $state } }
    claimant: { kind: PRESS, label: "Siege" }
    validFrom: "2026-01-01"
    summary: "Made up, for a load test."
    body: { stance: { stance: REFUSED } }
    evidence: [{ source: $source, relation: SUPPORTS }]
}) { stanceChange { to } } }"#;

pub struct HonestClients {
    address: SocketAddr,
    token: String,
    source: String,
    /// Countries without a stance, so that each statement is a change.
    states: Mutex<Vec<String>>,
    received: Arc<Mutex<HashMap<String, Instant>>>,
}

/// Measurements of one period.
#[derive(Default)]
pub struct Measurements {
    pub queries: Vec<Duration>,
    /// Requests without a response, or with an error.
    pub failed: usize,
    pub writes: Vec<Duration>,
    /// Time from the editor's request to the subscriber's event.
    pub changes: Vec<Duration>,
    pub missed: usize,
}

impl HonestClients {
    pub async fn start(address: SocketAddr, token: &str) -> Self {
        let address_of_setup = IpAddr::from(Ipv4Addr::LOCALHOST);
        let mut connection = Connection::open(address_of_setup, address).await.unwrap();
        let mut send = async |query: &str, token: Option<&str>| -> Value {
            let response = connection.send(&operation(query, &json!({}), token)).await;
            serde_json::from_slice(&response.unwrap().body).unwrap()
        };
        let stances = "{ countries { code stance(initiative: \"us-third-country-removals\") } }";
        let countries = send(stances, None).await;
        let countries = countries["data"]["countries"].as_array().unwrap().iter();
        let states = countries
            .filter(|country| country["stance"].is_null() && country["code"] != "US")
            .map(|country| country["code"].as_str().unwrap().to_owned())
            .collect();
        let response = send(REGISTER, Some(token)).await;
        let source = response.pointer("/data/registerSource/source/id");
        let received = Arc::default();
        tokio::spawn(receive(subscribe(address).await, Arc::clone(&received)));
        Self {
            address,
            token: token.to_owned(),
            source: source.unwrap().as_str().unwrap().to_owned(),
            states: Mutex::new(states),
            received,
        }
    }

    /// Runs all clients for the duration.
    pub async fn measure(&self, length: Duration) -> Measurements {
        let end = Instant::now() + length;
        let readers = (1..=READERS).map(|number| self.run_reader(number, end));
        let (readers, writes) = tokio::join!(
            futures_util::future::join_all(readers),
            self.run_editor(end)
        );
        let mut measurements = writes;
        for reader in readers {
            measurements.queries.extend(reader.queries);
            measurements.failed += reader.failed;
        }
        measurements
    }

    /// One reader: alternates the first query of the README and the first example of the playground.
    async fn run_reader(&self, number: u8, end: Instant) -> Measurements {
        let mut measurements = Measurements::default();
        let requests = [first_readme_query(), EXAMPLE].map(|it| operation(it, &json!({}), None));
        let from = IpAddr::from([127, 1, 0, number]);
        // The starts are spread.
        sleep(READ_INTERVAL / u32::from(READERS) * u32::from(number)).await;
        let mut pace = interval(READ_INTERVAL);
        pace.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut connection = Connection::open(from, self.address).await.ok();
        for request in requests.iter().cycle() {
            pace.tick().await;
            let start = Instant::now();
            if start >= end {
                break;
            }
            if connection.is_none() {
                connection = Connection::open(from, self.address).await.ok();
            }
            let result = match &mut connection {
                Some(connection) => timeout(REQUEST_TIMEOUT, connection.send(request)).await,
                None => Ok(Err(std::io::ErrorKind::ConnectionRefused.into())),
            };
            match result {
                Ok(Ok(response))
                    if response.status == 200 && response.body.starts_with(b"{\"data\":{\"") =>
                {
                    measurements.queries.push(start.elapsed());
                }
                _ => {
                    measurements.failed += 1;
                    connection = None;
                }
            }
        }
        measurements
    }

    /// The editor; at the end it waits for the events that the subscriber has not received yet.
    async fn run_editor(&self, end: Instant) -> Measurements {
        let mut measurements = Measurements::default();
        let mut recorded = Vec::new();
        let mut pace = interval(WRITE_INTERVAL);
        let from = IpAddr::from([127, 1, 1, 1]);
        let mut connection = Connection::open(from, self.address).await.unwrap();
        loop {
            pace.tick().await;
            let start = Instant::now();
            if start >= end {
                break;
            }
            let state = self.states.lock().unwrap().pop();
            let state = state.expect("there are more countries than statements");
            let variables = json!({ "key": state, "state": state, "source": self.source });
            let request = operation(RECORD, &variables, Some(&self.token));
            match timeout(REQUEST_TIMEOUT, connection.send(&request)).await {
                Ok(Ok(response))
                    if response
                        .body
                        .starts_with(b"{\"data\":{\"recordStatement\":{\"stanceChange\":{") =>
                {
                    measurements.writes.push(start.elapsed());
                    recorded.push((state, start));
                }
                _ => {
                    measurements.failed += 1;
                    connection = Connection::open(from, self.address).await.unwrap();
                }
            }
        }
        for (state, start) in recorded {
            match timeout(REQUEST_TIMEOUT, self.wait_for_change(&state)).await {
                Ok(at) => measurements.changes.push(at - start),
                Err(_) => measurements.missed += 1,
            }
        }
        measurements
    }

    async fn wait_for_change(&self, state: &str) -> Instant {
        loop {
            if let Some(at) = self.received.lock().unwrap().get(state) {
                return *at;
            }
            sleep(Duration::from_millis(5)).await;
        }
    }
}

fn first_readme_query() -> &'static str {
    let block = README
        .split("```graphql\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    block.expect("the README contains a query")
}

type Socket = WebSocketStream<TcpStream>;

async fn subscribe(address: SocketAddr) -> Socket {
    let stream = connect([127, 1, 2, 1].into(), address).await.unwrap();
    let url = format!("ws://{address}/graphql/ws").parse().unwrap();
    let request = ClientRequestBuilder::new(url).with_sub_protocol("graphql-transport-ws");
    let (mut socket, _) = tokio_tungstenite::client_async(request, stream)
        .await
        .unwrap();
    for message in [
        json!({ "type": "connection_init" }),
        json!({ "type": "subscribe", "id": "1", "payload": { "query": WATCH } }),
    ] {
        socket
            .send(Message::text(message.to_string()))
            .await
            .unwrap();
    }
    socket
}

async fn receive(mut socket: Socket, received: Arc<Mutex<HashMap<String, Instant>>>) {
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else {
            continue;
        };
        let message: Value = serde_json::from_str(&text).unwrap();
        let code = message.pointer("/payload/data/stanceChanged/relationship/requestedState/code");
        if let Some(code) = code.and_then(Value::as_str) {
            received
                .lock()
                .unwrap()
                .insert(code.to_owned(), Instant::now());
        }
    }
}
