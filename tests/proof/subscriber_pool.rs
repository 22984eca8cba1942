//! Pool of subscribers that receive the whole ledger.
//!
//! Each subscriber verifies the chain entry by entry, so it is sufficient to wait until all have received the last
//! entry.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::TestResult;
use crate::chain::{CHAIN_SUBSCRIPTION, ChainTip, recorded_at};
use crate::clock::now;
use crate::histogram::Histogram;
use crate::socket::{ClientOptions, Disconnected, ServerMessage, Socket};

/// Maximum time until all subscribers have received the last entry.
const DELIVERY_TIMEOUT: Duration = Duration::from_mins(2);

/// Current address of a server that may be restarted on another port.
pub type ServerAddress = watch::Receiver<SocketAddr>;

pub struct SubscriberPool {
    pub state: Arc<PoolState>,
    tasks: Vec<JoinHandle<TestResult>>,
    last_seq: watch::Sender<Option<i64>>,
}

pub struct PoolState {
    /// Time from recording to arrival; replayed entries are not counted.
    pub latencies: Histogram,
    pub delivered: AtomicU64,
    pub resumes: AtomicU64,
    /// The first violation reported.
    violation: Mutex<Option<String>>,
    connected: AtomicUsize,
    /// Per subscriber, the last entry received.
    last_seqs: Vec<AtomicI64>,
    disconnects: Vec<Notify>,
    /// The entry after which the subscribers stop.
    last_seq: watch::Receiver<Option<i64>>,
}

impl SubscriberPool {
    /// Connects `size` subscribers that start after `tip`, spread over the servers; returns when all are subscribed.
    pub async fn connect(
        size: usize,
        addresses: &[ServerAddress],
        tip: &ChainTip,
    ) -> TestResult<Self> {
        let (sender, last_seq) = watch::channel(None);
        let state = Arc::new(PoolState {
            latencies: Histogram::default(),
            delivered: AtomicU64::new(0),
            resumes: AtomicU64::new(0),
            violation: Mutex::default(),
            connected: AtomicUsize::new(0),
            last_seqs: (0..size).map(|_| AtomicI64::new(tip.seq)).collect(),
            disconnects: (0..size).map(|_| Notify::new()).collect(),
            last_seq,
        });
        let addresses = addresses.iter().cycle();
        let tasks = (0..size).zip(addresses).map(|(number, address)| {
            tokio::spawn(run_subscriber(
                Arc::clone(&state),
                number,
                address.clone(),
                tip.clone(),
            ))
        });
        let pool = Self {
            tasks: tasks.collect(),
            state,
            last_seq: sender,
        };
        pool.wait_until(|state| state.connected.load(Ordering::Relaxed) == size)
            .await?;
        Ok(pool)
    }

    /// Waits until all subscribers have received the entry.
    pub async fn wait_for(&self, seq: i64) -> TestResult {
        let has_received = |head: &AtomicI64| head.load(Ordering::Relaxed) >= seq;
        self.wait_until(|state| state.last_seqs.iter().all(has_received))
            .await
    }

    async fn wait_until(&self, condition: impl Fn(&PoolState) -> bool) -> TestResult {
        let started = Instant::now();
        while !condition(&self.state) {
            if let Some(violation) = &*self.state.violation.lock().unwrap() {
                return Err(violation.clone());
            }
            if started.elapsed() > DELIVERY_TIMEOUT {
                let last_seqs = self
                    .state
                    .last_seqs
                    .iter()
                    .map(|head| head.load(Ordering::Relaxed));
                let connected = self.state.connected.load(Ordering::Relaxed);
                return Err(format!(
                    "timeout: {connected} subscribers are connected; the slowest has received entry {:?}",
                    last_seqs.min()
                ));
            }
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Makes one subscriber disconnect and resume.
    pub fn disconnect(&self, number: usize) {
        self.state.disconnects[number].notify_one();
    }

    /// Stops each subscriber once it has received the entry.
    /// # Errors
    /// A subscriber missed an entry or received a wrong one.
    pub async fn finish(self, seq: i64) -> TestResult {
        self.last_seq.send_replace(Some(seq));
        for (number, task) in self.tasks.into_iter().enumerate() {
            let result = timeout(DELIVERY_TIMEOUT, task).await;
            let result =
                result.map_err(|_| format!("subscriber {number} did not receive entry {seq}"))?;
            let outcome = result.map_err(|error| error.to_string())?;
            outcome.map_err(|violation| format!("subscriber {number}: {violation}"))?;
        }
        Ok(())
    }
}

/// Client address: one of fifty loopback addresses, so that the server sees fifty clients.
pub fn client_options(number: usize) -> ClientOptions {
    let last = u8::try_from(1 + number % 50).expect("below 51");
    ClientOptions {
        local_address: Some(Ipv4Addr::new(127, 0, 1, last).into()),
        receive_buffer: None,
    }
}

async fn run_subscriber(
    state: Arc<PoolState>,
    number: usize,
    address: ServerAddress,
    mut tip: ChainTip,
) -> TestResult {
    let mut random = fastrand::Rng::with_seed(number as u64);
    loop {
        let server = *address.borrow();
        if let Ok(mut socket) = Socket::open(server, client_options(number)).await {
            let variables = json!({ "after": tip.cursor });
            if socket
                .subscribe("1", CHAIN_SUBSCRIPTION, &variables)
                .await
                .is_ok()
            {
                state.connected.fetch_add(1, Ordering::Relaxed);
                let is_finished = receive(&state, number, &mut socket, &mut tip).await;
                state.connected.fetch_sub(1, Ordering::Relaxed);
                if let Err(violation) = &is_finished {
                    let violation = format!("subscriber {number}: {violation}");
                    state.violation.lock().unwrap().get_or_insert(violation);
                }
                if is_finished? {
                    return Ok(());
                }
                state.resumes.fetch_add(1, Ordering::Relaxed);
            }
        }
        // A random delay, as clients should use: they do not all reconnect at once.
        sleep(Duration::from_millis(random.u64(20..500))).await;
    }
}

/// True if the last entry was received; false if the connection was closed.
async fn receive(
    state: &PoolState,
    number: usize,
    socket: &mut Socket,
    tip: &mut ChainTip,
) -> TestResult<bool> {
    let started = now();
    let mut last_seq = state.last_seq.clone();
    loop {
        let last = *last_seq.borrow_and_update();
        if last.is_some_and(|last| tip.seq >= last) {
            return Ok(true);
        }
        let message = tokio::select! {
            message = socket.next() => message,
            () = state.disconnects[number].notified() => return Ok(false),
            _ = last_seq.changed() => continue,
        };
        match message {
            Ok(ServerMessage::Event(_, data)) => {
                tip.advance(&data["entry"])?;
                let recorded = recorded_at(&data["entry"]);
                if recorded > started {
                    state.latencies.record(now() - recorded);
                }
                state.last_seqs[number].store(tip.seq, Ordering::Relaxed);
                state.delivered.fetch_add(1, Ordering::Relaxed);
            }
            Ok(ServerMessage::Error(message)) => return Err(message.to_string()),
            Err(Disconnected) => return Ok(false),
        }
    }
}
