//! What `strace -f -y` says, as far as it is about the log of SQLite and about answers.

use std::collections::HashSet;

#[derive(Debug, PartialEq, Eq)]
pub enum Call {
    /// An entry with this key is written to the log.
    Wrote(String),
    SyncBegun,
    /// The log is synced.
    SyncEnded,
    /// A write with this key is acknowledged.
    Answered(String),
}

/// Of the end of the file's name.
const LOG: &str = "-wal>";

/// The calls under way, so that the end of one is known for what it is.
#[derive(Default)]
pub struct Calls {
    /// Threads that sync the log.
    syncing: HashSet<String>,
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
            "pwrite64"
                if call
                    .split(',')
                    .next()
                    .is_some_and(|file| file.ends_with(LOG)) =>
            {
                keys(call).map(Call::Wrote).collect()
            }
            "fdatasync" | "fsync" if call.contains(LOG) => {
                if call.contains("<unfinished") {
                    self.syncing.insert(thread.to_owned());
                    return vec![Call::SyncBegun];
                }
                let mut calls = vec![Call::SyncBegun];
                calls.extend(has_succeeded(call).then_some(Call::SyncEnded));
                calls
            }
            "<..." if call.contains("sync resumed>") && self.syncing.remove(thread) => {
                has_succeeded(call)
                    .then_some(Call::SyncEnded)
                    .into_iter()
                    .collect()
            }
            "write" | "writev" | "sendto" | "sendmsg" if call.contains("HTTP/1.1 200") => {
                keys(call).map(Call::Answered).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn has_succeeded(call: &str) -> bool {
    call.trim_end().ends_with("= 0")
}

/// As [`crate::editor::Statement`] has them in its summary: `key=…;`.
fn keys(call: &str) -> impl Iterator<Item = String> {
    let texts = call.split("key=").skip(1);
    texts.filter_map(|text| Some(text.split_once(';')?.0.to_owned()))
}
