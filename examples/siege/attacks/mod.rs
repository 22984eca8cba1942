//! Attacks, each from addresses of its own, as cheap for us as can be: bytes that were made before, and a pace.
//!
//! Every attack ends with the time given; none asks for more than its pace allows.

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

use crate::wire::{Answer, Connection};

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
    ("stalled-readers", |target| {
        Box::pin(sockets::stalled(target))
    }),
    ("stalled-streams", |target| {
        Box::pin(sockets::stalled_streams(target))
    }),
    ("message-flood", |target| Box::pin(sockets::flood(target))),
    ("operation-flood", |target| {
        Box::pin(sockets::operations(target))
    }),
    ("bad-frames", |target| Box::pin(sockets::bad_frames(target))),
];

/// Where an attack goes, from where, and for how long.
#[derive(Clone)]
pub struct Target {
    name: &'static str,
    address: SocketAddr,
    /// Third and fourth byte of the addresses that the attack may come from; the last counts them.
    from: [u8; 2],
    end: Instant,
    answers: Arc<Mutex<Answers>>,
}

/// By attack and what came back.
type Answers = BTreeMap<(&'static str, String), u32>;

/// Attacks with all there is, or with those that are named, and prints what came back: attack, kind and number in a line.
pub fn run(address: SocketAddr, round: u8, length: Duration, only: &[String]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let answers = Arc::new(Mutex::new(Answers::new()));
    let attacks = ATTACKS
        .iter()
        .zip(1..)
        .filter(|((name, _), _)| only.is_empty() || only.iter().any(|wanted| wanted == name));
    let attacks = attacks.map(|((name, attack), number)| {
        attack(Target {
            name,
            address,
            // New ones in each round: their buckets are full.
            from: [2 + round, 15 * number],
            end: Instant::now() + length,
            answers: Arc::clone(&answers),
        })
    });
    runtime
        .unwrap()
        .block_on(futures_util::future::join_all(attacks));
    for ((name, kind), count) in answers.lock().unwrap().iter() {
        println!("{name}\t{kind}\t{count}");
    }
}

impl Target {
    /// One of the addresses of this attack, up to ten.
    fn from(&self, number: u8) -> IpAddr {
        let [round, first] = self.from;
        [127, round, 0, first + number % 10].into()
    }

    fn count(&self, kind: impl Into<String>) {
        let mut answers = self.answers.lock().unwrap();
        *answers.entry((self.name, kind.into())).or_default() += 1;
    }

    /// So often a second, until the end.
    fn pace(&self, per_second: u32) -> Pace {
        let mut ticks = interval(Duration::from_secs(1) / per_second);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Pace {
            ticks,
            end: self.end,
        }
    }

    async fn open(&self, number: u8) -> Option<Connection> {
        let opened = Connection::open(self.from(number), self.address).await;
        opened.ok()
    }

    /// One after the other on one connection, which is opened again when it was closed.
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
            let answer = self.in_time(open.ask(request)).await;
            self.count(kind(&answer));
            if answer.is_err() {
                connection = None;
            }
        }
    }

    /// # Errors
    /// Also if the end comes before the answer.
    async fn in_time<T>(&self, answer: impl Future<Output = io::Result<T>>) -> io::Result<T> {
        let answered = timeout_at(self.end.into(), answer).await;
        answered.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
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
fn kind(answer: &io::Result<Answer>) -> String {
    match answer {
        Ok(answer) => {
            let body = String::from_utf8_lossy(&answer.body);
            let errors = body.strip_prefix("{\"errors\":").unwrap_or_default();
            let code = errors.split("\"code\":\"").nth(1);
            let code = code
                .and_then(|rest| rest.split('"').next())
                .unwrap_or("data");
            format!("{} {code}", answer.status)
        }
        Err(error) if error.kind() == io::ErrorKind::TimedOut => "under way at the end".to_owned(),
        Err(_) => "cut".to_owned(),
    }
}
