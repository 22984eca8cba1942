//! Captures errors that would otherwise be lost in a task or a log: panics of any thread, and log lines of level ERROR.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

static CAPTURED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Installs the panic hook and the log subscriber.
pub fn install() {
    let default_hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        record(panic.to_string());
        default_hook(panic);
    }));
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::ERROR)
        .with_ansi(false)
        .with_writer(|| LogCapture)
        .init();
}

/// The errors captured since the last call.
pub fn take() -> Vec<String> {
    std::mem::take(&mut *CAPTURED.lock().unwrap_or_else(PoisonError::into_inner))
}

fn record(error: String) {
    CAPTURED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(error);
}

struct LogCapture;

impl Write for LogCapture {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        record(String::from_utf8_lossy(line).trim().to_owned());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
