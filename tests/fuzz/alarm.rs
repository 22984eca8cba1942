//! Hears what would otherwise be lost in a task or a log: panics of any thread, and errors that are logged.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// From now on.
pub fn set() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        hear(panic.to_string());
        usual(panic);
    }));
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::ERROR)
        .with_ansi(false)
        .with_writer(|| Ear)
        .init();
}

/// What was heard since the last time.
pub fn take() -> Vec<String> {
    std::mem::take(&mut *HEARD.lock().unwrap_or_else(PoisonError::into_inner))
}

fn hear(what: String) {
    HEARD
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(what);
}

struct Ear;

impl Write for Ear {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        hear(String::from_utf8_lossy(line).trim().to_owned());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
