//! Memory of the server while a load runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::sleep;

const SAMPLE_INTERVAL: Duration = Duration::from_millis(20);

/// The largest anonymous memory of a process since the last call of [`MemoryMonitor::take_peak`], in bytes. Pages of the
/// program's file are not counted: a debug build has ten times as many as a release build.
pub struct MemoryMonitor {
    process: u32,
    peak: Arc<AtomicU64>,
    stopped: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl MemoryMonitor {
    pub fn start(process: u32) -> Self {
        let (peak, stopped) = (Arc::<AtomicU64>::default(), Arc::<AtomicBool>::default());
        let (sampled, is_stopped) = (Arc::clone(&peak), Arc::clone(&stopped));
        let task = tokio::spawn(async move {
            while !is_stopped.load(Ordering::Relaxed) {
                sampled.fetch_max(anonymous(process), Ordering::Relaxed);
                sleep(SAMPLE_INTERVAL).await;
            }
        });
        Self {
            process,
            peak,
            stopped,
            task,
        }
    }

    pub fn current(&self) -> u64 {
        anonymous(self.process)
    }

    pub fn take_peak(&self) -> u64 {
        self.peak.swap(0, Ordering::Relaxed).max(self.current())
    }

    pub async fn stop(self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.task.await.unwrap();
    }
}

/// Anonymous resident memory in bytes; 0 where the system does not report it.
fn anonymous(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) << 10
}
