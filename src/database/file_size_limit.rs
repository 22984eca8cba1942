//! File-size limit of the process (`RLIMIT_FSIZE`, `ulimit -f`).
//!
//! A write beyond it sends the signal SIGXFSZ, whose default action ends the process. With a handler the write fails with
//! EFBIG instead, which SQLite reports like any other I/O error; the handler's flag tells it apart.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use signal_hook::consts::SIGXFSZ;

/// Set by the handler, on the thread that wrote, before its write returns.
static EXCEEDED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Installs the handler. Call it before the database is opened.
pub fn handle() -> io::Result<()> {
    signal_hook::flag::register(SIGXFSZ, Arc::clone(&EXCEEDED)).map(drop)
}

/// Whether a write has exceeded the limit since the last call.
pub(crate) fn take_exceeded() -> bool {
    EXCEEDED.swap(false, Ordering::SeqCst)
}
