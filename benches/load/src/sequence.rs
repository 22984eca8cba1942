//! Requests one after the other, bounded by time: few where each takes seconds.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::Result;
use crate::options::Options;
use crate::process::{Processes, peak_resident_kib, quantile_ms, reset_peak, resident_kib};
use crate::query::round_to_hundredths;

/// Most requests before measuring; they fill the caches that stay enabled.
const MAX_WARM_UP: usize = 1000;

/// Below this latency, requests are worth measuring over many connections: an idle server's wake-ups then cost nothing.
const MAX_FAST_MS: f64 = 20.0;

pub(crate) struct Sequence {
    /// Whose memory is measured.
    pid: u32,
    /// Whose CPU is measured.
    processes: Processes,
    time: Duration,
}

/// Whether the requests of a measured line were fast.
pub(crate) fn is_fast(line: &Value) -> bool {
    line["p50_ms"].as_f64().is_some_and(|p50| p50 < MAX_FAST_MS)
}

/// Replaces the count, rate and CPU of a line by those of `count` requests.
pub(crate) fn set_counts(line: &mut Value, count: u64, elapsed: Duration, cpu: f64) {
    let requests = count as f64;
    line["requests"] = json!(count);
    line["per_second"] = json!(round_to_hundredths(requests / elapsed.as_secs_f64()));
    line["cpu_us"] = json!(round_to_hundredths(cpu * 1e6 / requests));
}

impl Sequence {
    /// Options: `--seconds` of the warm-up and of the measurement.
    pub(crate) fn new(options: &Options, pid: u32, processes: Processes) -> Result<Self> {
        let time = Duration::from_secs_f64(options.number("seconds", 2.0)?);
        Ok(Self {
            pid,
            processes,
            time,
        })
    }

    /// Sends requests by their number, from 0; `send` returns the length of the response.
    /// # Errors
    /// Those of `send`.
    pub(crate) fn measure(&self, send: &mut impl FnMut(usize) -> Result<usize>) -> Result<Value> {
        let resident = resident_kib(self.pid)?;
        reset_peak(self.pid);
        let start = Instant::now();
        let mut number = 0;
        while number == 0 || (start.elapsed() < self.time && number < MAX_WARM_UP) {
            send(number)?;
            number += 1;
        }
        let (start, cpu_before) = (Instant::now(), self.processes.cpu_seconds()?);
        let (mut latencies, mut bytes) = (Vec::new(), 0);
        while latencies.is_empty() || start.elapsed() < self.time {
            let sent_at = Instant::now();
            bytes += send(number)?;
            latencies.push(u64::try_from(sent_at.elapsed().as_micros())?);
            number += 1;
        }
        let cpu = self.processes.cpu_seconds()? - cpu_before;
        let count = latencies.len() as f64;
        let growth = peak_resident_kib(self.pid)?.saturating_sub(resident);
        Ok(json!({
            "requests": latencies.len(),
            "per_second": round_to_hundredths(count / start.elapsed().as_secs_f64()),
            "cpu_us": round_to_hundredths(cpu * 1e6 / count),
            "p50_ms": quantile_ms(&mut latencies, 0.5),
            "p99_ms": quantile_ms(&mut latencies, 0.99),
            "bytes": bytes / latencies.len(),
            // The highest memory at any time, over the memory before the first request.
            "growth_mib": round_to_hundredths(growth as f64 / 1024.0),
        }))
    }
}
