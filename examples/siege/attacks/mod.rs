//! Attacks. Each has its own client addresses, prepared bytes and a fixed rate, so that attacking costs little CPU.
//!
//! Every attack ends at the given time; none exceeds its rate.

mod connections;
mod documents;
mod sockets;

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::time::{Interval, MissedTickBehavior, interval, timeout_at};

use crate::client::{Connection, Response};

type Attack = fn(Target) -> Pin<Box<dyn Future<Output = ()>>>;

const ATTACKS: [(&str, Attack); 13] = [
    ("parse-bombs", |target| {
        Box::pin(documents::parse_bombs(target))
    }),
    ("fragment-bombs", |target| {
        Box::pin(documents::fragment_bombs(target))
    }),
    ("costly-queries", |target| {
        Box::pin(documents::costly_queries(target))
    }),
    ("large-bodies", |target| {
        Box::pin(documents::large_bodies(target))
    }),
    ("slow-heads", |target| {
        Box::pin(connections::slow_heads(target))
    }),
    ("slow-bodies", |target| {
        Box::pin(connections::slow_bodies(target))
    }),
    ("connection-flood", |target| {
        Box::pin(connections::flood(target))
    }),
    ("idle-connections", |target| {
        Box::pin(connections::idle(target))
    }),
    ("slow-readers", |target| {
        Box::pin(sockets::slow_readers(target))
    }),
    ("slow-streams", |target| {
        Box::pin(sockets::slow_streams(target))
    }),
    ("message-flood", |target| Box::pin(sockets::flood(target))),
    ("operation-flood", |target| {
        Box::pin(sockets::operations(target))
    }),
    ("bad-frames", |target| Box::pin(sockets::bad_frames(target))),
];

/// Server, client addresses and duration of an attack.
#[derive(Clone)]
pub struct Target {
    name: &'static str,
    address: SocketAddr,
    /// Third and fourth byte of the client addresses; the fourth is the first of ten.
    from: [u8; 2],
    end: Instant,
    outcomes: Arc<Mutex<Outcomes>>,
}

/// Number of outcomes, by attack and kind.
type Outcomes = BTreeMap<(&'static str, String), u32>;

/// Runs all attacks, or those named, and prints a line with attack, kind and number for each outcome.
pub fn run(address: SocketAddr, round: u8, length: Duration, only: &[String]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let outcomes = Arc::new(Mutex::new(Outcomes::new()));
    let attacks = ATTACKS
        .iter()
        .zip(1..)
        .filter(|((name, _), _)| only.is_empty() || only.iter().any(|selected| selected == name));
    let attacks = attacks.map(|((name, attack), number)| {
        attack(Target {
            name,
            address,
            // Each round uses new addresses, whose rate limits are unused.
            from: [2 + round, 15 * number],
            end: Instant::now() + length,
            outcomes: Arc::clone(&outcomes),
        })
    });
    runtime
        .unwrap()
        .block_on(futures_util::future::join_all(attacks));
    for ((name, kind), count) in outcomes.lock().unwrap().iter() {
        println!("{name}\t{kind}\t{count}");
    }
}

impl Target {
    /// One of the ten addresses of this attack.
    fn from(&self, number: u8) -> IpAddr {
        let [round, first] = self.from;
        [127, round, 0, first + number % 10].into()
    }

    fn count(&self, kind: impl Into<String>) {
        let mut outcomes = self.outcomes.lock().unwrap();
        *outcomes.entry((self.name, kind.into())).or_default() += 1;
    }

    /// Limits a loop to `per_second` turns, until the end.
    fn pace(&self, per_second: u32) -> Pace {
        let mut ticks = interval(Duration::from_secs(1) / per_second);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Pace {
            ticks,
            end: self.end,
        }
    }

    async fn open(&self, number: u8) -> Option<Connection> {
        let result = Connection::open(self.from(number), self.address).await;
        result.ok()
    }

    /// Sends the requests in turn on one connection, and reconnects when it was closed.
    async fn repeat(&self, number: u8, per_second: u32, requests: &[Vec<u8>]) {
        let mut pace = self.pace(per_second);
        let mut connection = None;
        for request in requests.iter().cycle() {
            if !pace.next().await {
                break;
            }
            if connection.is_none() {
                connection = self.open(number).await;
            }
            let Some(open) = &mut connection else {
                self.count("not connected");
                continue;
            };
            let response = self.until_end(open.send(request)).await;
            self.count(outcome_of(&response));
            if response.is_err() {
                connection = None;
            }
        }
    }

    /// # Errors
    /// Also if the attack ends before the response arrives.
    async fn until_end<T>(&self, future: impl Future<Output = io::Result<T>>) -> io::Result<T> {
        let result = timeout_at(self.end.into(), future).await;
        result.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }
}

struct Pace {
    ticks: Interval,
    end: Instant,
}

impl Pace {
    /// Waits for the next turn; false at the end.
    async fn next(&mut self) -> bool {
        self.ticks.tick().await;
        Instant::now() < self.end
    }
}

/// The status, and the code of the first error.
fn outcome_of(response: &io::Result<Response>) -> String {
    match response {
        Ok(response) => {
            let body = String::from_utf8_lossy(&response.body);
            let errors = body.strip_prefix("{\"errors\":").unwrap_or_default();
            let code = errors.split("\"code\":\"").nth(1);
            let code = code
                .and_then(|rest| rest.split('"').next())
                .unwrap_or("data");
            format!("{} {code}", response.status)
        }
        Err(error) if error.kind() == io::ErrorKind::TimedOut => {
            "in progress at the end".to_owned()
        }
        Err(_) => "disconnected".to_owned(),
    }
}
