//! Parser of `strace -f -y`: writes and syncs of the database log, and responses.

use std::collections::{HashMap, HashSet};

#[derive(Debug, PartialEq, Eq)]
pub enum Call {
    /// An entry with this key was written to SQLite's log, or PostgreSQL received the commit of it.
    EntryWritten(String),
    SyncStarted,
    /// The log is synced.
    SyncFinished,
    /// A write with this key was acknowledged.
    Acknowledged(String),
}

/// Suffix of the file name of SQLite's log.
const SQLITE_WAL: &str = "-wal>";
/// Directory of PostgreSQL's log.
const POSTGRES_WAL: &str = "/pg_wal/";
/// Commit message of the PostgreSQL protocol, as its process receives it.
const COMMIT: &str = r"Q\0\0\0\vCOMMIT\0";

/// Calls in progress, needed to classify the line that ends one.
#[derive(Default)]
pub struct TraceParser {
    /// Threads that are syncing the log.
    syncing: HashSet<String>,
    /// Keys that each thread has received since its last commit.
    received: HashMap<String, HashSet<String>>,
}

impl TraceParser {
    /// The events of a line, in order.
    pub fn parse_line(&mut self, line: &str) -> Vec<Call> {
        let Some((thread, call)) = line.split_once(' ') else {
            return Vec::new();
        };
        let call = call.trim_start();
        let name = call.split(['(', ' ']).next().unwrap_or_default();
        match name {
            "pwrite64" if is_wal_write(call) => keys(call).map(Call::EntryWritten).collect(),
            "fdatasync" | "fsync" if call.contains(SQLITE_WAL) || call.contains(POSTGRES_WAL) => {
                self.sync(thread, call)
            }
            "<..." if call.contains("sync resumed>") && self.syncing.remove(thread) => {
                sync_finished(call).into_iter().collect()
            }
            "recvfrom" => self.receive(thread, call),
            "<..." if call.contains("recvfrom resumed>") => self.receive(thread, call),
            "write" | "writev" | "sendto" | "sendmsg" if call.contains("HTTP/1.1 200") => {
                keys(call).map(Call::Acknowledged).collect()
            }
            _ => Vec::new(),
        }
    }

    fn sync(&mut self, thread: &str, call: &str) -> Vec<Call> {
        if call.contains("<unfinished") {
            self.syncing.insert(thread.to_owned());
            return vec![Call::SyncStarted];
        }
        [Call::SyncStarted]
            .into_iter()
            .chain(sync_finished(call))
            .collect()
    }

    /// PostgreSQL writes a transaction at its commit or earlier, so a sync counts only if it starts after the commit
    /// arrived.
    fn receive(&mut self, thread: &str, call: &str) -> Vec<Call> {
        let received = self.received.entry(thread.to_owned()).or_default();
        received.extend(keys(call));
        if !call.contains(COMMIT) {
            return Vec::new();
        }
        received.drain().map(Call::EntryWritten).collect()
    }
}

fn is_wal_write(call: &str) -> bool {
    let file = call.split(',').next();
    file.is_some_and(|file| file.ends_with(SQLITE_WAL))
}

fn sync_finished(call: &str) -> Option<Call> {
    let has_succeeded = call.trim_end().ends_with("= 0");
    has_succeeded.then_some(Call::SyncFinished)
}

/// Keys in the form `key=…;`, as in the summary of [`crate::editor::Statement`].
fn keys(call: &str) -> impl Iterator<Item = String> {
    let texts = call.split("key=").skip(1);
    texts.filter_map(|text| Some(text.split_once(';')?.0.to_owned()))
}
