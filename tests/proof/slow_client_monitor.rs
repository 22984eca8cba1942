//! A server with clients that do not read, seen from outside.

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::Proven;
use crate::crowd::Crowd;
use crate::figures::Times;
use crate::queues;
use crate::server::Server;

/// Between two looks at what waits to be sent; a time is known to one of them.
const LOOK: Duration = Duration::from_millis(250);
/// For anything to happen at all.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the kernel holds for one who does not read.
struct Held {
    asked: Instant,
    bytes: u64,
    /// When there was last another number of them.
    changed: Instant,
    cut: Option<Instant>,
}

impl Held {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            asked: now,
            bytes: 0,
            changed: now,
            cut: None,
        }
    }
}

/// The server and its clients, looked at as often in one phase as in another: that costs, too.
pub struct Watched<'w> {
    pub server: &'w Server,
    crowd: &'w Crowd,
    held: HashMap<SocketAddr, Held>,
    /// Kilobytes: before anybody was held, and at most.
    memory: (u64, u64),
    /// Bytes at most, for all who do not read.
    pub queued: u64,
}

impl<'w> Watched<'w> {
    pub fn new(server: &'w Server, crowd: &'w Crowd) -> Self {
        Self {
            server,
            crowd,
            held: HashMap::new(),
            memory: (server.resident(), 0),
            queued: 0,
        }
    }

    /// From now on this client reads nothing.
    pub fn hold(&mut self, client: SocketAddr) {
        self.held.insert(client, Held::new());
    }

    pub async fn pass(&mut self, length: Duration) -> Proven<Times> {
        let begun = Instant::now();
        self.until(|_| begun.elapsed() >= length).await
    }

    /// What the others heard meanwhile.
    pub async fn until(&mut self, holds: impl Fn(&Self) -> bool) -> Proven<Times> {
        let begun = Instant::now();
        while !holds(self) {
            if begun.elapsed() > PATIENCE {
                return Err("who does not read is not cut".to_owned());
            }
            sleep(LOOK).await;
            self.look();
        }
        Ok(self.crowd.shared.lags.take())
    }

    fn look(&mut self) {
        let (queues, now) = (queues::of(self.server.address), Instant::now());
        for (client, held) in &mut self.held {
            match queues.get(client) {
                // The end itself counts as a byte.
                Some(queue) if !queue.is_open || queue.bytes == held.bytes => {}
                Some(queue) => (held.bytes, held.changed) = (queue.bytes, now),
                None => drop(held.cut.get_or_insert(now)),
            }
        }
        let of_held = self.held.keys().filter_map(|client| queues.get(client));
        self.queued = self.queued.max(of_held.map(|queue| queue.bytes).sum());
        let memory = self.server.resident();
        if self.held.is_empty() {
            self.memory.0 = memory;
        }
        self.memory.1 = self.memory.1.max(memory);
    }

    /// Whether nobody has taken anything for some looks.
    pub fn is_still(&self) -> bool {
        let is_still = |held: &Held| held.changed.elapsed() > LOOK * 3;
        let mut held = self.held.values();
        held.all(|held| held.cut.is_some() || is_still(held))
    }

    pub fn is_cut(&self) -> bool {
        self.held.values().all(|held| held.cut.is_some())
    }

    /// The longest times until a connection was ended: from the last byte that was taken, and from the question.
    pub fn cut(&self) -> (Duration, Duration) {
        let cut = |from: fn(&Held) -> Instant| {
            let times = self
                .held
                .values()
                .filter_map(|held| Some(held.cut? - from(held)));
            times.max().unwrap_or_default()
        };
        (cut(|held| held.changed), cut(|held| held.asked))
    }
}

impl fmt::Display for Watched<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (still, asked) = self.cut();
        let (still, asked) = (still.as_secs_f32(), asked.as_secs_f32());
        let (before, most) = (self.memory.0 / 1_024, self.memory.1 / 1_024);
        let queued = self.queued >> 10;
        write!(
            f,
            "each is cut within {still:.1} s of the last byte that was taken, {asked:.1} s of its question; memory {before} MB \
             before, {most} MB at most; {queued} kB in the kernel"
        )
    }
}
