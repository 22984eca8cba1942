//! Monitor of a server with clients that do not read: send queues, memory, and the latency of the other subscribers.

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::TestResult;
use crate::histogram::Histogram;
use crate::send_queues;
use crate::server::Server;
use crate::subscriber_pool::SubscriberPool;

/// Sampling interval, the resolution of all times here.
const SAMPLE_INTERVAL: Duration = Duration::from_millis(250);
/// Maximum time for any single step.
const STEP_TIMEOUT: Duration = Duration::from_mins(1);

/// A client that does not read, with its queue in the kernel.
struct SlowClient {
    subscribed_at: Instant,
    bytes: u64,
    /// When the queue last changed.
    last_change: Instant,
    disconnected_at: Option<Instant>,
}

impl SlowClient {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            subscribed_at: now,
            bytes: 0,
            last_change: now,
            disconnected_at: None,
        }
    }
}

/// Samples at the same rate in every phase, because sampling takes CPU time, too.
pub struct SlowClientMonitor<'w> {
    pub server: &'w Server,
    pool: &'w SubscriberPool,
    slow_clients: HashMap<SocketAddr, SlowClient>,
    /// Kilobytes: before the first slow client, and at most.
    memory: (u64, u64),
    /// Largest sum of the queues of all slow clients, in bytes.
    pub max_queued_bytes: u64,
}

impl<'w> SlowClientMonitor<'w> {
    pub fn new(server: &'w Server, pool: &'w SubscriberPool) -> Self {
        Self {
            server,
            pool,
            slow_clients: HashMap::new(),
            memory: (server.resident(), 0),
            max_queued_bytes: 0,
        }
    }

    /// From now on this client reads nothing.
    pub fn add_client(&mut self, client: SocketAddr) {
        self.slow_clients.insert(client, SlowClient::new());
    }

    pub async fn run_for(&mut self, length: Duration) -> TestResult<Histogram> {
        let started = Instant::now();
        self.run_until(|_| started.elapsed() >= length).await
    }

    /// Latencies of the other subscribers meanwhile.
    pub async fn run_until(&mut self, condition: impl Fn(&Self) -> bool) -> TestResult<Histogram> {
        let started = Instant::now();
        while !condition(self) {
            if started.elapsed() > STEP_TIMEOUT {
                return Err("a client that does not read was not disconnected".to_owned());
            }
            sleep(SAMPLE_INTERVAL).await;
            self.sample();
        }
        Ok(self.pool.state.latencies.take())
    }

    fn sample(&mut self) {
        let (queues, now) = (send_queues::list(self.server.address), Instant::now());
        for (address, client) in &mut self.slow_clients {
            match queues.get(address) {
                // The FIN counts as one byte.
                Some(queue) if !queue.is_open || queue.bytes == client.bytes => {}
                Some(queue) => (client.bytes, client.last_change) = (queue.bytes, now),
                None => drop(client.disconnected_at.get_or_insert(now)),
            }
        }
        let client_queues = self
            .slow_clients
            .keys()
            .filter_map(|address| queues.get(address));
        self.max_queued_bytes = self
            .max_queued_bytes
            .max(client_queues.map(|queue| queue.bytes).sum());
        let memory = self.server.resident();
        if self.slow_clients.is_empty() {
            self.memory.0 = memory;
        }
        self.memory.1 = self.memory.1.max(memory);
    }

    /// Whether no queue has changed for several samples.
    pub fn is_stalled(&self) -> bool {
        let is_still = |client: &SlowClient| client.last_change.elapsed() > SAMPLE_INTERVAL * 3;
        let mut clients = self.slow_clients.values();
        clients.all(|client| client.disconnected_at.is_some() || is_still(client))
    }

    pub fn is_disconnected(&self) -> bool {
        self.slow_clients
            .values()
            .all(|client| client.disconnected_at.is_some())
    }

    /// The longest times until a client was disconnected: from the last byte it accepted, and from its subscription.
    pub fn disconnect_times(&self) -> (Duration, Duration) {
        let longest = |from: fn(&SlowClient) -> Instant| {
            let times = self
                .slow_clients
                .values()
                .filter_map(|client| Some(client.disconnected_at? - from(client)));
            times.max().unwrap_or_default()
        };
        (
            longest(|client| client.last_change),
            longest(|client| client.subscribed_at),
        )
    }
}

impl fmt::Display for SlowClientMonitor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (stalled, subscribed) = self.disconnect_times();
        let (stalled, subscribed) = (stalled.as_secs_f32(), subscribed.as_secs_f32());
        let (before, peak) = (self.memory.0 / 1_024, self.memory.1 / 1_024);
        let queued = self.max_queued_bytes >> 10;
        write!(
            f,
            "each is disconnected within {stalled:.1} s of the last byte it accepted, {subscribed:.1} s of its subscription; memory \
             {before} MB before, {peak} MB at most; {queued} kB in the kernel"
        )
    }
}
