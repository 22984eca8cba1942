//! Those who are there anyway: readers who ask now and then, an editor who records, and a subscriber who waits.

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

use crate::wire::{Connection, connect, operation};

/// Each with an address of its own, as readers have.
const READERS: u8 = 10;
/// Between two questions of a reader.
const READ: Duration = Duration::from_millis(200);
/// Between two statements of the editor.
const WRITE: Duration = Duration::from_millis(500);
/// A reader or subscriber who waits longer counts as one who is not answered.
const PATIENCE: Duration = Duration::from_secs(5);

const README: &str = include_str!("../../README.md");
const EXAMPLE: &str = include_str!("../../web/playground/examples/who-agreed.graphql");

const WATCH: &str =
    "subscription { stanceChanged { to relationship { requestedState { code } } } }";
const REGISTER: &str = r#"mutation { registerSource(input: {
    idempotencyKey: "siege", kind: DATASET, publisher: "Siege", title: "A siege", url: "https://example.org/siege"
}) { source { id } } }"#;
const RECORD: &str = r#"mutation($key: String!, $state: ID!, $source: ID!) { recordStatement(input: {
    idempotencyKey: $key
    subject: { relationship: { initiative: "us-third-country-removals", requestedState: $state } }
    claimant: { kind: PRESS, label: "Siege" }
    validFrom: "2026-01-01"
    summary: "Made up, for a siege."
    body: { stance: { stance: REFUSED } }
    evidence: [{ source: $source, relation: SUPPORTS }]
}) { stanceChange { to } } }"#;

pub struct Garrison {
    address: SocketAddr,
    token: String,
    source: String,
    /// Countries of which nothing is said yet, so that each statement is a change.
    states: Mutex<Vec<String>>,
    heard: Arc<Mutex<HashMap<String, Instant>>>,
}

/// What was noticed in a while.
#[derive(Default)]
pub struct Watched {
    pub answers: Vec<Duration>,
    /// Questions without an answer, or with another than in peace.
    pub unanswered: usize,
    pub writes: Vec<Duration>,
    /// From the question of the editor to the word of the subscriber.
    pub changes: Vec<Duration>,
    pub missed: usize,
}

impl Garrison {
    pub async fn enter(address: SocketAddr, token: &str) -> Self {
        let me = IpAddr::from(Ipv4Addr::LOCALHOST);
        let mut connection = Connection::open(me, address).await.unwrap();
        let mut ask = async |query: &str, token: Option<&str>| -> Value {
            let answer = connection.ask(&operation(query, &json!({}), token)).await;
            serde_json::from_slice(&answer.unwrap().body).unwrap()
        };
        let stances = "{ countries { code stance(initiative: \"us-third-country-removals\") } }";
        let countries = ask(stances, None).await;
        let countries = countries["data"]["countries"].as_array().unwrap().iter();
        let states = countries
            .filter(|country| country["stance"].is_null() && country["code"] != "US")
            .map(|country| country["code"].as_str().unwrap().to_owned())
            .collect();
        let registered = ask(REGISTER, Some(token)).await;
        let source = registered.pointer("/data/registerSource/source/id");
        let heard = Arc::default();
        tokio::spawn(listen(subscribe(address).await, Arc::clone(&heard)));
        Self {
            address,
            token: token.to_owned(),
            source: source.unwrap().as_str().unwrap().to_owned(),
            states: Mutex::new(states),
            heard,
        }
    }

    /// For so long, everybody does what they do.
    pub async fn watch(&self, length: Duration) -> Watched {
        let end = Instant::now() + length;
        let readers = (1..=READERS).map(|number| self.read(number, end));
        let (readers, writes) =
            tokio::join!(futures_util::future::join_all(readers), self.write(end));
        let mut watched = writes;
        for reader in readers {
            watched.answers.extend(reader.answers);
            watched.unanswered += reader.unanswered;
        }
        watched
    }

    /// One reader: the first query of the README, and the first example of the playground.
    async fn read(&self, number: u8, end: Instant) -> Watched {
        let mut watched = Watched::default();
        let questions = [first_of_the_readme(), EXAMPLE].map(|it| operation(it, &json!({}), None));
        let from = IpAddr::from([127, 1, 0, number]);
        // Not all at once.
        sleep(READ / u32::from(READERS) * u32::from(number)).await;
        let mut pace = interval(READ);
        pace.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut connection = Connection::open(from, self.address).await.ok();
        for question in questions.iter().cycle() {
            pace.tick().await;
            let start = Instant::now();
            if start >= end {
                break;
            }
            if connection.is_none() {
                connection = Connection::open(from, self.address).await.ok();
            }
            let answered = match &mut connection {
                Some(connection) => timeout(PATIENCE, connection.ask(question)).await,
                None => Ok(Err(std::io::ErrorKind::ConnectionRefused.into())),
            };
            match answered {
                Ok(Ok(answer))
                    if answer.status == 200 && answer.body.starts_with(b"{\"data\":{\"") =>
                {
                    watched.answers.push(start.elapsed());
                }
                _ => {
                    watched.unanswered += 1;
                    connection = None;
                }
            }
        }
        watched
    }

    /// The editor; then waits for what the subscriber has not heard yet.
    async fn write(&self, end: Instant) -> Watched {
        let mut watched = Watched::default();
        let mut written = Vec::new();
        let mut pace = interval(WRITE);
        let from = IpAddr::from([127, 1, 1, 1]);
        let mut connection = Connection::open(from, self.address).await.unwrap();
        loop {
            pace.tick().await;
            let start = Instant::now();
            if start >= end {
                break;
            }
            let state = self.states.lock().unwrap().pop();
            let state = state.expect("there are more countries than seconds");
            let variables = json!({ "key": state, "state": state, "source": self.source });
            let request = operation(RECORD, &variables, Some(&self.token));
            match timeout(PATIENCE, connection.ask(&request)).await {
                Ok(Ok(answer))
                    if answer
                        .body
                        .starts_with(b"{\"data\":{\"recordStatement\":{\"stanceChange\":{") =>
                {
                    watched.writes.push(start.elapsed());
                    written.push((state, start));
                }
                _ => {
                    watched.unanswered += 1;
                    connection = Connection::open(from, self.address).await.unwrap();
                }
            }
        }
        for (state, start) in written {
            match timeout(PATIENCE, self.hear(&state)).await {
                Ok(at) => watched.changes.push(at - start),
                Err(_) => watched.missed += 1,
            }
        }
        watched
    }

    async fn hear(&self, state: &str) -> Instant {
        loop {
            if let Some(at) = self.heard.lock().unwrap().get(state) {
                return *at;
            }
            sleep(Duration::from_millis(5)).await;
        }
    }
}

fn first_of_the_readme() -> &'static str {
    let block = README
        .split("```graphql\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    block.expect("it begins with a query")
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

async fn listen(mut socket: Socket, heard: Arc<Mutex<HashMap<String, Instant>>>) {
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else {
            continue;
        };
        let message: Value = serde_json::from_str(&text).unwrap();
        let code = message.pointer("/payload/data/stanceChanged/relationship/requestedState/code");
        if let Some(code) = code.and_then(Value::as_str) {
            heard
                .lock()
                .unwrap()
                .insert(code.to_owned(), Instant::now());
        }
    }
}
