//! Many subscribers who hear the whole ledger.
//!
//! Each checks the chain link by link, so it is enough to wait until all have heard the last entry.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::Proven;
use crate::chain::{CHAIN, Link, recorded_at};
use crate::clock::now;
use crate::figures::Times;
use crate::socket::{Caller, Gone, Said, Socket};

/// For all to hear what was said last.
const PATIENCE: Duration = Duration::from_mins(2);

/// The address of a server that may be restarted elsewhere.
pub type Door = watch::Receiver<SocketAddr>;

pub struct Crowd {
    pub shared: Arc<Shared>,
    members: Vec<JoinHandle<Proven>>,
    end: watch::Sender<Option<i64>>,
}

pub struct Shared {
    /// From recording to arrival, of what came live.
    pub lags: Times,
    pub heard: AtomicU64,
    pub resumes: AtomicU64,
    /// The first that was found.
    violation: Mutex<Option<String>>,
    connected: AtomicUsize,
    /// The last entry that each has heard.
    heads: Vec<AtomicI64>,
    hang_ups: Vec<Notify>,
    /// The entry after which they go.
    end: watch::Receiver<Option<i64>>,
}

impl Crowd {
    /// So many, who go on after `link`, spread over the servers; returns when all listen.
    pub async fn gather(size: usize, doors: &[Door], link: &Link) -> Proven<Self> {
        let (sender, end) = watch::channel(None);
        let shared = Arc::new(Shared {
            lags: Times::default(),
            heard: AtomicU64::new(0),
            resumes: AtomicU64::new(0),
            violation: Mutex::default(),
            connected: AtomicUsize::new(0),
            heads: (0..size).map(|_| AtomicI64::new(link.seq)).collect(),
            hang_ups: (0..size).map(|_| Notify::new()).collect(),
            end,
        });
        let doors = doors.iter().cycle();
        let members = (0..size).zip(doors).map(|(number, door)| {
            tokio::spawn(attend(
                Arc::clone(&shared),
                number,
                door.clone(),
                link.clone(),
            ))
        });
        let crowd = Self {
            members: members.collect(),
            shared,
            end: sender,
        };
        crowd
            .wait(|shared| shared.connected.load(Ordering::Relaxed) == size)
            .await?;
        Ok(crowd)
    }

    /// Returns when all have heard an entry.
    pub async fn wait_for(&self, seq: i64) -> Proven {
        let heard = |head: &AtomicI64| head.load(Ordering::Relaxed) >= seq;
        self.wait(|shared| shared.heads.iter().all(heard)).await
    }

    async fn wait(&self, holds: impl Fn(&Shared) -> bool) -> Proven {
        let begun = Instant::now();
        while !holds(&self.shared) {
            if let Some(violation) = &*self.shared.violation.lock().unwrap() {
                return Err(violation.clone());
            }
            if begun.elapsed() > PATIENCE {
                let heads = self
                    .shared
                    .heads
                    .iter()
                    .map(|head| head.load(Ordering::Relaxed));
                let connected = self.shared.connected.load(Ordering::Relaxed);
                return Err(format!(
                    "{connected} are connected; the last has heard entry {:?}",
                    heads.min()
                ));
            }
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Makes one of them hang up and come back.
    pub fn hang_up(&self, number: usize) {
        self.shared.hang_ups[number].notify_one();
    }

    /// Lets them go once each has heard an entry.
    /// # Errors
    /// What one of them has missed.
    pub async fn end(self, seq: i64) -> Proven {
        self.end.send_replace(Some(seq));
        for (number, member) in self.members.into_iter().enumerate() {
            let ended = timeout(PATIENCE, member).await;
            let ended =
                ended.map_err(|_| format!("subscriber {number} never hears entry {seq}"))?;
            let heard = ended.map_err(|error| error.to_string())?;
            heard.map_err(|violation| format!("subscriber {number}: {violation}"))?;
        }
        Ok(())
    }
}

/// An address of this machine for each of fifty, as if they were as many clients.
pub fn caller(number: usize) -> Caller {
    let last = u8::try_from(1 + number % 50).expect("it is below 51");
    Caller {
        from: Some(Ipv4Addr::new(127, 0, 1, last).into()),
        receive_buffer: None,
    }
}

async fn attend(shared: Arc<Shared>, number: usize, door: Door, mut link: Link) -> Proven {
    let mut random = fastrand::Rng::with_seed(number as u64);
    loop {
        let server = *door.borrow();
        if let Ok(mut socket) = Socket::open(server, caller(number)).await {
            let variables = json!({ "after": link.cursor });
            if socket.subscribe("1", CHAIN, &variables).await.is_ok() {
                shared.connected.fetch_add(1, Ordering::Relaxed);
                let is_done = listen(&shared, number, &mut socket, &mut link).await;
                shared.connected.fetch_sub(1, Ordering::Relaxed);
                if let Err(violation) = &is_done {
                    let violation = format!("subscriber {number}: {violation}");
                    shared.violation.lock().unwrap().get_or_insert(violation);
                }
                if is_done? {
                    return Ok(());
                }
                shared.resumes.fetch_add(1, Ordering::Relaxed);
            }
        }
        // As clients should: not all at once.
        sleep(Duration::from_millis(random.u64(20..500))).await;
    }
}

/// Whether all is heard; if not, the connection has ended.
async fn listen(
    shared: &Shared,
    number: usize,
    socket: &mut Socket,
    link: &mut Link,
) -> Proven<bool> {
    let begun = now();
    let mut end = shared.end.clone();
    loop {
        let last = *end.borrow_and_update();
        if last.is_some_and(|last| link.seq >= last) {
            return Ok(true);
        }
        let said = tokio::select! {
            said = socket.next() => said,
            () = shared.hang_ups[number].notified() => return Ok(false),
            _ = end.changed() => continue,
        };
        match said {
            Ok(Said::Event(_, data)) => {
                link.follow(&data["entry"])?;
                let recorded = recorded_at(&data["entry"]);
                if recorded > begun {
                    shared.lags.note(now() - recorded);
                }
                shared.heads[number].store(link.seq, Ordering::Relaxed);
                shared.heard.fetch_add(1, Ordering::Relaxed);
            }
            Ok(Said::Error(message)) => return Err(message.to_string()),
            Err(Gone) => return Ok(false),
        }
    }
}
