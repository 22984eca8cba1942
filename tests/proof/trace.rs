//! What `strace -f -y` says, as far as it is about the log of a database and about answers.

use std::collections::{HashMap, HashSet};

#[derive(Debug, PartialEq, Eq)]
pub enum Call {
    /// An entry with this key is written to the log of SQLite, or PostgreSQL is told to commit it.
    Wrote(String),
    SyncBegun,
    /// The log is synced.
    SyncEnded,
    /// A write with this key is acknowledged.
    Answered(String),
}

/// Of the end of the file's name: SQLite's log.
const WAL: &str = "-wal>";
/// PostgreSQL's.
const PG_WAL: &str = "/pg_wal/";
/// What a client of PostgreSQL says, as its process receives it.
const COMMIT: &str = r"Q\0\0\0\vCOMMIT\0";

/// The calls under way, so that the end of one is known for what it is.
#[derive(Default)]
pub struct Calls {
    /// Threads that sync the log.
    syncing: HashSet<String>,
    /// What threads have received since the last commit that each was told of.
    received: HashMap<String, HashSet<String>>,
}

impl Calls {
    /// What a line says, in order.
    pub fn read(&mut self, line: &str) -> Vec<Call> {
        let Some((thread, call)) = line.split_once(' ') else {
            return Vec::new();
        };
        let call = call.trim_start();
        let name = call.split(['(', ' ']).next().unwrap_or_default();
        match name {
            "pwrite64" if is_of_wal(call) => keys(call).map(Call::Wrote).collect(),
            "fdatasync" | "fsync" if call.contains(WAL) || call.contains(PG_WAL) => {
                self.sync(thread, call)
            }
            "<..." if call.contains("sync resumed>") && self.syncing.remove(thread) => {
                ended(call).into_iter().collect()
            }
            "recvfrom" => self.receive(thread, call),
            "<..." if call.contains("recvfrom resumed>") => self.receive(thread, call),
            "write" | "writev" | "sendto" | "sendmsg" if call.contains("HTTP/1.1 200") => {
                keys(call).map(Call::Answered).collect()
            }
            _ => Vec::new(),
        }
    }

    fn sync(&mut self, thread: &str, call: &str) -> Vec<Call> {
        if call.contains("<unfinished") {
            self.syncing.insert(thread.to_owned());
            return vec![Call::SyncBegun];
        }
        [Call::SyncBegun].into_iter().chain(ended(call)).collect()
    }

    /// PostgreSQL writes a whole transaction at its commit, or before: what counts is a sync that begins afterwards.
    fn receive(&mut self, thread: &str, call: &str) -> Vec<Call> {
        let received = self.received.entry(thread.to_owned()).or_default();
        received.extend(keys(call));
        if !call.contains(COMMIT) {
            return Vec::new();
        }
        received.drain().map(Call::Wrote).collect()
    }
}

fn is_of_wal(call: &str) -> bool {
    let file = call.split(',').next();
    file.is_some_and(|file| file.ends_with(WAL))
}

fn ended(call: &str) -> Option<Call> {
    let has_succeeded = call.trim_end().ends_with("= 0");
    has_succeeded.then_some(Call::SyncEnded)
}

/// As [`crate::editor::Statement`] has them in its summary: `key=…;`.
fn keys(call: &str) -> impl Iterator<Item = String> {
    let texts = call.split("key=").skip(1);
    texts.filter_map(|text| Some(text.split_once(';')?.0.to_owned()))
}
