//! A subscriber that hangs up at any point and resumes with the cursor of the last event that it heard.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::Proven;
use crate::filter::Filter;
use crate::socket::{Caller, Gone, Said, Socket};

/// Within it a subscriber hears something as long as there is something to hear.
const PATIENCE: Duration = Duration::from_mins(2);

/// What all readers know.
pub struct Shared {
    pub addresses: [SocketAddr; 2],
    /// Events between two resumes of one subscriber, on average.
    pub pause: u64,
    pub resumes: AtomicU64,
    pub genesis: String,
    /// The last cursor that everybody hears, once all is written.
    pub last: watch::Receiver<Option<String>>,
}

/// The cursors that were heard, up to the last.
pub async fn subscribe(
    shared: Arc<Shared>,
    filter: Filter,
    mut random: fastrand::Rng,
) -> Proven<Vec<String>> {
    let mut heard = Vec::new();
    let mut last = shared.last.clone();
    while !shared.is_last(&heard) {
        shared.resumes.fetch_add(1, Ordering::Relaxed);
        let server = shared.addresses[random.usize(..2)];
        let is_open = last.borrow().is_none();
        let reading = read(&shared, server, &filter, &mut heard, &mut random);
        tokio::select! {
            read = timeout(PATIENCE, reading) => match read {
                Ok(read) => read?,
                Err(_) if is_open => {}
                Err(_) => return Err(format!("{filter:?} hears nothing more after {}", heard.len())),
            },
            // Who has heard it already waits for nothing.
            _ = last.wait_for(Option::is_some), if is_open => {}
        }
    }
    Ok(heard)
}

impl Shared {
    fn is_last(&self, heard: &[String]) -> bool {
        let last = self.last.borrow();
        last.is_some() && heard.last() == last.as_ref()
    }
}

/// Reads some events on one socket, in one subscription or in several.
async fn read(
    shared: &Shared,
    server: SocketAddr,
    filter: &Filter,
    heard: &mut Vec<String>,
    random: &mut fastrand::Rng,
) -> Proven {
    let Ok(mut socket) = Socket::open(server, Caller::default()).await else {
        return Ok(());
    };
    for id in ["1", "2", "3"] {
        let after = heard.last().unwrap_or(&shared.genesis);
        let variables = filter.variables(after);
        let Ok(()) = socket.subscribe(id, filter.query(), &variables).await else {
            return Ok(());
        };
        for _ in 0..random.u64(0..=shared.pause * 2) {
            match next(&mut socket, id).await {
                Ok(cursor) => heard.push(cursor?),
                Err(Gone) => return Ok(()),
            }
            if shared.is_last(heard) {
                return Ok(());
            }
        }
        // Half of them hang up without a word, and what was under way to them is lost.
        if random.bool() || socket.complete(id).await.is_err() {
            return Ok(());
        }
        shared.resumes.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// The cursor of the next event of a subscription; what is still under way to another is not heard.
async fn next(socket: &mut Socket, id: &str) -> Result<Proven<String>, Gone> {
    loop {
        match socket.next().await? {
            Said::Event(to, mut data) if to == id => match data["heard"]["cursor"].take() {
                serde_json::Value::String(cursor) => return Ok(Ok(cursor)),
                other => return Ok(Err(format!("{other} is no cursor"))),
            },
            Said::Event(..) => {}
            Said::Error(message) => return Ok(Err(message.to_string())),
        }
    }
}
