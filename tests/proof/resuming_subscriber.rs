//! Subscriber that disconnects at any point and resumes with the cursor of the last event that it received.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::TestResult;
use crate::filter::Filter;
use crate::socket::{ClientOptions, Disconnected, ServerMessage, Socket};

/// Maximum time until the next event, if there is one.
const EVENT_TIMEOUT: Duration = Duration::from_mins(2);

/// State shared by all subscribers.
pub struct SharedState {
    pub addresses: [SocketAddr; 2],
    /// Events between two resumes of one subscriber, on average.
    pub events_per_resume: u64,
    pub resumes: AtomicU64,
    pub genesis: String,
    /// The cursor of the last event, which every filter matches; set once everything is written.
    pub last_cursor: watch::Receiver<Option<String>>,
}

/// Returns all cursors received, up to the last.
pub async fn subscribe(
    shared: Arc<SharedState>,
    filter: Filter,
    mut random: fastrand::Rng,
) -> TestResult<Vec<String>> {
    let mut cursors = Vec::new();
    let mut last = shared.last_cursor.clone();
    while !shared.is_complete(&cursors) {
        shared.resumes.fetch_add(1, Ordering::Relaxed);
        let server = shared.addresses[random.usize(..2)];
        let is_open = last.borrow().is_none();
        let receiving = receive_some(&shared, server, &filter, &mut cursors, &mut random);
        tokio::select! {
            result = timeout(EVENT_TIMEOUT, receiving) => match result {
                Ok(result) => result?,
                Err(_) if is_open => {}
                Err(_) => return Err(format!("{filter:?} received no event after event {}", cursors.len())),
            },
            // A subscriber that already has the last event would wait for nothing.
            _ = last.wait_for(Option::is_some), if is_open => {}
        }
    }
    Ok(cursors)
}

impl SharedState {
    fn is_complete(&self, cursors: &[String]) -> bool {
        let last = self.last_cursor.borrow();
        last.is_some() && cursors.last() == last.as_ref()
    }
}

/// Reads some events on one socket, in one subscription or in several.
async fn receive_some(
    shared: &SharedState,
    server: SocketAddr,
    filter: &Filter,
    cursors: &mut Vec<String>,
    random: &mut fastrand::Rng,
) -> TestResult {
    let Ok(mut socket) = Socket::open(server, ClientOptions::default()).await else {
        return Ok(());
    };
    for id in ["1", "2", "3"] {
        let after = cursors.last().unwrap_or(&shared.genesis);
        let variables = filter.variables(after);
        let Ok(()) = socket.subscribe(id, filter.query(), &variables).await else {
            return Ok(());
        };
        for _ in 0..random.u64(0..=shared.events_per_resume * 2) {
            match next_cursor(&mut socket, id).await {
                Ok(cursor) => cursors.push(cursor?),
                Err(Disconnected) => return Ok(()),
            }
            if shared.is_complete(cursors) {
                return Ok(());
            }
        }
        // Half of the subscribers disconnect without `complete`; messages in flight are lost.
        if random.bool() || socket.complete(id).await.is_err() {
            return Ok(());
        }
        shared.resumes.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// The cursor of the next event of a subscription. Messages in flight for an earlier subscription are ignored.
async fn next_cursor(socket: &mut Socket, id: &str) -> Result<TestResult<String>, Disconnected> {
    loop {
        match socket.next().await? {
            ServerMessage::Event(to, mut data) if to == id => {
                match data["event"]["cursor"].take() {
                    serde_json::Value::String(cursor) => return Ok(Ok(cursor)),
                    other => return Ok(Err(format!("{other} is not a cursor"))),
                }
            }
            ServerMessage::Event(..) => {}
            ServerMessage::Error(message) => return Ok(Err(message.to_string())),
        }
    }
}
