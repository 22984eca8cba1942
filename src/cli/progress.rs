//! Progress bar of a command, on standard error: only on a terminal, and not with a JSON log.

use std::io::BufRead;

use indicatif::{ProgressDrawTarget, ProgressStyle};

use crate::config;
use crate::ledger::progress::Progress;

/// Removed from the terminal when it is dropped.
pub(super) struct ProgressBar(indicatif::ProgressBar);

const ENTRIES: &str =
    "{msg} {percent:>3} % [{bar:30}] {human_pos} of {human_len} entries, {per_sec}, {eta} left";
const BYTES: &str = "{msg} {percent:>3} % [{bar:30}] {bytes_per_sec}, {eta} left";

impl ProgressBar {
    pub(super) fn of_entries(command: &'static str) -> Self {
        Self::new(command, 0, ENTRIES)
    }

    pub(super) fn of_bytes(command: &'static str, total: u64) -> Self {
        Self::new(command, total, BYTES)
    }

    fn new(command: &'static str, total: u64, template: &str) -> Self {
        // Hidden unless standard error is a terminal.
        let target = if config::wants_json() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let bar = indicatif::ProgressBar::with_draw_target(Some(total), target);
        let style = ProgressStyle::with_template(template).expect("the template is a literal");
        bar.set_style(style);
        bar.set_message(command);
        Self(bar)
    }

    /// Counts the bytes that are read.
    pub(super) fn wrap<R: BufRead>(&self, reader: R) -> impl BufRead + use<R> {
        self.0.wrap_read(reader)
    }
}

impl Progress for ProgressBar {
    fn add_expected(&self, entries: usize) {
        self.0.inc_length(entries as u64);
    }

    fn add_done(&self, entries: usize) {
        self.0.inc(entries as u64);
    }
}

impl Drop for ProgressBar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
